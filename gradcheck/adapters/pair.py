"""Makes a unit of the common pair forward(...) -> (y, cache) and backward(dy, cache) -> gradients."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import DeclarationError
from ..unit.declaration import DTYPES
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
    sort_outputs,
    split_outputs,
)
from .unit import Adapted, PullBack


def adapt_pair(
    forward: Callable[..., Any],
    backward: Callable[[Any, Any], Any],
    like: Callable[..., Any],
    *,
    inputs: NameOrder | None = None,
    outputs: Sequence[str | None] | None = None,
    gradients: Sequence[str | None] | Mapping[str, str] | None = None,
    missing: Sequence[str] = (),
    dtypes: Sequence[str] = DTYPES,
    copy: bool = False,
    name: str | None = None,
) -> Adapted:
    """Make a unit of `forward(...) -> (y, cache)` and `backward(dy, cache) -> gradients`.

    like       an annotated function, such as the reference: it declares the names, shapes and kinds
    inputs     its names in the order of forward's arguments, or a map from them to these; by default as declared.
               Options are passed by name
    outputs    its names in the order of forward's results, None for one that is not declared; by default as declared
    gradients  its names in the order of backward's results, None for one that is not a gradient; or a map from them to
               the keys of a dict that backward returns.  By default the float inputs as declared
    missing    float inputs without a gradient: they are held fixed, and the report says so
    dtypes     the precisions that the code computes in
    copy       pass copies to code that writes to its arguments

    If there are several outputs, y and dy are tuples.  Raise DeclarationError if a map does not fit.
    """
    declaration = adapt_declaration(like, name, missing, dtypes)
    order, given_back = order_inputs(declaration, inputs), order_outputs(declaration, outputs)
    pulled = declaration.differentiable if gradients is None else gradients
    check_gradient_names(declaration, pulled)

    def evaluate(given: Mapping[str, Any]) -> tuple[list[Any], PullBack]:
        positional, by_name = bind_arguments(order, declaration, given)
        result = forward(*positional, **by_name)
        if not (isinstance(result, tuple) and len(result) == 2):
            value = f"{declaration.name}: forward returns a {type(result).__name__}"
            raise DeclarationError(value, "a pair's forward returns (y, cache)", "return both")
        y, cache = result
        ys = split_outputs(declaration, given_back, y)

        def pull(upstream: list[Any]) -> dict[str, Any]:
            dys = order_upstream(declaration, given_back, ys, upstream)
            return name_gradients(
                declaration, pulled, backward(tuple(dys) if isinstance(y, tuple | list) else dys[0], cache)
            )

        return sort_outputs(declaration, given_back, ys), pull

    return Adapted(declaration, evaluate, unwrap_partial(backward), copy)
