"""What every vector-Jacobian product obeys, whatever the function.

zero        a zero upstream gradient gives zero gradients, exactly
linear      the gradients of two parts of u, one taken 2^k times, one 2^-k times, add up to those of u; where they do
            not, it is asked which of these is broken:
  none        an upstream gradient that is None counts as zeros
  scaling     2^k u gives 2^k times the gradients of u, for large and small 2^k
  additive    the gradients of two parts of u add up to those of u
apart       a row of the batch, run alone in two half sequences, gives the same, as far as each of these applies:
  rows        where every output has the axis B: a row of the batch run alone gives the same
  chain       where states NAME_0 lead to states NAME_T: two half sequences, chained, give the whole; not where
              the gradient of a state is not given; nor where the range of an integer input names T, which then counts
              steps (a length, a truncation) from the start of the sequence: each half would need counts of its own
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np

from ..arrays import Array, Arrays, raw
from ..compare import compare
from ..declaration import Input
from ..finding import Fall, Finding, place, said, worst_line
from ..finding import times as so_many_times
from ..halves import factors, parts, times
from ..oracle import Upstream
from ..run import Run
from ..tolerance import Yardstick

ROUNDING = {"float64": 64 * 2.0**-52, "float32": 16 * 2.0**-23}


def climb(run: Run) -> float:
    return max(law(run) for law in LAWS)


def zero(run: Run) -> float:
    for name, gradient in run.halves.nothing.items():
        if name in run.given and not (gradient == 0).all():
            none(run)
            broken("a zero upstream gradient gives zero gradients", f"d{name} is not zero")
    return 0.0


def linear(run: Run) -> float:
    try:
        return halves_add_up(run)
    except Fall:
        none(run)
        scaling(run)
        additive(run)
        raise


def halves_add_up(run: Run) -> float:
    law = "linear: large and small multiples of two upstream gradients give the multiples of their gradients"
    if run.halves.ratio is None:
        run.halves.ratio = parts_add_up(run, law, *run.halves.parts)
    return run.halves.ratio


def none(run: Run) -> None:
    for name in (n for n, o in run.declaration.outputs.items() if o.differentiable):
        zeros: Upstream = {**run.upstream, name: np.zeros_like(run.outputs[name])}
        absent: Upstream = {**run.upstream, name: None}
        gradients_agree(run, f"None for {name} counts as zeros", run.first[1](absent), run.first[1](zeros))


def scaling(run: Run) -> None:
    for factor in factors(run):
        law = f"linear: {factor:g} times the upstream gradient gives {factor:g} times the gradients"
        scaled, size = times(run, factor, run.upstream, run.first[1]), dict.fromkeys(run.given, underflow(run))
        gradients_agree(run, law, scaled, run.gradients, size)


def additive(run: Run) -> None:
    law = "additive: the gradients of two upstream gradients add up"
    parts_add_up(run, law, *(run.first[1](part) for part in parts(run)))


def underflow(run: Run) -> Array:
    """The size of terms whose rounding is that of the smallest numbers, 2^k times."""
    small = factors(run)[1]
    return np.full((), float(np.finfo(small.dtype).tiny) / float(small) / ROUNDING[run.case.dtype])


def parts_add_up(run: Run, law: str, one: Arrays, other: Arrays) -> float:
    total = {n: one[n] + other[n] for n in run.given}
    size = {n: np.abs(one[n]) + np.abs(other[n]) + underflow(run) for n in run.given}
    return gradients_agree(run, law, total, run.gradients, size)


def apart(run: Run) -> float:
    """A row alone in two halves of its steps; where that is not the whole, it is asked which of the two breaks it."""
    row, cut = drawn_row(run), drawn_cut(run)
    if row is None:
        return 0.0 if cut is None else chain(run, cut)
    if cut is None:
        return rows(run, row)
    try:
        return chain(run, cut, row)
    except Fall:
        rows(run, row)
        chain(run, cut)
        raise


def drawn_row(run: Run) -> int | None:
    """A row of the batch; None where there is one only, or where an output has no axis B."""
    B = run.case.sizes.get("B", 1)
    if B < 2 or any(o.axis("B") is None for o in run.declaration.outputs.values()):
        return None
    return int(raw(run.case, "law.rows", 1)[0]) % B


def drawn_cut(run: Run) -> int | None:
    """How many steps the first half has; None where the halves cannot be chained."""
    inputs, outputs, T = run.declaration.inputs, run.declaration.outputs, run.case.sizes.get("T", 1)
    states = states_of(run)
    counted = any(i.range and "T" in (*i.range.low.letters, *i.range.high.letters) for i in inputs.values())
    untold = any(not inputs[start].differentiable for start in states)
    if not states or untold or T < 2 or counted:
        return None
    if any(o.axis("T") != 0 for n, o in outputs.items() if n not in states.values()):
        return None
    return 1 + int(raw(run.case, "law.chain", 1)[0]) % (T - 1)


def states_of(run: Run) -> dict[str, str]:
    """The last state by the name of the first, for every state that has both."""
    inputs, outputs = run.declaration.inputs, run.declaration.outputs
    return {f"{n[:-2]}_0": n for n in outputs if n.endswith("_T") and f"{n[:-2]}_0" in inputs}


def taken(specs: Mapping[str, Input], arrays: Mapping[str, Any], row: int | None) -> dict[str, Any]:
    """A row of the batch of every array that has one; the arrays as they are where `row` is None."""
    axes = {n: specs[n].axis("B") if isinstance(a, np.ndarray) and row is not None else None for n, a in arrays.items()}
    return {n: a if axes[n] is None else a.take([row], axes[n]) for n, a in arrays.items()}


def rows(run: Run, row: int) -> float:
    law = f"row {row} of the batch run alone gives the same"
    inputs, outputs = run.declaration.inputs, run.declaration.outputs
    alone, backward = run.forward(taken(inputs, run.inputs, row))
    worst = agree(run, law, alone, taken(outputs, run.outputs, row), run.output_yardstick)
    gradients = backward(taken(outputs, run.upstream, row))
    return max(worst, rows_agree(run, law, gradients, row))


def rows_agree(run: Run, law: str, found: Arrays, row: int, size: Arrays | None = None) -> float:
    """Whether the gradients of inputs that have the axis B are those of the row."""
    specs = run.declaration.inputs
    names = [n for n in run.given if specs[n].axis("B") is not None]
    mine = taken(specs, {n: run.gradients[n] for n in names}, row)
    return agree(run, law, {n: found[n] for n in names}, mine, run.gradient_yardstick, size, "d")


def chain(run: Run, k: int, row: int | None = None) -> float:
    """The halves x[:k] and x[k:], the states of the first handed to the second and their gradients handed back."""
    specs, states = run.declaration, states_of(run)
    inputs, upstream = taken(specs.inputs, run.inputs, row), taken(specs.outputs, run.upstream, row)
    others = [n for n in specs.outputs if n not in states.values()]
    timed = [n for n in inputs if specs.inputs[n].axis("T") == 0]
    first, first_backward = run.forward({n: a[:k] if n in timed else a for n, a in inputs.items()})
    handed = {start: first[end] for start, end in states.items()}
    second, second_backward = run.forward({n: a[k:] if n in timed else a for n, a in inputs.items()} | handed)
    law = f"steps before {k} and from {k} on, chained, give the whole" + (
        "" if row is None else f", of row {row} alone"
    )
    joined = {n: np.concatenate((first[n], second[n])) for n in others} | {n: second[n] for n in states.values()}
    worst = agree(run, law, joined, taken(specs.outputs, run.outputs, row), run.output_yardstick)
    late = second_backward({n: u[k:] if n in others and u is not None else u for n, u in upstream.items()})
    early = first_backward(
        {n: None if upstream[n] is None else upstream[n][:k] for n in others}
        | {end: late[start] for start, end in states.items()}
    )
    total, size = {}, {}
    for n in run.given:
        if n in timed:
            total[n] = np.concatenate((early[n], late[n]))
        else:
            total[n] = early[n] if n in states else early[n] + late[n]
        size[n] = np.abs(total[n]) if n in timed or n in states else np.abs(early[n]) + np.abs(late[n])
    if row is not None:
        return max(worst, rows_agree(run, law, total, row, size))
    return max(worst, gradients_agree(run, law, total, run.gradients, size))


LAWS: tuple[Callable[[Run], float], ...] = (zero, linear, apart)


def gradients_agree(run: Run, law: str, found: Arrays, wanted: Arrays, size: Arrays | None = None) -> float:
    found, wanted = {n: found[n] for n in run.given}, {n: wanted[n] for n in run.given}
    return agree(run, law, found, wanted, run.gradient_yardstick, size, "d")


def agree(
    run: Run,
    law: str,
    found: Arrays,
    wanted: Arrays,
    yardstick: Yardstick,
    size: Arrays | None = None,
    prefix: str = "",
) -> float:
    """The largest error over tolerance.

    Both sides may be off by the yardstick's tolerance, and by the rounding of their terms, `size`.
    """
    worst = 0.0
    for name in yardstick.specs:
        if name not in found:
            continue
        terms = np.zeros(()) if size is None else ROUNDING[run.case.dtype] * size[name]
        comparison = compare(name, found[name], wanted[name], yardstick, widening(terms))
        worst = max(worst, comparison.ratio)
        if comparison.ratio > 1:
            entry = comparison.worst[0]
            opinions = said({"found": entry.manual, "due": entry.judge})
            what = f"{prefix}{place(name, entry)} {opinions}: {so_many_times(entry.ratio)} tolerance"
            broken(law, what, worst_line(comparison), comparison.ratio)
    return worst


def widening(terms: Array) -> Callable[[Array], Array]:
    return lambda tolerance: 2 * tolerance + terms


def broken(law: str, what: str, worst: str = "", ratio: float = float("inf")) -> NoReturn:
    details = (("verdict", "manual breaks a law that every backward obeys"),) + ((("worst", worst),) if worst else ())
    raise Fall(Finding("laws", "wrong", f"law broken ({law}): {what}", details, ratio=ratio))
