"""The outcome of a check that passed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exact import CaseProof
from ..judges.comparison import TensorComparison


@dataclass(frozen=True)
class CheckOutcome:
    """The largest error over tolerance, as `ratio`, and what was compared.

    `compared` has the tensors that were compared with another judge: outputs by name, gradients with a `d` before it.
    `proof` is what exact arithmetic proved of the case.
    `explanation` says why a disagreement is no fault, `imprecise` which digits the unit loses that its reference keeps.
    """

    ratio: float = 0.0
    compared: Mapping[str, TensorComparison] = field(default_factory=dict)
    proof: CaseProof | None = None
    explanation: str = ""
    imprecise: str = ""


@dataclass(frozen=True)
class Ruling:
    """A failure that does not stand: what explains it; `imprecise` where the unit loses digits its reference keeps."""

    explanation: str
    imprecise: str = ""

    @property
    def outcome(self) -> CheckOutcome:
        return CheckOutcome(1.0, explanation=self.explanation, imprecise=self.imprecise)
