"""Plain functions as units, of arrays to arrays: `f(x, w) -> (y, backward)`, `backward(dy) -> (dx, dw)`.

Shapes follow from example arrays where there are no annotations: sizes that are equal in the example are one letter.
"""

import collections
import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import DeclarationError
from .declaration import ArraySpec, Declaration, check_letters, read_annotations, read_input
from .dimension import Dimension, ValueRange
from .partials import get_unit_name, unwrap_partial
from .returned import split_returned

make_namedtuple: Any = collections.namedtuple
Example = Mapping[str, Any] | Sequence[Any]
LETTERS = "NMKPQRSUVWXYZ"
"""Letters of sizes: not T and B, for a function without annotations need not have time steps or a batch."""
TRIAL_SIZES = (5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
"""Sizes of the call from which the shapes of the outputs are read: different primes, so that each letter is known."""
SHOW_EXAMPLE = "give an example of each argument: gradcheck.check(f, example=[x, w])"


class PlainUnit:
    """A plain function with a declaration, called like any other unit: its outputs and gradients have names."""

    def __init__(self, declaration: Declaration, function: Callable[..., Any]) -> None:
        self.declaration, self.function = declaration, function
        self.__name__ = declaration.name
        self.__module__ = str(getattr(function, "__module__", None) or __name__)
        self.__doc__ = function.__doc__
        self.__wrapped__ = unwrap_partial(function)
        parameters = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in declaration.inputs]
        self.__signature__ = inspect.Signature(parameters)

    def __call__(self, **given: Any) -> tuple[Any, Callable[[Any], dict[str, Any]]]:
        returned, pull = split_returned(self.declaration.name, self.function(**given))
        outputs = self.declaration.output_type(*[value for _, value in name_outputs(returned)])

        def backward(d: Any) -> dict[str, Any]:
            upstream = [np.zeros_like(y) if u is None else u for y, u in zip(outputs, d, strict=True)]
            return name_gradients(self.declaration, pull(like_outputs(returned, upstream)), given)

        return outputs, backward


def is_plain(unit: Callable[..., Any]) -> bool:
    """Whether a function does not say its outputs by a NamedTuple, and has no declaration of its own."""
    function = unwrap_partial(unit)
    if isinstance(getattr(function, "declaration", None), Declaration):
        return False
    hint = read_annotations(function, get_unit_name(unit)).get("return")
    first = next(iter(typing.get_args(hint)), None) if typing.get_origin(hint) is tuple else None
    return not (isinstance(first, type) and hasattr(first, "_fields"))


def adapt_plain(unit: Callable[..., Any], example: Example | None = None) -> PlainUnit:
    """Make a unit of a plain function, with the shapes of its annotations, or else of example arrays.

    example  arguments in their order, or by name.  What is no array is passed as it is

    Raises DeclarationError if an argument has neither, or if the shape of an output is not known from them.
    """
    name, given = get_unit_name(unit), name_example(unit, example)
    fixed = {n: value for n, value in given.items() if not isinstance(value, np.ndarray | np.generic)}
    arrays = {n: np.asarray(value) for n, value in given.items() if n not in fixed}
    function = functools.partial(unit, **fixed) if fixed else unit
    letters = name_sizes(arrays)
    inputs: dict[str, ArraySpec] = {}
    hints = read_annotations(unwrap_partial(unit), name)
    for n, parameter in inspect.signature(unit).parameters.items():
        if n in arrays:
            inputs[n] = describe_array(n, arrays[n], letters)
        elif n in fixed or (n not in hints and parameter.default is not parameter.empty):
            continue
        elif n in hints:
            inputs[n] = read_input(n, hints[n], f"{name}: argument {n}")
        else:
            raise DeclarationError(f"{name}: argument {n}", "it has no annotation and no example", SHOW_EXAMPLE)
    known = tuple(dict.fromkeys(x for i in inputs.values() for d in i.dimensions for x in d.letters))
    outputs = find_outputs(name, function, inputs, known, arrays)
    output_type: Any = make_namedtuple("Output", list(outputs))
    declaration = Declaration(name, inputs, {}, outputs, output_type, known, fixed=tuple(fixed))
    check_letters(declaration)
    return PlainUnit(declaration, function)


def name_example(unit: Callable[..., Any], example: Example | None) -> dict[str, Any]:
    """Return the example by the name of the argument.  DeclarationError if it does not fit the function."""
    if example is None:
        return {}
    given: Any = [example] if isinstance(example, np.ndarray) else example
    try:
        bound = inspect.signature(unit)
        return dict((bound.bind(**given) if isinstance(given, Mapping) else bound.bind(*given)).arguments)
    except TypeError as error:
        raise DeclarationError(f"{get_unit_name(unit)}: example", f"it does not fit ({error})", SHOW_EXAMPLE) from error


def name_sizes(arrays: Mapping[str, np.ndarray[Any, Any]]) -> dict[int, str]:
    """Give every size of the example a letter; a size of 1 is 1 in every case."""
    sizes = dict.fromkeys(size for array in arrays.values() for size in array.shape if size != 1)
    return dict(zip(sizes, LETTERS, strict=False)) | {1: "1"}


