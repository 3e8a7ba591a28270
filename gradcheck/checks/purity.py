"""Checks that the unit is pure: it does not write to its arguments, shares no memory, and keeps no state."""

import threading
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays
from ..errors import DeclarationError, IllConditioned
from ..execution.linearity import pull_back_halves
from ..execution.run import Run, UnitRaised
from ..unit.isolation import watch_global_rng
from . import vjp_laws as laws
from .agreement import fail_purity, require_same_result
from .call_orders import check_call_orders
from .failure import CheckFailed
from .outcome import CheckOutcome

SECOND_FORWARD = "a second call of forward"
EXTRA_CALLS = 3


def check_purity(run: Run) -> CheckOutcome:
    with watch_global_rng() as changed:
        check_calls(run)
        check_call_orders(run)
    # Adapted classes draw weights that are replaced before use: all that matters is that results repeat, as above.
    for name in () if run.subject.adapted else changed and confirm_rng_use(run, changed):
        remedy = "draw from a generator that the unit makes of a seed it is given"
        fail_purity(f"{name}'s global random generator is drawn from or seeded", remedy)
    if run.error_state:
        fail_purity(
            f"{run.error_state} changes NumPy's error state", "change it for a block of code: with np.errstate(...)"
        )
    return CheckOutcome()


def confirm_rng_use(run: Run, changed: Sequence[str]) -> Sequence[str]:
    """Return the random generators that the unit uses.

    If other threads run, one of these may have used a generator meanwhile: it must then change at every further call.
    """
    for _ in range(EXTRA_CALLS if threading.active_count() > 1 else 0):
        with watch_global_rng() as again:
            run.forward()[1](run.upstream)
        changed = [name for name in changed if name in again]
    return changed


def check_calls(run: Run) -> None:
    """Compare all arrays after the calls of the case, and after those of the two halves of its upstream gradient.

    Only if these fail is each call repeated by itself, to say which of them gives another result.
    """
    gradients = run.gradients
    require_same_values("the input", run.inputs, run.original_arrays[0])
    require_same_values("the upstream gradient", run.upstream, run.original_arrays[1])
    require_own_memory(run)
    run.set_writeable(False)
    fill_with_nan(run.returned_gradients)
    try:
        require_same_result(
            run, SECOND_FORWARD, run.compute_once(pull_back_halves).outputs, run.outputs, run.output_tolerances
        )
        laws.check_halves(run)
    except (CheckFailed, UnitRaised, DeclarationError):
        check_call_order(run)
        outputs, backward = run.forward()
        require_same_result(run, SECOND_FORWARD, outputs, run.outputs, run.output_tolerances)
        what = "a second forward and backward"
        require_same_result(run, what, backward(run.upstream), gradients, run.gradient_tolerances)


def fill_with_nan(arrays: Arrays) -> None:
    for array in arrays.values():
        if array.flags.writeable:
            array.fill(np.nan)


def check_call_order(run: Run) -> None:
    """Repeat the backward after calls on other inputs; if it differs, try whether a second call alone differs too."""
    _, backward = run.forward(run.make_disturbed_inputs())
    backward({n: None if u is None else u + 1 for n, u in run.upstream.items()})
    what, tolerances = "backward after a call on other inputs", run.gradient_tolerances
    try:
        require_same_result(run, what, run.first_call[1](run.upstream), run.gradients, tolerances)
    except CheckFailed:
        _, backward = run.forward()
        once = backward(run.upstream)
        kept = {n: g.copy() for n, g in once.items()}
        fill_with_nan(once)
        require_same_result(run, "a second call of backward", backward(run.upstream), kept, tolerances)
        raise


def require_same_values(what: str, now: Mapping[str, Any], before: Arrays) -> None:
    for name, array in before.items():
        if not np.array_equal(now[name], array, equal_nan=array.dtype.kind in "fc"):
            fail_purity(f"{what} {name} is written to", "copy it before changing it")


def require_own_memory(run: Run) -> None:
    gradients = {n: run.returned_gradients[n] for n in run.differentiable}
    for name, gradient in gradients.items():
        for what, given in (("input", run.inputs), ("upstream gradient", run.upstream)):
            for other, array in given.items():
                if isinstance(array, np.ndarray) and share_memory(gradient, array):
                    if 0 in run.case.sizes.values() and given is run.upstream:
                        raise IllConditioned("nothing is computed at a size of 0: the upstream gradient is handed on")
                    fail_purity(f"the gradient of {name} shares memory with the {what} {other}", "return a copy")
    if run.subject.adapted:
        return  # what an adapter hands on is read, and never added to
    for (name, gradient), (other, neighbour) in combinations(gradients.items(), 2):
        if share_memory(gradient, neighbour):
            fail_purity(f"the gradients of {name} and {other} share memory", "return two arrays")


def share_memory(a: Array, b: Array) -> bool:
    return bool(np.may_share_memory(a, b) and np.shares_memory(a, b))
