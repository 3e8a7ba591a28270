"""What a check found, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..cases.case import Case
from ..checks.finding import Finding, Verdict
from ..errors import DeclarationError
from ..exact import Certificate
from ..judges.comparison import Comparison

if TYPE_CHECKING:
    from ..diagnosis import Blame
    from ..mutation import Teeth

GOOD: tuple[Verdict, ...] = ("proved", "agrees")


@dataclass
class Worst:
    """The largest error over tolerance of a tensor over the cases that passed, and the case that showed it.

    `steps` is the largest of each time step, empty for a tensor without a time axis.
    """

    ratio: float = 0.0
    case: Case | None = None
    steps: list[float] = field(default_factory=list)

    def note(self, ratio: float, case: Case | None, steps: Sequence[float]) -> None:
        if self.case is None or ratio > self.ratio:
            self.ratio, self.case = ratio, case
        both = min(len(self.steps), len(steps))
        self.steps = [*map(max, self.steps, steps), *self.steps[both:], *steps[both:]]

    def to_dict(self) -> dict[str, Any]:
        return {"worst": finite(self.ratio), "case": text(self.case), "steps": [finite(r) for r in self.steps]}


@dataclass
class RungResult:
    """One rung over all cases: how many passed, the worst error over tolerance, why it did not apply to the rest.

    `tensors` says it of each tensor that the rung compares with another judge: outputs by name, gradients with a `d`
    before it.  Of teeth: how many faults were seen, and how many survived.
    """

    name: str
    passed: int = 0
    failed: int = 0
    worst: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)
    tensors: dict[str, Worst] = field(default_factory=dict)

    def note(self, compared: Mapping[str, Comparison], case: Case) -> None:
        """Keep what a case that passed shows of each tensor."""
        for name, comparison in compared.items():
            self.tensors.setdefault(name, Worst()).note(comparison.ratio, case, comparison.steps)

    def add(self, other: "RungResult") -> None:
        """Count what the rung found over other cases too."""
        self.passed += other.passed
        self.failed += other.failed
        self.worst = max(self.worst, other.worst)
        for reason, count in other.reasons.items():
            self.reasons[reason] = self.reasons.get(reason, 0) + count
        for name, worst in other.tensors.items():
            self.tensors.setdefault(name, Worst()).note(worst.ratio, worst.case, worst.steps)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "passed": self.passed,
            "failed": self.failed,
            "worst": finite(self.worst),
            "tensors": [{"name": name, **worst.to_dict()} for name, worst in self.tensors.items()],
            "not_applicable": self.reasons,
        }

    @property
    def status(self) -> str:
        """passed, failed, not applicable, or not reached."""
        if self.failed:
            return "failed"
        if self.passed:
            return "passed"
        return "not applicable" if self.reasons else "not reached"


@dataclass
class Report:
    """The verdict on one unit and everything it rests on.

    `derivation` is what the unit says of itself.  `cases` were judged; `redrawn` were ill-conditioned, neither passed
    nor failed; `worst` is the largest error over tolerance of the judged cases and `worst_case` its address; `finding`
    and `smallest` say what is wrong and the smallest case that shows it, `again` how to judge that one again, `blame`
    where the fault lies; `error` is the text of a bad declaration.  Where arrays were given there is no address:
    `given` has their sizes and dtype.  `teeth` says what became of faults planted in the backward, if any were; `stage`
    what is being done while the unit is judged; `notes` what is not judged of it.  A unit that
    ended its own process, or came to no end, is not judged: `error` says so.  `printed` is the beginning of what it
    printed.
    """

    name: str
    derivation: str = ""
    verdict: Verdict = "agrees"
    reason: str = ""
    rungs: list[RungResult] = field(default_factory=list)
    cases: int = 0
    redrawn: int = 0
    worst: float = 0.0
    worst_case: Case | None = None
    seconds: float = 0.0
    finding: Finding | None = None
    smallest: Case | None = None
    again: str = ""
    blame: "Blame | None" = None
    given: str = ""
    error: str = ""
    message: str = ""
    cause: Exception | None = None
    certificate: Certificate | None = None
    teeth: "Teeth | None" = None
    stage: str = ""
    notes: tuple[str, ...] = ()
    printed: str = ""

    @property
    def good(self) -> bool:
        return self.verdict in GOOD

    def __str__(self) -> str:
        """The verdict, what became of each rung, what is not judged, and the message."""
        lines = [f"{self.name}: {self.verdict}, {self.cases} cases"]
        for status in ("passed", "failed", "not reached"):
            named = [r.name for r in self.rungs if r.status == status]
            lines += [f"  {status:<11} {', '.join(named)}"] if named else []
        for rung in self.rungs:
            if rung.status == "not applicable":
                lines.append(f"  no {rung.name}: {'; '.join(rung.reasons)}")
        lines += [f"  note        {note}" for note in self.notes]
        return "\n".join(lines + ([self.message] if self.message else []))

    def forget_addresses(self) -> None:
        """Arrays that were given have none."""
        self.smallest = self.worst_case = None
        for worst in (worst for rung in self.rungs for worst in rung.tensors.values()):
            worst.case = None

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it; an infinite ratio is null."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "reason": self.reason,
            "cases": self.cases,
            "redrawn": self.redrawn,
            "worst": finite(self.worst),
            "worst_case": text(self.worst_case),
            "given": self.given or None,
            "seconds": round(self.seconds, 6),
            "rungs": [rung.to_dict() for rung in self.rungs],
            "smallest": text(self.smallest),
            "again": self.again or None,
            "failure": failure(self.finding, self.blame),
            "teeth": None if self.teeth is None else self.teeth.to_dict(),
            "certificate": None if self.certificate is None else summary(self.certificate),
            "notes": list(self.notes),
            "error": self.error or None,
            "printed": self.printed or None,
            "message": self.message or None,
            "derivation": self.derivation or None,
        }


def undeclared(name: str, error: DeclarationError) -> Report:
    """The report on a unit that cannot be judged as it is declared."""
    return Report(name, verdict="bad declaration", error=str(error), message=str(error), cause=error)


def summary(certificate: Certificate) -> dict[str, Any]:
    """The certificate without what it says of each case."""
    return {
        "claim": certificate.claim,
        "cases": len(certificate.cases),
        "trials": certificate.trials,
        "degree": certificate.degree,
        "log2_bound": certificate.log2_bound,
        "rules": dict(certificate.rules),
        "sources": dict(certificate.sources),
        "versions": dict(certificate.versions),
        "seconds": round(certificate.seconds, 6),
    }


def failure(finding: Finding | None, blame: "Blame | None") -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "rung": finding.rung,
        "headline": finding.headline,
        "details": dict(finding.details),
        "opinions": {who: finite(value) for who, value in finding.opinions.items()},
        "ratio": finite(finding.ratio),
        "blame": None if blame is None else blame.to_dict(),
        "tensors": [
            {
                "name": c.name,
                "over": c.over,
                "size": c.size,
                "worst": [
                    {"index": list(e.index), "manual": number(e.manual), "judge": number(e.judge)}
                    | {"tolerance": finite(e.tolerance), "ratio": finite(e.ratio)}
                    for e in c.worst
                ],
                "steps": [finite(ratio) for ratio in c.steps],
            }
            for c in finding.comparisons
        ],
    }


def text(case: Case | None) -> str | None:
    return None if case is None else str(case)


def finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None


def number(value: complex) -> float | list[float | None] | None:
    if isinstance(value, complex):
        return [finite(value.real), finite(value.imag)]
    return finite(value)
