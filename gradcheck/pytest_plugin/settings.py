"""What pytest was asked for: by options, else by the marker, else by the Hypothesis profile."""

from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from ..replay import FailedCases
from ..unit.discovery import UsageError
from ..verdict.counts import format_count
from .project import ProjectUnits

CASES = 100
"""How many cases `gradcheck verify` judges; a profile with fewer is said to have few."""

SESSION_SEED = pytest.StashKey[int]()
"""The seed of this session, unless one is given."""
MARKER_MINIMA = {"cases": 1, "seed": 0}
"""The arguments of the marker, with the smallest value of each."""


def add_pytest_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradcheck", "hand-written gradients")
    group.addoption(
        "--gradcheck-cases",
        type=parse_at_least(1),
        metavar="N",
        help="Number of random cases of each unit; by default as the Hypothesis profile says.",
    )
    group.addoption("--gradcheck-seed", type=parse_at_least(0), metavar="N", help="Seed of the random cases.")
    group.addoption("--gradcheck-case", metavar="CASE", help="Judge one case of one unit: T=2,B=1,I=1,H=1,seed=3")
    group.addoption("--gradcheck-strict", action="store_true", help="Fail a unit that is imprecise, too.")
    group.addoption(
        "--gradcheck-report",
        type=Path,
        metavar="PATH",
        help="Write the reports on all units to PATH: a page where it ends in .html, else JSON.",
    )
    group.addoption(
        "--gradcheck-sarif", type=Path, metavar="PATH", help="Write what is wrong to PATH as SARIF, with its line."
    )


def parse_at_least(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.lstrip("-").isdecimal():
            raise ArgumentTypeError(f"{text!r}: it is not a whole number; give {least} or more")
        if int(text) < least:
            raise ArgumentTypeError(f"{text}: it is too small; give {least} or more")
        return int(text)

    return parse


def check_report_option(config: pytest.Config) -> None:
    for name in ("report", "sarif"):
        file: Path | None = config.getoption(f"gradcheck_{name}")
        if file is None:
            continue
        from ..reporting.json_file import check_writable

        try:
            check_writable(file, f"--gradcheck-{name}")
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None


def describe_session(config: pytest.Config, project: ProjectUnits) -> str:
    """Describe in a line the versions, the number of units, and the cases."""
    versions = ", ".join(f"{name} {get_version(name)}" for name in ("gradcheck", "numpy", "torch"))
    if project.error:
        return f"{versions}: {project.error}"
    case_id = config.getoption("gradcheck_case")
    if case_id is not None:
        return f"{versions}: {format_count(len(project.units), 'unit')}, case {case_id}"
    cases, seed, name = read_profile(config)
    asked = read_options(config)
    cases, seed = asked.get("cases", cases), asked.get("seed", seed)
    counts = f"{format_count(len(project.units), 'unit')}, {format_count(cases, 'case')} each"
    few = (
        ""
        if "cases" in asked or cases >= CASES
        else f" (few: `gradcheck verify` judges {CASES}, --gradcheck-cases {CASES})"
    )
    return f"{versions}: {counts}, seed {seed}, Hypothesis profile {name}{few}"


def get_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def read_profile(config: pytest.Config) -> tuple[int, int, str]:
    """Return the cases, the seed and the name of the Hypothesis profile."""
    from hypothesis import settings

    chosen = settings()
    seed = 0 if chosen.derandomize else config.stash[SESSION_SEED]
    return chosen.max_examples, seed, settings.get_current_profile_name()


def open_failed_cases() -> FailedCases:
    """Open the example database of the Hypothesis profile; the profile `ci` has none."""
    from hypothesis import settings

    return FailedCases(settings().database)


def read_options(config: pytest.Config) -> dict[str, Any]:
    options = {name: config.getoption(f"gradcheck_{name}") for name in ("cases", "seed", "case")}
    return {name: value for name, value in options.items() if value is not None}


def collect_arguments(item: pytest.Item | pytest.File, given: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the arguments of `check`: options override given arguments, these the marker, and this the profile.

    pytest.UsageError if an argument of the marker is not valid.
    """
    cases, seed, _ = read_profile(item.config)
    asked = read_options(item.config)
    if "at" in given:
        asked.pop("case", None)
    return {"cases": cases, "seed": seed, **read_markers(item), **given, **asked}


def read_markers(item: pytest.Item | pytest.File) -> dict[str, int]:
    """Read the markers of an item; the nearest overrides the others."""
    stated: dict[str, int] = {}
    for mark in item.iter_markers("gradcheck"):
        for name, value in mark.kwargs.items():
            if name not in MARKER_MINIMA or type(value) is not int or value < MARKER_MINIMA[name]:
                reason = f"it takes {' and '.join(f'{n} of at least {least}' for n, least in MARKER_MINIMA.items())}"
                raise pytest.UsageError(f"@pytest.mark.gradcheck({name}={value!r}): {reason}; fix the marker")
        if mark.args:
            raise pytest.UsageError(
                f"@pytest.mark.gradcheck{mark.args}: it takes keyword arguments only; write cases=N or seed=N"
            )
        stated = {**mark.kwargs, **stated}
    return stated
