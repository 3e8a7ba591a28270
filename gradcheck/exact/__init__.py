"""Exact arithmetic over finite fields, and the proofs made with it: docs/exact.md says what they claim."""

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