def describe_array(name: str, array: np.ndarray[Any, Any], letters: Mapping[int, str]) -> ArraySpec:
    kinds = {"f": "float", "c": "complex", "i": "int", "u": "int", "b": "bool"}
    where = f"argument {name}"
    if array.dtype.kind not in kinds:
        raise DeclarationError(where, f"its example is of dtype {array.dtype}", "give an array of numbers")
    if 0 in array.shape:
        raise DeclarationError(where, f"its example has the shape {array.shape}", "give one without a size of 0")
    kind = kinds[array.dtype.kind]
    # An index whose largest value is the last of an axis is one into an axis of that size.
    most = int(array.max()) + 1 if kind == "int" else 0
    bounds = ValueRange.parse(f"0 <= {name} < {letters.get(most, most)}", name) if kind == "int" else None
    return ArraySpec(name, kind, tuple(Dimension.parse(letters[size]) for size in array.shape), range=bounds)


def find_outputs(
    name: str,
    function: Callable[..., Any],
    inputs: Mapping[str, ArraySpec],
    letters: Sequence[str],
    arrays: Mapping[str, np.ndarray[Any, Any]],
) -> dict[str, ArraySpec]:
    """Call the function once, with another size for each letter, and read the shapes of its outputs in letters."""
    sizes = dict(zip(letters, TRIAL_SIZES, strict=False))
    trial = {n: make_trial(spec, sizes, arrays.get(n)) for n, spec in inputs.items()}
    with np.errstate(all="ignore"):
        returned, _ = split_returned(name, function(**trial))
    found: dict[str, ArraySpec] = {}
    for n, value in name_outputs(returned):
        array = np.asarray(value)
        if array.dtype.kind not in "fc":
            reason = f"it is of {'type ' + type(value).__name__ if array.dtype.kind == 'O' else array.dtype.name}"
            raise DeclarationError(f"{name}: output {n}", reason, "return an array of floats, or a tuple of them")
        dimensions = tuple(find_dimension(name, n, size, sizes) for size in array.shape)
        found[n] = ArraySpec(n, "complex" if array.dtype.kind == "c" else "float", dimensions)
    return found


def make_trial(spec: ArraySpec, sizes: Mapping[str, int], example: np.ndarray[Any, Any] | None) -> Any:
    """Make an array of these sizes with the values of the example, or ones (zeros of integers)."""
    shape = spec.shape(sizes)
    if example is not None:
        return np.resize(example, shape)
    if spec.scalar:
        return 0
    return np.ones(shape, {"float": float, "complex": complex, "int": int, "bool": bool}[spec.kind]) * (
        spec.kind != "int"
    )


def find_dimension(name: str, output: str, size: int, sizes: Mapping[str, int]) -> Dimension:
    """Return a size of an output in letters: a letter, a number, or a simple sum or product of letters."""
    for text in list_expressions(sizes):
        dimension = Dimension.parse(text)
        if dimension.size(sizes) == size:
            return dimension
    if size <= 4:
        return Dimension.parse(str(size))
    known = ", ".join(f"{letter} = {n}" for letter, n in sizes.items())
    reason = f"its size {size} is not known from the inputs ({known})"
    raise DeclarationError(f"{name}: output {output}", reason, "annotate the function: docs/contract.md shows how")


def list_expressions(sizes: Mapping[str, int]) -> Iterator[str]:
    yield from sizes
    yield from (f"{k}*{a}" for a in sizes for k in (2, 3, 4))
    yield from (f"{a}{step}" for a in sizes for step in ("-1", "+1"))
    yield from (f"{a}*{b}" for a in sizes for b in sizes)
    yield from (f"{a}+{b}" for a in sizes for b in sizes)


def name_outputs(returned: Any) -> list[tuple[str, Any]]:
    """Name the outputs: a single array is y, those of a tuple y0, y1, ..., and a NamedTuple has names."""
    if hasattr(returned, "_fields"):
        return list(zip(returned._fields, returned, strict=True))
    if isinstance(returned, Mapping):
        return list(returned.items())
    if isinstance(returned, tuple | list):
        return [(f"y{k}", value) for k, value in enumerate(returned)]
    return [("y", returned)]


def like_outputs(returned: Any, upstream: list[Any]) -> Any:
    """Return the upstream gradients in the form of the outputs."""
    if hasattr(returned, "_fields"):
        return type(returned)(*upstream)
    if isinstance(returned, Mapping):
        return dict(zip(returned, upstream, strict=True))
    return type(returned)(upstream) if isinstance(returned, tuple | list) else upstream[0]


def name_gradients(declaration: Declaration, found: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Name the gradients: by the dict that backward returns, or in the order of the float arguments, or of all."""
    if isinstance(found, Mapping):
        return dict(found)
    floats = [n for n in declaration.differentiable if n in given]
    values = list(found) if isinstance(found, tuple | list) else [found]
    if len(values) == len(given) != len(floats):
        return {n: g for n, g in zip(given, values, strict=True) if n in floats}
    if len(values) != len(floats):
        value = f"{declaration.name}: backward returns {len(values)} values"
        remedy = "return one gradient for each float argument, in their order, or a dict by name"
        raise DeclarationError(value, f"the float arguments are {', '.join(floats)}", remedy)
    return dict(zip(floats, values, strict=True))
