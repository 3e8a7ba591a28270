"""Calls in other orders, as programs make them, must give the same results as each call alone.

3, 9      so many forwards before the first backward; all results are compared after the last call
changed   a number of each input is changed in place between two calls, and then restored: results that are kept by
          the first rows, by a sum or by a few digits of the input are taken for those of the changed one
resized   between a forward and its backward there are a forward and a backward with another batch size
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays, draw_arrays
from ..cases.fitting import fits
from ..execution.run import Run
from .agreement import require_same_result

ANEW = "read an input at every call: the same array may hold other numbers by then"
MOVED = 16
"""Inputs that are changed in place are changed by this many times 2^-10 of their size."""


def check_call_orders(run: Run) -> None:
    """Make the calls in the order that the case names."""
    CALL_ORDERS[run.case.calls](run)


def run_alone(run: Run, inputs: Mapping[str, Any]) -> tuple[Arrays, Arrays]:
    """Return copies of the outputs and gradients at some inputs, with no call between forward and backward."""
    outputs, backward = run.forward(inputs)
    copied = {n: y.copy() for n, y in outputs.items()}
    return copied, {n: g.copy() for n, g in backward(run.upstream).items() if n in run.differentiable}


def compare_calls(run: Run, what: str, now: tuple[Arrays, Arrays], alone: tuple[Arrays, Arrays], *remedy: str) -> None:
    require_same_result(run, what, now[0], alone[0], run.output_tolerances, *remedy)
    require_same_result(run, what, now[1], alone[1], run.gradient_tolerances, *remedy)


def interleave_calls(run: Run, count: int) -> None:
    points = [run.make_disturbed_inputs(k) for k in range(count)]
    alone = [run_alone(run, point) for point in points]
    started = [run.forward(point) for point in points]
    ended = [(outputs, backward(run.upstream)) for outputs, backward in started]
    for now, before in zip(ended, alone, strict=True):
        compare_calls(run, f"one of {count} forwards called before the first backward", now, before)


def change_inputs(run: Run) -> None:
    inputs = {n: np.array(a) if isinstance(a, np.ndarray) else a for n, a in run.inputs.items()}
    moved = {n: a for n, a in run.make_disturbed_inputs(MOVED).items() if n in run.differentiable}
    counted = [n for n, i in run.declaration.inputs.items() if n in inputs and not i.floating and not i.scalar]
    moved |= {n: change_integers(run, n) for n in counted}
    moved = {n: take_middle_entry(a, inputs[n]) for n, a in moved.items()}
    first, second = run_alone(run, inputs), run_alone(run, {**run.inputs, **moved})
    for what, numbers, alone in (("changed", moved, second), ("restored", run.inputs, first)):
        for name in moved:
            inputs[name][...] = numbers[name]
        compare_calls(run, f"a call after its inputs were {what} in place", run_alone(run, inputs), alone, ANEW)


def take_middle_entry(changed: Array, array: Array) -> Array:
    """Return a copy of an array with one entry, the middle one, taken from another."""
    result, middle = np.array(array, order="K"), array.size // 2
    result.flat[middle : middle + 1] = changed.flat[middle : middle + 1]
    return result


def change_integers(run: Run, name: str) -> Array:
    """Return the next integers of the range, or the opposite mask."""
    bounds, values = run.declaration.inputs[name].range, run.inputs[name]
    if bounds is None:
        return np.asarray(np.logical_not(values))
    low, high = bounds.low.size(run.case.sizes), bounds.high.size(run.case.sizes)
    return np.asarray((values - low + 1) % (high - low + 1) + low, values.dtype)


def resize_between(run: Run) -> None:
    letter = "B" if "B" in run.case.sizes else next(iter(run.case.sizes), "")
    other = replace(run.case, sizes={**run.case.sizes, letter: run.case.sizes[letter] + 1}) if letter else run.case
    if not fits(run.declaration, other.sizes):
        return
    arrays = draw_arrays(run.declaration, other)
    alone = run_alone(run, run.inputs)
    outputs, backward = run.forward()
    _, other_backward = run.forward(arrays.inputs)
    other_backward(arrays.upstream)
    compare_calls(run, f"a call with another {letter} in between", (outputs, backward(run.upstream)), alone)


CALL_ORDERS: dict[str, Callable[[Run], None]] = {
    "1": lambda run: None,
    "3": partial(interleave_calls, count=3),
    "9": partial(interleave_calls, count=9),
    "changed": change_inputs,
    "resized": resize_between,
}
