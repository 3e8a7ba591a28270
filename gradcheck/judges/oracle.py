"""What the reference says of one case, and how well it knows it: nothing here depends on the manual unit."""

import contextlib
import copy
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays, CaseArrays, normal, widen
from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..unit.subject import Subject, Unit
from .autograd import Judgement, judge
from .tolerance import Sample, Yardstick

Upstream = Mapping[str, Array | None]
NEARBY = 2.0**-10
CENTRE = 60


class Oracle:
    """The reference at the arrays of a case, taken in float64; everything is computed when it is first asked for.

    `reference` is another one than the subject's.
    """

    def __init__(self, subject: Subject, case: Case, arrays: CaseArrays, reference: Unit | None = None) -> None:
        self.reference = reference or subject.reference
        self.subject, self.case, self.declaration = subject, case, subject.declaration
        self.inputs: dict[str, Any] = widen(arrays.inputs)
        self.options = arrays.options
        self.upstream: Upstream = {n: None if u is None else widen({n: u})[n] for n, u in arrays.upstream.items()}

    @cached_property
    def judgement(self) -> Judgement:
        """The reference at this case, in float64."""
        return self.judge(self.inputs, self.upstream)

    @cached_property
    def outside(self) -> "Oracle":
        """What the implementation that is not ours says, and its own rounding, for it may compute in another way.

        NotApplicable where there is none of this form, or where its package is not installed.
        """
        outside, declaration = self.subject.outside, self.subject.outside_declaration
        if outside is None or declaration is None:
            raise NotApplicable("the reference names no outside implementation")
        for name in self.inputs:
            if name not in declaration.inputs:
                raise NotApplicable(f"the outside implementation takes no {name}")
        for name, value in self.options.items():
            if value not in declaration.options.get(name, ()):
                raise NotApplicable(f"the outside implementation has no {name}={value}")
        arrays = CaseArrays(self.inputs, self.options, dict(self.upstream))
        oracle = Oracle(self.subject, self.case, arrays, outside)
        try:
            oracle.judgement  # noqa: B018
        except DeclarationError as error:
            if isinstance(missing := error.__cause__, ModuleNotFoundError):
                raise NotApplicable(f"the outside implementation needs {missing.name}, not installed") from error
            if 0 in self.case.sizes.values():
                raise NotApplicable("the outside implementation does not take a size of 0") from error
            raise
        return oracle

    @cached_property
    def gradient_yardstick(self) -> Yardstick:
        """IllConditioned if rounding grows to the size of a gradient."""
        specs = {n: self.declaration.inputs[n] for n in self.declaration.differentiable if n in self.inputs}

        def take(k: int) -> Sample:
            exact, rounded, unit = self.sample(k)
            return Sample(exact.gradients, {n: g / unit for n, g in rounded.gradients.items()}, unit)

        return Yardstick(specs, self.case.dtype, self.judgement.gradients, take)

    @cached_property
    def output_yardstick(self) -> Yardstick:
        """IllConditioned if rounding grows to the size of an output."""

        def take(k: int) -> Sample:
            exact, rounded, _ = self.sample(k)
            return Sample(exact.outputs, rounded.outputs, 1.0)

        specs = {n: o for n, o in self.declaration.outputs.items() if o.differentiable}
        return Yardstick(specs, self.case.dtype, self.judgement.outputs, take)

    @cached_property
    def sample(self) -> Callable[[int], tuple[Judgement, Judgement, float]]:
        @cache
        def sample(k: int) -> tuple[Judgement, Judgement, float]:
            inputs = nearby(self.case, k, self.inputs) if k else self.inputs
            upstream = nearby(self.case, k, self.upstream) if k else self.upstream
            exact = self.judge(inputs, upstream) if k else self.judgement
            unit = centring(exact.gradients) if self.case.dtype == "float64" else 1.0
            rounded = self.judge(inputs, upstream, "float32", unit)
            wide = {n: g.astype(exact.gradients[n].dtype) for n, g in rounded.gradients.items()}
            return exact, Judgement(rounded.outputs, wide), unit

        return sample

    def judge(
        self, inputs: Mapping[str, Any], upstream: Upstream, dtype: str = "float64", unit: float = 1.0
    ) -> Judgement:
        scaled = {n: None if u is None else u * unit for n, u in upstream.items()}
        return judge(self.reference, self.declaration, self.case.sizes, inputs, self.options, scaled, dtype)

    def learn(self, samples: int) -> None:
        """Take so many samples of the rounding, and ask the outside implementation.  IllConditioned as yardsticks."""
        self.gradient_yardstick.sharpen(samples)
        self.output_yardstick.sharpen(samples)
        if self.reference is self.subject.reference:
            with contextlib.suppress(NotApplicable, IllConditioned):
                self.outside.learn(samples)

    def closed(self) -> "Oracle":
        """An oracle that knows what this one knows, and takes no further sample."""
        twin = copy.copy(self)
        twin.gradient_yardstick = self.gradient_yardstick.closed()
        twin.output_yardstick = self.output_yardstick.closed()
        if "outside" in vars(self):
            twin.outside = self.outside.closed()
        return twin


def nearby(case: Case, k: int, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Float arrays moved by about 2^(k/2 - 10) of their size, at most a quarter; exact in float32."""
    moved = dict(arrays)
    for name, value in arrays.items():
        if not hasattr(value, "dtype") or value.dtype.kind not in "fc":
            continue
        step = 1 + NEARBY * 2.0 ** (min(k, 16) / 2) * normal(case, f"nearby.{k}.{name}", value.shape)
        narrow = np.complex64 if value.dtype.kind == "c" else np.float32
        moved[name] = (value * step).astype(narrow).astype(value.dtype)
    return moved


def centring(gradients: Arrays) -> float:
    """The power of two that takes the largest gradient to about 2^60."""
    largest = max((float(np.abs(g).max(initial=0.0)) for g in gradients.values()), default=0.0)
    if not 0 < largest < np.inf:
        return 1.0
    return float(2.0 ** (CENTRE - int(np.frexp(largest)[1])))
