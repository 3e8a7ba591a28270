"""Two Elman layers, each in both directions, over sequences of different lengths.

    y^0_t = x_t
    f^n_t = phi(W_ih y^{n-1}_t + b_ih + W_hh f^n_{t-1} + b_hh)        t = 1..lengths[b]     weights ..._l(n-1)
    r^n_t = phi(W_ih y^{n-1}_t + b_ih + W_hh r^n_{t+1} + b_hh)        t = lengths[b]..1     weights ..._l(n-1)_reverse
    y^n_t = (f^n_t, r^n_t), 0 in the padding                          n = 1, 2
    h_n   = (f^1, r^1, f^2, r^2), each at its last step: f at t = lengths[b], r at t = 1

W_ih of layer 2 is (H, 2H): it reads both directions.  Backward, layer 2, then layer 1, each direction as in `rnn`:

    dy^1_t = W_ih^T dz_t of both directions of layer 2, summed;  its halves go to f^1 and r^1
    dx_t   = W_ih^T dz_t of both directions of layer 1, summed

Source: Schuster and Paliwal (1997), Graves et al. (2013); names and layouts of torch.nn.RNN with num_layers=2 and
bidirectional=True.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from jaxtyping import Float, Int

from ..layers.activation import Kind
from ..recurrent.rnn import rnn_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.deep import Deep
from ..shared.recurrence import full
from ..shared.time_loop import Parameters


class DeepRNNOutput(NamedTuple):
    ys: Float[Array, "T B 2*H"]
    h_n: Float[Array, "4 B H"]


@checked
def deep_bidirectional_rnn(
    x: Float[Array, "T B I"],
    weight_ih_l0: Float[Array, "H I"],
    weight_hh_l0: Float[Array, "H H"],
    bias_ih_l0: Float[Array, " H"],
    bias_hh_l0: Float[Array, " H"],
    weight_ih_l0_reverse: Float[Array, "H I"],
    weight_hh_l0_reverse: Float[Array, "H H"],
    bias_ih_l0_reverse: Float[Array, " H"],
    bias_hh_l0_reverse: Float[Array, " H"],
    weight_ih_l1: Float[Array, "H 2*H"],
    weight_hh_l1: Float[Array, "H H"],
    bias_ih_l1: Float[Array, " H"],
    bias_hh_l1: Float[Array, " H"],
    weight_ih_l1_reverse: Float[Array, "H 2*H"],
    weight_hh_l1_reverse: Float[Array, "H H"],
    bias_ih_l1_reverse: Float[Array, " H"],
    bias_hh_l1_reverse: Float[Array, " H"],
    lengths: Annotated[Int[Array, " B"], "1 <= lengths <= T"] | None = None,
    h_0: Float[Array, "4 B H"] | None = None,
    *,
    activation: Kind = "tanh",
) -> tuple[DeepRNNOutput, Callable[[DeepRNNOutput], Gradients]]:
    """Run two layers, each in both directions over rows of `lengths` steps.

    Shapes: x (T, B, I), parameters of each direction and layer as in torch.nn, lengths (B), all T if not given; h_0
    (4, B, H), zeros if not given; ys (T, B, 2H), the directions side by side, and h_n (4, B, H).  ValueError if a
    length is not from 1 to T.
    """
    parameters = (
        Parameters(weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        Parameters(weight_ih_l0_reverse, weight_hh_l0_reverse, bias_ih_l0_reverse, bias_hh_l0_reverse),
        Parameters(weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1),
        Parameters(weight_ih_l1_reverse, weight_hh_l1_reverse, bias_ih_l1_reverse, bias_hh_l1_reverse),
    )
    net = Deep(full(rnn_cell(activation)), x, parameters, (h_0,), directions=2, lengths=lengths)

    def backward(d: DeepRNNOutput) -> Gradients:
        named, (dh_0,) = net.backward(d.ys, [d.h_n])
        return {**named, "h_0": dh_0}

    return DeepRNNOutput(net.ys.copy(), *net.state_n), backward
