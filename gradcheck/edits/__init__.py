"""Edits of the source of a backward pass: finding its functions, making mutants of them, running these in memory."""

from .backward import Region, find_backward_functions
from .edit import Edit, apply_edits, format_diff, format_path
from .live import LoadedCode, NotCompilable
from .mutants import MutantSet, generate_mutants
from .operators import FAULT_OPERATORS
from .operators.insertions import INSERTION_OPERATORS
from .rewrite import NodeReplacement, NodeSwap, rewrite_source
from .source import Source

__all__ = [
    "FAULT_OPERATORS",
    "INSERTION_OPERATORS",
    "Edit",
    "LoadedCode",
    "MutantSet",
    "NodeReplacement",
    "NodeSwap",
    "NotCompilable",
    "Region",
    "Source",
    "apply_edits",
    "find_backward_functions",
    "format_diff",
    "format_path",
    "generate_mutants",
    "rewrite_source",
]
