"""The exact judge: gradients proved over a finite field. docs/exact.md says what is claimed and what is not.

`prove` gives a certificate, `decide` one trial, `exact_map` the table of right and wrong, `same` the equality of two
forward maps.
"""

from .adjoint import Decision, decide_adjoint
from .certificate import CaseProof, Certificate, prove_unit
from .equality import decide_equality
from .error_map import ExactMap, build_exact_map
from .errors import Tie, Unsupported

__all__ = [
    "CaseProof",
    "Certificate",
    "Decision",
    "ExactMap",
    "Tie",
    "Unsupported",
    "build_exact_map",
    "decide_adjoint",
    "decide_equality",
    "prove_unit",
]
