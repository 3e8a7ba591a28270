"""Three LSTM layers, with dropout between them.

    h^0_t = x_t
    h^n_t, c^n_t = lstm(m^n_t * h^{n-1}_t, h^n_{t-1}, c^n_{t-1})         n = 1..3, each with its own weights
    m^1 = 1, m^n = keep^{n-1} / (1 - p)                                   p = percent / 100;  m^n = 1 without keep

Backward, from the last layer down:

    dh^3_t     = dys_t + the carries of `lstm`                            dh_n, dc_n arrive at the last states
    dh^{n-1}_t = m^n_t * (W_ih^n)^T dz^n_t + the carries of layer n-1     dx_t = (W_ih^1)^T dz^1_t
    dh_0, dc_0 and the weights of each layer as in `lstm`

The same mask serves forward and backward, and lies between layers alone: a mask on the carry h_{t-1}, as some copies
have it, is another network, and so is a mask drawn again in the backward.

Source: Graves, Mohamed, Hinton (2013); Zaremba, Sutskever, Vinyals, Recurrent neural network regularization (2014);
names and layouts of torch.nn.LSTM with num_layers=3.
"""

from collections.abc import Callable
from typing import Annotated, NamedTuple

from jaxtyping import Bool, Float

from ..recurrent.lstm import lstm_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.deep import Deep
from ..shared.recurrence import full
from ..shared.time_loop import Parameters


class DeepLSTMOutput(NamedTuple):
    ys: Float[Array, "T B H"]
    h_n: Float[Array, "3 B H"]
    c_n: Float[Array, "3 B H"]


@checked
def deep_lstm(
    x: Float[Array, "T B I"],
    weight_ih_l0: Float[Array, "ifgo=4*H I"],
    weight_hh_l0: Float[Array, "ifgo=4*H H"],
    bias_ih_l0: Float[Array, "ifgo=4*H"],
    bias_hh_l0: Float[Array, "ifgo=4*H"],
    weight_ih_l1: Float[Array, "ifgo=4*H H"],
    weight_hh_l1: Float[Array, "ifgo=4*H H"],
    bias_ih_l1: Float[Array, "ifgo=4*H"],
    bias_hh_l1: Float[Array, "ifgo=4*H"],
    weight_ih_l2: Float[Array, "ifgo=4*H H"],
    weight_hh_l2: Float[Array, "ifgo=4*H H"],
    bias_ih_l2: Float[Array, "ifgo=4*H"],
    bias_hh_l2: Float[Array, "ifgo=4*H"],
    percent: Annotated[int, "0 <= percent < 100"],
    keep: Bool[Array, "2 T B H"] | None = None,
    h_0: Float[Array, "3 B H"] | None = None,
    c_0: Float[Array, "3 B H"] | None = None,
) -> tuple[DeepLSTMOutput, Callable[[DeepLSTMOutput], Gradients]]:
    """Run three layers of LSTM over a batch of sequences.

    Shapes: x (T, B, I), parameters as in `lstm`, keep (2, T, B, H), true where the output of layer 1 or 2 goes on,
    no dropout if not given; h_0 and c_0 (3, B, H), zeros if not given; ys (T, B, H), h_n and c_n (3, B, H).
    ValueError if percent is not from 0 to 99.
    """
    parameters = (
        Parameters(weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        Parameters(weight_ih_l1, weight_hh_l1, bias_ih_l1, bias_hh_l1),
        Parameters(weight_ih_l2, weight_hh_l2, bias_ih_l2, bias_hh_l2),
    )
    net = Deep(full(lstm_cell), x, parameters, (h_0, c_0), keep=keep, percent=percent)

    def backward(d: DeepLSTMOutput) -> Gradients:
        named, (dh_0, dc_0) = net.backward(d.ys, [d.h_n, d.c_n])
        return {**named, "h_0": dh_0, "c_0": dc_0}

    return DeepLSTMOutput(net.ys.copy(), *net.state_n), backward
