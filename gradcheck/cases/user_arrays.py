"""Arrays that the user gives: they must fit the declaration, and sizes and dtype follow from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import DeclarationError
from ..unit.declaration import DTYPES, ArraySpec, Declaration
from .arrays import Array, CaseArrays, draw_upstream, get_default_options, to_complex_dtype
from .case import Case
from .layouts import copy_memory

NUMPY_KINDS = {"float": "f", "complex": "c", "int": "iu", "bool": "b"}
SizeSources = dict[str, tuple[int, str]]


def fit_case(declaration: Declaration, arrays: CaseArrays, seed: int) -> tuple[Case, CaseArrays]:
    """The case of given arrays, and copies of them; upstream gradients that are not named are drawn from `seed`.

    DeclarationError, naming the argument, where they do not fit.
    """
    check_array_names(declaration, "argument", arrays.inputs, declaration.inputs)
    check_array_names(declaration, "option", arrays.options, declaration.options)
    check_array_names(declaration, "upstream gradient", arrays.upstream, declaration.outputs)
    inputs = {n: a for n, a in arrays.inputs.items() if a is not None}
    for name, spec in declaration.inputs.items():
        if name not in inputs and not spec.optional:
            raise DeclarationError(f"{declaration.name}: argument {name}", "it is not given", "give an array for it")
    inputs = {
        n: read_user_array(a, declaration.inputs[n], f"{declaration.name}: argument {n}") for n, a in inputs.items()
    }
    inputs |= copy_named(inputs)
    sources = find_size_sources(declaration, inputs)
    case = Case({letter: size for letter, (size, _) in sources.items()}, seed, find_precision(inputs))
    for name, value in inputs.items():
        check_user_array(value, declaration.inputs[name], case, f"{declaration.name}: argument {name}", sources)
    return case, CaseArrays(
        inputs, collect_options(declaration, arrays), collect_upstream(declaration, arrays, case, sources)
    )


def check_array_names(declaration: Declaration, what: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name in given:
        if name not in known:
            reason = f"{declaration.name} has no such {what}"
            raise DeclarationError(f"{declaration.name}: {what} {name}", reason, f"it has {', '.join(known) or 'none'}")


def copy_named(arrays: Mapping[str, Any]) -> dict[str, Array]:
    """Copy arrays by name, with their strides; an array that is passed twice is one array in the copies too."""
    named = {n: a for n, a in arrays.items() if isinstance(a, np.ndarray)}
    return dict(zip(named, copy_memory(named.values()), strict=True))


def read_user_array(value: Any, spec: ArraySpec, where: str) -> Any:
    if spec.scalar:
        return int(value)
    array = np.asarray(value)
    if array.dtype.kind not in NUMPY_KINDS[spec.kind]:
        raise DeclarationError(where, f"it is {array.dtype}, declared {spec.kind}", f"give a {spec.kind} array")
    if array.ndim != len(spec.dimensions):
        raise DeclarationError(where, f"it has shape {array.shape}, declared {spec}", "give the declared shape")
    return array


def find_size_sources(declaration: Declaration, inputs: Mapping[str, Any]) -> SizeSources:
    """The size of each letter, and the name of the first array that has it as a dimension: alone, else blocked, 4*H."""
    found: SizeSources = {}
    blocked: SizeSources = {}
    for name, value in inputs.items():
        for dimension, size in zip(declaration.inputs[name].dimensions, np.shape(value), strict=True):
            found.setdefault(dimension.text, (size, name))
            if dimension.factor > 1 and len(dimension.letters) == 1:
                blocked.setdefault(dimension.letters[0], (size // dimension.factor, name))
    found = {**blocked, **found}
    for letter in declaration.letters:
        if letter not in found:
            remedy = f"give an input that has {letter} alone as a dimension"
            raise DeclarationError(f"{declaration.name}: size {letter}", "no given array determines it", remedy)
    return {letter: found[letter] for letter in declaration.letters}


def find_precision(inputs: Mapping[str, Any]) -> str:
    """Find the precision of the first float array; `check_user_array` requires the others to have it too."""
    for value in inputs.values():
        if np.asarray(value).dtype.kind in "fc":
            return "float64" if np.asarray(value).dtype in ("float64", "complex128") else "float32"
    return DTYPES[0]


def check_user_array(value: Any, spec: ArraySpec, case: Case, where: str, sources: SizeSources) -> None:
    shape, found = spec.shape(case.sizes), np.asarray(value)
    if found.shape != shape:
        letters = " ".join(map(str, spec.dimensions))
        sizes = ", ".join(f"{letter}={size} of {name}" for letter, (size, name) in sources.items() if letter in letters)
        reason = f"it has shape {found.shape}, declared ({letters}) = {shape} with {sizes}"
        raise DeclarationError(where, reason, "give arrays whose sizes agree")
    wanted = case.dtype if spec.kind == "float" else to_complex_dtype(case.dtype)
    if spec.floating and found.dtype != np.dtype(wanted):
        remedy = "give all float arrays in float64, or all in float32"
        raise DeclarationError(where, f"it is {found.dtype} and should be {wanted}", remedy)
    if spec.floating and not np.isfinite(found).all():
        raise DeclarationError(where, "it holds inf or nan", "give finite numbers")
    if spec.range is not None and found.size:
        low, high = spec.range.low.size(case.sizes), spec.range.high.size(case.sizes)
        if found.min() < low or found.max() > high:
            reason = f"its values range from {found.min()} to {found.max()}, declared {low} to {high}"
            raise DeclarationError(where, reason, "give values in the declared range")


def collect_options(declaration: Declaration, arrays: CaseArrays) -> dict[str, Any]:
    for name, value in arrays.options.items():
        if value not in declaration.options[name]:
            known = ", ".join(map(str, declaration.options[name]))
            raise DeclarationError(
                f"{declaration.name}: option {name}", f"{value!r} is not one of {known}", "choose one"
            )
    return {**get_default_options(declaration), **arrays.options}


def collect_upstream(
    declaration: Declaration, arrays: CaseArrays, case: Case, sources: SizeSources
) -> dict[str, Array | None]:
    upstream: dict[str, Array | None] = {}
    for name, spec in declaration.outputs.items():
        where = f"{declaration.name}: upstream gradient {name}"
        given = arrays.upstream.get(name)
        if given is not None and not spec.differentiable:
            raise DeclarationError(where, f"the output is {spec.kind} and has none", "leave it out")
        if given is not None:
            array = read_user_array(given, spec, where)
            upstream[name] = copy_named({name: array})[name]
            check_user_array(array, spec, case, where, sources)
        else:
            drawn = spec.differentiable and name not in arrays.upstream
            upstream[name] = draw_upstream(spec, case) if drawn else None
    if all(u is None for u in upstream.values()):
        value, reason = f"{declaration.name}: upstream gradients", "all are None, so that every gradient is zero"
        raise DeclarationError(value, reason, "give one, or leave one out to have it drawn")
    return upstream
