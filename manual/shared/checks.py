"""Checks of what a unit is given, read from its own annotations, so that no shape is written twice."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, NoReturn, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")
KINDS = {"Float": "fcO", "Complex": "cO", "Int": "iu", "Bool": "b"}


class Declared(NamedTuple):
    """What an annotation says: choices of an option, or dtype kinds, dimensions and range of an array.

    A plain int has no kinds: its range says what is drawn, and the unit itself what it takes.
    """

    choices: tuple[Any, ...] = ()
    kinds: str = ""
    dimensions: tuple[str, ...] = ()
    range: str = ""


def require(condition: bool, argument: str, reason: str, remedy: str) -> None:
    """ValueError naming the argument, unless the condition holds."""
    if not condition:
        refuse(argument, reason, remedy)


def refuse(argument: str, reason: str, remedy: str) -> NoReturn:
    raise ValueError(f"{argument}: {reason}; {remedy}")


def checked(unit: Callable[P, R]) -> Callable[P, R]:
    """The unit, raising ValueError where an argument is not what its annotation says, or holds inf or nan."""
    signature = inspect.signature(unit)

    @functools.cache
    def declared() -> dict[str, Declared]:
        hints = typing.get_type_hints(unit, include_extras=True)
        return {name: read(hint) for name, hint in hints.items() if name != "return"}

    @functools.wraps(unit)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        named = not args and kwargs.keys() <= signature.parameters.keys()
        given = kwargs if named else signature.bind(*args, **kwargs).arguments
        for name, value in given.items():
            if value is None and signature.parameters[name].default is not None:
                refuse(name, "it is None", "give it")
        check({name: a for name, a in given.items() if a is not None}, declared())
        return unit(*args, **kwargs)

    return wrapper


def read(hint: Any) -> Declared:
    range_text = ""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(a for a in typing.get_args(hint) if a is not type(None))
    if typing.get_origin(hint) is typing.Annotated:
        hint, range_text = typing.get_args(hint)[:2]
    if typing.get_origin(hint) is Literal:
        return Declared(choices=typing.get_args(hint))
    if hint is int:
        return Declared()
    kinds = next(kinds for name, kinds in KINDS.items() if hint.__name__.startswith(name))
    sizes = tuple(text.rpartition("=")[2] for text in getattr(hint, "dim_str", "").split())
    return Declared((), kinds, sizes, range_text)


def check(given: Mapping[str, Any], declared: Mapping[str, Declared]) -> None:
    sizes: dict[str, int] = {}
    blocked: dict[str, int] = {}
    arrays = {name: value for name, value in given.items() if declared[name].kinds}
    for name in given.keys() - arrays.keys():
        check_scalar(name, given[name], declared[name].choices)
    for name, array in arrays.items():
        if not isinstance(array, (np.ndarray, np.generic)):
            refuse(name, f"it is of type {type(array).__name__}", "give an array of NumPy")
        wanted = declared[name].dimensions
        if array.ndim != len(wanted):
            refuse(
                name, f"it has shape {array.shape}, declared ({' '.join(wanted)})", "give an array of that many axes"
            )
        for text, size in zip(wanted, array.shape, strict=True):
            factor, _, letter = text.rpartition("*")
            if not factor:
                sizes.setdefault(text, size)
            elif factor.isdecimal():
                blocked.setdefault(letter, size // int(factor))
    for name, array in arrays.items():
        check_array(name, array, declared[name], {**blocked, **sizes})


def check_scalar(name: str, value: Any, choices: tuple[Any, ...]) -> None:
    if choices and value not in choices:
        refuse(name, f"{value!r} is not one of {', '.join(map(str, choices))}", "choose one")
    if not choices and not isinstance(value, (int, np.integer)):
        refuse(name, f"it is {value!r}", "give an integer")


def check_array(name: str, array: np.ndarray[Any, np.dtype[Any]], wanted: Declared, sizes: dict[str, int]) -> None:
    if array.dtype.kind not in wanted.kinds:
        refuse(name, f"it is {array.dtype}", f"give one of kind {wanted.kinds}")
    shape = tuple([evaluated(text, sizes) for text in wanted.dimensions])
    if array.shape != shape:
        reason = f"it has shape {array.shape}, declared ({' '.join(wanted.dimensions)}) = {shape}"
        refuse(name, reason, "give arrays whose sizes agree")
    if array.dtype.kind in "fc" and not np.isfinite(array).all():
        refuse(name, "it holds inf or nan", "give finite numbers")
    if wanted.range and array.size:
        low, high = int(array.min()), int(array.max())
        if not all(evaluated(wanted.range, {**sizes, name: value}) for value in (low, high)):
            refuse(name, f"its values range from {low} to {high}, declared {wanted.range}", "give values in range")


def evaluated(text: str, names: Mapping[str, int]) -> Any:
    return names[text] if text in names else eval(compiled(text), {}, names)


@functools.cache
def compiled(text: str) -> types.CodeType:
    return compile(text, "an annotation", "eval")
