"""What the checks found at one case, as data that can be sent between processes."""

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
    """What a check found at a case that passed it; or, where it does not apply, the reason."""

    name: str
    outcome: CheckOutcome = field(default_factory=CheckOutcome)
    reason: str = ""


@dataclass(frozen=True)
class CaseResult:
    """What the checks found at a case, in order, up to the first that it failed.

    results   of the checks that it passed, or that do not apply
    failed    the check that it failed, and `error` what that says
    skipped   why the case is ill-conditioned: it is then neither passed nor failed
    """

    case: Case
    results: tuple[CheckResult, ...] = ()
    failed: str = ""
    error: CaseError | None = None
    skipped: str = ""

    def __getstate__(self) -> dict[str, Any]:
        """For another process: without what the error came from, which may be a thousand frames or not picklable."""
        error = self.error
        return {**self.__dict__, "error": None if error is None else type(error)(*error.args)}

    @property
    def worst(self) -> float:
        """The largest error over tolerance of the checks that it passed."""
        return max((r.outcome.ratio for r in self.results), default=0.0)

    @property
    def kind(self) -> tuple[str, type, str]:
        """What must stay the same while a failing case is made smaller."""
        return self.failed, type(self.error), self.error.failure.verdict if isinstance(self.error, CheckFailed) else ""

    @property
    def names(self) -> list[str]:
        """The checks that were asked, the one that failed included."""
        return [r.name for r in self.results] + ([self.failed] if self.failed else [])
