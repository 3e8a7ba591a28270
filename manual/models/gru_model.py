"""A GRU, in any of its four forms, as a model of sequences: token ids to a scalar loss.

    e_t = W_e^T onehot(s_t)                          that is W_e[s_t]
    x_t = e_t                                        h_t as in `gru`
    o_t = V h_t + c        p_t = softmax(o_t)
    L   = -sum_t w_t onehot(y_t)^T log p_t / N

s_t is a token, y_t its label: s is `tokens`, y is `labels`; w_t and N are those of `softmax_cross_entropy`: mask, and
sum or mean.  W_e (V, I) is `weight_embedding`, V (V, H) is `weight_output`, c (V) is `bias_output`; the rest as in
`gru`.

Backward, from t = T down to 1, through loss, output layer, cell and embedding:

    do_t  = (p_t - onehot(y_t)) * w_t / N * dL
    dV    = sum_t do_t h_t^T                         dc    = sum_t do_t
    dys_t = V^T do_t                                 then as in `gru`, to which no dh_T arrives
    de_t  = dx_t                                     dW_e  = sum_t onehot(s_t) de_t^T

Source: Cho et al. (2014), Chung et al. (2014).
"""

from collections.abc import Callable
from typing import Annotated, Literal

from jaxtyping import Bool, Float, Int

from ..layers.embedding import EmbeddingOutput, embedding
from ..recurrent.gru import GRUOutput, gru
from ..shared.arrays import Array, Gradients
from ..shared.checks import checked
from ..shared.head import UNUSED, Reduction, head
from ..shared.loss import Loss


@checked
def gru_model(
    tokens: Annotated[Int[Array, "T B"], "0 <= tokens < V"],
    labels: Annotated[Int[Array, "T B"], "0 <= labels < V"],
    weight_embedding: Float[Array, "V I"],
    weight_ih: Float[Array, "rzn=3*H I"],
    weight_hh: Float[Array, "rzn=3*H H"],
    bias_ih: Float[Array, "rzn=3*H"],
    bias_hh: Float[Array, "rzn=3*H"],
    weight_output: Float[Array, "V H"],
    bias_output: Float[Array, " V"],
    h_0: Float[Array, "B H"] | None = None,
    mask: Bool[Array, "T B"] | None = None,
    *,
    reset: Literal["after", "before"] = "after",
    z_weighs: Literal["state", "candidate"] = "state",
    reduction: Reduction = "mean",
) -> tuple[Loss, Callable[[Loss], Gradients]]:
    """The cross-entropy of a GRU that reads tokens and tells labels.

    Shapes: tokens and labels (T, B), both from 0 to V - 1; weights (V, I), (3H, I), (3H, H), (V, H), biases (3H),
    (3H), (V); h_0 (B, H), zeros if not given; mask (T, B), true where a position counts.  The loss is a scalar.
    """
    embedded, embedding_backward = embedding(tokens, weight_embedding)
    parameters = weight_ih, weight_hh, bias_ih, bias_hh
    hidden, gru_backward = gru(embedded.e, *parameters, h_0, reset=reset, z_weighs=z_weighs)
    loss, head_backward = head(hidden.ys, weight_output, bias_output, labels, mask, reduction)

    def backward(d: Loss) -> Gradients:
        dys, doutput = head_backward(d)
        dgru = gru_backward(GRUOutput(dys, UNUSED))
        dembedding = embedding_backward(EmbeddingOutput(dgru.pop("x")))
        return {"weight_embedding": dembedding["weight"], **dgru, **doutput}

    return loss, backward
