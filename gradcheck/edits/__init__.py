"""Edits of a backward pass: what its code is, every fault that can be planted in it, and trying one in memory.

regions = backward_of(subject)                the functions of its backward, found by running it
edits   = mutants(regions).edits              every single edit that plants a fault
live    = Live(regions)                       the loaded functions
with live.edited(edits[0]): ...               run the unit with the fault, then without it again
edits[0].diff(regions[0].source.text)         what it does to the file
"""

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
