"""The dictionary of faults that need only whole gradients: each says what manual would give if it had that fault."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations, permutations, product

import numpy as np

from ...cases.arrays import Array, Arrays
from ..blocks import ArrayBlock
from ..evidence import Evidence

FaultPattern = tuple[str, Callable[[], Arrays]]


def list_whole_gradient_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Each fault in words, and the gradients it gives; blocks that it says nothing of are nan."""
    for family in (
        list_factor_faults,
        list_exchange_faults,
        list_upstream_faults,
        list_shift_faults,
        list_alias_faults,
        list_clipping_faults,
        list_constant_factors,
    ):
        yield from family(e)


def transform_gradients(e: Evidence, change: Callable[[Array], Array]) -> Callable[[], Arrays]:
    return lambda: {n: change(g) for n, g in e.expected.items()}


def list_factor_faults(e: Evidence) -> Iterator[FaultPattern]:
    sizes, steps = e.case.sizes, "T" in e.case.sizes
    batch = "B" in sizes
    yield "it is zero", transform_gradients(e, np.zeros_like)
    yield "the sign is wrong", transform_gradients(e, lambda g: -g)
    yield "twice what is due", transform_gradients(e, lambda g: 2 * g)
    yield "half of what is due", transform_gradients(e, lambda g: g / 2)
    if batch:
        yield (
            "divided by B (a mean over the batch where the sum is due)",
            transform_gradients(e, lambda g: g / sizes["B"]),
        )
        yield "multiplied by B", transform_gradients(e, lambda g: g * sizes["B"])
    if steps:
        yield (
            "divided by T (a mean over the steps where the sum is due)",
            transform_gradients(e, lambda g: g / sizes["T"]),
        )
        yield "multiplied by T", transform_gradients(e, lambda g: g * sizes["T"])
    if batch and steps:
        yield "divided by T*B", transform_gradients(e, lambda g: g / (sizes["T"] * sizes["B"]))
    yield "the transpose of what is due", lambda: {n: transpose_square(g) for n, g in e.expected.items()}


def transpose_square(g: Array) -> Array:
    return g.T if g.ndim == 2 and g.shape[0] == g.shape[1] else np.full_like(g, np.nan)


def list_constant_factors(e: Evidence) -> Iterator[FaultPattern]:
    """A constant factor that no name stands for, block by block."""
    for block in e.columns:
        found, due = block.select(e.gradients[block.name]), block.select(e.expected[block.name])
        norm = float((np.abs(due) ** 2).sum())
        if norm > 0 and block.step is None and np.isfinite(found).all():
            c = float((found * np.conj(due)).sum().real) / norm
            yield f"{c:.9g} times what is due", predict_block(e, block, float(f"{c:.9g}") * due)


def predict_block(e: Evidence, block: ArrayBlock, value: Array) -> Callable[[], Arrays]:
    """A prediction of one block alone."""

    def predict() -> Arrays:
        result = np.full_like(e.expected[block.name], np.nan)
        block.select(result)[...] = value
        return {block.name: result}

    return predict


