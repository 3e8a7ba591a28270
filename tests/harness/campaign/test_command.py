"""`gradcheck campaign`: what it prints, writes and exits with, its workers being this process."""

import signal
import sys

import pytest

from gradcheck.campaign import cluster
from gradcheck.cli import main as cli
from tests.harness.campaign.hands import Hands
from tests.harness.campaign.projects import WRONG, write
from tests.harness.schemas import read_valid


class Crew(Hands):
    def __init__(self, scheduler, workers):
        super().__init__(workers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Interrupted(Crew):
    """Ctrl-C comes while the second batch is judged."""

    def collect(self, seconds):
        if self.tasks < 10**6:
            signal.raise_signal(signal.SIGINT)
            return []
        return super().collect(seconds)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    def run(*arguments, workers=Crew):
        monkeypatch.setattr(cluster, "Cluster", workers)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["gradcheck", "campaign", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return run


UNIT = ("rooms/small.py", "rooms/twin.py", "--out", "out")


def test_ctrl_c_keeps_and_shows_what_is_done_and_the_same_command_goes_on(run, tmp_path):
    write(tmp_path)
    code, out, _ = run(*UNIT, "--cases", 60, workers=Interrupted)
    assert (code, out.splitlines()[1].split()[:4]) == (130, ["small", "10", "0", "0"])
    assert out.endswith("interrupted: 10 of 60 cases are done; repeat the command to continue\n")
    code, out, _ = run(*UNIT, "--cases", 60)
    assert (code, out.splitlines()[1].split()[:4]) == (0, ["small", "60", "0", "0"])
    assert out.endswith("1 unit, 60 cases judged numerically, none failed\n")


def test_a_case_that_falls_exits_with_1_and_is_told_in_the_json(run, tmp_path):
    write(tmp_path, WRONG)
    code, out, err = run(*UNIT, "--cases", 40, "--json", "-")
    content = read_valid(out)
    [unit] = content["units"]
    assert (code, content["schema"], content["cases"], content["asked"]) == (1, 2, 40, 40)
    assert unit["failed"] == content["failed"] > 0
    assert unit["failures"][0]["check"] == "gradients"
    assert unit["shrunk"][0]["smallest"].startswith("T=31,B=1,seed=")
    assert 0 < content["closest"][0]["ratio"] <= 1
    assert unit["shrunk"][0]["message"] in err


REQUESTS = {
    ("--cases", "0"): "gradcheck: --cases 0: it is too small; give 1 or more",
    ("--hours", "0"): "gradcheck: --hours 0: it is not a positive number; give a number of hours above 0",
    ("--scheduler", "tcp://host:1", "-j", "2"): "gradcheck: --jobs 2: with --scheduler, its workers do the work; leave",
}


@pytest.mark.parametrize("arguments", REQUESTS, ids=" ".join)
def test_a_wrong_request_says_why(run, tmp_path, arguments):
    write(tmp_path)
    code, _, err = run(*UNIT, *arguments)
    assert (code, err.startswith(REQUESTS[arguments])) == (2, True)


def test_without_its_extra_it_says_what_to_install(run, tmp_path, monkeypatch):
    write(tmp_path)
    monkeypatch.delitem(sys.modules, "gradcheck.campaign.cluster")
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = run(*UNIT)
    assert code == 2
    assert err.startswith(
        "gradcheck: gradcheck campaign: it needs distributed, which is not installed; pip install 'grad"
    )
