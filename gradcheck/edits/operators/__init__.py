"""The faults that people make in a backward pass, one function each: from a node of it to the changes of the tree.

The name of a function is the kind of its edits.
"""

from .arithmetic import (
    constant_changed,
    factor_doubled,
    name_exchanged,
    operand_dropped,
    operands_exchanged,
    operator_exchanged,
    sign_changed,
    term_reset,
)
from .control import (
    accumulation_changed,
    arms_exchanged,
    call_dropped,
    comparison_flipped,
    keyword_dropped,
    range_shortened,
    statement_deleted,
)
from .indexing import elements_exchanged, index_shifted, key_exchanged, slice_exchanged, slice_moved, transposed
from .nodes import Fault

__all__ = ["FAULTS", "Fault"]

FAULTS: tuple[Fault, ...] = (
    operator_exchanged,
    operand_dropped,
    operands_exchanged,
    sign_changed,
    factor_doubled,
    term_reset,
    constant_changed,
    name_exchanged,
    index_shifted,
    slice_moved,
    slice_exchanged,
    transposed,
    elements_exchanged,
    key_exchanged,
    call_dropped,
    keyword_dropped,
    range_shortened,
    comparison_flipped,
    arms_exchanged,
    accumulation_changed,
    statement_deleted,
)
