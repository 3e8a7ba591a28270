"""What a check says of a case that passes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exact import CaseProof
from ..judges.comparison import TensorComparison


@dataclass(frozen=True)
class CheckOutcome:
    """`ratio` is the largest error over tolerance; `compared` has the tensors that were compared with another judge.

    Outputs go by name, gradients with a `d` before it.  `proof` is what exact arithmetic proved of the case.
    `explanation` says why a disagreement is no fault, and `imprecise` which digits the unit loses that its reference
    keeps.
    """

    ratio: float = 0.0
    compared: Mapping[str, TensorComparison] = field(default_factory=dict)
    proof: CaseProof | None = None
    explanation: str = ""
    imprecise: str = ""
