"""Whether what is said of a fault ("looks like") is true, found by a route that shares no code with gradcheck/blame.

The words are read, the fault they state is put into gradients of PyTorch at fresh cases of other sizes, and what comes
out is compared with the wrong backward in every wrong block.  Faults between the steps are put into one graph of all
steps, by hooks and detached states; those inside a step are recomputed from the formulas of the gates.
"""

import re
from typing import Any

import numpy as np
from _fresh import Arrays, Fresh, fresh_case, same
from _sequences import carried, never_updated, of_steps, other_operand, state_operand, truncated
from _steps import Step, composed

from gradcheck import Case, Subject


def verify(subject: Subject, case: Case, claim: str) -> str:
    """The answer: true, false, or unchecked where nothing here can tell, or no fresh case shows the fault."""
    parts = claim.split("; ")
    inside = [re.fullmatch(r"(.+?) in ((?:row blocks? |d[a-z]).*)", part) for part in parts]
    answers = set()
    for seed in (301, 302, 303):
        fresh = fresh_case(subject, case, seed, inside_a_step=all(inside))
        if fresh is None:
            continue
        if all(inside):
            answers.add(Step(fresh).holds([(m[1], m[2]) for m in inside if m]))
            answers.add(composed(subject, case, seed))
        else:
            answers.add(holds(fresh, parts))
    return "unchecked" if not answers or None in answers else "true" if answers == {True} else "false"


def holds(fresh: Fresh, parts: list[str]) -> bool | None:
    """Whether every wrong block is as one of the parts says that it is."""
    told = []
    for part in parts:
        named = re.fullmatch(r"(d\w+(?:, d\w+)*): (.*)", part)
        names = [n[1:] for n in named[1].split(", ")] if named else fresh.names
        predicted = stated(fresh, named[2] if named else part)
        if predicted is None:
            return None
        told.append((names, predicted))
    return all(
        any(n in names and n in p and same(fresh.found[n][i], p[n][i]) for names, p in told)
        for n, _, i in fresh.wrong(fresh.found, fresh.due)
    )


def stated(fresh: Fresh, text: str) -> Arrays | None:
    """The gradients that a fault gives, None where its words are not known."""
    for pattern, method in STATEMENTS:
        if match := re.fullmatch(pattern, text):
            gradients: Arrays = method(fresh, *match.groups())
            return gradients
    return None


def times(f: Fresh, factor: float) -> Arrays:
    return {n: factor * g for n, g in f.due.items()}


def exchanged(f: Fresh, a: str, b: str, both: bool) -> Arrays:
    result = {}
    for n in f.names:
        index = dict(f.blocks(n))
        if a in index and b in index:
            result[n] = np.full_like(f.due[n], np.nan)
            result[n][index[a]] = f.due[n][index[b]]
            if both:
                result[n][index[b]] = f.due[n][index[a]]
    return result


def by_upstream(f: Fresh, change: Any) -> Arrays:
    return f.autograd({n: change(n, np.array(u)) for n, u in f.upstream.items()})


def one_of(f: Fresh, which: str, letter: str) -> Arrays:
    def change(n: str, u: Any) -> Any:
        axis = f.declaration.outputs[n].axis(letter)
        if axis is None:
            return u
        keep = np.zeros(u.shape[axis])
        keep[0 if which == "first" else -1] = 1
        return u * keep.reshape(-1, *[1] * (u.ndim - axis - 1))

    return by_upstream(f, change)


def shifted(g: Any, axis: int, how: str, around: bool) -> Any:
    T = g.shape[axis]
    order = {
        "one step late": np.arange(T) - 1,
        "one step early": np.arange(T) + 1,
        "reversed in time": np.arange(T)[::-1],
    }
    result = np.take(g, order[how] % T, axis)
    if not around:
        outside = (order[how] < 0) | (order[how] >= T)
        result = result * ~outside.reshape(-1, *[1] * (g.ndim - axis - 1))
    return result


def in_time(f: Fresh, how: str, around: str | None) -> Arrays:
    axes = {n: f.declaration.inputs[n].axis("T") for n in f.names}
    return {n: shifted(f.due[n], a, how, bool(around)) for n, a in axes.items() if a is not None}


