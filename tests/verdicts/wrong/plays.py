"""Calls of a unit in an order in which what it remembers shows; each gives the gradients of one of them, by name."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from tests.verdicts.wrong.fault import Arrays, Unit

Play = Callable[[Unit, Arrays, Arrays], Arrays]


def once(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    outputs, backward = unit(**inputs)
    return backward(type(outputs)(**upstream))


def disturbed(inputs: Arrays) -> Arrays:
    """Other numbers of the same shapes."""
    return {n: np.cos(a) if a.dtype.kind == "f" else a for n, a in inputs.items()}


def longer(inputs: Arrays) -> Arrays:
    """Twice the rows of arrays that are said once a row; only for units whose inputs all have the rows first."""
    return {n: np.concatenate((a, a)) for n, a in inputs.items()}


def forwards_between(count: int) -> Play:
    """Forward; then so many on other numbers; then the first one's backward."""

    def play(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
        outputs, backward = unit(**inputs)
        for _ in range(count):
            unit(**disturbed(inputs))
        return backward(type(outputs)(**upstream))

    return play


def another_size_between(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    outputs, backward = unit(**inputs)
    unit(**longer(inputs))
    return backward(type(outputs)(**upstream))


def updated_in_place(**values: Any) -> Play:
    """Once, then the named inputs are changed where they lie, then once more."""

    def play(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
        mine = {n: a.copy() for n, a in inputs.items()}
        once(unit, mine, upstream)
        for name, value in values.items():
            mine[name][...] = value(mine[name])
        return once(unit, mine, upstream)

    return play


def first_result_last(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    """The first call's gradients, looked at after a second call."""
    gradients = once(unit, inputs, upstream)
    once(unit, disturbed(inputs), upstream)
    return gradients


def again(count: int) -> Play:
    """The last of so many calls of forward and backward."""

    def play(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
        for _ in range(count - 1):
            once(unit, inputs, upstream)
        return once(unit, inputs, upstream)

    return play


def backward_twice(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    outputs, backward = unit(**inputs)
    backward(type(outputs)(**upstream))
    return backward(type(outputs)(**upstream))


def where(target: str, value: Any) -> Play:
    """Once, in a world that is another one."""

    def play(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
        with mock.patch(target, value):
            return once(unit, inputs, upstream)

    return play


def results_in_a_row(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    """The first call's gradients, looked at after two more calls."""
    gradients = once(unit, inputs, upstream)
    once(unit, disturbed(inputs), upstream)
    once(unit, disturbed(disturbed(inputs)), upstream)
    return gradients


def smaller_first(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
    """Once with the first row alone of every array of rows, then once."""
    rows = {n: a[:1] if a.ndim > 1 else a for n, a in inputs.items()}
    once(unit, rows, {n: None if u is None else u[:1] for n, u in upstream.items()})
    return once(unit, inputs, upstream)


def forwards_between_of_one(name: str) -> Play:
    """Forward; then one where that input alone is another; then the first one's backward."""

    def play(unit: Unit, inputs: Arrays, upstream: Arrays) -> Arrays:
        outputs, backward = unit(**inputs)
        unit(**{**inputs, name: inputs[name] + 1})
        return backward(type(outputs)(**upstream))

    return play
