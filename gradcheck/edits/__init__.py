"""Edits of a backward pass: what its code is, every fault that can be planted in it, and trying one in memory.

regions = backward_of(subject)                the functions of its backward, found by running it
edits   = mutants(regions).edits              every single edit that plants a fault
live    = Live(regions)                       the loaded functions
with live.edited(edits[0]): ...               run the unit with the fault, then without it again
edits[0].diff(regions[0].source.text)         what it does to the file
"""

from .backward import Region, backward_of
from .edit import Edit, apply, diff, shown
from .live import Live, NotCode
from .mutants import Mutants, mutants
from .operators import FAULTS
from .operators.insertions import INSERTIONS
from .rewrite import Replace, Swap, rewrite
from .source import Source

__all__ = [
    "FAULTS",
    "INSERTIONS",
    "Edit",
    "Live",
    "Mutants",
    "NotCode",
    "Region",
    "Replace",
    "Source",
    "Swap",
    "apply",
    "backward_of",
    "diff",
    "mutants",
    "rewrite",
    "shown",
]
