"""What every vector-Jacobian product obeys, whatever the function.

zero        a zero upstream gradient gives zero gradients, exactly
none        an upstream gradient that is None counts as zeros
linear      the gradients of two parts of u, one taken 2^k times, one 2^-k times, add up to those of u; where they do
            not, it is asked which of the two is broken:
  scaling     2^k u gives 2^k times the gradients of u, for large and small 2^k
  additive    the gradients of two parts of u add up to those of u
rows        where every output has the axis B: a row of the batch run alone gives the same
chain       where states NAME_0 lead to states NAME_T: two half sequences, chained, give the whole; not where
            the gradient of a state is not given; nor where the range of an integer input names T, which then counts
            steps (a length, a truncation) from the start of the sequence: each half would need counts of its own
"""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from ..arrays import Array, Arrays, raw
from ..compare import compare
from ..finding import Fall, Finding, place, said, times, worst_line
from ..oracle import Upstream
from ..run import Run
from ..tolerance import Yardstick

EXPONENT = {"float64": 20, "float32": 10}
ROUNDING = {"float64": 64 * 2.0**-52, "float32": 16 * 2.0**-23}


def climb(run: Run) -> float:
    return max(law(run) for law in LAWS)


def zero(run: Run) -> float:
    nothing = {n: None if u is None else np.zeros_like(u) for n, u in run.upstream.items()}
    for name, gradient in run.first[1](nothing).items():
        if name in run.given and not (gradient == 0).all():
            broken("a zero upstream gradient gives zero gradients", f"d{name} is not zero")
    return 0.0


def none(run: Run) -> float:
    """Of two groups of outputs, one is None and then the other; else what is None is zeros, or zeros are None."""
    names = [n for n, _ in given(run)]
    try:
        if len(names) < 2:
            differentiable = [n for n, o in run.declaration.outputs.items() if o.differentiable]
            return max(none_for(run, n) for n in differentiable if n not in names or len(differentiable) == 1)
        group = 1 + int(raw(run.case, "law.none", 1)[0]) % (2 ** len(names) - 2)
        kept = {n: group >> k & 1 for k, n in enumerate(names)}
        parts = [run.first[1]({n: u if kept.get(n) == k else None for n, u in run.upstream.items()}) for k in (0, 1)]
        return parts_add_up(run, "additive: the gradients of some outputs and of the others add up", *parts)
    except Fall:
        for name in names:
            none_for(run, name)
        raise


def none_for(run: Run, name: str) -> float:
    zeros: Upstream = {**run.upstream, name: np.zeros_like(run.outputs[name])}
    absent: Upstream = {**run.upstream, name: None}
    law = f"None for {name} counts as zeros"
    return gradients_agree(run, law, run.first[1](absent), run.first[1](zeros))


def linear(run: Run) -> float:
    law = "linear: large and small multiples of two upstream gradients give the multiples of their gradients"
    large, small = factors(run)
    try:
        return parts_add_up(run, law, *(pulled(run, factor, k) for k, factor in ((0, large), (1, small))))
    except Fall:
        scaling(run)
        additive(run)
        raise


def scaling(run: Run) -> None:
    for factor in factors(run):
        law = f"linear: {factor:g} times the upstream gradient gives {factor:g} times the gradients"
        gradients_agree(run, law, pulled(run, factor), run.gradients, dict.fromkeys(run.given, underflow(run)))


def additive(run: Run) -> None:
    law = "additive: the gradients of two upstream gradients add up"
    parts_add_up(run, law, *(pulled(run, 1, k) for k in (0, 1)))


def factors(run: Run) -> list[Any]:
    """A large power of two and its inverse, in the precision of the case."""
    real = run.gradients[run.given[0]].real.dtype.type
    return [real(2.0 ** (sign * EXPONENT[run.case.dtype])) for sign in (1, -1)]


def underflow(run: Run) -> Array:
    """The size of terms whose rounding is that of the smallest numbers, 2^k times."""
    small = factors(run)[1]
    return np.full((), float(np.finfo(small.dtype).tiny) / float(small) / ROUNDING[run.case.dtype])


def pulled(run: Run, factor: Any, part: int | None = None) -> Arrays:
    """The gradients of so many times one of two random parts of the upstream gradient, or all of it, over as many."""
    upstream = {n: None if u is None else u * (factor * chosen(run, n, u, part)) for n, u in run.upstream.items()}
    return {n: g / factor for n, g in run.first[1](upstream).items() if n in run.given}


def chosen(run: Run, name: str, u: Array, part: int | None) -> Any:
    if part is None:
        return 1
    return (raw(run.case, f"law.additive.{name}", u.size).reshape(u.shape) % np.uint64(2) == part).astype(u.real.dtype)


