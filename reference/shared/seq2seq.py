"""Sequence to sequence with attention: step by step, states held once a row's source has ended; and by torch.nn."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from ..attention.additive_attention import additive_attention
from ..attention.dot_attention import dot_attention, third_party
from ..losses.softmax_cross_entropy import softmax_cross_entropy
from .attention import AttentionOutput
from .torch_nn import PARAMETERS, torch_nn

Tokens = tuple[Tensor, Tensor, Tensor | None, Tensor | None]
Tensors = tuple[Tensor, ...]
Recurrence = Callable[..., tuple[Tensor, ...]]


class Seq2SeqOutput(NamedTuple):
    loss: Float[Tensor, ""]
    logits: Float[Tensor, "T B V"]
    attention: Float[Tensor, "T B S"]


def seq2seq(
    recurrence: Recurrence,
    states: int,
    tokens: Tokens,
    tables: Tensors,
    encoder: Tensors,
    decoder: Tensors,
    scores: tuple[Tensor, Tensor, Tensor | None],
    layer: Tensors,
    form: str,
) -> Seq2SeqOutput:
    source, target, lengths, mask = tokens
    state = (tables[0].new_zeros(source.shape[1], encoder[1].shape[1]),) * states
    running = source_mask(source, lengths)
    hs = []
    for token, runs in zip(source, running, strict=True):
        _, *after = recurrence(tables[0][token][None], *encoder, *state)
        state = tuple(torch.where(runs[:, None], a, b) for a, b in zip(after, state, strict=True))
        hs.append(state[0])
    ys, *_ = recurrence(tables[1][shifted(target, len(tables[0]))], *decoder, *state)
    attended = attend(form, ys, torch.stack(hs), scores, running)
    logits = torch.cat((attended.context, ys), dim=2) @ layer[0].T + layer[1]
    loss = softmax_cross_entropy(logits, target, mask, reduction="mean").loss
    return Seq2SeqOutput(loss, logits, attended.weights)


def attend(
    form: str, ys: Tensor, hs: Tensor, scores: tuple[Tensor, Tensor, Tensor | None], mask: Tensor
) -> AttentionOutput:
    weight_q, weight_k, weight_v = scores
    if form == "additive":
        v = torch.ones_like(weight_q[:, 0]) if weight_v is None else weight_v
        return additive_attention(ys, hs, hs, weight_q, weight_k, v, mask)
    return dot_attention(ys, hs, hs, weight_q, weight_k, mask, form="scaled_dot" if form == "scaled_dot" else "dot")


def source_mask(source: Tensor, lengths: Tensor | None) -> Tensor:
    """True (S, B) up to the length of each row."""
    ends = torch.full_like(source[0], len(source)) if lengths is None else lengths
    return torch.arange(len(source))[:, None] < ends


def shifted(target: Tensor, start: int) -> Tensor:
    return torch.cat((torch.full_like(target[:1], start), target[:-1]))


def by_torch_nn(kind: Any, inputs: Mapping[str, Tensor], form: str) -> Seq2SeqOutput:
    """The same by torch.nn's own modules and functions, which have the dot forms only."""
    source, target, mask = inputs["source"], inputs["target"], inputs.get("mask")
    runs = source_mask(source, inputs.get("source_lengths"))
    encoder, decoder = (
        {n: inputs[f"{n}_{side}"] for n in PARAMETERS if f"{n}_{side}" in inputs} for side in ("encoder", "decoder")
    )
    x = functional.embedding(source, inputs["weight_source"])
    hs, *state = torch_nn(kind, {**encoder, "x": x, "lengths": runs.sum(dim=0)})
    y = functional.embedding(shifted(target, len(inputs["weight_source"])), inputs["weight_target"])
    ys, *_ = torch_nn(kind, {**decoder, "x": y, **dict(zip(("h_0", "c_0"), state, strict=False))})
    weights = inputs["weight_q"], inputs["weight_k"]
    attended = third_party(ys, hs, hs, *weights, runs, form="scaled_dot" if form == "scaled_dot" else "dot")
    logits = functional.linear(torch.cat((attended.context, ys), dim=2), inputs["weight"], inputs["bias"])
    labels = target if mask is None else torch.where(mask, target, -100)
    total = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum")
    return Seq2SeqOutput(total / max(int((labels >= 0).sum()), 1), logits, attended.weights)
