"""An Elman network over rows of different lengths, packed: the right unit that bugs are planted in."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

Array = np.ndarray[Any, np.dtype[Any]]
Gradients = dict[str, Array]


class Output(NamedTuple):
    ys: Float[Array, "T B H"]
    h_T: Float[Array, "B H"]


def packed_rnn(
    x: Float[Array, "T B I"],
    weight_ih: Float[Array, "H I"],
    weight_hh: Float[Array, "H H"],
    bias: Float[Array, " H"],
    lengths: Annotated[Int[Array, " B"], "1 <= lengths <= T"],
) -> tuple[Output, Callable[[Output], Gradients]]:
    """Rows of different lengths, packed one behind the other; row b is the positions starts[b] to starts[b + 1] - 1."""
    B, H = x.shape[1], len(weight_hh)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    packed = np.concatenate([x[: lengths[b], b] for b in range(B)])
    before, after = np.zeros((len(packed), H), x.dtype), np.zeros((len(packed), H), x.dtype)
    for b in range(B):
        h = np.zeros(H, x.dtype)
        for k in range(starts[b], starts[b + 1]):
            before[k] = h
            h = np.tanh(weight_ih @ packed[k] + bias + weight_hh @ h)
            after[k] = h
    ys = np.zeros((len(x), B, H), x.dtype)
    for b in range(B):
        ys[: lengths[b], b] = after[starts[b] : starts[b + 1]]

    def backward(d: Output) -> Gradients:
        dys = np.zeros_like(ys) if d.ys is None else d.ys
        dh_T = np.zeros_like(ys[0]) if d.h_T is None else d.h_T
        dx, dz = np.zeros_like(x), np.zeros_like(after)
        for b in range(B):
            dh_next = dh_T[b]
            for t in reversed(range(lengths[b])):
                k = starts[b] + t
                dz[k] = (dys[t, b] + dh_next) * (1 - after[k] * after[k])
                dx[t, b] = dz[k] @ weight_ih
                dh_next = dz[k] @ weight_hh
        return {"x": dx, "weight_ih": dz.T @ packed, "weight_hh": dz.T @ before, "bias": dz.sum(axis=0)}

    return Output(ys, after[starts[1:] - 1]), backward
