"""The result of one case, as data that can be sent between processes."""

from dataclasses import dataclass, field
from typing import Any

from ..cases.case import Case
from ..checks.failure import CheckFailed
from ..checks.outcome import CheckOutcome
from ..errors import DeclarationError
from ..execution.run import UnitRaised

CaseError = CheckFailed | DeclarationError | UnitRaised


@dataclass(frozen=True)
class CheckResult:
    """The outcome of a check that passed; or, if it does not apply, the reason."""

    name: str
    outcome: CheckOutcome = field(default_factory=CheckOutcome)
    reason: str = ""


@dataclass(frozen=True)
class CaseResult:
    """The results of the checks at a case, in order, up to the first that failed.

    results   of the checks that passed or do not apply
    failed    the name of the check that failed; `error` is what it raised
    skipped   why the case is ill-conditioned; it then neither passes nor fails
    unjudged  why the case says nothing of the unit, where that is to be told: a refusal, or numbers that are not finite
    """

    case: Case
    results: tuple[CheckResult, ...] = ()
    failed: str = ""
    error: CaseError | None = None
    skipped: str = ""
    unjudged: str = ""

    def __getstate__(self) -> dict[str, Any]:
        """Drop the traceback of the error: it may be very long, or hold what cannot be sent to another process."""
        error = self.error
        return {**self.__dict__, "error": None if error is None else type(error)(*error.args)}

    @property
    def worst(self) -> float:
        """The largest error over tolerance of the checks that passed."""
        return max((r.outcome.ratio for r in self.results), default=0.0)

    @property
    def kind(self) -> tuple[str, type, str]:
        """What must stay the same while a failing case is shrunk: the check, the kind of error, the verdict."""
        return self.failed, type(self.error), self.error.failure.verdict if isinstance(self.error, CheckFailed) else ""

    @property
    def names(self) -> list[str]:
        """The names of the checks that were applied, including the one that failed."""
        return [r.name for r in self.results] + ([self.failed] if self.failed else [])
