"""Makes the arrays of a case: the same numbers on every machine, exact in float32.

Each array has its own stream, keyed by the seed and its name, of a bit generator whose raw stream is fixed for
good; four 16-bit integers added and scaled stand in for a normal number.  All further factors are rounded to
float32 by IEEE arithmetic alone.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DeclarationError
from ..unit.declaration import ArraySpec, Declaration
from .case import Case

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
KINK_MARGIN = 2.0**-10
"""No drawn number is closer to 0 than this: a unit may have a kink there."""
RANDOM_STREAM = np.random.Philox(key=0)
STREAM_START = np.zeros(4, np.uint64)


@dataclass(frozen=True)
class CaseArrays:
    """Inputs by name (absent ones left out), options, and upstream gradients by name, each array or None."""

    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    upstream: dict[str, Array | None] = field(default_factory=dict)


def draw_arrays(declaration: Declaration, case: Case) -> CaseArrays:
    """The arrays of a case, in its dtype and layout."""
    inputs: dict[str, Any] = {}
    for name, spec in declaration.inputs.items():
        if name in case.absent:
            continue
        value = draw_input(spec, declaration, case)
        inputs[name] = int(value) if spec.scalar else apply_layout(value, case.layout)
    upstream: dict[str, Array | None] = {}
    for name, spec in declaration.outputs.items():
        given = spec.differentiable and name not in case.none
        upstream[name] = apply_layout(draw_upstream(spec, case), case.layout) if given else None
    return CaseArrays(inputs, {**get_default_options(declaration), **case.options}, upstream)


def get_default_options(declaration: Declaration) -> dict[str, Any]:
    return {name: values[0] for name, values in declaration.options.items()}


def draw_words(case: Case, name: str, count: int) -> Array:
    """So many 64-bit words of the stream of that name; making a generator anew would take ten times as long."""
    with RANDOM_STREAM.lock:
        RANDOM_STREAM.state = {
            "bit_generator": "Philox",
            "state": {"counter": STREAM_START, "key": np.array([case.seed, zlib.crc32(name.encode())], np.uint64)},
            "buffer": STREAM_START,
            "buffer_pos": len(STREAM_START),
            "has_uint32": 0,
            "uinteger": 0,
        }
        return np.asarray(RANDOM_STREAM.random_raw(count), np.uint64)


def draw_normal(case: Case, name: str, shape: tuple[int, ...]) -> Array:
    """Near-normal numbers of mean 0 and deviation 1.01, multiples of 7/2^18, none of them 0."""
    words = draw_words(case, name, math.prod(shape)).view(np.uint16).reshape(-1, 4)
    values = (words.sum(axis=1, dtype=np.int64) - 2 * 65535) * (7 / 2**18)
    values = np.where(np.abs(values) < KINK_MARGIN, np.where(values < 0, -KINK_MARGIN, KINK_MARGIN), values)
    result: Array = values.reshape(shape)
    return result


def draw_input(spec: ArraySpec, declaration: Declaration, case: Case) -> Array:
    shape = spec.shape(case.sizes)
    if spec.kind == "bool":
        return (draw_words(case, spec.name, math.prod(shape)) % np.uint64(4) > 0).reshape(shape)
    if spec.range is not None:
        low, high = spec.range.low.size(case.sizes), spec.range.high.size(case.sizes)
        if high < low:
            sizes = ", ".join(f"{letter}={size}" for letter, size in case.sizes.items())
            remedy = "declare one that holds a value at every size"
            value = f"{declaration.name}: argument {spec.name}"
            raise DeclarationError(value, f"its range {low} to {high} is empty at {sizes}", remedy)
        span = np.uint64(high - low + 1)
        return (draw_words(case, spec.name, math.prod(shape)) % span).astype(np.int64).reshape(shape) + low
    values: Array = draw_normal(case, spec.name, shape) * choose_magnitude(spec, declaration, case)
    if case.scale == "long" and is_recurrent_weight(spec):
        values = set_spectral_radius(values, choose_radius(case))
    if spec.kind == "complex":
        imaginary = draw_normal(case, f"{spec.name}.imag", shape) * choose_magnitude(spec, declaration, case)
        values = values + 1j * imaginary
        return values.astype(np.complex64).astype(to_complex_dtype(case.dtype))
    return values.astype(np.float32).astype(case.dtype)


def draw_upstream(spec: ArraySpec, case: Case) -> Array:
    values: Array = draw_normal(case, f"upstream.{spec.name}", spec.shape(case.sizes))
    if case.upstream == "last" and (axis := spec.axis("T")) is not None:
        np.moveaxis(values, axis, 0)[:-1] = 0
    if spec.kind == "complex":
        values = values + 1j * draw_normal(case, f"upstream.{spec.name}.imag", values.shape) * (values != 0)
        return values.astype(np.complex64).astype(to_complex_dtype(case.dtype))
    return values.astype(case.dtype)


def to_complex_dtype(dtype: str) -> str:
    return "complex128" if dtype == "float64" else "complex64"


def choose_magnitude(spec: ArraySpec, declaration: Declaration, case: Case) -> float:
    """1 for data and states; for parameters one half, less where many terms are added; more if saturated.

    Little if long, so that the spectral radius alone decides how a gradient falls.
    """
    parameters = [n for n in declaration.inputs if n.startswith(("weight", "bias"))]
    if spec.name not in parameters:
        return 8.0 if case.scale == "saturated" and not parameters else 1.0
    fan_in = spec.shape(case.sizes)[-1] if spec.name.startswith("weight") and spec.dimensions else 1
    gain = {"saturated": 2.5, "long": 0.25}.get(case.scale, 1.0)
    return 0.5 * gain * min(1.0, 2 / math.sqrt(max(fan_in, 1)))


def is_recurrent_weight(spec: ArraySpec) -> bool:
    """A matrix whose rows are blocks of its columns' letter: `H H`, `4*H H`."""
    if len(spec.dimensions) != 2:
        return False
    rows, columns = spec.dimensions
    return columns.text in rows.letters and rows.text.split("*")[-1] == columns.text


def choose_radius(case: Case) -> float:
    """The spectral radius that takes a gradient to 1e-10 to 1e-30 over the steps of the case, at least 0.1."""
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


def apply_layout(values: Array, layout: str) -> Array:
    """The same numbers in another memory layout."""
    if values.ndim == 0:
        return values.copy()
    if layout == "strided":
        view = np.zeros((*values.shape[:-1], 2 * values.shape[-1]), values.dtype)[..., ::2]
        view[...] = values
        return view
    if layout == "reversed":
        flip = (slice(None, None, -1),) * values.ndim
        return np.ascontiguousarray(values[flip])[flip]
    if layout == "fortran":
        return np.asfortranarray(values)
    result = values.copy()
    result.flags.writeable = layout != "readonly"
    return result


def widen_arrays(arrays: Mapping[str, Any]) -> dict[str, Any]:
    """The same inputs with every float array in float64, contiguous."""
    return {n: np.array(a, to_wide_dtype(a.dtype), order="C") if hasattr(a, "dtype") else a for n, a in arrays.items()}


def to_wide_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.promote_types(dtype, np.float64) if dtype.kind in "fc" else dtype
