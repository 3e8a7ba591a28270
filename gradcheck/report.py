"""What a check found, as data."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .case import Case
from .exact import Certificate
from .finding import Finding, Verdict

if TYPE_CHECKING:
    from .blame import Blame
    from .teeth import Teeth

GOOD: tuple[Verdict, ...] = ("proved", "agrees")


@dataclass
class RungResult:
    """One rung over all cases: how many passed, the worst error over tolerance, why it did not apply to the rest.

    Of teeth: how many faults were seen, and how many survived.
    """

    name: str
    passed: int = 0
    failed: int = 0
    worst: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)

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

    `cases` were judged; `redrawn` were ill-conditioned, neither passed nor failed; `worst` is the largest error over
    tolerance of the judged cases and `worst_case` its address; `finding` and `smallest` say what is wrong and the
    smallest case that shows it, `again` how to see that again, `blame` where the fault lies; `error` is the text of a
    bad declaration.  Where arrays were given there is no address: `given` has their sizes and dtype.  `teeth` says what
    became of faults planted in the backward, if any were; `stage` what is being done while the unit is judged; `notes`
    what is not judged of it.
    """

    name: str
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
            "rungs": [
                {
                    "name": r.name,
                    "status": r.status,
                    "passed": r.passed,
                    "failed": r.failed,
                    "worst": finite(r.worst),
                    "not_applicable": r.reasons,
                }
                for r in self.rungs
            ],
            "failure": failure(self.finding, self.smallest, self.blame),
            "teeth": None if self.teeth is None else self.teeth.to_dict(),
            "certificate": None if self.certificate is None else summary(self.certificate),
            "notes": list(self.notes),
            "error": self.error or None,
            "message": self.message or None,
        }


def summary(certificate: Certificate) -> dict[str, Any]:
    cases = len(certificate.cases)
    bound = certificate.log2_bound
    return {"cases": cases, "trials": certificate.trials, "degree": certificate.degree, "log2_bound": bound}


def failure(finding: Finding | None, smallest: Case | None, blame: "Blame | None") -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "rung": finding.rung,
        "headline": finding.headline,
        "details": dict(finding.details),
        "opinions": {who: finite(value) for who, value in finding.opinions.items()},
        "ratio": finite(finding.ratio),
        "smallest": text(smallest),
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
