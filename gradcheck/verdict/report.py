"""What a check found, as data."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..cases.case import Case
from ..checks.failure import Failure, Verdict
from ..errors import DeclarationError
from ..exact import Certificate
from .as_json import case_to_text, failure_to_dict, finite_or_none, summarize_certificate
from .tally import CheckSummary, Tally

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis
    from ..mutation import MutationScore

GOOD_VERDICTS: tuple[Verdict, ...] = ("proved", "agrees", "imprecise")


@dataclass
class Report:
    """The verdict on one unit and everything it rests on.

    `derivation` is what the unit says of itself.  `cases` were judged; `skipped` were ill-conditioned, neither passed
    nor failed; `worst` is the largest error over tolerance of the judged cases and `worst_case` its address; `finding`
    and `smallest` say what is wrong and the smallest case that shows it, `again` how to judge that one again, `blame`
    where the fault lies; `error` is the text of a bad declaration.  Where arrays were given there is no address:
    `given` has their sizes and dtype.  `teeth` says what became of faults planted in the backward, if any were; `notes`
    what is not judged of it.  A unit that
    ended its own process, or came to no end, is not judged: `error` says so.  `printed` is the beginning of what it
    printed.
    """

    name: str
    derivation: str = ""
    verdict: Verdict = "agrees"
    reason: str = ""
    checks: list[CheckSummary] = field(default_factory=list)
    cases: int = 0
    skipped: int = 0
    worst: float = 0.0
    worst_case: Case | None = None
    seconds: float = 0.0
    failure: Failure | None = None
    smallest: Case | None = None
    rerun_command: str = ""
    diagnosis: "Diagnosis | None" = None
    given: str = ""
    error: str = ""
    message: str = ""
    cause: Exception | None = None
    certificate: Certificate | None = None
    mutation_score: "MutationScore | None" = None
    notes: tuple[str, ...] = ()
    printed: str = ""

    def __getstate__(self) -> dict[str, Any]:
        """For another process: without the cause, whose traceback holds what cannot be sent."""
        return {**self.__dict__, "cause": None}

    @property
    def good(self) -> bool:
        return self.verdict in GOOD_VERDICTS

    def __str__(self) -> str:
        """The verdict, what became of each check, what is not judged, and the message."""
        lines = [f"{self.name}: {self.verdict}, {self.cases} cases"]
        for status in ("passed", "failed", "not reached"):
            named = [r.name for r in self.checks if r.status == status]
            lines += [f"  {status:<11} {', '.join(named)}"] if named else []
        for rung in self.checks:
            if rung.status == "not applicable":
                lines.append(f"  no {rung.name}: {'; '.join(rung.reasons)}")
        lines += [f"  note        {note}" for note in self.notes]
        return "\n".join(lines + ([self.message] if self.message else []))

    def drop_addresses(self) -> None:
        """Arrays that were given have none."""
        self.smallest = self.worst_case = None
        for worst in (worst for rung in self.checks for worst in rung.tensors.values()):
            worst.case = None

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON takes it; an infinite ratio is null."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "reason": self.reason,
            "cases": self.cases,
            "skipped": self.skipped,
            "worst": finite_or_none(self.worst),
            "worst_case": case_to_text(self.worst_case),
            "given": self.given or None,
            "seconds": round(self.seconds, 6),
            "checks": [rung.to_dict() for rung in self.checks],
            "smallest": case_to_text(self.smallest),
            "rerun": self.rerun_command or None,
            "failure": failure_to_dict(self.failure, self.diagnosis),
            "mutation_score": None if self.mutation_score is None else self.mutation_score.to_dict(),
            "certificate": None if self.certificate is None else summarize_certificate(self.certificate),
            "notes": list(self.notes),
            "error": self.error or None,
            "printed": self.printed or None,
            "message": self.message or None,
            "derivation": self.derivation or None,
        }


def report_bad_declaration(name: str, error: DeclarationError) -> Report:
    """The report on a unit that cannot be judged as it is declared."""
    return Report(name, verdict="bad declaration", error=str(error), message=str(error), cause=error)


def add_tally(report: Report, tally: Tally) -> Report:
    """The report with what was counted over all cases."""
    return replace(
        report,
        cases=tally.cases or tally.exact_cases,
        skipped=tally.skipped,
        checks=list(tally.checks.values()),
        worst=tally.worst,
        worst_case=tally.worst_case,
    )
