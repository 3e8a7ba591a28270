"""Sequence to sequence over a GRU, with attention: from token ids to the loss.

    x_i = E_x[source_i]            h_i = gru(x_i, h_{i-1})          i = 1..S
    y_t = E_y[target_{t-1}]        s_t = gru(y_t, s_{t-1})          t = 1..T
    y_1 = E_y[V], the start token; s_0 = h_n, n the length of the row's source
    e_ti = (W_q s_t) . (W_k h_i), that divided by sqrt(P), or v . tanh(W_q s_t + W_k h_i)
    p_t = softmax(e_t) over i = 1..n          c_t = sum_i p_ti h_i
    o_t = W [c_t; s_t] + b                    L = sum_t m_t (-log softmax(o_t)[target_t]) / sum_t m_t

E_x is `weight_source` (V, I), E_y `weight_target` (V+1, I); h, s (H); W_q, W_k (P, H); W is `weight` (V, 2H); m_t is
1 where `mask` is set or not given; sums over t are sums over the batch too.  The backward is in `shared.seq2seq`:

    do_t  = (softmax(o_t) - onehot(target_t)) m_t / sum m         dW = sum_t do_t [c_t; s_t]^T
    [dc_t; ds_t] = W^T do_t
    ds_t += W_q^T dq_t      dh_i = W_k^T dk_i + sum_t p_ti dc_t   dq, dk by the attention
    ds_0 and the decoder's gradients by gru's own backward, ds_t arriving at every step
    dh_n += ds_0; then the encoder's gradients by gru's own backward
    dE_x[k] = sum of dx_i where source_i = k                      dE_y[k] = sum of dy_t where target_{t-1} = k

In print h_i often receives its gradient through the final state alone; with attention it receives one from every
decoder step.

Source: Sutskever, Vinyals and Le (2014); Luong, Pham and Manning (2015) for the place of the attention, without their
tanh layer; Bahdanau, Cho and Bengio (2015) for the additive form.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from jaxtyping import Bool, Float, Int

from ..recurrent.gru import gru_cell
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.recurrence import full
from ..shared.seq2seq import Seq2SeqOutput, Tokens, Weights, seq2seq


@checked
def seq2seq_gru(
    source: Annotated[Int[Array, "S B"], "0 <= source < V"],
    target: Annotated[Int[Array, "T B"], "0 <= target < V"],
    weight_source: Float[Array, "V I"],
    weight_target: Float[Array, "V+1 I"],
    weight_ih_encoder: Float[Array, "rzn=3*H I"],
    weight_hh_encoder: Float[Array, "rzn=3*H H"],
    bias_ih_encoder: Float[Array, "rzn=3*H"],
    bias_hh_encoder: Float[Array, "rzn=3*H"],
    weight_ih_decoder: Float[Array, "rzn=3*H I"],
    weight_hh_decoder: Float[Array, "rzn=3*H H"],
    bias_ih_decoder: Float[Array, "rzn=3*H"],
    bias_hh_decoder: Float[Array, "rzn=3*H"],
    weight_q: Float[Array, "P H"],
    weight_k: Float[Array, "P H"],
    weight: Float[Array, "V 2*H"],
    bias: Float[Array, " V"],
    weight_v: Float[Array, " P"] | None = None,
    source_lengths: Annotated[Int[Array, " B"], "1 <= source_lengths <= S"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    attention: Literal["dot", "scaled_dot", "additive"] = "dot",
) -> tuple[Seq2SeqOutput, Callable[[Seq2SeqOutput], Gradients]]:
    """The loss of `target` given `source`, by teacher forcing, with the logits and the attention of every step.

    Shapes: source (S, B), source_lengths (B), S for each row if not given; target and mask (T, B), true where a
    position counts; the weights as annotated, `weight_v` ones if not given and of no effect on the dot forms; loss, a
    scalar, logits (T, B, V), attention (T, B, S).  ValueError where a size, a token or a length does not fit.
    """
    weights = Weights(
        weight_source,
        weight_target,
        weight_ih_encoder,
        weight_hh_encoder,
        bias_ih_encoder,
        bias_hh_encoder,
        weight_ih_decoder,
        weight_hh_decoder,
        bias_ih_decoder,
        bias_hh_decoder,
        weight_q,
        weight_k,
        weight,
        bias,
        weight_v,
    )
    recurrence = full(*gru_cell(weight_hh_encoder.shape[1]))
    return seq2seq(recurrence, 1, weights, Tokens(source, target, source_lengths, mask), attention)
