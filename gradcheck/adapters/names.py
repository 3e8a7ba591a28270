"""Maps from declared names to the arguments and results of other people's code, checked before anything runs."""

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..errors import DeclarationError
from ..unit.declaration import DTYPES, Declaration, declare, read_annotations
from ..unit.partials import get_unit_name, unwrap_partial
from .unit import Adapted

NameOrder = Sequence[str] | Mapping[str, str]
"""Declared names in the order of the code, or a dict from declared names to those of the code."""


def adapt_declaration(like: Any, name: str | None, missing: Sequence[str], dtypes: Sequence[str]) -> Declaration:
    """Return the declaration of `like`, a unit or a reference, with another name and without missing gradients."""
    declaration = declare(like, returns_backward=returns_unit_pair(like))
    declaration = replace(declaration, name=name or get_unit_name(like))
    reject_unknown_names(declaration, "missing", missing, declaration.differentiable, "float input")
    for dtype in dtypes:
        if dtype not in DTYPES:
            raise DeclarationError(
                f"{declaration.name}: dtypes {dtype!r}", "it is not a precision", "give float64 or float32"
            )
    inputs = {n: replace(i, missing=n in missing) for n, i in declaration.inputs.items()}
    return replace(declaration, inputs=inputs, dtypes=tuple(dtypes))


def returns_unit_pair(like: Any) -> bool:
    """Whether a function also returns its backward, or has its declaration as an attribute."""
    if isinstance(like, Adapted):
        return True
    return typing.get_origin(read_annotations(unwrap_partial(like), get_unit_name(like)).get("return")) is tuple


def reject_unknown_names(
    declaration: Declaration, what: str, names: Iterable[str | None], choices: Iterable[str], kind: str
) -> None:
    """Raise DeclarationError for a name that is not declared, or is listed twice."""
    said, choices = [n for n in names if n is not None], list(choices)
    for name in said:
        value = f"{declaration.name}: {what} {name!r}"
        if name not in choices:
            near = get_close_matches(name, choices, 1, 0.5)
            remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(choices) or 'none'}"
            raise DeclarationError(value, f"no {kind} of that name is declared", remedy)
        if said.count(name) > 1:
            raise DeclarationError(value, "it is listed twice", "list it once")


def check_gradient_names(declaration: Declaration, given: Iterable[str | None]) -> None:
    """Raise DeclarationError unless every float input has a gradient or is missing, and one has a gradient."""
    given = list(given)
    if not declaration.differentiable:
        value = f"{declaration.name}: gradients"
        raise DeclarationError(value, "no gradient is given", "name at least one gradient that the code computes")
    reject_unknown_names(declaration, "gradients", given, declaration.inputs, "input")
    for name in given:
        if name is not None and not declaration.inputs[name].floating:
            value = f"{declaration.name}: gradients {name!r}"
            raise DeclarationError(value, f"the input is {declaration.inputs[name].kind}", "it has no gradient")
        if name in declaration.missing:
            value = f"{declaration.name}: missing {name!r}"
            raise DeclarationError(value, "it is also listed among the gradients", "list it only once")
    for name in declaration.differentiable:
        if name not in given:
            remedy = "list it in `gradients`, or in `missing` if the code does not compute it"
            raise DeclarationError(f"{declaration.name}: gradient of {name}", "it is not mapped to the code", remedy)


def order_inputs(declaration: Declaration, inputs: NameOrder | None, elsewhere: Iterable[str] = ()) -> NameOrder:
    """Check and return the order of the inputs: each once, by default as declared."""
    elsewhere = list(elsewhere)
    order = [n for n in declaration.inputs if n not in elsewhere] if inputs is None else inputs
    reject_unknown_names(declaration, "inputs", order, declaration.inputs, "input")
    for name in declaration.inputs:
        if name not in order and name not in elsewhere:
            value = f"{declaration.name}: input {name}"
            raise DeclarationError(value, "the code does not get it", "list it in `inputs`")
    return order


