"""Tolerances, derived from the rounding that the reference itself shows.

The reference runs twice at the same point, in float64 and in float32.  Their difference e, the largest over a tensor
and time step, is the rounding of this very computation, with its own cancellations and its own growth over time, 2^29
times larger than in float64.  A gradient is right in that tensor and time step where it is within

    8 * (u / 2^-23) * e + 16 * u * (largest magnitude in the tensor and time step)

of the reference, u the rounding unit of its dtype: 2^-52, or 2^-23.  8 and 16 leave room for right code that rounds in
another way: sums in another order, and NumPy's elementary functions, which in float32 are off by up to 4 units where
PyTorch's are by one half.  One sample e of a rounding error can be small by luck, most of all where a step has a single
entry.  So where a result is over its tolerance, further samples are taken at points nearby and then further off, until
luck can no longer explain it, and the largest e counts.  The tolerance never grows with the number of entries.

No tolerance is below its second term: what is within that is right whatever e is.  So e is measured only where
something exceeds the second term; otherwise error over tolerance is computed with e = 0.

Where e reaches 2^-6 of the magnitude, rounding has grown to the size of what is judged: the case is ill-conditioned.
It is neither passed nor failed but counted and skipped.  So is one that is over its tolerance by no more than the
rounding of the points nearby: terms cancel here, by luck without a trace.  Hence no tolerance exceeds 2^-32 of the
largest entry of its tensor and time step, and an error of 1e-9 of it is always seen.

Range: upstream gradients are multiplied by a power of two before the float32 run, so that the largest gradient is near
2^60 (a VJP is linear).  Steps that still fall below 2^-100 there hold too few digits in float32; there the largest
relative e seen elsewhere is taken, four times, or once for every step of the sequence that such a gradient may have
passed and been rounded in, of the largest magnitude within two steps.  Below 2^-1022 float64 itself
rounds to multiples of 2^-1074, so an error of 2^-1022 is never judged.
"""

import copy
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from ..cases.arrays import Array
from ..errors import IllConditioned, NotApplicable
from ..unit.declaration import ArraySpec

SAFETY_FACTOR = {"float64": 8 * 2.0**-29, "float32": 8.0}
UNIT_ROUNDOFF = {"float64": 2.0**-52, "float32": 2.0**-23}
ROUNDING_UNIT = {dtype: 16 * unit for dtype, unit in UNIT_ROUNDOFF.items()}
MAX_ROUNDING_SHARE = 2.0**-6
SMALLEST_MAGNITUDE = 2.0**-100
UNDERFLOW_TOLERANCE = {"float64": 2.0**-1022, "float32": SMALLEST_MAGNITUDE}
MAX_SAMPLES = 64
LUCK_PROBABILITY = 1e-12
"""Enough samples are taken when the probability that all were small by luck is below this."""

Tensors = dict[str, Array]


class RoundingSample(NamedTuple):
    """The reference at one point, in float64 (`exact`) and in float32 (`rounded`).

    The float32 run is scaled by the power of two `unit`, against underflow; `rounded` is divided by it again.
    """

    exact: Tensors
    rounded: Tensors
    unit: float


