"""One run of a unit on one case: the arrays, the outputs and gradients, and the results of the reference."""

import traceback
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..cases.arrays import Arrays, CaseArrays, draw_arrays
from ..cases.case import Case
from ..errors import DeclarationError, describe_error
from ..judges.autograd import ReferenceResult
from ..judges.oracle import NEARBY_STEP, Oracle, Upstream
from ..judges.tolerance import ToleranceModel
from ..unit.isolation import end_forked_children
from ..unit.returned import describe_returned, split_returned
from ..unit.subject import Subject
from ..unit.unfinished import detect_unfinished
from .contract import has_attribute, require_gradients, to_array

OnceT = TypeVar("OnceT")
NUMPY_FOLDER = str(Path(np.__file__).parent)


class UnitRaised(Exception):
    """The unit itself raised an exception, which is the cause; `where` is the line that raised it."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message, where)
        self.where = where

    def __str__(self) -> str:
        return str(self.args[0])


class Run:
    """A unit on one case, at the arrays of the case or at given ones; each result is computed when first used.

    oracle       the reference at these arrays, if it was asked before
    error_state  the call (forward or backward) that last changed NumPy's error state; empty if none did
    """

    def __init__(
        self, subject: Subject, case: Case, arrays: CaseArrays | None = None, oracle: Oracle | None = None
    ) -> None:
        self.subject = subject
        self.error_state = ""
        self.results: dict[Callable[[Run], Any], Any] = {}
        self.declaration = subject.declaration
        self.case = case
        self.has_given_arrays = arrays is not None
        arrays = arrays or draw_arrays(subject.declaration, case)
        self.inputs, self.options, self.upstream = arrays.inputs, arrays.options, arrays.upstream
        self.oracle = oracle or Oracle(subject, case, arrays)
        self.original_arrays = copy_case_arrays(self.inputs), copy_case_arrays(self.upstream)
        self.set_writeable(True)

    def forward(self, inputs: Mapping[str, Any] | None = None) -> tuple[Arrays, Callable[[Upstream], Arrays]]:
        """Call the unit; return its outputs by name, and its backward: upstream gradients by name to gradients by name.

        Raises UnitRaised if the unit raises, DeclarationError if what it returns does not have the declared form, or if
        it is unfinished.
        """
        unit, declaration = self.subject.unit, self.declaration
        given = self.inputs if inputs is None else inputs
        returned = self.call_ignoring_errors("forward", lambda: unit(**given, **self.options))
        outputs, unit_backward = self.split_returned(returned)

        def backward(upstream: Upstream) -> Arrays:
            arguments = declaration.output_type(**upstream)
            gradients = self.call_ignoring_errors("backward", lambda: unit_backward(arguments))
            if not isinstance(gradients, dict):
                what, forgotten = describe_returned(gradients)
                value, reason = f"{self.subject.name}: backward returns {what}", "gradients are returned by name"
                raise DeclarationError(value, reason, f"{forgotten}return a dict, one entry for each float input")
            where = f"{self.subject.name}: gradient of"
            arrays = {name: to_array(f"{where} {name}", g) for name, g in gradients.items()}
            require_gradients(declaration, given, arrays)
            return arrays

        return outputs, backward

    def call_ignoring_errors(self, what: str, thunk: Callable[[], Any]) -> Any:
        """Call the unit with floating-point warnings off; note it if the unit changes NumPy's error state for good."""
        with np.errstate(all="call", call=lambda *_: None):
            returned = call_unit(self.subject.name, what, thunk)
            if set(np.geterr().values()) != {"call"}:
                self.error_state = what
        return returned

    def split_returned(self, returned: Any) -> tuple[Arrays, Callable[[Any], Any]]:
        name = self.subject.name
        outputs, backward = split_returned(name, returned)
        missing = [n for n in self.declaration.outputs if not has_attribute(outputs, n)]
        if missing:
            wanted = self.declaration.output_type.__name__
            raise DeclarationError(f"{name}: output {missing[0]}", "it is missing", f"return a {wanted}")
        found = {n: to_array(f"{name}: output {n}", getattr(outputs, n)) for n in self.declaration.outputs}
        return found, backward

    def set_writeable(self, flag: bool) -> None:
        """Make the arrays of a read-only layout writeable, or read-only again.

        They are writeable during the first call: a unit that writes to them is then reported as impure, with the name
        of the array, rather than by NumPy's exception.
        """
        for name, array in (*self.inputs.items(), *self.upstream.items()):
            locked = self.case.layout_of(name) == "readonly" and name not in self.case.same[1:]
            if locked and isinstance(array, np.ndarray):
                array.flags.writeable = flag

    @cached_property
    def first_call(self) -> tuple[Arrays, Callable[[Upstream], Arrays]]:
        return self.forward()

    @property
    def outputs(self) -> Arrays:
        return self.first_call[0]

    @property
    def differentiable(self) -> list[str]:
        """The differentiable inputs of the case, by name."""
        return [n for n in self.declaration.differentiable if n in self.inputs]

    @cached_property
    def returned_gradients(self) -> Arrays:
        """The arrays that the first call of backward returned, not copied."""
        return self.first_call[1](self.upstream)

    @cached_property
    def gradients(self) -> Arrays:
        """The gradients of the given inputs, copied."""
        return {n: self.returned_gradients[n].copy() for n in self.differentiable}

    @property
    def wide_inputs(self) -> dict[str, Any]:
        return self.oracle.inputs

    @property
    def wide_upstream(self) -> Upstream:
        return self.oracle.upstream

    @property
    def reference_result(self) -> ReferenceResult:
        return self.oracle.reference_result

    @property
    def gradient_tolerances(self) -> ToleranceModel:
        return self.oracle.gradient_tolerances

    @property
    def output_tolerances(self) -> ToleranceModel:
        return self.oracle.output_tolerances

    def compute_once(self, make: "Callable[[Run], OnceT]") -> OnceT:
        """Return `make(self)`, computed at the first call and kept."""
        if make not in self.results:
            self.results[make] = make(self)
        made: OnceT = self.results[make]
        return made

    def make_disturbed_inputs(self, steps: int = 1) -> dict[str, Any]:
        """Return inputs of the same shapes and dtypes; the differentiable ones are multiplied by 1 + steps * 2^-10."""
        factor = 1 + steps * NEARBY_STEP
        return {n: np.asarray(a * factor) if n in self.differentiable else a for n, a in self.inputs.items()}


def copy_case_arrays(arrays: Mapping[str, Any]) -> Arrays:
    return {n: a.copy() for n, a in arrays.items() if isinstance(a, np.ndarray)}


def call_unit(name: str, what: str, thunk: Callable[[], Any]) -> Any:
    try:
        with end_forked_children():
            return thunk()
    except DeclarationError:
        raise
    except (Exception, SystemExit) as error:
        detect_unfinished(name, error)
        frames = traceback.extract_tb(error.__traceback__)
        frame = [f for f in frames if not f.filename.startswith(NUMPY_FOLDER)][-1]
        where = f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
        raise UnitRaised(f"{what} raised {describe_error(error)}", where) from error
