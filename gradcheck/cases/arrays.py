"""Makes the arrays of a case: the same numbers on every machine, exact in float32.

Each array has its own stream of random numbers; all further factors are rounded to float32 by IEEE arithmetic alone.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DeclarationError, IllConditioned
from ..unit.declaration import ArraySpec, Declaration
from .case import Case
from .fitting import describe_impossible
from .layouts import Array, apply_layout
from .streams import KINK_MARGIN, draw_normal, draw_words
from .values import shape_values
from .vocabulary import LIKE, UPSTREAM_OF

__all__ = [
    "KINK_MARGIN",
    "Array",
    "Arrays",
    "CaseArrays",
    "apply_layout",
    "draw_arrays",
    "draw_normal",
    "draw_words",
    "widen_arrays",
]

Arrays = dict[str, Array]
HUGE = {"float64": 2.0**100, "float32": 2.0**20}


@dataclass(frozen=True)
class CaseArrays:
    """Inputs by name without absent ones, options, and upstream gradients by name, each an array or None."""

    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    upstream: dict[str, Array | None] = field(default_factory=dict)


def draw_arrays(declaration: Declaration, case: Case) -> CaseArrays:
    """Make the arrays of a case, in its dtype and layouts.  Raise IllConditioned where one would have no shape."""
    if reason := describe_impossible(declaration, case.sizes):
        raise IllConditioned(reason)
    inputs: dict[str, Any] = {}
    for name, spec in declaration.inputs.items():
        if name in case.absent:
            continue
        value = draw_input(spec, declaration, case)
        inputs[name] = int(value) if spec.scalar else apply_layout(value, case.layout_of(name))
    pass_twice(inputs, case.same)
    upstream: dict[str, Array | None] = {}
    for name, spec in declaration.outputs.items():
        given = spec.differentiable and name not in case.none
        upstream[name] = apply_layout(draw_upstream(spec, case), case.layout_of(name)) if given else None
    return CaseArrays(inputs, {**get_default_options(declaration), **case.options}, upstream)


def pass_twice(inputs: dict[str, Any], names: tuple[str, ...]) -> None:
    """Pass the first of the named arrays for each of them that has the same shape and dtype."""
    first = inputs.get(names[0]) if names else None
    for name in names:
        value = inputs.get(name)
        if isinstance(first, np.ndarray) and isinstance(value, np.ndarray):
            inputs[name] = first if (value.shape, value.dtype) == (first.shape, first.dtype) else value


def get_default_options(declaration: Declaration) -> dict[str, Any]:
    return {name: values[0] for name, values in declaration.options.items()}


def draw_input(spec: ArraySpec, declaration: Declaration, case: Case) -> Array:
    """Make an input, contiguous: random numbers, or the values that the case names."""
    kind = dict(case.values).get(spec.name, "")
    other = declaration.inputs.get(kind.removeprefix(LIKE)) if kind.startswith(LIKE) else None
    if other is not None:
        twin = other if (other.kind, other.shape(case.sizes)) == (spec.kind, spec.shape(case.sizes)) else spec
        kind = dict(case.values).get(twin.name, "") if twin is not spec else ""
        spec, kind = twin, "" if kind.startswith(LIKE) else kind
    values = draw_random(spec, declaration, case)
    values = shape_values(values, kind, spec, case) if kind else values
    if spec.kind == "complex":
        return values.astype(np.complex64).astype(to_complex_dtype(case.dtype))
    return values.astype(np.float32).astype(case.dtype) if spec.kind == "float" else values


def draw_random(spec: ArraySpec, declaration: Declaration, case: Case) -> Array:
    shape = spec.shape(case.sizes)
    if spec.kind == "bool":
        return (draw_words(case, spec.name, math.prod(shape)) % np.uint64(4) > 0).reshape(shape)
    if spec.range is not None:
        return draw_integers(spec, declaration, case)
    values: Array = draw_normal(case, spec.name, shape) * choose_magnitude(spec, declaration, case)
    if case.scale == "long" and is_recurrent_weight(spec):
        values = set_spectral_radius(values, choose_radius(case))
    if spec.kind == "complex":
        imaginary = draw_normal(case, f"{spec.name}.imag", shape) * choose_magnitude(spec, declaration, case)
        values = values + 1j * imaginary
    return values


def draw_integers(spec: ArraySpec, declaration: Declaration, case: Case) -> Array:
    assert spec.range is not None
    low, high = spec.range.low.size(case.sizes), spec.range.high.size(case.sizes)
    if high < low:
        sizes = ", ".join(f"{letter}={size}" for letter, size in case.sizes.items())
        remedy = "declare one that holds a value at every size"
        value = f"{declaration.name}: argument {spec.name}"
        raise DeclarationError(value, f"its range {low} to {high} is empty at {sizes}", remedy)
    shape, span = spec.shape(case.sizes), np.uint64(high - low + 1)
    integers: Array = (draw_words(case, spec.name, math.prod(shape)) % span).astype(np.int64).reshape(shape) + low
    return integers


def draw_upstream(spec: ArraySpec, case: Case) -> Array:
    shape = spec.shape(case.sizes)
    values: Array = draw_normal(case, f"upstream.{spec.name}", shape)
    if case.upstream in ("ones", "constant"):
        values = np.full(shape, 1.0 if case.upstream == "ones" else draw_normal(case, f"upstream.{spec.name}", (1,))[0])
    elif case.upstream in ("huge", "tiny"):
        values = values * HUGE[case.dtype] ** (1 if case.upstream == "huge" else -1)
    elif case.upstream == "last" and (axis := spec.axis("T")) is not None:
        np.moveaxis(values, axis, 0)[:-1] = 0
    elif case.upstream == "onehot" and values.size:
        hot = int(draw_words(case, f"upstream.{spec.name}.hot", 1)[0]) % values.size
        values = np.where(np.arange(values.size).reshape(shape) == hot, values, 0)
    if kind := dict(case.values).get(f"{UPSTREAM_OF}{spec.name}", ""):
        values = shape_values(values, kind, spec, case)
    if spec.kind == "complex":
        if case.upstream not in ("ones", "constant"):
            values = values + 1j * draw_normal(case, f"upstream.{spec.name}.imag", values.shape) * (values != 0)
        return values.astype(np.complex64).astype(to_complex_dtype(case.dtype))
    return values.astype(case.dtype)


def to_complex_dtype(dtype: str) -> str:
    return "complex128" if dtype == "float64" else "complex64"


def choose_magnitude(spec: ArraySpec, declaration: Declaration, case: Case) -> float:
    """Choose how large the numbers of an input are.

    Data and states have magnitude 1.  Parameters have one half, less if many terms are added up, so that activations
    do not saturate; more in a `saturated` case.  In a `long` case they are small, so that only the spectral radius of
    the recurrent matrix decides how fast a gradient shrinks.
    """
    parameters = [n for n in declaration.inputs if n.startswith(("weight", "bias"))]
    if spec.name not in parameters:
        return 8.0 if case.scale == "saturated" and not parameters else 1.0
    fan_in = spec.shape(case.sizes)[-1] if spec.name.startswith("weight") and spec.dimensions else 1
    gain = {"saturated": 2.5, "long": 0.25}.get(case.scale, 1.0)
    return 0.5 * gain * min(1.0, 2 / math.sqrt(max(fan_in, 1)))


def is_recurrent_weight(spec: ArraySpec) -> bool:
    """Whether it is a matrix whose rows are blocks of its columns' letter: `H H`, `4*H H`."""
    if len(spec.dimensions) != 2:
        return False
    rows, columns = spec.dimensions
    return columns.text in rows.letters and rows.text.split("*")[-1] == columns.text


