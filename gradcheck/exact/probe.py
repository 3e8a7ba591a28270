"""One unit at one random point: its forward on dual numbers, its backward on values, and both sides of the identity."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .array import ExactArray, map_entries
from .complex import ExactComplex
from .element import Element
from .errors import Tie, UnluckyDraw, Unsupported, find_interruption, locate_error

InputArrays = Mapping[str, NDArray[Any]]
ExactUnit = Callable[..., Any]  # (**inputs) -> (outputs: NamedTuple, backward: outputs -> {input: gradient})
UpstreamNames = tuple[str, ...] | None  # names of the outputs that receive an upstream gradient; None for all
BlockRange = tuple[str, slice]  # an array's name and a range of its first axis


@contextmanager
def locate_unsupported() -> Iterator[None]:
    """Turn whatever the unit raises on exact numbers into Unsupported, with the user's file and line."""
    try:
        yield
    except (UnluckyDraw, Tie, Unsupported):
        raise
    except Exception as error:
        if (hidden := find_interruption(error)) is not None:
            raise hidden from error
        place, hint = locate_error(error.__traceback__), ""
        if (method := re.search(r"has no callable (\w+) method", str(error))) and "int" not in str(error):
            raise Unsupported(f"{method[1]} is not supported in exact arithmetic, at {place}") from error
        if "of type int which" in str(error):
            hint = " (a plain np.zeros met a function: fill buffers with np.zeros_like(x))"
        raise Unsupported(f"{type(error).__name__}: {error}{hint}, in exact arithmetic, at {place}") from error


def is_exact_input(array: Any) -> bool:
    """Whether an input becomes exact numbers; the unit gets integers and booleans as they are."""
    return np.asarray(array).dtype.kind in "fcO"


def list_real_parts(array: Any, carrier: Any) -> list[Any]:
    """List the real elements of an array in order; a complex entry gives two, a plain number becomes an element."""
    flat: list[Any] = []
    for entry in np.asarray(array, dtype=object).ravel().tolist():
        if isinstance(entry, np.ndarray):  # a zero-dimensional array that was stored as an entry
            flat += list_real_parts(entry, carrier)
        elif isinstance(entry, ExactComplex):
            flat += (entry.real, entry.imag)
        else:
            flat.append(entry if isinstance(entry, Element) else carrier.constant(entry))
    return flat


class ExactProbe:
    """A unit with all of its float inputs drawn at random from one carrier (a Field, or a DecimalField).

    inputs  the arrays of a case: their shapes and integers are kept, their floats decide the branches
    given   the names of the outputs that receive an upstream gradient; all by default
    """

    def __init__(self, unit: ExactUnit, inputs: InputArrays, carrier: Any, given: UpstreamNames = None) -> None:
        self.unit, self.carrier, self.given = unit, carrier, given
        self.inputs = {name: self._draw(np.asarray(a)) if is_exact_input(a) else a for name, a in inputs.items()}
        self.variables = [name for name, a in inputs.items() if is_exact_input(a)]

    def _draw(self, array: NDArray[Any]) -> ExactArray:
        draw = self.carrier.variable
        entry = (lambda x: ExactComplex(draw(x.real), draw(x.imag))) if array.dtype.kind == "c" else draw
        return ExactArray.wrap(map_entries(entry, array), self.carrier)

    def _only(self, array: NDArray[Any], kept: slice) -> ExactArray:
        """Return the same values, with tangents in a range of the first axis only."""
        result = map_entries(_drop_tangent, array)
        np.atleast_1d(result)[kept] = np.atleast_1d(np.asarray(array))[kept]
        return ExactArray.wrap(result, self.carrier)

    def forward(self, block: BlockRange | None = None) -> tuple[Any, Callable[[Any], InputArrays]]:
        """Run the forward: return outputs, whose tangents are J v, and the backward.  Outside `block` v is 0."""
        inputs = dict(self.inputs)
        if block is not None:
            for name in self.variables:
                inputs[name] = self._only(inputs[name], block[1] if name == block[0] else slice(0, 0))
        with locate_unsupported():
            outputs, backward = self.unit(**inputs)
        return outputs, backward

    def list_upstream_names(self, outputs: Any) -> list[str]:
        """List the outputs that receive an upstream gradient."""
        floats = [name for name in outputs._fields if is_exact_input(getattr(outputs, name))]
        return [name for name in floats if self.given is None or name in self.given]

    def upstream(self, outputs: Any) -> dict[str, ExactArray]:
        """Draw random upstream gradients, by output."""
        drawn = {}
        for name in self.list_upstream_names(outputs):
            array, draw = np.asarray(getattr(outputs, name), dtype=object), self.carrier.upstream
            drawn[name] = ExactArray.wrap(
                map_entries(lambda e: ExactComplex(draw(), draw()) if isinstance(e, ExactComplex) else draw(), array),  # noqa: B023
                self.carrier,
            )
        return drawn

    def pull_back(
        self, outputs: Any, backward: Callable[[Any], InputArrays], upstream: Mapping[str, Any]
    ) -> InputArrays:
        """Return J^T u, the gradient of every float input.  Raises ValueError if one is missing or misshapen."""
        with locate_unsupported():
            gradients = backward(type(outputs)(**{name: upstream.get(name) for name in outputs._fields}))
        if not isinstance(gradients, dict):
            raise ValueError(f"backward returned a {type(gradients).__name__}, not gradients by name")
        for name in self.variables:
            if name not in gradients:
                raise ValueError(f"backward returned no gradient for {name}")
            given, due = np.shape(gradients[name]), self.inputs[name].shape
            if given != due:
                raise ValueError(f"the gradient of {name} has shape {given}, {name} itself {due}")
        return gradients

    def pairing(self, left: Mapping[str, Any], right: Mapping[str, Any], names: list[str]) -> list[tuple[Any, Any]]:
        """List the pairs of numbers whose products add up to <left, right>; of complex entries Re(conj(a) b)."""
        pairs: list[tuple[Any, Any]] = []
        for name in names:
            a, b = list_real_parts(left[name], self.carrier), list_real_parts(right[name], self.carrier)
            if len(a) != len(b):
                raise Unsupported(f"{name} is complex on one side of the pairing and real on the other")
            pairs += zip(a, b, strict=True)
        return pairs


def _drop_tangent(entry: Any) -> Any:
    if isinstance(entry, ExactComplex):
        return ExactComplex(entry.real.still(), entry.imag.still())
    if not hasattr(entry, "still"):
        raise Unsupported(f"the unit has written {entry!r} to its input, which exact arithmetic does not follow")
    return entry.still()
