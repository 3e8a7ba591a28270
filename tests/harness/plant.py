"""Plants one bug, judges the unit at the default number of cases under several seeds, and replays what is found."""

import functools
import inspect
import linecache
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from gradcheck import GradientMismatch, Report, Subject, check, examine
from gradcheck.verification.api import CASES
from gradcheck.verification.conclusion import report_failure, start_report
from gradcheck.verification.judge import add_up, judge_steps
from gradcheck.verification.settings import Settings
from tests.harness import elman, elman_reference

SEEDS = (1, 2, 3, 4)
Unit = Callable[..., Any]
Edit = tuple[str, str]


def planted(*edits: Edit, module: ModuleType = elman, name: str = "elman") -> Unit:
    """A function of a module, its source edited; each `old` must occur exactly once."""
    source = inspect.getsource(module)
    for old, new in edits:
        assert source.count(old) == 1, f"{old!r} occurs {source.count(old)} times"
        source = source.replace(old, new)
    file = f"planted_{abs(hash(source))}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": module.__name__, "__package__": module.__package__}
    exec(compile(source, file, "exec"), namespace)
    return namespace[name]


def planted_reference(*edits: Edit) -> Unit:
    return planted(*edits, module=elman_reference)


def altered(unit: Unit, alter: Callable[[dict[str, Any]], None]) -> Unit:
    """The unit, its dictionary of gradients altered."""

    @functools.wraps(unit)
    def changed(*args: Any, **inputs: Any) -> Any:
        outputs, backward = unit(*args, **inputs)

        def altered_backward(d: Any) -> dict[str, Any]:
            gradients = backward(d)
            alter(gradients)
            return gradients

        return outputs, altered_backward

    return changed


def find(subject: Subject, seed: int) -> Report:
    """The report on the first case that fails, which is not made smaller."""
    settings = Settings(CASES, seed)
    tally = add_up(judge_steps(subject, settings))
    return report_failure(start_report(subject), tally, subject.command)


def caught(
    unit: Unit,
    check_name: str,
    *words: str,
    verdict: str = "wrong",
    reference: Unit = elman_reference.elman,
    third_party: Unit | None = None,
) -> Report:
    """Assert that this check, and none before it, catches the bug under every seed; the shrunk report of the first."""
    subject = Subject("unit", unit, reference, third_party)
    reports = [examine(subject, diagnose=False), *(find(subject, seed) for seed in SEEDS)]
    for report in reports:
        assert report.verdict == verdict, report.message or "nothing was found"
        assert report.failure.check == check_name, report.message
        assert {r.name: r.failed for r in report.checks if r.failed} == {check_name: 1}
        for word in words:
            assert word in first_line(report)
    replay(reports[0], subject)
    return reports[0]


def first_line(report: Report) -> str:
    return report.message.partition("\n")[0]


def details(report: Report) -> dict[str, str]:
    return dict(report.failure.details)


def replay(report: Report, subject: Subject) -> None:
    """The case id in the message shows the same failure again."""
    with pytest.raises(GradientMismatch) as again:
        check(
            subject.unit,
            subject.reference,
            third_party=subject.third_party,
            name="unit",
            case=str(report.smallest),
            diagnose=False,
        )
    assert str(again.value) == report.message
