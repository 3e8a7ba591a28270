"""That every unit of `right` is right is proved here without the harness: by autograd, and by differences."""

import zlib

import numpy as np
import pytest
import torch

from gradcheck import declare
from tests.verdicts.right import scans, scans_reference
from tests.verdicts.right.catalog import CELLS, Cell

SIZES = ({"T": 1, "B": 1, "H": 1}, {"T": 4, "B": 3, "H": 2}, {"T": 7, "B": 2, "H": 5})
STEP = 2.0**-14


def draw(spec, sizes, random):
    shape = spec.shape(sizes)
    if spec.kind == "bool":
        return random.random(shape) < 0.7
    if spec.kind == "int":
        return random.integers(spec.range.low.size(sizes), spec.range.high.size(sizes) + 1, shape)
    return random.standard_normal(shape)


def points(cell):
    """Sizes and inputs of three random points, each with every choice of options."""
    declaration = declare(cell.unit)
    for number, some in enumerate(SIZES):
        random = np.random.default_rng([number, zlib.crc32(cell.name.encode())])
        sizes = {letter: some.get(letter, 1 + number + k) for k, letter in enumerate(declaration.letters)}
        for options in declaration.choices:
            yield declaration, {n: draw(i, sizes, random) for n, i in declaration.inputs.items()}, options, random


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def off(found, due, whole):
    """The error over the largest entry of the tensor; a tensor that is 0 by algebra is held against the others."""
    size = max(np.abs(due).max(initial=0), 1e-3 * whole, 1e-6)
    return np.abs(found - due).max(initial=0) / size


def by_autograd(declaration, reference, inputs, options, upstream):
    tensors = {n: torch.tensor(a) for n, a in inputs.items()}
    leaves = [tensors[n].requires_grad_() for n in declaration.differentiable]
    outputs = reference(**tensors, **options)
    total = sum((y * torch.tensor(u)).sum() for y, u in zip(outputs, upstream, strict=True)) + 0 * sum(
        leaf.sum() for leaf in leaves
    )
    return [y.detach().numpy() for y in outputs], [g.numpy() for g in torch.autograd.grad(total, leaves)]


def largest_error(cell):
    """The largest relative error: of the outputs and gradients, and of one directional derivative."""
    worst = [0.0, 0.0]
    for declaration, inputs, options, random in points(cell):
        outputs, backward = cell.unit(**inputs, **options)
        upstream = [random.standard_normal(np.shape(y)) for y in outputs]
        gradients = backward(declaration.output_type(*upstream))
        names = declaration.differentiable
        due_outputs, due = by_autograd(declaration, cell.reference, inputs, options, upstream)
        for found, wanted in ((list(outputs), due_outputs), ([gradients[n] for n in names], due)):
            assert [np.shape(a) for a in found] == [a.shape for a in wanted]
            whole = max(np.abs(a).max(initial=0) for a in wanted)
            worst[0] = max(worst[0], *(off(a, b, whole) for a, b in zip(found, wanted, strict=True)))
        direction = {n: random.standard_normal(inputs[n].shape) for n in names}
        worst[1] = max(worst[1], along(cell, inputs, options, upstream, gradients, direction))
    return worst


def along(cell, inputs, options, upstream, gradients, direction):
    """The derivative along a direction by the backward, and by central differences of two widths, extrapolated."""

    def output(step):
        moved = {n: a + step * direction[n] if n in direction else a for n, a in inputs.items()}
        return flat(cell.unit(**moved, **options)[0])

    def slope(step):
        return flat(upstream) @ (output(step) - output(-step)) / (2 * step)

    differences = (4 * slope(STEP / 2) - slope(STEP)) / 3
    terms = flat([gradients[n] for n in direction]) * flat(direction.values())
    return abs(terms.sum() - differences) / max(np.abs(terms).sum(), np.abs(flat(upstream)).sum() * 1e-3)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_the_backward_is_that_of_autograd_and_of_differences(cell):
    against_autograd, against_differences = largest_error(cell)
    digits_are_lost = cell.due == "imprecise"
    assert against_autograd < (1e-5 if digits_are_lost else 1e-6)
    assert against_differences < (1e-2 if digits_are_lost else 1e-6)


def wrong(gate_too):
    def doubled(x, gate):
        outputs, backward = scans.doubling(x, gate)
        return outputs, lambda d: {n: g * (1 + 1e-5 * gate_too) for n, g in backward(d).items()}

    doubled.__annotations__ = scans.doubling.__annotations__
    return largest_error(Cell("wrong", doubled, scans_reference.doubling))


def test_a_gradient_off_by_a_hundred_thousandth_is_seen_by_both():
    assert max(wrong(False)) < 1e-6
    assert min(wrong(True)) > 1e-6


def test_there_are_enough_of_every_verdict_and_each_has_a_reason():
    names = [c.name for c in CELLS]
    assert len(names) == len(set(names)) >= 125
    assert sum(c.due == "imprecise" for c in CELLS) >= 8
    assert all(bool(c.reason) == (c.due != "proved") for c in CELLS)