def upstream_in_time(f: Fresh, how: str) -> Arrays:
    axes = {n: f.declaration.outputs[n].axis("T") for n in f.upstream}
    return by_upstream(f, lambda n, u: u if axes[n] is None else shifted(u, axes[n], how, False))


SHIFT = "(one step late|one step early|reversed in time)"

STATEMENTS: list[tuple[str, Any]] = [
    ("it is zero", lambda f: times(f, 0)),
    ("the sign is wrong", lambda f: times(f, -1)),
    ("twice what is due", lambda f: times(f, 2)),
    ("half of what is due", lambda f: times(f, 0.5)),
    (r"(-?[\d.e+-]+) times what is due", lambda f, c: times(f, float(c))),
    (r"divided by T\*B", lambda f: times(f, 1 / (f.sizes["T"] * f.sizes["B"]))),
    (r"divided by ([TB])(?: \(.*\))?", lambda f, n: times(f, 1 / f.sizes[n])),
    (r"multiplied by ([TB])", lambda f, n: times(f, f.sizes[n])),
    ("the transpose of what is due", lambda f: {n: g.T for n, g in f.due.items()}),
    (r"row blocks (.+) and (.+) are exchanged", lambda f, a, b: exchanged(f, a, b, True)),
    (r"row block (.+) is a copy of what is due to (.+)", lambda f, a, b: exchanged(f, a, b, False)),
    (r"d(\w+) is what is due to d(\w+)", lambda f, a, b: {a: f.due[b]}),
    (r"d(\w+) is the input (\w+) itself", lambda f, a, b: {a: f.inputs[b]}),
    ("it is the input itself", lambda f: {n: f.inputs[n] for n in f.names}),
    ("the input is added to what is due", lambda f: {n: f.due[n] + f.inputs[n] for n in f.names}),
    (r"it is the upstream gradient of (\w+) itself", lambda f, o: dict.fromkeys(f.names, f.upstream[o])),
    (r"clipped to \+-(.+)", lambda f, c: {n: np.clip(g, -float(c), float(c)) for n, g in f.due.items()}),
    (
        r"the upstream gradient of (.+) does not arrive",
        lambda f, lost: by_upstream(f, lambda n, u: u * (n not in lost.split(" and "))),
    ),
    (
        r"the upstream gradient of (\w+) counts twice",
        lambda f, o: by_upstream(f, lambda n, u: 2 * u if n == o else u),
    ),
    (
        r"the upstream gradient of (\w+) has the wrong sign",
        lambda f, o: by_upstream(f, lambda n, u: -u if n == o else u),
    ),
    (
        r"the size of the upstream gradient of (\w+) is ignored, as if every entry were 1",
        lambda f, o: by_upstream(f, lambda n, u: u**0 if n == o else u),
    ),
    (
        "the size of the upstream gradient is ignored, as if every entry were 1",
        lambda f: by_upstream(f, lambda n, u: u**0),
    ),
    ("only the sign of the upstream gradient counts", lambda f: by_upstream(f, lambda n, u: u / abs(u))),
    (r"only the upstream gradient of the (first|last) step arrives", lambda f, w: one_of(f, w, "T")),
    (r"only the upstream gradient of the (first|last) batch row arrives", lambda f, w: one_of(f, w, "B")),
    (rf"the upstream gradient is read {SHIFT}", upstream_in_time),
    (rf"what is due, {SHIFT}(, coming round)?", in_time),
    (r"(d\w+(?: and d\w+)*) is not carried from step to step(?:, (nor to the initial state))?", carried),
    (r"(d\w+) is carried from step to step (twice|with the wrong sign)", carried),
    (r"the carry of d(\w+) is never updated: every step gets that of the last", never_updated),
    (r"what reaches back (\d+) steps or more is missing: truncated", truncated),
    (r"only the (first) step's is there: overwritten, not added up", lambda f, w: of_steps(f, w, "only")),
    (r"only the (last) step's is there", lambda f, w: of_steps(f, w, "only")),
    (r"the (first|last) step's is missing", lambda f, w: of_steps(f, w, "all but")),
    (r"(the last \w+, by index -1, in place of (\w+))", state_operand),
    (r"(zeros in place of (\w+))", state_operand),
    (r"(.+ the step) where (.+ the step) is due", other_operand),
]
