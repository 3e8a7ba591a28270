"""The words of the report: verdicts, checks, numbers, versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...checks.failure import format_error_ratio

VERDICT_TEXTS = {
    "proved": ("✓", "every check is passed, the exact one included"),
    "imprecise": ("≈", "the formula is right, and it loses digits that the reference keeps"),
    "agrees": ("✓", "every numeric check is passed; exact arithmetic did not decide, and the reason is given"),
    "wrong": ("✕", "the manual gradient is the odd one out"),
    "judges split": ("≠", "the judges disagree among themselves; the report names the odd one out"),
    "bad declaration": ("!", "the unit cannot be judged; the message says what is missing and how to fix it"),
    "not judged": ("!", "the unit ended its process, or did not finish, or a defect of gradcheck ended the judging"),
}
"""For each verdict, its sign and meaning; the best first."""
CHECK_TEXTS = {
    "shapes": ("the declaration", "outputs and gradients have the declared names, shapes and dtypes"),
    "purity": ("a second call", "inputs are intact, nothing is shared, a second call gives the same"),
    "forward": ("the reference", "the forward equals the reference’s"),
    "gradients": ("autograd", "every gradient equals autograd’s, per tensor and time step"),
    "vjp laws": (
        "laws of a backward",
        "linear in the upstream gradient; the gradient of a slice is the slice of the gradient",
    ),
    "complex step": ("complex step", "the derivative of the manual forward is what its backward gives"),
    "third party": ("third-party implementation", "an implementation that is not ours agrees"),
    "exact": ("exact arithmetic", "the backward is the adjoint of the forward, decided over finite fields"),
    "mutation": ("planted faults", "faults planted in this very backward are seen"),
}
"""For each check, its judge and what it shows."""


def count_verdicts(units: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count the units of each verdict that occurs."""
    counts = {verdict: sum(unit["verdict"] == verdict for unit in units) for verdict in VERDICT_TEXTS}
    return {verdict: count for verdict, count in counts.items() if count}


def format_check_count(unit: Mapping[str, Any]) -> str:
    """Format how many checks passed, out of those that applied and, for a good unit, were reached."""
    good = unit["verdict"] in ("proved", "agrees", "imprecise")
    left = ("not applicable", "not reached") if good else ("not applicable",)
    applied = [check for check in unit["checks"] if check["status"] not in left]
    return f"{sum(check['status'] == 'passed' for check in applied)}/{len(applied)}" if applied else "-"


def find_largest_ratio(unit: Mapping[str, Any]) -> float | None:
    """Find the largest error over tolerance, that of the failure if there is one; None if nothing was judged."""
    if unit["verdict"] in ("bad declaration", "not judged"):
        return None
    return parse_ratio(unit["failure"]["ratio"] if unit["failure"] else unit["worst"])


def parse_ratio(value: float | None) -> float:
    """Read a ratio from JSON, which writes infinity as null."""
    return float("inf") if value is None else value


def format_ratio(value: float | None) -> str:
    return format_error_ratio(parse_ratio(value))


def format_number(value: float | list[float | None] | None) -> str:
    """Format a number that a judge gave, real or complex."""
    if isinstance(value, list):
        return " + i ".join(format_number(part) for part in value)
    return "not finite" if value is None else f"{value:+.9e}"