class ToleranceModel:
    """The rounding of each tensor and time step: the largest of the samples taken so far; at first there is none.

    `ill_conditioned` has the steps of each tensor at which rounding grows to its size: everything is within tolerance
    there, which is infinite.
    """

    def __init__(
        self, specs: Mapping[str, ArraySpec], dtype: str, exact: Tensors, take: Callable[[int], RoundingSample]
    ) -> None:
        """`exact` is the reference at the case itself; `take(k)` gives the k-th sample, 0 there.

        Raises IllConditioned if the reference is not finite.
        """
        self.specs = specs
        self.dtype = dtype
        self.sample = take
        self.sample_count = 0
        self.is_closed = False
        self.magnitude = {n: reduce_to_steps(spec, np.abs(exact[n])) for n, spec in specs.items()}
        self.error = {n: np.zeros_like(m) for n, m in self.magnitude.items()}
        self.nearby = dict(self.error)
        self.ill_conditioned = {n: np.zeros(m.shape, bool) for n, m in self.magnitude.items()}
        self.exact = exact
        self.has_no_digits = {n: np.zeros(exact[n].shape, bool) for n in specs}
        self.tolerances: Tensors = {}
        for name, magnitude in self.magnitude.items():
            if not np.isfinite(magnitude).all():
                raise IllConditioned(name)

    def leave_out(self, name: str, steps: Array) -> None:
        """Note the steps at which a tensor cannot be judged, as a mask of the shape of `magnitude`."""
        self.ill_conditioned[name] = self.ill_conditioned[name] | steps
        self.tolerances = {n: t for n, t in self.tolerances.items() if n != name}

    def leave_out_ill_conditioned(self, errors: Tensors) -> None:
        for name, error in errors.items():
            excess = error > MAX_ROUNDING_SHARE * self.magnitude[name]
            if self.dtype == "float32":
                excess &= self.magnitude[name] > SMALLEST_MAGNITUDE
            self.leave_out(name, excess)

    def require_some_judged(self) -> None:
        """Raise IllConditioned if no step of any tensor can be judged."""
        masks = self.ill_conditioned
        if any(mask.any() for mask in masks.values()) and all(mask.all() for mask in masks.values()):
            raise IllConditioned(", ".join(masks))

    def describe_left_out(self, prefix: str = "") -> str:
        """List the tensors that are judged in part or not at all, with this before their names; "" if there is none."""
        parts = [
            f"{'' if mask.all() else 'steps of '}{prefix}{name}"
            for name, mask in self.ill_conditioned.items()
            if mask.any()
        ]
        return f"rounding grows to the size of {', '.join(parts)}" if parts else ""

    def measure_errors(self, sample: RoundingSample, magnitude: Tensors) -> Tensors:
        """Return the float32 error of each tensor and time step; unmeasured ones get at most MAX_ROUNDING_SHARE."""
        result, relative, unmeasured = {}, 2.0**-24, {}
        for name in self.specs:
            exact = sample.exact[name]
            with np.errstate(all="ignore"):
                each, own = np.abs(sample.rounded[name].astype(exact.dtype) - exact), np.abs(exact)
                self.has_no_digits[name] |= (each > MAX_ROUNDING_SHARE * own) & (own * sample.unit > SMALLEST_MAGNITUDE)
                error = reduce_to_steps(self.specs[name], each)
            size = magnitude[name]
            measured = size * sample.unit > SMALLEST_MAGNITUDE
            if measured.any():
                with np.errstate(all="ignore"):
                    relative = max(relative, float(np.nan_to_num((error / size)[measured], nan=1.0).max()))
            unmeasured[name] = (size > 0) & ~measured & (self.dtype == "float64")
            result[name] = np.where(np.isnan(error), np.inf, error)
        passed = max([4, *(m.size for n, m in magnitude.items() if self.specs[n].axis("T") is not None)])
        for name, mask in unmeasured.items():
            if mask.any():
                near = passed * relative * find_nearby_maximum(magnitude[name], self.specs[name])
                result[name] = np.where(mask, near, result[name])
            self.nearby[name] = np.maximum(self.nearby[name], result[name])
            result[name] = np.where(mask, np.minimum(result[name], MAX_ROUNDING_SHARE * magnitude[name]), result[name])
        return result

    def refine_for(self, ratio: float) -> bool:
        """Take one more sample at another point; return False if there are enough for this ratio error/tolerance.

        Raises NotApplicable if another is needed and none may be taken.
        """
        if self.sample_count >= count_enough_samples(ratio):
            return False
        if self.is_closed:
            raise NotApplicable(f"{self.sample_count} samples of the rounding cannot tell an error from bad luck")
        self.refine(self.sample_count + 1)
        return True

    def refine(self, samples: int) -> None:
        """Take samples at other points until there are `samples`."""
        while self.sample_count < samples:
            self.refine_once()

    def refine_once(self) -> None:
        sample = self.sample(self.sample_count)
        errors = self.measure_errors(sample, self.magnitude)
        if self.sample_count == 0:
            self.leave_out_ill_conditioned(errors)
            self.error = errors
        else:
            for name, error in errors.items():
                largest = np.minimum(error, MAX_ROUNDING_SHARE * self.magnitude[name])
                self.error[name] = np.maximum(self.error[name], largest)
        self.sample_count += 1
        self.tolerances = {}

    def noise_tolerance(self, name: str) -> Array:
        """Return the tolerance by the rounding at points nearby, however small the tensor is here.

        An entry of which float32 has no right digit may have none in float64: its tolerance is a few times its size.
        """
        return SAFETY_FACTOR[self.dtype] * self.nearby[name] + SAFETY_FACTOR["float32"] * self.has_no_digits[
            name
        ] * np.abs(self.exact[name])

    def make_closed(self) -> "ToleranceModel":
        """Return a copy with the measured rounding that takes no further sample."""
        closed = copy.copy(self)
        closed.is_closed = True
        return closed

    def tolerance(self, name: str) -> Array:
        """Return the tolerance of a tensor, in a shape that broadcasts against it."""
        if name not in self.tolerances:
            self.tolerances[name] = self.compute_tolerance(name)
        return self.tolerances[name]

    def compute_tolerance(self, name: str) -> Array:
        floor = ROUNDING_UNIT[self.dtype] * self.magnitude[name]
        tolerance: Array = SAFETY_FACTOR[self.dtype] * self.error[name] + floor + UNDERFLOW_TOLERANCE[self.dtype]
        return np.where(self.ill_conditioned[name], np.inf, tolerance)


def find_nearby_maximum(magnitude: Array, spec: ArraySpec) -> Array:
    """Return, for each step, the largest magnitude of the steps up to two before and after it."""
    axis = spec.axis("T")
    if axis is None:
        return magnitude
    rows = np.moveaxis(magnitude, axis, 0)
    padded = np.concatenate((rows[:1], rows[:1], rows, rows[-1:], rows[-1:]))
    largest = np.max([padded[k : k + len(rows)] for k in range(5)], axis=0)
    return np.moveaxis(largest, 0, axis)


def count_enough_samples(ratio: float) -> float:
    """Return how many samples rule luck out, if one is too small by a factor of `ratio` with probability 1/ratio."""
    if ratio <= 1 or math.isnan(ratio):
        return 0
    return min(2 - math.log(LUCK_PROBABILITY) / math.log(ratio), MAX_SAMPLES)


def reduce_to_steps(spec: ArraySpec, values: Array) -> Array:
    """Return the largest value of each time step, of the whole if there is no time axis; axes are kept."""
    axis = spec.axis("T")
    axes = tuple(i for i in range(values.ndim) if i != axis)
    largest: Array = values.max(axis=axes, keepdims=True, initial=0.0)
    return largest
