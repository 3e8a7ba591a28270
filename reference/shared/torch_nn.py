"""A recurrent module of torch.nn run on given parameters, as an implementation that is not ours."""

import warnings
from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")


def torch_nn(kind: Any, inputs: Mapping[str, Any], **options: Any) -> tuple[Tensor, ...]:
    """Outputs (T, B, D*H), zero in the padding, and last states (L*D, B, H) of an nn.RNN, nn.LSTM or nn.GRU.

    Of `inputs`, by torch's names, are taken x (T, B, I), the parameters, and h_0, c_0 and lengths where they are given.
    Where the parameters have no suffix `_l0`, states have no axis of layers: (B, H).  A `weight_hr` (P, H) projects the
    outputs of an nn.LSTM, and h_0, to P numbers.
    """
    x, named = inputs["x"], {n: p for n, p in inputs.items() if n.startswith(PARAMETERS)}
    plain = "weight_hh" in named
    parameters = {f"{n}_l0": p for n, p in named.items()} if plain else named
    width = parameters["weight_hh_l0"].shape[1]
    projection = parameters.get("weight_hr_l0")
    H = width if projection is None else projection.shape[1]
    if projection is not None:
        options["proj_size"] = width
    sizes = {"h_0": width, "c_0": H} if kind is nn.LSTM else {"h_0": width}
    layers = sum(n.startswith("weight_hh") for n in parameters)
    shapes = {name: (layers, x.shape[1], size) for name, size in sizes.items()}
    given = {name: inputs.get(name) for name in shapes}
    state_0 = tuple(x.new_zeros(shapes[n]) if s is None else s.reshape(shapes[n]) for n, s in given.items())
    lengths = inputs.get("lengths")
    sequence = x if lengths is None else pack_padded_sequence(x, lengths, enforce_sorted=False)
    module = kind(x.shape[2], H, dtype=x.dtype, **options)
    arguments = (sequence, state_0 if kind is nn.LSTM else state_0[0])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        ys, state_n = functional_call(module, parameters, arguments, strict=True)
    if lengths is not None:
        ys, _ = pad_packed_sequence(ys, total_length=len(x))
    states = state_n if kind is nn.LSTM else (state_n,)
    return ys, *(s[0] if plain else s for s in states)
