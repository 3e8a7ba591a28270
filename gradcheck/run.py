"""One case of one unit, run: its arrays, what the unit makes of them, and what the reference says."""

import traceback
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Array, Arrays, CaseArrays, draw, normal, widen
from .case import Case
from .errors import DeclarationError
from .exact import CaseProof
from .judges.autograd import Judgement, judge
from .subject import Subject
from .tolerance import Sample, Yardstick

Upstream = Mapping[str, Array | None]
NEARBY = 2.0**-10
CENTRE = 60
NUMPY = str(Path(np.__file__).parent)


class Crash(Exception):
    """The unit itself raised; the cause is its exception, `where` the line that raised it."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


class Run:
    """A case of a subject, at its own arrays or at given ones; everything is computed when it is first asked for."""

    def __init__(self, subject: Subject, case: Case, arrays: CaseArrays | None = None) -> None:
        self.subject = subject
        self.trials = 1
        self.proof: CaseProof | None = None
        self.declaration = subject.declaration
        self.case = case
        arrays = arrays or draw(subject.declaration, case)
        self.inputs, self.options, self.upstream = arrays.inputs, arrays.options, arrays.upstream
        self.before = kept(self.inputs), kept(self.upstream)
        self.writeable(True)

    def forward(self, inputs: Mapping[str, Any] | None = None) -> tuple[Arrays, Callable[[Upstream], Arrays]]:
        """Outputs by name, and the backward, taking upstream gradients by name and giving gradients by name.

        Crash if the unit raises; DeclarationError if what it returns does not have the declared form.
        """
        unit, declaration = self.subject.unit, self.declaration
        returned = call("forward", lambda: unit(**(self.inputs if inputs is None else inputs), **self.options))
        outputs, unit_backward = self.split(returned)

        def backward(upstream: Upstream) -> Arrays:
            arguments = declaration.output_type(**upstream)
            gradients = call("backward", lambda: unit_backward(arguments))
            if not isinstance(gradients, dict):
                value = f"{self.subject.name}: backward returns a {type(gradients).__name__}"
                raise DeclarationError(value, "gradients go by name", "return a dict, one entry for each float input")
            return {name: np.asarray(g) for name, g in gradients.items()}

        return outputs, backward

    def split(self, returned: Any) -> tuple[Arrays, Callable[[Any], Any]]:
        name = self.subject.name
        if not (isinstance(returned, tuple) and len(returned) == 2 and callable(returned[1])):
            shown = type(returned).__name__
            raise DeclarationError(f"{name}: returns a {shown}", "a unit returns (outputs, backward)", "return both")
        outputs, backward = returned
        missing = [n for n in self.declaration.outputs if not hasattr(outputs, n)]
        if missing:
            wanted = self.declaration.output_type.__name__
            raise DeclarationError(f"{name}: output {missing[0]}", "it is missing", f"return a {wanted}")
        return {n: np.asarray(getattr(outputs, n)) for n in self.declaration.outputs}, backward

    def writeable(self, flag: bool) -> None:
        """Unlock the arrays of a read-only layout, so that a write to them is found as one, or lock them again."""
        if self.case.layout == "readonly":
            for array in (*self.inputs.values(), *self.upstream.values()):
                if isinstance(array, np.ndarray):
                    array.flags.writeable = flag

    @cached_property
    def first(self) -> tuple[Arrays, Callable[[Upstream], Arrays]]:
        return self.forward()

    @property
    def outputs(self) -> Arrays:
        return self.first[0]

    @property
    def given(self) -> list[str]:
        """The differentiable inputs of the case."""
        return [n for n in self.declaration.differentiable if n in self.inputs]

    @cached_property
    def returned(self) -> Arrays:
        """What the first call of backward returned, the very arrays."""
        return self.first[1](self.upstream)

    @cached_property
    def gradients(self) -> Arrays:
        """The gradients of the given inputs, copied."""
        return {n: self.returned[n].copy() for n in self.given}

    @cached_property
    def wide_inputs(self) -> dict[str, Any]:
        return widen(self.inputs)

    @cached_property
    def wide_upstream(self) -> Upstream:
        return {n: None if u is None else widen({n: u})[n] for n, u in self.upstream.items()}

    @cached_property
    def judgement(self) -> Judgement:
        """The reference at this case, in float64."""
        return self.judge(self.wide_inputs, self.wide_upstream)

    def judge(
        self, inputs: Mapping[str, Any], upstream: Upstream, dtype: str = "float64", unit: float = 1.0
    ) -> Judgement:
        scaled = {n: None if u is None else u * unit for n, u in upstream.items()}
        return judge(self.subject.reference, self.declaration, self.case.sizes, inputs, self.options, scaled, dtype)

    @cached_property
    def gradient_yardstick(self) -> Yardstick:
        """IllConditioned if rounding grows to the size of a gradient."""
        specs = {n: self.declaration.inputs[n] for n in self.given}

        def take(k: int) -> Sample:
            exact, rounded, unit = self.sample(k)
            return Sample(exact.gradients, {n: g / unit for n, g in rounded.gradients.items()}, unit)

        return Yardstick(specs, self.case.dtype, take)

    @cached_property
    def output_yardstick(self) -> Yardstick:
        """IllConditioned if rounding grows to the size of an output."""

        def take(k: int) -> Sample:
            exact, rounded, _ = self.sample(k)
            return Sample(exact.outputs, rounded.outputs, 1.0)

        specs = {n: o for n, o in self.declaration.outputs.items() if o.differentiable}
        return Yardstick(specs, self.case.dtype, take)

    @cached_property
    def sample(self) -> Callable[[int], tuple[Judgement, Judgement, float]]:
        @cache
        def sample(k: int) -> tuple[Judgement, Judgement, float]:
            inputs = self.nearby(k, self.wide_inputs) if k else self.wide_inputs
            upstream = self.nearby(k, self.wide_upstream) if k else self.wide_upstream
            exact = self.judge(inputs, upstream) if k else self.judgement
            unit = centring(exact.gradients) if self.case.dtype == "float64" else 1.0
            rounded = self.judge(inputs, upstream, "float32", unit)
            wide = {n: g.astype(exact.gradients[n].dtype) for n, g in rounded.gradients.items()}
            return exact, Judgement(rounded.outputs, wide), unit

        return sample

    def disturbed(self) -> dict[str, Any]:
        """Other inputs of the same shapes and dtypes."""
        wide = self.nearby(0, self.wide_inputs)
        return {n: wide[n].astype(a.dtype) if n in self.given else a for n, a in self.inputs.items()}

    def nearby(self, k: int, arrays: Mapping[str, Any]) -> dict[str, Any]:
        """Float arrays moved by about 2^(k/2 - 10) of their size, at most a quarter; exact in float32."""
        moved = dict(arrays)
        for name, value in arrays.items():
            if not hasattr(value, "dtype") or value.dtype.kind not in "fc":
                continue
            step = 1 + NEARBY * 2.0 ** (min(k, 16) / 2) * normal(self.case, f"nearby.{k}.{name}", value.shape)
            narrow = np.complex64 if value.dtype.kind == "c" else np.float32
            moved[name] = (value * step).astype(narrow).astype(value.dtype)
        return moved


def kept(arrays: Mapping[str, Any]) -> Arrays:
    return {n: a.copy() for n, a in arrays.items() if isinstance(a, np.ndarray)}


def call(what: str, thunk: Callable[[], Any]) -> Any:
    with np.errstate(all="ignore"):
        try:
            return thunk()
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            frame = [f for f in frames if not f.filename.startswith(NUMPY)][-1]
            where = f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
            raise Crash(f"{what} raised {type(error).__name__}: {error}", where) from error


def centring(gradients: Arrays) -> float:
    """The power of two that takes the largest gradient to about 2^60."""
    largest = max((float(np.abs(g).max(initial=0.0)) for g in gradients.values()), default=0.0)
    if not 0 < largest < np.inf:
        return 1.0
    return float(2.0 ** (CENTRE - int(np.frexp(largest)[1])))
