"""A recurrent layer of the package torchrecurrent run on given parameters, as an implementation that is not ours."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.func import functional_call


def torchrecurrent(
    name: str, x: Tensor, H: int, parameters: Mapping[str, Tensor], h_0: Tensor | None, **options: Any
) -> tuple[Tensor, Tensor]:
    """Outputs (T, B, H) and last state (B, H) of one layer of that name over x (T, B, I)."""
    import torchrecurrent as package

    layer = getattr(package, name)(x.shape[2], H, dtype=x.dtype, **options)
    state = x.new_zeros(x.shape[1], H) if h_0 is None else h_0
    named = {f"cells.0.{n}": p for n, p in parameters.items()}
    ys, h_n = functional_call(layer, named, (x, state[None]), strict=True)
    return ys, h_n[0]
