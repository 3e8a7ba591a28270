"""A bug that was seen in public, as a unit with the reference that it should agree with."""

from dataclasses import dataclass
from typing import Literal

from ..checks.failure import Verdict
from ..unit.subject import Subject, UnitFunction

FaultSite = Literal["backward", "forward", "reference"]


@dataclass(frozen=True)
class Defect:
    """A unit and a reference of which one is wrong.

    at_fault     what is wrong: the backward, the forward (another function), or the reference
    source       where the bug was seen
    wrong        what is wrong, in words
    triggers     what a test must contain to see it
    third_party  an implementation by someone else, if there is one
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
        """The verdicts that are right.  A wrong shape is a bad declaration; of two forwards a third judge decides."""
        if self.at_fault == "backward":
            return "wrong", "bad declaration"
        return ("wrong",) if self.at_fault == "forward" and self.third_party else ("judges split",)

    @property
    def subject(self) -> Subject:
        """The unit with its reference.  Raises DeclarationError if the two do not declare the same."""
        return Subject(self.name, self.unit, self.reference, self.third_party)
