"""The case of a fault, played with a unit, and what autograd says of its arrays."""

import zlib
from typing import Any

import numpy as np
import torch

from gradcheck import declare
from gradcheck.unit.declaration import ArraySpec
from tests.verdicts.wrong.fault import Arrays, Fault, Unit, right_reference, right_unit
from tests.verdicts.wrong.plays import once


def arrays_of(fault: Fault) -> tuple[Arrays, Arrays]:
    """Inputs and upstream gradients by name, anew at each call, for a play may write to them."""
    inputs, upstream = random_arrays(fault.base, fault.sizes)
    for change in fault.changes:
        change(inputs, upstream)
    return inputs, upstream


def random_arrays(base: str, sizes: str) -> tuple[Arrays, Arrays]:
    declaration = declare(right_unit(base))
    letters = {letter: int(size) for letter, size in (part.split("=") for part in sizes.split(","))}
    generator = np.random.default_rng(zlib.crc32(f"{base} {sizes}".encode()))
    inputs = {n: random_array(spec, letters, generator) for n, spec in declaration.inputs.items()}
    return inputs, {n: random_array(spec, letters, generator) for n, spec in declaration.outputs.items()}


def random_array(spec: ArraySpec, letters: dict[str, int], generator: np.random.Generator) -> Any:
    shape = spec.shape(letters)
    if spec.range is not None:
        low, high = spec.range.low.size(letters), spec.range.high.size(letters)
        return generator.integers(low, high + 1, shape)
    if spec.kind == "bool":
        return generator.random(shape) < 0.75
    return np.asarray(generator.standard_normal(shape))


def played(fault: Fault, unit: Unit) -> Arrays:
    inputs, upstream = arrays_of(fault)
    with np.errstate(all="ignore"):
        return (fault.play or once)(unit, inputs, upstream)


def autograd(base: str, inputs: Arrays, upstream: Arrays) -> tuple[Arrays, Arrays]:
    """Outputs and gradients of the reference, by name, each input for itself even where two are one array."""
    tensors = {n: torch.tensor(np.array(a)) for n, a in inputs.items()}
    floats = {n: t.requires_grad_() for n, t in tensors.items() if t.dtype.is_floating_point}
    outputs = right_reference(base)(**tensors)._asdict()
    given = {n: torch.tensor(np.array(u)) for n, u in upstream.items() if u is not None}
    found = torch.autograd.grad(
        [outputs[n] for n in given], list(floats.values()), list(given.values()), materialize_grads=True
    )
    gradients = {n: g.numpy() for n, g in zip(floats, found, strict=True)}
    return {n: o.detach().numpy() for n, o in outputs.items()}, gradients


def differs(these: Arrays, those: Arrays, tolerance: float) -> list[str]:
    """The names whose arrays differ by more than a part of the largest entry of the right one, entry by entry."""
    return [n for n in those if not np.all(np.abs(these[n] - those[n]) <= tolerance * scale_of(those[n]))]


def scale_of(array: Any) -> float:
    return float(np.abs(array).max(initial=0)) or 1.0
