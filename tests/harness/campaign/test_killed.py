"""The command itself, with processes of dask: what is killed of it is judged again, and what was kept is not."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from gradcheck.campaign.driver import CampaignDriver
from gradcheck.campaign.fingerprint import compute_digests
from gradcheck.campaign.plan import CampaignPlan
from gradcheck.campaign.store import CampaignStore
from tests.harness.campaign.hands import Hands
from tests.harness.campaign.projects import write

ROOT = Path(__file__).resolve().parents[3]
CASES = 350
PATIENCE = 60.0


def python(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Campaign:
    """The command, with one worker of its own or those of a scheduler."""

    def __init__(self, folder, *workers):
        self.file = folder / "out" / "found.jsonl"
        command = ("gradcheck", "campaign", "rooms/small.py", "rooms/twin.py", "--out", "out")
        self.process = python(folder, *command, "--cases", str(CASES), *(workers or ("-j", "1")))

    @property
    def lines(self):
        return self.file.read_text().count("\n") if self.file.exists() else 0

    def wait_for(self, lines):
        until = time.monotonic() + PATIENCE
        while self.lines < lines:
            assert time.monotonic() < until
            assert self.process.poll() is None, self.process.communicate()[0]
            time.sleep(0.02)

    def worker(self):
        children = psutil.Process(self.process.pid).children()
        [worker] = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        return worker


@contextlib.contextmanager
def scheduler(folder):
    """The address of a scheduler of dask that has one worker, and its process."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    dask = "distributed.cli.dask_"
    processes = [python(folder, f"{dask}scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))]
    try:
        until = time.monotonic() + PATIENCE
        while not file.exists() or not file.read_text().rstrip().endswith("}"):
            assert time.monotonic() < until
            time.sleep(0.02)
        address = json.loads(file.read_text())["address"]
        options = ("--nthreads", "1", "--no-dashboard", "--no-nanny")
        processes.append(python(folder, f"{dask}worker", address, *options))
        yield address, processes[0]
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def gone(process):
    process.wait(PATIENCE)
    return not process.is_running()


def test_killed_workers_and_a_killed_campaign_lose_nothing(tmp_path):
    pair = write(tmp_path)
    killed = Campaign(tmp_path)
    killed.wait_for(1)
    killed.worker().kill()
    killed.wait_for(killed.lines + 1)
    orphan = killed.worker()
    killed.process.kill()
    killed.process.communicate()
    assert gone(orphan)

    found = compute_digests([pair])
    with CampaignStore(tmp_path / "out", 0, ["small"], found) as store:
        assert 0 < store.cases < CASES
        CampaignDriver([pair], 0, found, store).judge_plan(
            CampaignPlan(["small"], CASES, store.results), Hands(), 1e300, lambda *_: None, lambda: None
        )
    assert_complete(killed.file)


def test_after_a_killed_scheduler_the_campaign_goes_on_where_it_was(tmp_path):
    write(tmp_path)
    with scheduler(tmp_path) as (address, process):
        first = Campaign(tmp_path, "--scheduler", address)
        first.wait_for(1)
        process.kill()
        said, _ = first.process.communicate(timeout=PATIENCE)
    assert first.process.returncode == 2, said
    assert f"gradcheck: --scheduler {address}: the connection to it is lost; start it and its workers again" in said
    assert first.lines > 0
    with scheduler(tmp_path) as (address, _):
        second = Campaign(tmp_path, "--scheduler", address)
        said, _ = second.process.communicate(timeout=PATIENCE)
    assert second.process.returncode == 0, said
    assert_complete(second.file)


def assert_complete(file):
    """No case is missing, and none was counted twice."""
    results = [json.loads(line) for line in file.read_text().splitlines()]
    batches = [result["batch"] for result in results]
    assert sorted(n for b in batches for n in range(b["first"], b["first"] + b["count"])) == [*range(CASES)]
    assert sum(result["cases"] for result in results) == CASES
