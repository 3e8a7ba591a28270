"""What every attention shares: a softmax over the source with the padding masked, the context, and their backward.

    p_ti = exp(e_ti) / sum_j exp(e_tj)        j over the positions of the row whose mask is set; p_ti = 0 elsewhere
    c_t  = sum_i p_ti v_i

A row of the batch whose mask is set nowhere attends to nothing: p = 0, c = 0, and nothing flows back.

    dp_ti = dweights_ti + dc_t . v_i          dv_i = sum_t p_ti dc_t
    de_ti = p_ti (dp_ti - sum_j p_tj dp_tj)   exactly 0 on padding, where p_ti is

Scores are batch-first here, (B, T, S): both sums are then products of matrices, one for each row of the batch.

Source: Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate (2015).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from .arrays import Array, or_zeros
from .checks import require


class AttentionOutput(NamedTuple):
    context: Float[Array, "T B I"]
    weights: Float[Array, "T B S"]


AttendBackward = Callable[[AttentionOutput], tuple[Array, Array]]


def attend(scores: Array, value: Array, mask: Array | None) -> tuple[AttentionOutput, AttendBackward]:
    """Context and weights of scores (B, T, S), value (S, B, I) and mask (S, B); the backward gives dscores, dvalue."""
    require(len(value) > 0, "value", "it has no source position", "give at least one, masked if need be")
    values = batch_first(value)
    p = masked_softmax(scores, mask)
    context = np.ascontiguousarray(batch_first(p @ values))

    def backward(d: AttentionOutput) -> tuple[Array, Array]:
        dcontext = batch_first(or_zeros(d.context, context))
        dp = dcontext @ values.transpose(0, 2, 1)
        if d.weights is not None:
            dp = dp + batch_first(d.weights)
        dscores = p * (dp - (p * dp).sum(axis=2, keepdims=True))
        return dscores, batch_first(p.transpose(0, 2, 1) @ dcontext)

    return AttentionOutput(context, batch_first(p).copy()), backward


def masked_softmax(scores: Array, mask: Array | None) -> Array:
    """The softmax over the last axis of scores (B, T, S), 0 where the mask (S, B) is not set."""
    counts = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask.T[:, None], scores.shape)
    least = scores.min(axis=2, keepdims=True)
    shifted = np.where(counts, scores, least)
    exponential = np.where(counts, np.exp(shifted - shifted.max(axis=2, keepdims=True)), 0)
    total = exponential.sum(axis=2, keepdims=True)
    p: Array = exponential / np.where(counts.any(axis=2, keepdims=True), total, 1)
    return p


def batch_first(a: Array) -> Array:
    """(T, B, ...) as (B, T, ...), and back."""
    return a.swapaxes(0, 1)
