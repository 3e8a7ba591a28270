"""The pytest plugin: units are collected from their files, and `gradcheck` is a fixture and a marker.

It is loaded in every project of an environment, so it imports nothing slow before a unit is judged.
"""

import pickle
import secrets
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .case_id import CASE_ID_PROBLEM, check_case_id, uses_gradcheck
from .judged import JudgedUnit, list_judged_units, make_properties, shorten_crash_message
from .project import find_units_of_file, get_project
from .settings import SESSION_SEED, add_pytest_options, check_report_option, collect_arguments, describe_session
from .stash import keep_failure_report, keep_report
from .summary import SessionSummary
from .units import UnitFile

if TYPE_CHECKING:
    from ..verdict.report import Report

MARKER_HELP = "gradcheck(cases=None, seed=None): judge units on this many random cases of this seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    add_pytest_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER_HELP)
    worker = getattr(config, "workerinput", None)
    config.stash[SESSION_SEED] = secrets.randbits(32) if worker is None else worker["gradcheck_seed"]
    if worker is None:
        check_report_option(config)
        config.pluginmanager.register(SessionSummary(config), "gradcheck-summary")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give every worker of xdist the same seed."""
    node.workerinput["gradcheck_seed"] = node.config.stash[SESSION_SEED]


def pytest_report_header(config: pytest.Config) -> str | None:
    project = get_project(config, config.rootpath)
    return describe_session(config, project) if project.units or project.error else None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    pair = find_units_of_file(file_path, parent.config)
    return None if pair is None else UnitFile.of(pair, file_path, parent)


def pytest_collection_finish(session: pytest.Session) -> None:
    check_case_id(session)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if CASE_ID_PROBLEM in item.config.stash and uses_gradcheck(item):
        pytest.fail(item.config.stash[CASE_ID_PROBLEM], pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach what was judged to the test report, which xdist sends from the worker to the main process."""
    found: list[JudgedUnit] = []
    if call.when == "call":
        keep_failure_report(item, call.excinfo)
        found = list_judged_units(item)
        for each in found:
            item.user_properties.extend(make_properties(each.report).items())
    report = yield
    if found:
        report.gradcheck = pickle.dumps(found)  # type: ignore[attr-defined]
    shorten_crash_message(item, report, call.excinfo)
    return report


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> "Callable[..., Report]":
    """`gradcheck.check`, with the cases and the seed that pytest was asked for; its report is shown at the end."""
    from ..verification.api import check

    def judge(unit: Callable[..., Any], reference: Callable[..., Any] | None = None, **given: Any) -> "Report":
        __tracebackhide__ = True
        strict = given.pop("strict", False) or request.config.getoption("gradcheck_strict")
        report = check(unit, reference, strict=strict, **collect_arguments(request.node, given))
        keep_report(request.node, report)
        return report

    return judge
