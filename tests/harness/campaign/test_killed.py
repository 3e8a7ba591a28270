"""The command itself, with processes of dask: what is killed of it is judged again, and what was kept is not."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from gradcheck.campaign.course import Course
from gradcheck.campaign.plan import Plan
from gradcheck.campaign.sources import digests
from gradcheck.campaign.store import Store
from tests.harness.campaign.hands import Hands
from tests.harness.campaign.projects import write

ROOT = Path(__file__).resolve().parents[3]
CASES = 350
PATIENCE = 60.0


class Campaign:
    """The command, with one worker."""

    def __init__(self, folder):
        self.file = folder / "out" / "found.jsonl"
        command = ["-m", "gradcheck", "campaign", "rooms/small.py", "rooms/twin.py", "--out", "out", "-j", "1"]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--cases", str(CASES)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

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

    found = digests([pair])
    with Store(tmp_path / "out", 0, ["small"], found) as store:
        assert 0 < store.cases < CASES
        Course([pair], 0, found, store).judge(
            Plan(["small"], CASES, store.found), Hands(), 1e300, lambda *_: None, lambda: None
        )
    batches = [json.loads(line) for line in killed.file.read_text().splitlines()]
    assert sorted(n for b in batches for n in range(b["first"], b["first"] + b["count"])) == [*range(CASES)]
    assert sum(b["cases"] for b in batches) == CASES
