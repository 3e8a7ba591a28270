"""The mutation operators: one function for each kind of mistake; the name of the function is the kind of its edits."""

from .arithmetic import (
    change_constant,
    change_sign,
    double_factor,
    drop_operand,
    exchange_name,
    exchange_operands,
    exchange_operator,
    reset_term,
)
from .control import (
    change_accumulation,
    delete_statement,
    drop_call,
    drop_keyword,
    exchange_arms,
    flip_comparison,
    shorten_range,
)
from .indexing import exchange_elements, exchange_key, exchange_slice, move_slice, shift_index, transpose_array
from .nodes import MutationOperator

__all__ = ["FAULT_OPERATORS", "MutationOperator"]

FAULT_OPERATORS: tuple[MutationOperator, ...] = (
    exchange_operator,
    drop_operand,
    exchange_operands,
    change_sign,
    double_factor,
    reset_term,
    change_constant,
    exchange_name,
    shift_index,
    move_slice,
    exchange_slice,
    transpose_array,
    exchange_elements,
    exchange_key,
    drop_call,
    drop_keyword,
    shorten_range,
    flip_comparison,
    exchange_arms,
    change_accumulation,
    delete_statement,
)
