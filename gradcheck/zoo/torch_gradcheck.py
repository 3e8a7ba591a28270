"""torch.autograd.gradcheck on a manual unit, by way of a torch.autograd.Function."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..cases.arrays import Array


def run_gradcheck(
    unit: Callable[..., Any], inputs: Mapping[str, Array], outputs: tuple[str, ...], *, fast: bool
) -> str:
    """What gradcheck at its defaults says against the unit's backward from the named outputs; empty if it passes.

    `inputs` are the differentiable ones; the unit takes no other.  What the unit itself raises, this raises too.
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
