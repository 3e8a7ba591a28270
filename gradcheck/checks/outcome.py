"""The outcome of a check that passed, and of a failure that was explained."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exact import CaseProof
from ..judges.comparison import TensorComparison


@dataclass(frozen=True)
class CheckOutcome:
    """What a check found: `ratio` is the largest error over tolerance.

    compared     the tensors that were compared with another judge: an output by its name, a gradient by `d` and the
                 name of the input
    proof        what exact arithmetic proved of the case
    explanation  why a disagreement is no fault
    imprecise    which digits the unit loses that its reference keeps; empty if it loses none
    """

    ratio: float = 0.0
    compared: Mapping[str, TensorComparison] = field(default_factory=dict)
    proof: CaseProof | None = None
    ill_conditioned: str = ""
    explanation: str = ""
    imprecise: str = ""


@dataclass(frozen=True)
class Ruling:
    """Why a failure is no fault; `imprecise` says which digits the unit loses that its reference keeps."""

    explanation: str
    imprecise: str = ""

    @property
    def outcome(self) -> CheckOutcome:
        return CheckOutcome(1.0, explanation=self.explanation, imprecise=self.imprecise)
