"""Makes a unit of a class whose objects have a forward, a backward, and stored gradients."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..errors import DeclarationError
from ..unit.declaration import DTYPES, Declaration
from ..unit.partials import unwrap_partial
from .names import (
    NameOrder,
    adapt_declaration,
    bind_arguments,
    check_gradient_names,
    name_gradients,
    order_inputs,
    order_outputs,
    order_upstream,
    reject_unknown_names,
    sort_outputs,
    split_outputs,
)
from .unit import Adapted, PullBack


def adapt_layer(
    make: Callable[..., Any],
    like: Callable[..., Any],
    *,
    inputs: NameOrder | None = None,
    parameters: Mapping[str, str] | None = None,
    outputs: Sequence[str | None] | None = None,
    returns: Sequence[str | None] | None = None,
    gradients: Mapping[str, str] | None = None,
    forward: str = "forward",
    backward: str = "backward",
    reset: str | None = None,
    missing: Sequence[str] = (),
    dtypes: Sequence[str] = DTYPES,
    copy: bool = False,
    name: str | None = None,
) -> Adapted:
    """Make a unit of a class whose objects have a forward, a backward and stored gradients.

    make        returns a new object; an argument with the name of a size letter or of an input gets it
    like        an annotated function, such as the reference: it declares the names, shapes and kinds
    inputs      its names in the order in which forward takes them, or a map from them to forward's arguments; by
                default all that neither make nor `parameters` takes
    parameters  from its names to where the object keeps them: an attribute "W", or "parameters.W" of a dict
    outputs     its names in the order in which forward returns them, None for one that is not declared
    returns     its names in the order in which backward returns them, None for what is not a gradient; by default the
                float inputs of forward
    gradients   from its names to where the object stores their gradients, as in `parameters`
    forward     the method's name; backward likewise
    reset       a method to be called before backward, which sets stored gradients to zero
    missing     float inputs without a gradient: they are held fixed, and the report says so
    dtypes      the precisions that the code computes in
    copy        pass copies to code that writes to its arguments

    If there are several outputs, backward takes a gradient for each.
    Each call of the unit's backward runs forward on a new object, so that stored gradients do not add up.
    Raise DeclarationError if a map does not fit.
    """
    declaration = adapt_declaration(like, name, missing, dtypes)
    kept, stored = dict(parameters or {}), dict(gradients or {})
    reject_unknown_names(declaration, "parameters", kept, declaration.inputs, "input")
    wanted = list_make_arguments(make, declaration)
    order, given_back = order_inputs(declaration, inputs, [*kept, *wanted]), order_outputs(declaration, outputs)
    floats = [n for n in order if n in declaration.differentiable and n not in stored]
    pulled = floats if returns is None else returns
    check_gradient_names(declaration, [*pulled, *stored])

    def evaluate(given: Mapping[str, Any]) -> tuple[list[Any], PullBack]:
        def run() -> tuple[Any, Any]:
            layer = make(**{n: find_letter_sizes(declaration, given).get(n, given.get(n)) for n in wanted})
            for ours, place in kept.items():
                set_at_path(declaration, layer, place, given.get(ours))
            positional, by_name = bind_arguments(order, declaration, given)
            return layer, get_method(declaration, layer, forward)(*positional, **by_name)

        def pull(upstream: list[Any]) -> dict[str, Any]:
            layer, y = run()
            dys = order_upstream(declaration, given_back, split_outputs(declaration, given_back, y), upstream)
            if reset is not None:
                get_method(declaration, layer, reset)()
            result = get_method(declaration, layer, backward)(*dys)
            found = name_gradients(declaration, pulled, result) if pulled else {}
            return found | {ours: get_at_path(declaration, layer, place) for ours, place in stored.items()}

        layer, y = run()
        adapted.__wrapped__ = getattr(type(layer), backward, make)
        return sort_outputs(declaration, given_back, split_outputs(declaration, given_back, y)), pull

    adapted = Adapted(declaration, evaluate, unwrap_partial(make), copy)
    return adapted


def list_make_arguments(make: Callable[..., Any], declaration: Declaration) -> list[str]:
    """List the arguments of `make` that are size letters or inputs.  DeclarationError for another without a default."""
    names = []
    for parameter in inspect.signature(make).parameters.values():
        if parameter.name in (*declaration.letters, *declaration.inputs):
            names.append(parameter.name)
        elif parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            value = f"{declaration.name}: make's argument {parameter.name}"
            known_names = ", ".join((*declaration.letters, *declaration.inputs))
            remedy = f"call it one of {known_names}, or fix it with functools.partial"
            raise DeclarationError(value, "it is neither a size letter nor an input", remedy)
    return names


def find_letter_sizes(declaration: Declaration, given: Mapping[str, Any]) -> dict[str, int]:
    """Find the size of every letter that is a dimension of an input."""
    return {
        dimension.text: size
        for name, spec in declaration.inputs.items()
        if given.get(name) is not None
        for dimension, size in zip(spec.dimensions, np.shape(given[name]), strict=True)
        if dimension.text in declaration.letters
    }


def get_method(declaration: Declaration, layer: Any, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = get_member(declaration, layer, name, name)
    return found


def get_at_path(declaration: Declaration, layer: Any, place: str) -> Any:
    for name in place.split("."):
        layer = get_member(declaration, layer, name, place)
    return layer


def set_at_path(declaration: Declaration, layer: Any, place: str, value: Any) -> None:
    """Set an attribute, or an entry of a dict, of the object.  DeclarationError if there is none."""
    *path, last = place.split(".")
    for name in path:
        layer = get_member(declaration, layer, name, place)
    get_member(declaration, layer, last, place)
    if isinstance(layer, Mapping):
        layer[last] = value  # type: ignore[index]
    else:
        setattr(layer, last, value)


def get_member(declaration: Declaration, layer: Any, name: str, place: str) -> Any:
    if isinstance(layer, Mapping) and name in layer:
        return layer[name]
    if not isinstance(layer, Mapping) and hasattr(layer, name):
        return getattr(layer, name)
    names: Iterable[str] = layer if isinstance(layer, Mapping) else [n for n in dir(layer) if not n.startswith("__")]
    near = get_close_matches(name, list(map(str, names)), 3, 0.3)
    remedy = f"did you mean {' or '.join(near)}?" if near else "name one that it has"
    raise DeclarationError(f"{declaration.name}: {place}", f"the {type(layer).__name__} has no {name}", remedy)
