"""The LSTM of thinc: its two NumPy back ends, each a forward that returns a state and a backward that takes it.

NumpyOps   what thinc uses on a CPU, compiled
Ops        the plain NumPy code that the other back ends inherit
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from thinc.backends.numpy_ops import NumpyOps
from thinc.backends.ops import Ops
from torch import Tensor

import gradcheck

Pair = tuple[Callable[..., Any], Callable[..., Any]]


class Output(NamedTuple):
    ys: Float[Tensor, "T B H"]


class OutputOfOne(NamedTuple):
    ys: Float[Tensor, "T 1 H"]


def lstm(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "fioc=4*H I"],
    weight_hh: Float[Tensor, "fioc=4*H H"],
    bias: Float[Tensor, "fioc=4*H"],
) -> Output:
    h = c = torch.zeros(x.shape[1], weight_hh.shape[1], dtype=x.dtype)
    ys = []
    for x_t in x:
        f, i, o, z = (x_t @ weight_ih.T + h @ weight_hh.T + bias).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(z)
        h = torch.sigmoid(o) * torch.tanh(c)
        ys.append(h)
    return Output(torch.stack(ys))


def one_lstm(
    x: Float[Tensor, "T 1 I"],
    weight_ih: Float[Tensor, "fioc=4*H I"],
    weight_hh: Float[Tensor, "fioc=4*H H"],
    bias: Float[Tensor, "fioc=4*H"],
) -> OutputOfOne:
    return OutputOfOne(lstm(x, weight_ih, weight_hh, bias).ys)


def third_party(
    x: Float[Tensor, "T B I"],
    weight_ih: Float[Tensor, "fioc=4*H I"],
    weight_hh: Float[Tensor, "fioc=4*H H"],
    bias: Float[Tensor, "fioc=4*H"],
) -> Output:
    """PyTorch's own, whose gates stand in another order."""
    h_0 = torch.zeros(1, x.shape[1], weight_hh.shape[1], dtype=x.dtype)

    def reordered(p: Tensor) -> Tensor:
        return torch.cat([p.chunk(4)[k] for k in (1, 0, 3, 2)])

    parameters = [reordered(weight_ih), reordered(weight_hh), reordered(bias), torch.zeros_like(bias)]
    return Output(torch.lstm(x, (h_0, h_0), parameters, True, 1, 0.0, False, False, False)[0])


def pair(ops: Ops) -> Pair:
    """thinc keeps a layer's parameters in one vector and a batch as its steps, one after the other."""

    def forward(x: Any, weight_ih: Any, weight_hh: Any, bias: Any) -> Any:
        T, B, H = *x.shape[:2], weight_hh.shape[1]
        parameters = np.concatenate((weight_ih.ravel(), bias, weight_hh.ravel(), np.zeros_like(bias)))
        zeros, lengths = np.zeros((1, 1, H), x.dtype), np.full(T, B, np.int32)
        packed = np.ascontiguousarray(x).reshape(T * B, -1)
        ys, state = ops.lstm_forward_training(parameters, zeros, zeros, packed, lengths)
        return ys.reshape(T, B, H), (lengths, parameters, state, x.shape, [weight_ih.size, 4 * H, weight_hh.size])

    def backward(dys: Any, cache: Any) -> Any:
        lengths, parameters, state, shape, sizes = cache
        packed = np.array(dys).reshape(-1, dys.shape[2])  # a copy, as of the parameters: thinc writes to both
        dx, flat = ops.backprop_lstm(packed, lengths, parameters.copy(), state)
        dweight_ih, dbias, dweight_hh, _ = np.split(flat, np.cumsum(sizes))
        rows = len(dbias)
        return dx.reshape(shape), dweight_ih.reshape(rows, -1), dweight_hh.reshape(rows, -1), dbias

    return forward, backward


def judge(name: str, ops: Ops, reference: Any, third_party: Any = None) -> gradcheck.Report:
    unit = gradcheck.adapt_pair(*pair(ops), like=reference, dtypes=("float32",), name=name)
    return gradcheck.examine(gradcheck.Subject(name, unit, reference, third_party), cases=10)


def main() -> list[gradcheck.Report]:
    reports = [
        judge("thinc_numpy_ops", NumpyOps(), lstm, third_party),
        judge("thinc_ops_one_sequence", Ops(), one_lstm),
        judge("thinc_ops", Ops(), lstm, third_party),
    ]
    print("\n\n".join(map(str, reports)))
    return reports


if __name__ == "__main__":
    main()
