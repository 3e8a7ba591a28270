"""The pytest plugin: units are collected from their files, and `gradcheck` is a fixture and a marker.

It is loaded in every project of an environment, so it imports nothing slow before a unit is judged.
"""

import pickle
import secrets
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .address import ADDRESS, check_address, judges
from .judged import Judged, judged, properties, say
from .project import pair_of, project_of
from .settings import SEED, add_options, arguments, check_report, described
from .stash import keep, keep_raised
from .summary import Summary
from .units import UnitFile

if TYPE_CHECKING:
    from ..verdict.report import Report

MARKER = "gradcheck(cases=None, seed=None): judge units on this many random cases, drawn from this seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    worker = getattr(config, "workerinput", None)
    config.stash[SEED] = secrets.randbits(32) if worker is None else worker["gradcheck_seed"]
    if worker is None:
        check_report(config)
        config.pluginmanager.register(Summary(config), "gradcheck-summary")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give every worker of xdist the same seed."""
    node.workerinput["gradcheck_seed"] = node.config.stash[SEED]


def pytest_report_header(config: pytest.Config) -> str | None:
    project = project_of(config, config.rootpath)
    return described(config, project) if project.units or project.error else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    pair = pair_of(file_path, parent.config)
    return None if pair is None else UnitFile.of(pair, file_path, parent)


def pytest_collection_finish(session: pytest.Session) -> None:
    check_address(session)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if ADDRESS in item.config.stash and judges(item):
        pytest.fail(item.config.stash[ADDRESS], pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let what was judged ride on the test report, which survives the way from a worker of xdist."""
    found: list[Judged] = []
    if call.when == "call":
        keep_raised(item, call.excinfo)
        found = judged(item)
        for each in found:
            item.user_properties.extend(properties(each.report).items())
    report = yield
    if found:
        report.gradcheck = pickle.dumps(found)  # type: ignore[attr-defined]
    say(item, report, call.excinfo)
    return report


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> "Callable[..., Report]":
    """`gradcheck.check`, with the cases and the seed that pytest was asked for; its report is shown at the end."""
    from ..verification.api import check

    def judge(unit: Callable[..., Any], reference: Callable[..., Any], **given: Any) -> "Report":
        __tracebackhide__ = True
        report = check(unit, reference, **arguments(request.node, given))
        keep(request.node, report)
        return report

    return judge