def list_exchange_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Gates and inputs that get what is due to another."""
    labels = list(dict.fromkeys(b.label for b in e.columns if b.label and b.step is None))
    wrong = list(dict.fromkeys(b.label for b in e.find_wrong_blocks() if b.label in labels))
    for a, b in combinations(wrong, 2):
        yield f"row blocks {a} and {b} are exchanged", partial(move_blocks, e, {a: b, b: a})
    for a, b in product(wrong, labels):
        yield f"row block {a} is a copy of what is due to {b}", partial(move_blocks, e, {a: b})
    for name, other in permutations(e.expected, 2):
        if e.expected[name].shape == e.expected[other].shape:
            yield f"d{name} is what is due to d{other}", partial(dict, {name: e.expected[other]})


def move_blocks(e: Evidence, source: dict[str, str]) -> Arrays:
    """The gates named, each with what is due to another."""
    result = {}
    for name in dict.fromkeys(b.name for b in e.columns if b.label in source):
        blocks = {b.label: b for b in e.columns if b.name == name}
        result[name] = np.full_like(e.expected[name], np.nan)
        for to, of in source.items():
            if to in blocks and of in blocks:
                blocks[to].select(result[name])[...] = blocks[of].select(e.expected[name])
    return result


def list_upstream_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Upstream gradients that are lost, counted twice, moved, or taken for others."""
    names = [*e.upstream]
    for count in range(1, min(len(names), 4)):
        for lost in combinations(names, count):
            text = f"the upstream gradient of {' and '.join(lost)} does not arrive"
            yield text, partial(e.compute_expected, {n: u for n, u in e.upstream.items() if n not in lost})
    for n, u in e.upstream.items():
        yield f"the upstream gradient of {n} counts twice", partial(e.compute_expected, {**e.upstream, n: 2 * u})
        text = f"the size of the upstream gradient of {n} is ignored, as if every entry were 1"
        yield text, partial(e.compute_expected, {**e.upstream, n: np.ones_like(u)})
        yield f"the upstream gradient of {n} has the wrong sign", partial(e.compute_expected, {**e.upstream, n: -u})
    ones = "the size of the upstream gradient is ignored, as if every entry were 1"
    yield ones, partial(e.compute_expected, {n: np.ones_like(u) for n, u in e.upstream.items()})
    yield (
        "only the sign of the upstream gradient counts",
        partial(e.compute_expected, {n: np.sign(u) for n, u in e.upstream.items()}),
    )
    for letter, what in (("T", "step"), ("B", "batch row")):
        if e.case.sizes.get(letter, 1) < 2:
            continue
        for k, which in ((0, "first"), (-1, "last")):
            text = f"only the upstream gradient of the {which} {what} arrives"
            yield text, partial(e.compute_expected, select_upstream_entry(e, letter, k))
    for shift, text in ((1, "one step late"), (-1, "one step early"), (0, "reversed in time")):
        if e.case.sizes.get("T", 1) > 1:
            yield f"the upstream gradient is read {text}", partial(e.compute_expected, shift_upstream(e, shift))


def select_upstream_entry(e: Evidence, letter: str, k: int) -> dict[str, Array]:
    """The upstream gradient of one step, or batch row, of the outputs that have them; the others whole."""
    result = {}
    for n, u in e.upstream.items():
        axis = e.declaration.outputs[n].axis(letter)
        result[n] = u
        if axis is not None:
            masked = np.zeros_like(u)
            np.moveaxis(masked, axis, 0)[k] = np.moveaxis(u, axis, 0)[k]
            result[n] = masked
    return result


def shift_upstream(e: Evidence, shift: int) -> dict[str, Array]:
    axes = {n: e.declaration.outputs[n].axis("T") for n in e.upstream}
    return {n: u if axes[n] is None else shift_in_time(u, axes[n] or 0, shift) for n, u in e.upstream.items()}


def shift_in_time(array: Array, axis: int, shift: int, around: bool = False) -> Array:
    """Entry t where t + shift is due, zeros (or the other end) coming in; reversed for a shift of 0."""
    if shift == 0:
        return np.flip(array, axis)
    result = np.roll(array, shift, axis)
    if not around:
        np.moveaxis(result, axis, 0)[0 if shift > 0 else -1] = 0
    return result


def list_shift_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Gradients of the steps that stand at other steps."""
    axes = {n: axis for n in e.expected if (axis := e.declaration.inputs[n].axis("T")) is not None}
    if e.case.sizes.get("T", 1) < 2:
        return
    for shift, text in ((1, "one step late"), (-1, "one step early"), (0, "reversed in time")):
        for around in (False, True) if shift else (False,):
            said = f"what is due, {text}{', coming round' if around else ''}"
            yield (
                said,
                partial(dict, {n: shift_in_time(e.expected[n], axis, shift, around) for n, axis in axes.items()}),
            )


def list_alias_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Buffers that are not what they should be."""
    yield "the input is added to what is due", lambda: {n: g + e.inputs[n] for n, g in e.expected.items()}
    yield "it is the input itself", lambda: {n: np.asarray(e.inputs[n]) for n in e.expected}
    for name, other in permutations(e.expected, 2):
        if e.expected[name].shape == e.expected[other].shape:
            yield f"d{name} is the input {other} itself", partial(dict, {name: np.asarray(e.inputs[other])})
    for name, u in e.upstream.items():
        same = [n for n, g in e.expected.items() if g.shape == u.shape]
        yield f"it is the upstream gradient of {name} itself", partial(dict, dict.fromkeys(same, u))


def list_clipping_faults(e: Evidence) -> Iterator[FaultPattern]:
    """Entries cut off at the largest that manual gives."""
    for name, due in e.expected.items():
        found = e.gradients[name]
        limit = float(np.abs(found).max(initial=0.0)) if np.isfinite(found).all() else 0.0
        cut = np.abs(due) > limit
        if limit and due.dtype.kind == "f" and cut.any():
            yield f"clipped to +-{limit:.9g}", partial(dict, {name: np.clip(due, -limit, limit)})
