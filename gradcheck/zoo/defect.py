"""A bug that was seen, as a unit beside the reference that it should agree with."""

from dataclasses import dataclass
from typing import Literal

from ..checks.failure import Verdict
from ..unit.subject import Subject, UnitFunction

FaultSite = Literal["backward", "forward", "reference"]


@dataclass(frozen=True)
class Defect:
    """A unit whose backward is wrong, or whose forward is another function, or whose reference is wrong: `at_fault`.

    `source` says where the bug was seen, `wrong` what is wrong, `triggers` what a test must contain to see it;
    `third_party` is an implementation that is neither, if there is one.
    """

    name: str
    source: str
    wrong: str
    triggers: str
    unit: UnitFunction
    reference: UnitFunction
    third_party: UnitFunction | None = None
    at_fault: FaultSite = "backward"

    @property
    def expected_verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts that are right: a wrong shape is a bad declaration; of two forwards a third judge decides."""
        if self.at_fault == "backward":
            return "wrong", "bad declaration"
        return ("wrong",) if self.at_fault == "forward" and self.third_party else ("judges split",)

    @property
    def subject(self) -> Subject:
        """The pair as it is judged; DeclarationError where the two do not declare the same."""
        return Subject(self.name, self.unit, self.reference, self.third_party)
