"""Bugs seen in layers, kernels and losses, planted in the small units of kernels.py and those of manual/."""

from gradcheck.zoo import Defect
from manual.layers import embedding
from manual.losses import softmax_cross_entropy
from reference.layers import embedding as embedding_reference
from reference.losses import softmax_cross_entropy as softmax_reference
from tests.harness.plant import altered, planted
from tests.zoo.planting import of_units
from tests.zoo.right import kernels, kernels_reference

of_kernel = of_units(kernels, kernels_reference)


def no_weight(gradients: dict) -> None:
    gradients["weight"][...] = 0


KERNELS = (
    of_kernel(
        "causal_convolution",
        "shorter than the window",
        "fla-org/flash-linear-attention#1140",
        "on a chunk shorter than the window the final state's gradient goes to the wrong steps",
        "fewer steps than the window, an upstream gradient for the state",
        ("dpadded[T : T + 3] += d.state_T", "dpadded[max(T, 3) :] += d.state_T[: min(T, 3)]"),
    ),
    of_kernel(
        "causal_convolution",
        "contiguous assumed",
        "fla-org/flash-linear-attention#871",
        "the upstream gradient is read as if it were contiguous in memory",
        "an upstream gradient of another layout",
        ("else d.ys\n        dpadded,", 'else d.ys.ravel(order="K").reshape(ys.shape)\n        dpadded,'),
    ),
    of_kernel(
        "rms_norm",
        "weight twice",
        "NVIDIA/Megatron-LM#6859",
        "the weight enters the variance term of the input's gradient twice",
        "weights that are not 1",
        ("- x * r * r * r * s", "- weight * x * r * r * r * s"),
    ),
    of_kernel(
        "rms_norm",
        "no gradient for the weight",
        "unslothai/unsloth#4533",
        "the weight gets no gradient",
        "every gradient compared",
        changed=altered(kernels.rms_norm, no_weight),
    ),
    of_kernel(
        "rms_norm",
        "last block dropped",
        "BobMcDear/attorch#18",
        "the weight's gradient leaves out the rows behind the last whole block (here: of two steps)",
        "a number of rows that no block divides",
        ("(dys * x * r).sum", "(dys * x * r)[: len(x) // 2 * 2].sum"),
    ),
    of_kernel(
        "rms_norm",
        "taken for a matrix",
        "flagos-ai/FlagGems#5392",
        "backward takes the input for a matrix, and normalizes over every axis but the first",
        "three axes, two rows",
        ("x).sum(axis=2, keepdims=True)\n        dx", "x).sum(axis=(1, 2), keepdims=True)\n        dx"),
        ("* s / x.shape[2]", "* s / (x.shape[1] * x.shape[2])"),
    ),
    of_kernel(
        "dropped_attention",
        "softmax after dropout",
        "aws-neuron/nki-samples#81",
        "the derivative of softmax is taken at the values after dropout, and dropout is not applied to what arrives",
        "dropout",
        ("values.T * mask", "values.T"),
        ("p * (dp - (dp * p)", "dropped * (dp - (dp * dropped)"),
    ),
    Defect(
        "token overwritten",
        "tenstorrent/tt-metal#6232; ooples/AiDotNet.Tensors#894",
        "the gradient of a row is that of the last position that reads it, not their sum",
        "a token that occurs twice",
        planted(
            ("np.add.at(dweight, tokens, or_zeros(d.e, e))", "dweight[tokens] = or_zeros(d.e, e)"),
            module=embedding,
            name="embedding",
        ),
        embedding_reference.embedding,
        embedding_reference.third_party,
    ),
)

LOSSES = (
    Defect(
        "upstream ignored",
        "fla-org/flash-linear-attention#963",
        "backward does not look at the size of the upstream gradient",
        "an upstream gradient that is not 1",
        planted(
            ("(w * or_zeros(d.loss, np.asarray(loss)))", "w"),
            module=softmax_cross_entropy,
            name="softmax_cross_entropy",
        ),
        softmax_reference.softmax_cross_entropy,
        softmax_reference.third_party,
    ),
    of_kernel(
        "token_losses",
        "first token's upstream",
        "linkedin/Liger-Kernel#1298",
        "every token's gradient is multiplied by the upstream gradient of the first",
        "an upstream gradient that differs from token to token",
        ("* dlosses[..., None]", "* dlosses[0, 0]"),
    ),
    of_kernel(
        "squared_loss",
        "sum by the batch",
        "paiml/aprender#2182",
        "the gradient is divided by the batch though the loss is a sum",
        "every reduction, two rows",
        ("dh = difference * scale * dloss", "dh = difference / h.shape[1] * dloss"),
    ),
    of_kernel(
        "clip_by_norm",
        "clipping per tensor",
        "carpedm20/MemN2N#19; keras-team/keras#13575",
        "each tensor is clipped by a norm of its own, and it is called the global one",
        "two parameters",
        ("r = 1 / np.sqrt(square)", "r, q = 1 / np.sqrt((weight * weight).sum()), 1 / np.sqrt((bias * bias).sum())"),
        ("Clipped(weight * r, bias * r)", "Clipped(weight * r, bias * q)"),
        (
            "along = ((dweight * weight).sum() + (dbias * bias).sum()) * r * r",
            "along, across = (dweight * weight).sum() * r * r, (dbias * bias).sum() * q * q",
        ),
        ("(dbias - along * bias) * r", "(dbias - across * bias) * q"),
        at_fault="forward",
    ),
)

DEFECTS = KERNELS + LOSSES
