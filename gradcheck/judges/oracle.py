"""The reference at one case, and how large its rounding is; nothing here depends on the manual unit."""

import contextlib
import copy
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np

from ..cases.arrays import Array, Arrays, CaseArrays, draw_normal, widen_arrays
from ..cases.case import Case
from ..errors import DeclarationError, IllConditioned, NotApplicable
from ..unit.subject import OwnForward, Subject, UnitFunction
from .autograd import ReferenceResult, run_reference
from .own_forward import differentiate_entries, run_own_forward
from .tolerance import RoundingSample, ToleranceModel

Upstream = Mapping[str, Array | None]
NEARBY_STEP = 2.0**-10
NO_THIRD_PARTY = "no third-party implementation is given"
CENTRE_EXPONENT = 60
LARGEST_EXPONENT = 1023


class Oracle:
    """The reference at the arrays of a case, taken in float64; everything is computed when it is first asked for.

    `reference` replaces the subject's reference, for example by the third party's.
    """

    def __init__(self, subject: Subject, case: Case, arrays: CaseArrays, reference: UnitFunction | None = None) -> None:
        self.reference = reference or subject.oracle
        self.subject, self.case, self.declaration = subject, case, subject.declaration
        self.inputs: dict[str, Any] = widen_arrays(arrays.inputs)
        self.options = arrays.options
        self.upstream: Upstream = {
            n: None if u is None else widen_arrays({n: u})[n] for n, u in arrays.upstream.items()
        }

    @cached_property
    def reference_result(self) -> ReferenceResult:
        """The reference at this case, in float64."""
        return self.evaluate_reference(self.inputs, self.upstream)

    @cached_property
    def third_party(self) -> "Oracle":
        """The third-party implementation at this case, with its own rounding, for it may use another algorithm.

        Raises NotApplicable if there is none for these inputs, or if its package is not installed.
        """
        third_party, declaration = self.subject.third_party, self.subject.third_party_declaration
        if third_party is None or declaration is None:
            raise NotApplicable(NO_THIRD_PARTY)
        for name in self.inputs:
            if name not in declaration.inputs:
                raise NotApplicable(f"the third-party implementation takes no {name}")
        for name, value in self.options.items():
            if value not in declaration.options.get(name, ()):
                raise NotApplicable(f"the third-party implementation has no {name}={value}")
        arrays = CaseArrays(self.inputs, self.options, dict(self.upstream))
        oracle = Oracle(self.subject, self.case, arrays, third_party)
        try:
            oracle.reference_result  # noqa: B018
        except DeclarationError as error:
            if isinstance(missing := error.__cause__, ModuleNotFoundError):
                raise NotApplicable(
                    f"the third-party implementation needs {missing.name}, which is not installed"
                ) from error
            if 0 in self.case.sizes.values():
                raise NotApplicable("the third-party implementation does not take a size of 0") from error
            raise
        return oracle

    @cached_property
    def gradient_tolerances(self) -> ToleranceModel:
        """The tolerances of the gradients.  Raises IllConditioned if a gradient is not finite."""
        specs = {n: self.declaration.inputs[n] for n in self.declaration.differentiable if n in self.inputs}

        def take(k: int) -> RoundingSample:
            exact, rounded, unit = self.sample(k)
            return RoundingSample(exact.gradients, {n: g / unit for n, g in rounded.gradients.items()}, unit)

        return ToleranceModel(specs, self.case.dtype, self.reference_result.gradients, take)

    @cached_property
    def output_tolerances(self) -> ToleranceModel:
        """The tolerances of the outputs.  Raises IllConditioned if an output is not finite."""

        def take(k: int) -> RoundingSample:
            exact, rounded, _ = self.sample(k)
            return RoundingSample(exact.outputs, rounded.outputs, 1.0)

        specs = {n: o for n, o in self.declaration.outputs.items() if o.differentiable}
        return ToleranceModel(specs, self.case.dtype, self.reference_result.outputs, take)

    @cached_property
    def sample(self) -> Callable[[int], tuple[ReferenceResult, ReferenceResult, float]]:
        @cache
        def sample(k: int) -> tuple[ReferenceResult, ReferenceResult, float]:
            inputs = move_nearby(self.case, k, self.inputs) if k else self.inputs
            upstream = move_nearby(self.case, k, self.upstream) if k else self.upstream
            exact = self.evaluate_reference(inputs, upstream) if k else self.reference_result
            unit = choose_centring_factor(exact.gradients) if self.case.dtype == "float64" else 1.0
            rounded = self.evaluate_reference(inputs, upstream, "float32", unit)
            wide = {n: g.astype(exact.gradients[n].dtype) for n, g in rounded.gradients.items()}
            return exact, ReferenceResult(rounded.outputs, wide), unit

        return sample

    def evaluate_reference(
        self, inputs: Mapping[str, Any], upstream: Upstream, dtype: str = "float64", unit: float = 1.0
    ) -> ReferenceResult:
        scaled = {n: None if u is None else u * unit for n, u in upstream.items()}
        if isinstance(self.reference, OwnForward):
            own = run_own_forward(self.reference.unit, self.declaration, inputs, self.options, scaled, dtype)
            return ReferenceResult(*own)
        return run_reference(self.reference, self.declaration, self.case.sizes, inputs, self.options, scaled, dtype)

    @cached_property
    def judged_gradients(self) -> Arrays:
        """The gradients by which those of the unit are judged."""
        if isinstance(self.reference, OwnForward):
            return self.differentiate(self.upstream)
        return self.reference_result.gradients

    def differentiate(self, upstream: Upstream) -> Arrays:
        """The gradients of the reference; without one, the derivatives of the unit's forward by every entry.

        Raises NotApplicable if these cannot be found.
        """
        if isinstance(self.reference, OwnForward):
            return differentiate_entries(
                self.reference.unit, self.declaration, self.inputs, self.options, dict(upstream)
            )
        return self.evaluate_reference(self.inputs, upstream).gradients

    def take_samples(self, samples: int) -> None:
        """Take `samples` samples of the rounding, also of the third party's.  Raises IllConditioned."""
        self.gradient_tolerances.refine(samples)
        self.output_tolerances.refine(samples)
        if self.reference == self.subject.oracle:
            with contextlib.suppress(NotApplicable, IllConditioned):
                self.third_party.take_samples(samples)

    def make_closed(self) -> "Oracle":
        """Return a copy with all results so far that takes no further sample."""
        closed = copy.copy(self)
        closed.gradient_tolerances = self.gradient_tolerances.make_closed()
        closed.output_tolerances = self.output_tolerances.make_closed()
        if "third_party" in vars(self):
            closed.third_party = self.third_party.make_closed()
        return closed


def move_nearby(case: Case, k: int, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Move float arrays by about 2^(k/2 - 10) of their size, at most a quarter, to numbers that float32 represents."""
    moved = dict(arrays)
    for name, value in arrays.items():
        if not hasattr(value, "dtype") or value.dtype.kind not in "fc":
            continue
        step = 1 + NEARBY_STEP * 2.0 ** (min(k, 16) / 2) * draw_normal(case, f"nearby.{k}.{name}", value.shape)
        narrow = np.complex64 if value.dtype.kind == "c" else np.float32
        moved[name] = (value * step).astype(narrow).astype(value.dtype)
    return moved


def choose_centring_factor(gradients: Arrays) -> float:
    """Return the power of two that brings the largest gradient to about 2^60; at most 2^1023, for float64."""
    largest = max((float(np.abs(g).max(initial=0.0)) for g in gradients.values()), default=0.0)
    if not 0 < largest < np.inf:
        return 1.0
    return float(2.0 ** min(CENTRE_EXPONENT - int(np.frexp(largest)[1]), LARGEST_EXPONENT))
