"""A GRU in both directions over sequences of different lengths.

    forward    f_t = gru(x_t, f_{t-1}; W_l0)              t = 1..lengths[b],  f_0 = h_0[0]
    reverse    r_t = gru(x_t, r_{t+1}; W_l0_reverse)      t = lengths[b]..1,  r_{lengths[b]+1} = h_0[1]
    y_t = (f_t, r_t), 0 in the padding;  h_n = (f_{lengths[b]}, r_1)

The reverse direction starts at each row's own end, not in the padding, and its last state is that of t = 1.

Backward: each direction as in `gru`, the reverse one from t = 1 up to lengths[b], with its half of dys:

    dx_t = W_ih^T da_t of both directions, summed;  0 in the padding

Print often turns the padded batch round as a whole: the reverse direction then runs through the padding first.

Source: Schuster and Paliwal, Bidirectional recurrent neural networks (1997); names and layouts of torch.nn.GRU with
bidirectional=True.
"""

from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from jaxtyping import Float, Int

from ..recurrent.gru import gru_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.deep import Deep
from ..shared.recurrence import full
from ..shared.time_loop import Parameters


class BidirectionalGRUOutput(NamedTuple):
    ys: Float[Array, "T B 2*H"]
    h_n: Float[Array, "2 B H"]


@checked
def bidirectional_gru(
    x: Float[Array, "T B I"],
    weight_ih_l0: Float[Array, "rzn=3*H I"],
    weight_hh_l0: Float[Array, "rzn=3*H H"],
    bias_ih_l0: Float[Array, "rzn=3*H"],
    bias_hh_l0: Float[Array, "rzn=3*H"],
    weight_ih_l0_reverse: Float[Array, "rzn=3*H I"],
    weight_hh_l0_reverse: Float[Array, "rzn=3*H H"],
    bias_ih_l0_reverse: Float[Array, "rzn=3*H"],
    bias_hh_l0_reverse: Float[Array, "rzn=3*H"],
    lengths: Annotated[Int[Array, " B"], "1 <= lengths <= T"],
    h_0: Float[Array, "2 B H"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
) -> tuple[BidirectionalGRUOutput, Callable[[BidirectionalGRUOutput], Gradients]]:
    """Run a layer in both directions over rows of `lengths` steps.

    Shapes: x (T, B, I), parameters of each direction as in torch.nn, lengths (B); h_0 (2, B, H), zeros
    if not given; ys (T, B, 2H), the directions side by side, and h_n (2, B, H).  ValueError if a length is not from 1
    to T.
    """
    parameters = (
        Parameters(weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0),
        Parameters(weight_ih_l0_reverse, weight_hh_l0_reverse, bias_ih_l0_reverse, bias_hh_l0_reverse),
    )
    net = Deep(full(*gru_cell(weight_hh_l0.shape[1], reset)), x, parameters, (h_0,), directions=2, lengths=lengths)

    def backward(d: BidirectionalGRUOutput) -> Gradients:
        named, (dh_0,) = net.backward(d.ys, [d.h_n])
        return {**named, "h_0": dh_0}

    return BidirectionalGRUOutput(net.ys.copy(), *net.state_n), backward
