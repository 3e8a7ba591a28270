"""torch.autograd.gradcheck on a manual unit, by way of a torch.autograd.Function."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np


def passes(unit: Callable[..., Any], inputs: Mapping[str, np.ndarray], output: str, *, fast: bool) -> bool:
    """Whether gradcheck at its defaults passes the unit's backward, with the loss on one of its outputs."""
    import torch

    names = list(inputs)

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *tensors: Any) -> Any:
            outputs, ctx.unit_backward = unit(**{n: t.detach().numpy() for n, t in zip(names, tensors, strict=True)})
            ctx.output_type = type(outputs)
            return torch.from_numpy(getattr(outputs, output))

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            given = dict.fromkeys(ctx.output_type._fields) | {output: upstream.numpy()}
            gradients = ctx.unit_backward(ctx.output_type(**given))
            return tuple(torch.from_numpy(gradients[n]) for n in names)

    tensors = tuple(torch.from_numpy(a.copy()).requires_grad_() for a in inputs.values())
    return torch.autograd.gradcheck(Function.apply, tensors, fast_mode=fast, raise_exception=False)
