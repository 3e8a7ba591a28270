"""What every attention shares: a softmax over the source with the padding masked, the context, and their backward.

    p_ti = exp(e_ti) / sum_j exp(e_tj)        j over the positions of the row whose mask is set; p_ti = 0 elsewhere
    c_t  = sum_i p_ti v_i

A row of the batch whose mask is set nowhere attends to nothing: p = 0, c = 0, and nothing flows back.

    dp_ti = dweights_ti + dc_t . v_i          dv_i = sum_t p_ti dc_t
    de_ti = p_ti (dp_ti - sum_j p_tj dp_tj)   exactly 0 on padding, where p_ti is

Scores are batch-first here, (B, T, S): both sums are then products of matrices, one for each row of the batch.

Source: Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate (2015).
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ._arrays import Array, or_zeros


class AttentionOutput(NamedTuple):
    context: Float[Array, "T B I"]
    weights: Float[Array, "T B S"]


AttendBackward = Callable[[AttentionOutput], tuple[Array, Array]]


def attend(scores: Array, value: Array, mask: Array | None) -> tuple[AttentionOutput, AttendBackward]:
    """Context and weights of scores (B, T, S), value (S, B, I) and mask (S, B); the backward gives dscores, dvalue."""
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


def check_inputs(*inputs: tuple[str, Array | None, str]) -> dict[str, int]:
    """The sizes of the letters of (name, array, shape) triples, None left out.

    ValueError, naming the argument, where an array does not fit those before it, where its source is empty (S = 0), or
    where it holds a NaN.
    """
    sizes: dict[str, int] = {}
    for name, array, text in inputs:
        if array is None:
            continue
        letters = text.split()
        if array.ndim == len(letters):
            for letter, size in zip(letters, array.shape, strict=True):
                sizes.setdefault(letter, size)
        due = [size_of(letter, sizes) for letter in letters]
        if list(array.shape) != due:
            known = zip(letters, due, strict=True)
            wanted = ", ".join(letter if size is None else f"{letter} = {size}" for letter, size in known)
            raise ValueError(f"{name}: its shape {array.shape} does not fit; give it the shape ({wanted})")
        if sizes.get("S") == 0:
            raise ValueError(f"{name}: it has no source position; give at least one (S = 1), masked if need be")
        if array.dtype.kind in "fc" and np.isnan(array).any():
            raise ValueError(f"{name}: it holds a NaN; mend what it was computed from")
    return sizes


def size_of(dimension: str, sizes: dict[str, int]) -> int | None:
    """The size of `H`, `4*H` or `V+1`, or None where the letter is not known yet."""
    factor, letter, more = re.fullmatch(r"(?:(\d+)\*)?([A-Z])(?:\+(\d+))?", dimension).groups()  # type: ignore[union-attr]
    return int(factor or 1) * sizes[letter] + int(more or 0) if letter in sizes else None