def parts_add_up(run: Run, law: str, one: Arrays, other: Arrays) -> float:
    total = {n: one[n] + other[n] for n in run.given}
    size = {n: np.abs(one[n]) + np.abs(other[n]) + underflow(run) for n in run.given}
    return gradients_agree(run, law, total, run.gradients, size)


def rows(run: Run) -> float:
    outputs = run.declaration.outputs
    if run.case.sizes.get("B", 1) < 2 or any(o.axis("B") is None for o in outputs.values()):
        return 0.0
    b = int(raw(run.case, "law.rows", 1)[0]) % run.case.sizes["B"]

    def row(name: str, array: Array, specs: str = "inputs") -> Array:
        axis = getattr(run.declaration, specs)[name].axis("B")
        return array if axis is None else array.take([b], axis)

    inputs = {n: row(n, a) if isinstance(a, np.ndarray) else a for n, a in run.inputs.items()}
    alone, backward = run.forward(inputs)
    law = f"row {b} of the batch run alone gives the same"
    whole = {n: row(n, a, "outputs") for n, a in run.outputs.items()}
    worst = agree(run, law, alone, whole, run.output_yardstick)
    gradients = backward({n: None if u is None else row(n, u, "outputs") for n, u in run.upstream.items()})
    names = [n for n in run.given if run.declaration.inputs[n].axis("B") is not None]
    mine = {n: row(n, run.gradients[n]) for n in names}
    return max(worst, agree(run, law, {n: gradients[n] for n in names}, mine, run.gradient_yardstick, prefix="d"))


def chain(run: Run) -> float:
    """The halves x[:k] and x[k:], the states of the first handed to the second and their gradients handed back."""
    inputs, outputs, T = run.declaration.inputs, run.declaration.outputs, run.case.sizes.get("T", 1)
    states = {f"{n[:-2]}_0": n for n in outputs if n.endswith("_T") and f"{n[:-2]}_0" in inputs}
    others = [n for n in outputs if n not in states.values()]
    counted = any(i.range and "T" in (*i.range.low.letters, *i.range.high.letters) for i in inputs.values())
    untold = any(not inputs[start].differentiable for start in states)
    if not states or untold or T < 2 or counted or any(outputs[n].axis("T") != 0 for n in others):
        return 0.0
    k = 1 + int(raw(run.case, "law.chain", 1)[0]) % (T - 1)
    timed = [n for n in run.inputs if inputs[n].axis("T") == 0]
    first, first_backward = run.forward({n: a[:k] if n in timed else a for n, a in run.inputs.items()})
    handed = {start: first[end] for start, end in states.items()}
    second, second_backward = run.forward({n: a[k:] if n in timed else a for n, a in run.inputs.items()} | handed)
    law = f"steps before {k} and from {k} on, chained, give the whole"
    joined = {n: np.concatenate((first[n], second[n])) for n in others} | {n: second[n] for n in states.values()}
    worst = agree(run, law, joined, run.outputs, run.output_yardstick)
    upstream = run.upstream
    late = second_backward({n: u[k:] if n in others and u is not None else u for n, u in upstream.items()})
    early = first_backward(
        {n: None if upstream[n] is None else upstream[n][:k] for n in others}  # type: ignore[index]
        | {end: late[start] for start, end in states.items()}
    )
    total, size = {}, {}
    for n in run.given:
        if n in timed:
            total[n] = np.concatenate((early[n], late[n]))
        else:
            total[n] = early[n] if n in states else early[n] + late[n]
        size[n] = np.abs(total[n]) if n in timed or n in states else np.abs(early[n]) + np.abs(late[n])
    return max(worst, gradients_agree(run, law, total, run.gradients, size))


LAWS: tuple[Callable[[Run], float], ...] = (zero, none, linear, rows, chain)


def given(run: Run) -> list[tuple[str, Array]]:
    return [(n, u) for n, u in run.upstream.items() if u is not None]


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
            what = f"{prefix}{place(name, entry)} {opinions}: {times(entry.ratio)} tolerance"
            broken(law, what, worst_line(comparison), comparison.ratio)
    return worst


def widening(terms: Array) -> Callable[[Array], Array]:
    return lambda tolerance: 2 * tolerance + terms


def broken(law: str, what: str, worst: str = "", ratio: float = float("inf")) -> NoReturn:
    details = (("verdict", "manual breaks a law that every backward obeys"),) + ((("worst", worst),) if worst else ())
    raise Fall(Finding("laws", "wrong", f"law broken ({law}): {what}", details, ratio=ratio))
