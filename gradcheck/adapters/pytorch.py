"""Makes a unit of code that runs on PyTorch tensors and has its own backward; only numeric judges apply."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..exact import Unsupported
from ..unit.declaration import DTYPES, Declaration
from ..unit.partials import unwrap_partial
from .names import (
    NameOrder,
    adapt_declaration,
    bind_arguments,
    check_gradient_names,
    order_inputs,
    order_outputs,
    reject_unknown_names,
    sort_outputs,
    split_outputs,
)
from .unit import Adapted, PullBack

AUTOGRAD_NOTE = "PyTorch code, whose backward is called by autograd; exact arithmetic does not apply"


def adapt_torch(
    call: Any,
    like: Callable[..., Any],
    *,
    inputs: NameOrder | None = None,
    parameters: Mapping[str, str] | None = None,
    outputs: Sequence[str | None] | None = None,
    missing: Sequence[str] = (),
    dtypes: Sequence[str] = DTYPES,
    name: str | None = None,
) -> Adapted:
    """Make a unit of a torch.autograd.Function, a torch.nn.Module, or any function of tensors.

    call        the Function, or what is called with tensors
    like        an annotated function, such as the reference: it declares the names, shapes and kinds
    inputs      its names in the order in which the code takes them, or a map from them to its arguments; by default all
                that are not parameters
    parameters  from its names to those of the Module's state_dict
    outputs     its names in the order in which the code returns them, None for one that is not declared
    missing     float inputs without a gradient: they are held fixed, and the report says so

    A gradient that is None counts as zeros, as it does in PyTorch.  Raise DeclarationError if a map does not fit.
    """
    declaration = adapt_declaration(like, name, missing, dtypes)
    kept = dict(parameters or {})
    reject_unknown_names(declaration, "parameters", kept, declaration.inputs, "input")
    order, given_back = order_inputs(declaration, inputs, kept), order_outputs(declaration, outputs)
    check_gradient_names(declaration, declaration.differentiable)

    def evaluate(given: Mapping[str, Any]) -> tuple[list[Any], PullBack]:
        import torch

        tensors = {n: copy_to_tensor(a) for n, a in given.items()}
        leaves = {n: tensors[n].requires_grad_() for n in declaration.differentiable if n in tensors}
        with torch.enable_grad():
            found = split_outputs(
                declaration, given_back, call_with_parameters(call, declaration, order, kept, tensors)
            )
        ys = sort_outputs(declaration, given_back, found)

        def pull(upstream: list[Any]) -> dict[str, Any]:
            pairs = [(y, copy_to_tensor(u)) for y, u in zip(ys, upstream, strict=True) if y.requires_grad]
            pulled: Sequence[Any] = [None] * len(leaves)
            if pairs:
                reached, us = zip(*pairs, strict=True)
                pulled = torch.autograd.grad(reached, [*leaves.values()], us, retain_graph=True, allow_unused=True)
            gradients = {n: g for n, g in zip(leaves, pulled, strict=True) if g is not None}
            return {n: copy_to_array(gradients.get(n, torch.zeros_like(leaf))) for n, leaf in leaves.items()}

        return [copy_to_array(y) for y in ys], pull

    return Adapted(
        declaration, evaluate, getattr(unwrap_partial(call), "backward", unwrap_partial(call)), notes=(AUTOGRAD_NOTE,)
    )


def call_with_parameters(
    call: Any, declaration: Declaration, order: NameOrder, kept: Mapping[str, str], tensors: Mapping[str, Any]
) -> Any:
    """Call the code on tensors, with the given parameters instead of its own."""
    import torch

    positional, by_name = bind_arguments(order, declaration, tensors)
    if kept:
        mine = {theirs: tensors[ours] for ours, theirs in kept.items()}
        return torch.func.functional_call(call, mine, tuple(positional), by_name)
    is_function = isinstance(call, type) and issubclass(call, torch.autograd.Function)
    return (call.apply if is_function else call)(*positional, **by_name)


def copy_to_tensor(value: Any) -> Any:
    """Copy an array to a tensor.  Raise Unsupported for exact numbers."""
    import torch

    if not isinstance(value, np.ndarray):
        return value
    if value.dtype == object:
        raise Unsupported("PyTorch code runs on tensors, which cannot hold exact numbers")
    return torch.from_numpy(np.array(value, order="C"))


def copy_to_array(value: Any) -> Any:
    return value.detach().numpy().copy()
