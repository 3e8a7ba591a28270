"""A bug that was seen, as a unit beside the reference that it should agree with."""

from dataclasses import dataclass
from typing import Literal

from ..finding import Verdict
from ..subject import Subject, Unit


@dataclass(frozen=True)
class Defect:
    """A unit that is wrong, or whose reference is: `at_fault`.

    `source` says where the bug was seen, `wrong` what is wrong, `needs` what a test must contain to see it; `outside`
    is an implementation that is neither, if there is one.  `verdict` is what the harness must say of it.
    """

    name: str
    source: str
    wrong: str
    needs: str
    unit: Unit
    reference: Unit
    outside: Unit | None = None
    verdict: Verdict = "wrong"
    at_fault: Literal["unit", "reference"] = "unit"

    @property
    def subject(self) -> Subject:
        """The pair as it is judged; DeclarationError where the two do not declare the same."""
        return Subject(self.name, self.unit, self.reference, self.outside)
