"""The exact judge: gradients proved over a finite field. docs/exact.md says what is claimed and what is not.

`prove` gives a certificate, `decide` one trial, `exact_map` the table of right and wrong, `same` the equality of two
forward maps.
"""

from .adjoint import Decision, decide
from .certificate import CaseProof, Certificate, prove
from .equality import same
from .error_map import ExactMap, exact_map
from .errors import Tie, Unsupported

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
