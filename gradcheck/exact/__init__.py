"""The exact judge: gradients proved over a finite field. docs/exact.md says what is claimed and what is not.

`prove` gives a certificate, `decide` one trial, `exact_map` the table of right and wrong, `same` the equality of two
forward maps.
"""

from .certificate import CaseProof, Certificate, prove
from .errors import Tie, Unsupported
from .identity import Decision, decide
from .map import ExactMap, exact_map
from .same import same

__all__ = [
    "CaseProof",
    "Certificate",
    "Decision",
    "ExactMap",
    "Tie",
    "Unsupported",
    "decide",
    "exact_map",
    "prove",
    "same",
]
