"""Whether what is said of a fault ("looks like") is true, found by a route that shares no code with its search.

The fault that a record states is put into gradients of PyTorch at fresh cases of other sizes, and what comes out is
compared with the wrong backward in every wrong block.  Faults between the steps are put into one graph of all steps, by
hooks and detached states; those inside a step are recomputed from the formulas of the gates.  Of the records, the
fields alone are read.
"""

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
import torch
from _fresh import Arrays, Fresh, fresh_case, same
from _sequences import SEQUENCE_FAULTS
from _steps import Step, composed

from gradcheck import Case, Subject
from gradcheck.diagnosis.patterns.exchanges import (
    BlockCopied,
    BlocksExchanged,
    GradientCopied,
    InputAdded,
    InputReturned,
    OwnInputReturned,
    UpstreamReturned,
)
from gradcheck.diagnosis.patterns.explanation import Explanation
from gradcheck.diagnosis.patterns.pattern import Pattern
from gradcheck.diagnosis.patterns.scaling import ClippedEntries, ClippedNorm, Scaled, ScaledBySize, Transposed
from gradcheck.diagnosis.patterns.shifts import GradientShifted, UpstreamShifted
from gradcheck.diagnosis.patterns.softmax import SoftmaxSimplified
from gradcheck.diagnosis.patterns.upstreams import (
    UpstreamChanged,
    UpstreamLost,
    UpstreamOnes,
    UpstreamPicked,
    UpstreamSigns,
)


def verify(subject: Subject, case: Case, claim: Explanation) -> str:
    """The answer: true, false, or unchecked where nothing here can tell, or no fresh case shows the fault."""
    answers = set()
    for seed in (301, 302, 303):
        fresh = fresh_case(subject, case, seed, inside_a_step=claim.within_step)
        if fresh is None:
            continue
        if claim.within_step:
            answers.add(Step(fresh).holds(claim))
            answers.add(composed(subject, case, seed))
        else:
            answers.add(holds(fresh, claim))
    return "unchecked" if not answers or None in answers else "true" if answers == {True} else "false"


def holds(fresh: Fresh, claim: Explanation) -> bool | None:
    """Whether every wrong block is as one of the patterns has it, each in its own tensors if there are several."""
    told = []
    for match in claim.matches:
        predicted = predict(fresh, match.pattern)
        if predicted is None:
            return None
        told.append((match.tensors if len(claim.matches) > 1 else tuple(fresh.names), predicted))
    return all(
        any(n in names and n in p and same(fresh.found[n][i], p[n][i]) for names, p in told)
        for n, _, i in fresh.wrong(fresh.found, fresh.due)
    )


def predict(fresh: Fresh, pattern: Pattern) -> Arrays | None:
    """The gradients that a fault gives, None where it is not known here."""
    method = FAULTS.get(type(pattern))
    return None if method is None else method(fresh, pattern)


def times(f: Fresh, factor: float) -> Arrays:
    return {n: factor * g for n, g in f.due.items()}


def scaled_by_size(f: Fresh, pattern: ScaledBySize) -> Arrays:
    return times(f, float(np.prod([f.sizes[letter] for letter in pattern.letters])) ** pattern.power)


def clipped_norm(f: Fresh, pattern: ClippedNorm) -> Arrays:
    whole = np.concatenate([np.ravel(g) for g in f.due.values()])
    norms = {n: np.linalg.norm(whole if pattern.joint else g) for n, g in f.due.items()}
    return {n: g * min(1.0, pattern.limit / max(norms[n], 1e-300)) for n, g in f.due.items()}


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


def changed_upstream(f: Fresh, pattern: UpstreamChanged) -> Arrays:
    changes = {"counts twice": lambda u: u + u, "has the wrong sign": lambda u: 0 - u, "is ones": lambda u: u**0}
    return by_upstream(f, lambda n, u: changes[pattern.change](u) if n == pattern.output else u)


def one_of(f: Fresh, pattern: UpstreamPicked) -> Arrays:
    def change(n: str, u: Any) -> Any:
        axis = f.declaration.outputs[n].axis(pattern.letter)
        if axis is None:
            return u
        keep = np.zeros(u.shape[axis])
        keep[0 if pattern.which == "first" else -1] = 1
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


def in_time(f: Fresh, pattern: GradientShifted) -> Arrays:
    axes = {n: f.declaration.inputs[n].axis("T") for n in f.names}
    return {n: shifted(f.due[n], a, pattern.shift, pattern.around) for n, a in axes.items() if a is not None}


def simplified_softmax(f: Fresh, pattern: SoftmaxSimplified) -> Arrays:
    """With every call of softmax replaced by a linear function of its scores that has the wrong slope."""
    softmax = torch.softmax

    def linear(scores: Any, dim: int, *_: Any, **__: Any) -> Any:
        p = softmax(scores.detach(), dim)
        return p + (scores - scores.detach()) * p * (1 - p if pattern.fault == "diagonal" else 1)

    with mock.patch.object(torch, "softmax", linear), mock.patch.object(torch.Tensor, "softmax", linear):
        return f.autograd(f.upstream)


def upstream_in_time(f: Fresh, pattern: UpstreamShifted) -> Arrays:
    axes = {n: f.declaration.outputs[n].axis("T") for n in f.upstream}
    return by_upstream(f, lambda n, u: u if axes[n] is None else shifted(u, axes[n], pattern.shift, False))


FAULTS: dict[type[Pattern], Callable[[Fresh, Any], Arrays]] = {
    Scaled: lambda f, p: times(f, p.factor),
    ScaledBySize: scaled_by_size,
    Transposed: lambda f, p: {n: g.T for n, g in f.due.items()},
    ClippedEntries: lambda f, p: {n: np.minimum(np.maximum(g, -p.limit), p.limit) for n, g in f.due.items()},
    ClippedNorm: clipped_norm,
    BlocksExchanged: lambda f, p: exchanged(f, p.first, p.second, True),
    BlockCopied: lambda f, p: exchanged(f, p.block, p.source, False),
    GradientCopied: lambda f, p: {p.tensor: f.due[p.source]},
    InputReturned: lambda f, p: {p.tensor: f.inputs[p.source]},
    OwnInputReturned: lambda f, p: {n: f.inputs[n] for n in f.names},
    InputAdded: lambda f, p: {n: f.due[n] + f.inputs[n] for n in f.names},
    UpstreamReturned: lambda f, p: dict.fromkeys(f.names, f.upstream[p.output]),
    UpstreamLost: lambda f, p: by_upstream(f, lambda n, u: u * (n not in p.outputs)),
    UpstreamChanged: changed_upstream,
    UpstreamOnes: lambda f, p: by_upstream(f, lambda n, u: u**0),
    UpstreamSigns: lambda f, p: by_upstream(f, lambda n, u: u / abs(u)),
    UpstreamPicked: one_of,
    UpstreamShifted: upstream_in_time,
    GradientShifted: in_time,
    SoftmaxSimplified: simplified_softmax,
    **SEQUENCE_FAULTS,
}
