"""Sequence to sequence with attention, for any recurrence: from token ids to the loss, and all the way back.

    x_i   = E_x[source_i]                                  h_i, ... = cell(x_i, h_{i-1}, ...)         i = 1..S
    y_t   = E_y[target_{t-1}], y_1 = E_y[V]                s_t, ... = cell(y_t, s_{t-1}, ...)         t = 1..T
    s_0   = h_n, and so for every state of the cell        n is the row's own length
    c_t   = sum_i p_ti h_i                                 attention of s_t to h_1..h_n
    o_t   = W [c_t; s_t] + b                               L = mean of -log softmax(o_t)[target_t] where the mask is set

E_x is `weight_source`, E_y `weight_target` with the start token as its row V.  Positions beyond a row's length are
padding: the encoder runs over them, but its states there are read by nobody.

Backward, in this order:

    do_t           from the loss, plus what arrives at the logits        dW, db as in an output layer
    [dc_t; ds_t]   = W^T do_t
    ds_t, dkey, dvalue += attention's backward of dc_t, and what arrives at its weights
    dy, ds_0       from the time loop of the decoder with ds_t at every step
    dh_i           = dkey_i + dvalue_i, plus ds_0 at i = n                so every decoder step reaches every h_i
    dx             from the time loop of the encoder
    dE_x, dE_y     = the sums of dx_i, dy_t over the positions that hold the token
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..attention.additive_attention import additive_attention
from ..attention.dot_attention import dot_attention
from ..layers.embedding import EmbeddingOutput, embedding
from ..layers.output_layer import LayerOutput, output_layer
from ..losses.softmax_cross_entropy import softmax_cross_entropy
from .arrays import Array, Gradients
from .attention import AttentionOutput
from .checks import require
from .loss import Loss
from .recurrence import Recurrence
from .time_loop import Parameters


class Seq2SeqOutput(NamedTuple):
    loss: Float[Array, ""]
    logits: Float[Array, "T B V"]
    attention: Float[Array, "T B S"]


class Weights(NamedTuple):
    """The float inputs of a unit, in its own order."""

    weight_source: Array
    weight_target: Array
    weight_ih_encoder: Array
    weight_hh_encoder: Array
    bias_ih_encoder: Array
    bias_hh_encoder: Array
    weight_ih_decoder: Array
    weight_hh_decoder: Array
    bias_ih_decoder: Array
    bias_hh_decoder: Array
    weight_q: Array
    weight_k: Array
    weight: Array
    bias: Array
    weight_v: Array | None

    @property
    def encoder(self) -> Parameters:
        return Parameters(*self[2:6])

    @property
    def decoder(self) -> Parameters:
        return Parameters(*self[6:10])


class Tokens(NamedTuple):
    """`source` (S, B), `target` (T, B), `lengths` (B) of the sources, or None for all of S, `mask` (T, B) or None."""

    source: Array
    target: Array
    lengths: Array | None
    mask: Array | None


Backward = Callable[[Seq2SeqOutput], Gradients]
AttentionBackward = Callable[[AttentionOutput], Gradients]


def seq2seq(
    recurrence: Recurrence, states: int, w: Weights, tokens: Tokens, form: str
) -> tuple[Seq2SeqOutput, Backward]:
    """Run the whole model; `recurrence` carries `states` arrays, the first of them its output."""
    require(len(tokens.source) > 0, "source", "it has no position", "give at least one token a row")
    (S, B), lengths = tokens.source.shape, tokens.lengths
    V, H = len(w.weight), w.weight_hh_encoder.shape[1]
    ends = np.full(B, S) if lengths is None else lengths
    previous = np.concatenate((np.full((1, B), V), tokens.target))[:-1]
    zeros = np.zeros((B, H), np.result_type(w.weight_source, w.weight_hh_encoder))
    source, source_backward = embedding(tokens.source, w.weight_source)
    target, target_backward = embedding(previous, w.weight_target)
    encoder = recurrence(source.e, w.encoder, (zeros,) * states)
    decoder = recurrence(target.e, w.decoder, tuple(h[ends - 1, np.arange(B)] for h in encoder.states))
    s, h = decoder.states[0], encoder.states[0]
    source_mask = np.arange(S)[:, None] < ends
    attended, attention_backward = attention(form, s, h, w, source_mask)
    joined = np.concatenate((attended.context, s), axis=2)
    layer, layer_backward = output_layer(joined, w.weight, w.bias)
    loss, loss_backward = softmax_cross_entropy(layer.o, tokens.target, tokens.mask)

    def backward(d: Seq2SeqOutput) -> Gradients:
        do = loss_backward(Loss(d.loss))["logits"]
        dlayer = layer_backward(LayerOutput(do if d.logits is None else do + d.logits))
        dcontext, ds = np.split(dlayer["h"], [H], axis=2)
        dattention = attention_backward(AttentionOutput(dcontext, d.attention))
        nothing = [None] * states
        ddecoder, ds_0 = decoder.backward([ds + dattention["query"], *nothing[1:]], nothing)
        dh = [np.zeros((S, B, H), do.dtype) for _ in range(states)]
        dh[0] = dh[0] + dattention["key"] + dattention["value"]
        for dstate, dend in zip(dh, ds_0, strict=True):
            dstate[ends - 1, np.arange(B)] += dend
        dencoder, _ = encoder.backward(dh, nothing)
        return {
            "weight_source": source_backward(EmbeddingOutput(dencoder["x"]))["weight"],
            "weight_target": target_backward(EmbeddingOutput(ddecoder["x"]))["weight"],
            **{f"{n}_encoder": dencoder[n] for n in Parameters._fields},
            **{f"{n}_decoder": ddecoder[n] for n in Parameters._fields},
            **{n: dattention[n] for n in ("weight_q", "weight_k", "weight_v")},
            **{n: dlayer[n] for n in ("weight", "bias")},
        }

    return Seq2SeqOutput(loss.loss, layer.o, attended.weights), backward


def attention(form: str, s: Array, h: Array, w: Weights, mask: Array) -> tuple[AttentionOutput, AttentionBackward]:
    """The attention of this form; `weight_v` is ones where it is not given, and the dot forms make no use of it."""
    v = np.ones(len(w.weight_q), w.weight_q.dtype) if w.weight_v is None else w.weight_v
    if form == "additive":
        return additive_attention(s, h, h, w.weight_q, w.weight_k, v, mask)
    output, backward = dot_attention(
        s, h, h, w.weight_q, w.weight_k, mask, form="scaled_dot" if form == "scaled_dot" else "dot"
    )
    return output, lambda d: {**backward(d), "weight_v": np.zeros(v.shape, v.dtype)}
