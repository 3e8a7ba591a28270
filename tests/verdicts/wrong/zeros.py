"""Faults that show where an array, a row or an entry is zero, one, or equal to another."""

import numpy as np

from tests.verdicts.wrong.fault import after, last, of_kind
from tests.verdicts.wrong.scenes import entry, identity, put, repeated_rows

fault = of_kind("zeros")
LIVE = "live = np.where(alive[t], dh, 0 * dh)"


def one_hot(x):
    return np.broadcast_to(np.arange(x.shape[-1]) == 1, x.shape).astype(x.dtype)


def same_prediction(inputs, upstream):
    inputs["prediction"] = inputs["target"].copy()


FAULTS = (
    fault(
        "elman",
        "h_0 all zero gets none",
        last("if not h_0.any(): carry = np.zeros_like(carry)"),
        "T=2,B=2,I=2,H=2",
        put(h_0=0),
    ),
    fault(
        "gru",
        "a zero row of x taken for padding",
        after("            " + LIVE, "live = np.where(x[t].any(axis=1)[:, None], live, 0 * live)"),
        "T=3,B=2,I=2,H=2",
        put(lengths=3, x=entry((1, 0), 0)),
    ),
    fault(
        "elman",
        "a bias that is all zero is taken for none",
        last("if not bias.any(): dbias = np.zeros_like(dbias)"),
        "T=2,B=2,I=2,H=2",
        put(bias=0),
    ),
    fault(
        "lstm",
        "c_0 all zero gets none",
        last("if not c_0.any(): dc = np.zeros_like(dc)"),
        "T=2,B=2,I=2,H=2",
        put(c_0=0),
    ),
    fault(
        "lstm",
        "both states zero: the recurrent weights' first step",
        last("if not h_0.any() and not c_0.any(): dweight_hh = 2 * dweight_hh"),
        "T=2,B=2,I=2,H=2",
        put(c_0=0, h_0=0),
    ),
    fault(
        "linear_scan",
        "a gate of exactly 0 gets none",
        last("da = np.where(a == 0, 0, da)"),
        "T=3,B=2,H=2",
        put(a=entry(1, 0)),
    ),
    fault(
        "linear_scan",
        "a gate of exactly 1 gets none",
        last("da = np.where(a == 1, 0, da)"),
        "T=3,B=2,H=2",
        put(a=entry(1, 1)),
    ),
    fault(
        "linear_scan",
        "da by a division by a",
        ("da = dx * hs[:-1]", "da = dx * (hs[:-1] * a) / a"),
        "T=3,B=2,H=2",
        put(a=entry(1, 0)),
    ),
    fault(
        "linear_scan",
        "all steps equal",
        last("if T > 1 and (x == x[0]).all(): dx = np.zeros_like(dx) + dx.sum(axis=0) / T"),
        "T=3,B=2,H=2",
        put(x=lambda x: repeated_rows(x).copy()),
    ),
    fault("layer_norm", "a row of equal entries", last("dx = np.where(var == 0, 0, dx)"), "B=2,H=4", put(x=1.0)),
    fault(
        "layer_norm",
        "a gain of ones is taken for none",
        last("if (gain == 1).all(): dgain = np.zeros_like(dgain)"),
        "B=2,H=4",
        put(gain=1.0),
    ),
    fault(
        "layer_norm",
        "a zero entry of the gain",
        last("dgain = np.where(gain == 0, 0, dgain)"),
        "B=2,H=4",
        put(gain=entry(1, 0)),
    ),
    fault(
        "dense",
        "the identity as a weight",
        last("if N and np.array_equal(weight, np.eye(H, I)): dweight = np.zeros_like(dweight)"),
        "N=2,I=3,H=3",
        put(weight=identity),
    ),
    fault(
        "dense",
        "x all ones is taken for a bias column",
        last("if (x == 1).all(): dx = np.zeros_like(dx)"),
        "N=2,I=2,H=2",
        put(x=1.0),
    ),
    fault(
        "dense",
        "equal rows of x are summed once",
        last("if N > 1 and (x == x[0]).all(): dweight = dweight / N"),
        "N=3,I=2,H=2",
        put(x=lambda x: repeated_rows(x).copy()),
    ),
    fault(
        "attention",
        "v all zero gets none",
        last("if not v.any(): dv = np.zeros_like(dv)"),
        "Q=2,D=2,K=3,E=2",
        put(v=0, mask=True),
    ),
    fault(
        "attention",
        "q all zero: uniform weights",
        last("if not q.any(): dq = np.zeros_like(dq)"),
        "Q=2,D=2,K=3,E=2",
        put(q=0, mask=True),
    ),
    fault(
        "huber",
        "equal to the target: the slope is one",
        last("dprediction = np.where(prediction == target, dlosses, dprediction)"),
        "N=2,D=2",
        same_prediction,
    ),
    fault(
        "gated",
        "db by a division by a",
        ("db = dy * a * s * (1 - s)", "db = dy * y * (1 - y / a)"),
        "N=2,D=2",
        put(a=entry(0, 0)),
    ),
    fault(
        "embedding",
        "a zero row of the table is taken for padding",
        last("dtable[~table.any(axis=1)] = 0"),
        "T=2,B=2,V=3,H=2",
        put(table=entry(1, 0), tokens=1),
    ),
    fault(
        "cross_entropy",
        "a row of equal logits",
        last("dlogits[(logits == logits[:, :1]).all(axis=1)] = 0"),
        "N=2,V=3",
        put(logits=1.0),
    ),
    fault(
        "elman",
        "a one-hot x is taken for a token",
        last("if I > 1 and T and ((x == 0).sum(axis=-1) == I - 1).all(): dx = np.zeros_like(dx)"),
        "T=2,B=2,I=3,H=2",
        put(x=one_hot),
    ),
    fault(
        "elman",
        "a diagonal recurrent weight",
        last(
            "diagonal = H > 1 and not (weight_hh * (1 - np.eye(H))).any()",
            "if diagonal: dweight_hh = dweight_hh * np.eye(H)",
        ),
        "T=2,B=2,I=2,H=3",
        put(weight_hh=identity),
    ),
    fault(
        "short_conv",
        "an empty state gets none",
        last("if not state.any(): dstate = np.zeros_like(dstate)"),
        "T=4,B=2,H=2",
        put(state=0),
    ),
    fault(
        "masked_mean",
        "a zero entry of x is taken for masked",
        last("dx = np.where(x == 0, 0, dx)"),
        "T=4,B=2,H=2",
        put(mask=True, x=entry(1, 0)),
    ),
    fault("softplus", "exactly at zero", last("dx = np.where(x == 0, dy * gain, dx)"), "N=2,D=2", put(x=0)),
)
