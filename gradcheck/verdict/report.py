"""The report on a unit, as data."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..cases.case import Case
from ..checks.failure import Failure, Verdict
from ..errors import DeclarationError
from ..exact import Certificate
from ..output.notebook import ShownInNotebook
from ..reach import describe_reach
from ..unit.place import Place, find_traced_line
from .counts import format_count
from .cover import Cover
from .tally import CheckSummary, Tally

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis
    from ..mutation import MutationScore

GOOD_VERDICTS: tuple[Verdict, ...] = ("proved", "agrees", "imprecise")


@dataclass
class Report(ShownInNotebook):
    """The verdict on one unit, and everything that it is based on.

    derivation      the header of the unit's file and its docstring
    reason          why a unit that agrees is not proved
    cases           how many were judged
    skipped         how many were ill-conditioned: they neither pass nor fail
    worst           the largest error over tolerance of the cases that passed, and `worst_case` which case that was
    cover           the sizes at which it was judged, `reached` how much of its code ran, and `never_ran` what did not
    failure         what is wrong
    smallest        the smallest case that shows it, and `rerun_command` the command that judges it again
    place           the line that the failure is about, if the source is known
    diagnosis       where the fault is, and what it looks like
    given           the sizes and dtype of arrays that were given: these have no case id
    error           why the unit could not be judged
    mutation_score  what became of the faults that were planted in the backward, if any were
    notes           what is not judged of the unit
    printed         the beginning of what the unit printed
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
    cover: Cover = field(default_factory=Cover)
    reached: str = ""
    never_ran: tuple[str, ...] = ()
    failure: Failure | None = None
    smallest: Case | None = None
    rerun_command: str = ""
    place: Place | None = None
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
        """Drop the cause: its traceback may hold what cannot be sent to another process."""
        return {**self.__dict__, "cause": None}

    @property
    def good(self) -> bool:
        return self.verdict in GOOD_VERDICTS

    def passes(self, strict: bool) -> bool:
        """Whether a build may go on; if `strict`, not with a unit that is imprecise."""
        return self.good and not (strict and self.verdict == "imprecise")

    @property
    def complaint(self) -> str:
        """What is to be said of a unit that does not pass."""
        return self.message or f"{self.name} is {self.verdict}: {self.reason}"

    def __str__(self) -> str:
        """Write out the verdict, the result of each check, the notes, and the message."""
        lines = [f"{self.name}: {self.verdict}, {format_count(self.cases, 'case')}"]
        lines += [f"  covers      {self.covers}"] if self.covers else []
        for status in ("passed", "failed", "not reached"):
            named = [r.name for r in self.checks if r.status == status]
            lines += [f"  {status:<11} {', '.join(named)}"] if named else []
        for check in self.checks:
            if check.status == "not applicable":
                lines.append(f"  no {check.name}: {'; '.join(check.reasons)}")
        lines += [f"  note        {note}" for note in self.notes]
        return "\n".join(lines + ([self.message] if self.message else []))

    @property
    def covers(self) -> str:
        """What the verdict covers: sizes, and how much of the unit's code ran."""
        return "; ".join(text for text in (str(self.cover), self.reached) if text)

    def drop_case_ids(self) -> None:
        """Remove case ids: arrays that were given have none."""
        self.smallest = self.worst_case = None
        for worst in (worst for check in self.checks for worst in check.tensors.values()):
            worst.case = None


def report_bad_declaration(name: str, error: DeclarationError) -> Report:
    """Make the report on a unit that cannot be judged as it is declared."""
    text = str(error)
    return Report(name, verdict="bad declaration", error=text, message=text, cause=error, place=find_traced_line(error))


def add_tally(report: Report, tally: Tally) -> Report:
    """Add the counts over all cases to a report."""
    return replace(
        report,
        cases=tally.cases or tally.exact_cases,
        skipped=tally.skipped,
        checks=list(tally.checks.values()),
        worst=tally.worst,
        worst_case=tally.worst_case,
        cover=tally.cover,
        reached="" if tally.reach is None else describe_reach(tally.reach),
    )