def bind_arguments(
    order: NameOrder, declaration: Declaration, given: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return positional and keyword arguments for the code; options keep their names, an absent input is None."""
    options = {n: given[n] for n in declaration.options if n in given}
    if isinstance(order, Mapping):
        return [], {theirs: given.get(ours) for ours, theirs in order.items()} | options
    return [given.get(n) for n in order], options


def order_outputs(declaration: Declaration, outputs: Sequence[str | None] | None) -> tuple[str | None, ...]:
    """Check and return the order of the outputs: each once, by default as declared."""
    order = tuple(declaration.outputs) if outputs is None else tuple(outputs)
    reject_unknown_names(declaration, "outputs", order, declaration.outputs, "output")
    for name in declaration.outputs:
        if name not in order:
            raise DeclarationError(
                f"{declaration.name}: output {name}", "it is not mapped to the code", "list it in `outputs`"
            )
    return order


def split_outputs(declaration: Declaration, order: Sequence[str | None], found: Any) -> list[Any]:
    """Split what the code returns into its outputs: `found` itself if there is one output, else a tuple."""
    if len(order) == 1 and not isinstance(found, tuple | list):
        return [found]
    if isinstance(found, tuple | list) and len(found) == len(order):
        return list(found)
    count = f"{len(found)} outputs" if isinstance(found, tuple | list) else f"a {type(found).__name__}"
    names = ", ".join(str(n) for n in order)
    remedy = "name each in the order in which it is returned, None for what is not declared"
    raise DeclarationError(f"{declaration.name}: forward returns {count}", f"{names} are named", remedy)


def sort_outputs(declaration: Declaration, order: Sequence[str | None], found: Sequence[Any]) -> list[Any]:
    """Sort the outputs into the order of the declaration."""
    return [found[order.index(n)] for n in declaration.outputs]


def order_upstream(
    declaration: Declaration, order: Sequence[str | None], found: Sequence[Any], d: Sequence[Any]
) -> list[Any]:
    """Return the upstream gradients in the order of the code; zeros for an output that is not declared."""
    by_name = dict(zip(declaration.outputs, d, strict=True))
    return [np.zeros_like(y) if n is None else by_name[n] for n, y in zip(order, found, strict=True)]


def name_gradients(
    declaration: Declaration, order: Sequence[str | None] | Mapping[str, str], found: Any
) -> dict[str, Any]:
    """Name the gradients that the backward returns.  Raise DeclarationError if they do not fit the map."""
    where = f"{declaration.name}: backward returns"
    if isinstance(order, Mapping):
        if not isinstance(found, Mapping):
            raise DeclarationError(f"{where} a {type(found).__name__}", "the map is by name", "give names in its order")
        for name in found:
            if name not in order.values():
                raise DeclarationError(f"{where} {name!r}", "no gradient of that name is mapped", "map it to an input")
        return reject_none_gradients(declaration, {ours: found.get(theirs) for ours, theirs in order.items()})
    if isinstance(found, Mapping):
        remedy = f"give a map from inputs to {', '.join(map(repr, found))}"
        raise DeclarationError(f"{where} a dict", "the gradients are named by their order", remedy)
    values = list(found) if isinstance(found, tuple | list) else [found]
    if len(values) != len(order):
        wanted = ", ".join(str(n) for n in order)
        remedy = "name each in the order in which it is returned, None for what is no gradient"
        raise DeclarationError(f"{where} {len(values)} values", f"{len(order)} are named ({wanted})", remedy)
    return reject_none_gradients(declaration, {n: g for n, g in zip(order, values, strict=True) if n is not None})


def reject_none_gradients(declaration: Declaration, gradients: Mapping[str, Any]) -> dict[str, Any]:
    for name, gradient in gradients.items():
        if gradient is None:
            value = f"{declaration.name}: gradient of {name}"
            raise DeclarationError(value, "the code gives None", f"declare missing={name!r}, if it has none")
    return dict(gradients)
