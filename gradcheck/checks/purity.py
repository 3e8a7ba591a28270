"""The unit is pure: nothing it was given is written to, nothing it returns is shared, nothing is remembered."""

import threading
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays
from ..errors import DeclarationError
from ..execution.linearity import halves
from ..execution.run import Crash, Run
from ..unit.isolation import watched
from . import vjp_laws as laws
from .calls import check_calls
from .finding import Fall
from .impurity import impure, repeated

FORWARD = "a second call of forward"
REPEATS = 3


def climb(run: Run) -> float:
    with watched() as changed:
        calls(run)
        check_calls(run)
    for name in changed and drawn_from(run, changed):
        remedy = "draw from a generator that the unit makes of a seed it is given"
        impure(f"{name}'s global random generator is drawn from or seeded", remedy)
    if run.error_state:
        impure(f"{run.error_state} changes NumPy's error state", "change it for a block of code: with np.errstate(...)")
    return 0.0


def drawn_from(run: Run, changed: Sequence[str]) -> Sequence[str]:
    """Those that changed, at every further call too where it may have been another thread that drew."""
    for _ in range(REPEATS if threading.active_count() > 1 else 0):
        with watched() as again:
            run.forward()[1](run.upstream)
        changed = [name for name in changed if name in again]
    return changed


def calls(run: Run) -> None:
    """Look at what became of everything after the calls of the case, and after those of its two halves.

    Only where these do not give the same, add up to the whole, or run, is each call made again by itself.
    """
    gradients = run.gradients
    written("the input", run.inputs, run.before[0])
    written("the upstream gradient", run.upstream, run.before[1])
    shared(run)
    run.writeable(False)
    spoil(run.returned)
    try:
        repeated(run, FORWARD, run.once(halves).outputs, run.outputs, run.output_yardstick)
        laws.halves_add_up(run)
    except (Fall, Crash, DeclarationError):
        forgotten(run)
        outputs, backward = run.forward()
        repeated(run, FORWARD, outputs, run.outputs, run.output_yardstick)
        what = "a second forward and backward"
        repeated(run, what, backward(run.upstream), gradients, run.gradient_yardstick)


def spoil(arrays: Arrays) -> None:
    for array in arrays.values():
        if array.flags.writeable:
            array.fill(np.nan)


def forgotten(run: Run) -> None:
    """Backward again, after calls on other inputs; where it differs, whether a second call alone does."""
    _, backward = run.forward(run.disturbed())
    backward({n: None if u is None else u + 1 for n, u in run.upstream.items()})
    what, yardstick = "backward after a call on other inputs", run.gradient_yardstick
    try:
        repeated(run, what, run.first[1](run.upstream), run.gradients, yardstick)
    except Fall:
        _, backward = run.forward()
        once = backward(run.upstream)
        kept = {n: g.copy() for n, g in once.items()}
        spoil(once)
        repeated(run, "a second call of backward", backward(run.upstream), kept, yardstick)
        raise


def written(what: str, now: Mapping[str, Any], before: Arrays) -> None:
    for name, array in before.items():
        if not np.array_equal(now[name], array, equal_nan=array.dtype.kind in "fc"):
            impure(f"{what} {name} is written to", "copy it before changing it")


def shared(run: Run) -> None:
    gradients = {n: run.returned[n] for n in run.given}
    for name, gradient in gradients.items():
        for what, given in (("input", run.inputs), ("upstream gradient", run.upstream)):
            for other, array in given.items():
                if isinstance(array, np.ndarray) and overlap(gradient, array):
                    impure(f"the gradient of {name} shares memory with the {what} {other}", "return a copy")
    for (name, gradient), (other, twin) in combinations(gradients.items(), 2):
        if overlap(gradient, twin):
            impure(f"the gradients of {name} and {other} share memory", "return two arrays")


def overlap(a: Array, b: Array) -> bool:
    return bool(np.may_share_memory(a, b) and np.shares_memory(a, b))
