"""Global state that a unit must not change: the global random generators, and NumPy's error state."""

import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

NUMPY_FUNCTIONS = dict(vars(np))
"""What NumPy has before any unit is loaded."""


def read_generators() -> dict[str, tuple[Any, ...]]:
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002, it is the one that units share
    return {"NumPy": (kind, np.asarray(keys).tobytes(), *rest), "Python": random.getstate()}


def restore_generators(states: dict[str, tuple[Any, ...]]) -> None:
    kind, keys, *rest = states["NumPy"]
    np.random.set_state((kind, np.frombuffer(keys, np.uint32), *rest))  # noqa: NPY002
    random.setstate(states["Python"])


@contextmanager
def restore_global_state() -> Iterator[None]:
    """Restore the error state and the global generators at the end of the block."""
    before = read_generators()
    try:
        with np.errstate():
            yield
    finally:
        restore_generators(before)


@contextmanager
def ignore_warnings(*, empty: bool) -> Iterator[None]:
    """Ignore NumPy's warnings of overflow and division by 0, which are judged; of `empty` arrays, all warnings.

    A project that turns warnings into errors would see its right units fail at cases that it never runs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        if empty:
            warnings.simplefilter("ignore")
        yield


@contextmanager
def watch_global_rng() -> Iterator[list[str]]:
    """List the global generators that were used or seeded in the block, and restore them at its end."""
    before, changed = read_generators(), list[str]()
    np.random.random()  # noqa: NPY002, so that the seed which was set last is seen when it is set again
    random.random()
    given = read_generators()
    try:
        yield changed
        now = read_generators()
        changed += [name for name, state in given.items() if now[name] != state]
    finally:
        restore_generators(before)


def find_replaced_functions() -> list[str]:
    """Find what a unit has set to something else in NumPy, or has removed."""
    now = vars(np)
    return [f"np.{name}" for name, value in NUMPY_FUNCTIONS.items() if now.get(name, now) is not value]


def restore_numpy() -> None:
    """Give NumPy back what a unit has replaced in it."""
    for name in find_replaced_functions():
        setattr(np, name.removeprefix("np."), NUMPY_FUNCTIONS[name.removeprefix("np.")])


@contextmanager
def end_forked_children() -> Iterator[None]:
    """End a child process that the block has forked and that comes to its end: the parent alone is judged.

    The limit of recursion, which gradcheck needs too, is set back.
    """
    process, depth = os.getpid(), sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(depth)
        if os.getpid() != process:
            os._exit(0)