def choose_radius(case: Case) -> float:
    """Draw the spectral radius that shrinks a gradient to 1e-10 to 1e-30 over the steps of the case; at least 0.1."""
    exponent: float = 10 + 20 * int(draw_words(case, "decay", 1)[0]) / 2**64
    steps = max(case.sizes.get("T", 1), 1)
    radius: float = round(10.0 ** (-exponent / steps), 6)
    return max(0.1, radius)


def set_spectral_radius(values: Array, radius: float) -> Array:
    """Scale each square block so that its spectral radius is about `radius` (exactly, for a 1 x 1 block).

    Of a random n x n matrix the Frobenius norm is about sqrt(n) times the spectral radius (circular law).
    """
    n = values.shape[1]
    blocks = values.reshape(-1, n, n)
    norms = np.sqrt((blocks * blocks).sum(axis=(1, 2), keepdims=True))
    factors = (radius * n**0.5 / np.where(norms == 0, 1, norms)).astype(np.float32)
    scaled: Array = (blocks * factors).reshape(values.shape)
    return scaled


def widen_arrays(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The same inputs with every float array in float64, contiguous."""
    return {n: np.array(a, to_wide_dtype(a.dtype), order="C") if hasattr(a, "dtype") else a for n, a in arrays.items()}


def to_wide_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.promote_types(dtype, np.float64) if dtype.kind in "fc" else dtype
