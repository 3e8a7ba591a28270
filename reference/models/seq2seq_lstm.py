"""Sequence to sequence over an LSTM, with attention: a plain loop, and torch.nn."""

from typing import Annotated, Literal

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ..recurrent.lstm import lstm
from ..shared.seq2seq import Seq2SeqOutput, by_torch_nn, seq2seq


def seq2seq_lstm(
    source: Annotated[Int[Tensor, "S B"], "0 <= source < V"],
    target: Annotated[Int[Tensor, "T B"], "0 <= target < V"],
    weight_source: Float[Tensor, "V I"],
    weight_target: Float[Tensor, "V+1 I"],
    weight_ih_encoder: Float[Tensor, "4*H I"],
    weight_hh_encoder: Float[Tensor, "4*H H"],
    bias_ih_encoder: Float[Tensor, "4*H"],
    bias_hh_encoder: Float[Tensor, "4*H"],
    weight_ih_decoder: Float[Tensor, "4*H I"],
    weight_hh_decoder: Float[Tensor, "4*H H"],
    bias_ih_decoder: Float[Tensor, "4*H"],
    bias_hh_decoder: Float[Tensor, "4*H"],
    weight_q: Float[Tensor, "P H"],
    weight_k: Float[Tensor, "P H"],
    weight: Float[Tensor, "V 2*H"],
    bias: Float[Tensor, " V"],
    weight_v: Float[Tensor, " P"] | None = None,
    source_lengths: Annotated[Int[Tensor, " B"], "1 <= source_lengths <= S"] | None = None,
    mask: Bool[Tensor, "T B"] | None = None,
    *,
    attention: Literal["dot", "scaled_dot", "additive"] = "dot",
) -> Seq2SeqOutput:
    """Loss, logits (T, B, V) and attention (T, B, S)."""
    tokens = source, target, source_lengths, mask
    tables = weight_source, weight_target
    encoder = weight_ih_encoder, weight_hh_encoder, bias_ih_encoder, bias_hh_encoder
    decoder = weight_ih_decoder, weight_hh_decoder, bias_ih_decoder, bias_hh_decoder
    return seq2seq(lstm, 2, tokens, tables, encoder, decoder, (weight_q, weight_k, weight_v), (weight, bias), attention)


def third_party(
    *, weight_v: None = None, attention: Literal["dot", "scaled_dot"] = "dot", **inputs: Tensor
) -> Seq2SeqOutput:
    """The same by torch.nn.LSTM on packed sequences and torch.nn.functional."""
    return by_torch_nn(nn.LSTM, inputs, attention)
