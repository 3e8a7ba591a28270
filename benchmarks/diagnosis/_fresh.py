"""A fresh case of a subject: what manual gives and what PyTorch gives, without the help of gradcheck/diagnosis."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch

from gradcheck import Case, Subject
from gradcheck.cases.arrays import draw_arrays

Arrays = dict[str, Any]

TOLERANCE = 1e-8


def same(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.abs(a - b).max(initial=0.0) <= TOLERANCE * np.abs(b).max(initial=0.0) + 1e-13)


class Fresh:
    """A case with what manual gives and what PyTorch gives."""

    def __init__(self, subject: Subject, case: Case) -> None:
        self.subject, self.case, self.declaration = subject, case, subject.declaration
        arrays = draw_arrays(self.declaration, case)
        self.inputs, self.options = dict(arrays.inputs), arrays.options
        self.upstream = {n: u for n, u in arrays.upstream.items() if u is not None}
        self.names = [n for n in self.declaration.differentiable if n in self.inputs]
        self.sizes = case.sizes
        self.outputs, self.backward = self.subject.unit(**self.inputs, **self.options)
        self.found, self.due = self.manual(self.upstream), self.autograd(self.upstream)

    def manual(self, upstream: Arrays) -> Arrays:
        given = {n: upstream.get(n) for n in self.declaration.outputs}
        with np.errstate(all="ignore"):
            gradients = self.backward(self.declaration.output_type(**given))
        return {n: np.array(gradients[n]) for n in self.names}

    def autograd(self, upstream: Arrays) -> Arrays:
        tensors = tensors_of(self.inputs)
        leaves = [tensors[n].requires_grad_() for n in self.names]
        return dict(
            zip(self.names, pulled(self.subject.reference(**tensors, **self.options), upstream, leaves), strict=True)
        )

    def blocks(self, name: str) -> list[tuple[str, Any]]:
        """Row blocks by label and their index; an array without blocks is one, labelled ""."""
        spec = self.declaration.inputs[name]
        for axis, dimension in enumerate(spec.dimensions):
            if dimension.factor > 1 and spec.axis("T") is None:
                size = spec.shape(self.sizes)[axis] // dimension.factor
                labels = dimension.blocks or [f"{k + 1} of {dimension.factor}" for k in range(dimension.factor)]
                return [(g, (slice(None),) * axis + (slice(k * size, k * size + size),)) for k, g in enumerate(labels)]
        return [("", ...)]

    def wrong(self, found: Arrays, due: Arrays) -> list[tuple[str, str, Any]]:
        return [(n, label, i) for n in self.names for label, i in self.blocks(n) if not same(found[n][i], due[n][i])]


def tensors_of(arrays: Arrays) -> Arrays:
    return {n: torch.tensor(np.array(a)) if isinstance(a, np.ndarray) else a for n, a in arrays.items()}


def pulled(outputs: Any, upstream: Arrays, leaves: list[Any]) -> list[Any]:
    pairs = [(getattr(outputs, n), torch.tensor(np.array(u))) for n, u in upstream.items()]
    pairs = [(y, u) for y, u in pairs if y.requires_grad]
    if not pairs:
        return [np.zeros(tuple(leaf.shape)) for leaf in leaves]
    ys, us = zip(*pairs, strict=True)
    gradients = torch.autograd.grad(ys, leaves, us, allow_unused=True)
    return [np.zeros(tuple(v.shape)) if g is None else g.numpy() for v, g in zip(leaves, gradients, strict=True)]


def fresh_case(subject: Subject, case: Case, seed: int, inside_a_step: bool) -> Fresh | None:
    """A case of other sizes that shows the fault, of the same sizes if none does."""
    larger = {n: s if s == 1 else s + 1 + seed % 2 for n, s in case.sizes.items()}
    for sizes in (larger, case.sizes):
        if inside_a_step:
            sizes = {n: 1 if n in "TB" else s for n, s in sizes.items()}
        for k in range(3):
            fresh = Fresh(subject, replace(case, sizes=sizes, seed=seed + 10 * k))
            if fresh.wrong(fresh.found, fresh.due):
                return fresh
    return None
