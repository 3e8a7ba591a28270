"""Runs torch.autograd.gradcheck on a manual unit, which is wrapped in a torch.autograd.Function."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Array


def run_gradcheck(
    unit: Callable[..., Any], inputs: Mapping[str, Array], outputs: tuple[str, ...], *, fast: bool
) -> str:
    """Return the first line of what gradcheck reports of the unit's backward, at its defaults; empty if it passes.

    inputs   float64 arrays by name: all inputs of the unit, each differentiable
    outputs  the names of the outputs that are differentiated
    fast     whether gradcheck runs in its fast mode

    An exception of the unit itself is raised here too.
    """
    import torch
    from torch.autograd.gradcheck import GradcheckError, gradcheck

    names = list(inputs)

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            returned, ctx.unit_backward = unit(**{n: t.detach().numpy() for n, t in zip(names, tensors, strict=True)})
            ctx.output_type = type(returned)
            return tuple(torch.from_numpy(np.array(getattr(returned, n))) for n in outputs)

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            given = dict(zip(outputs, (u.numpy() for u in upstream), strict=True))
            gradients = ctx.unit_backward(ctx.output_type(**dict.fromkeys(ctx.output_type._fields) | given))
            return tuple(torch.from_numpy(np.array(gradients[n])) for n in names)

    tensors = tuple(torch.from_numpy(np.array(a)).requires_grad_() for a in inputs.values())
    try:
        gradcheck(Function.apply, tensors, fast_mode=fast)
    except GradcheckError as error:
        return str(error).strip().partition("\n")[0].rstrip(",")
    return ""
