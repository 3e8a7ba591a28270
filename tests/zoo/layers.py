"""Bugs seen in layers and in recurrences that are more, or less, than one cell."""

from tests.harness.plant import altered
from tests.zoo.planting import of_units
from tests.zoo.right import layers, layers_reference

of_layer = of_units(layers, layers_reference)


def no_upper_bias(gradients: dict) -> None:
    gradients["bias_2"][...] = 0


DEFECTS = (
    of_layer(
        "two_layers",
        "top layer's bias",
        "apache/mxnet#17818",
        "the gradient of the top layer's bias is all zero",
        "two layers",
        changed=altered(layers.two_layers, no_upper_bias),
    ),
    of_layer(
        "two_layers",
        "dropout forgotten",
        "pytorch/pytorch#190056 (MPS)",
        "backward ignores the dropout between the layers",
        "two layers, with dropout",
        ("lower_backward(ddropped * mask)", "lower_backward(ddropped)"),
    ),
    of_layer(
        "both_ways",
        "one direction lost",
        "mlpack/mlpack#1742",
        "the parameters' gradient of the second direction is computed and not added",
        "two directions",
        ("dweight = dweight + dweight_back", "dweight = dweight + 0 * dweight_back"),
        ("dbias = dbias + dbias_back", "dbias = dbias + 0 * dbias_back"),
    ),
    of_layer(
        "complex_recurrence",
        "conjugate missing",
        "alxndrTL/mamba.py#65",
        "the gradient is carried back by a, in place of its complex conjugate",
        "complex parameters, two steps",
        ("carry = a.conj() * dx[t]", "carry = a * dx[t]"),
        ("hs[t].conj()", "hs[t]"),
    ),
    of_layer(
        "min_gru",
        "parallel form differs",
        "lucidrains/minGRU-pytorch#9",
        "the parallel form activates h_0, the sequential one does not; its gradient is right for what it computes",
        "both forms, with an initial state",
        ("np.concatenate((h_0[None], z * x))", "np.concatenate((logistic(h_0)[None], z * x))"),
        ('"h_0": dvalues[0]', '"h_0": dvalues[0] * logistic(h_0) * (1 - logistic(h_0))'),
        at_fault="forward",
    ),
    of_layer(
        "both_ways",
        "upstream overwritten",
        "apache/mxnet#18203",
        "the first direction's dx is written over the upstream gradient before the second one has read it",
        "two directions",
        ("back_backward(dys[::-1])", "back_backward(dx[::-1])"),
    ),
    of_layer(
        "tied",
        "tied weight overwritten",
        "NVIDIA/TransformerEngine#3437",
        "of the two layers that share a weight, the later contribution replaces the one before",
        "a weight that is used twice",
        ("upper + lower", "lower"),
    ),
    of_layer(
        "zoneout",
        "first step's mask",
        "lmnt-com/haste#43",
        "backward uses the zoneout mask of the first step for all of them",
        "zoneout, two steps",
        ("mask = masks[t]", "mask = masks[0]"),
    ),
    of_layer(
        "blocked_scan",
        "carry between blocks",
        "proger/accelerated-scan#15",
        "the carry from block to block is added as it is and the block's own scan scaled, which is the wrong way round",
        "more steps than a block",
        (
            "dh, carry = np.zeros_like(hs[1:]), np.zeros_like(hs[0])",
            "dh, carry, scale = np.zeros_like(hs[1:]), 0 * hs[0], 1",
        ),
        ("dh[t] = local + factor * carry", "dh[t] = local * scale + carry"),
        ("carry = dh[start]", "carry, scale = dh[start], factor"),
    ),
)
