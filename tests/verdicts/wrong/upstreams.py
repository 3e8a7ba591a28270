"""Faults that show under some upstream gradients: absent, huge, tiny, constant, at one place alone."""

import numpy as np

from tests.verdicts.wrong.fault import after, last, of_kind
from tests.verdicts.wrong.scenes import entry, send, times

fault = of_kind("upstreams")
HS = "        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys"
ELMAN = "            carry = dz[t] @ weight_hh"


def one_place(upstream):
    result = np.zeros_like(upstream)
    result.flat[0] = 1
    return result


FAULTS = (
    fault(
        "elman",
        "gradients cut at -5 and 5",
        last("dweight_hh = np.clip(dweight_hh, -5.0, 5.0)"),
        "T=2,B=2,I=2,H=2",
        send(ys=times(1e3)),
    ),
    fault(
        "elman",
        "the carry cut at a norm of 1000",
        after(ELMAN, "carry = carry / np.maximum(np.sqrt((carry * carry).sum()) / 1e3, 1)"),
        "T=2,B=2,I=2,H=2",
        send(ys=times(1e5)),
    ),
    fault(
        "attention",
        "upstream cut at 10000",
        ("dp = do @ v.T", "dp = np.clip(do, -1e4, 1e4) @ v.T"),
        "Q=2,D=2,K=3,E=2",
        send(o=times(1e6)),
    ),
    fault(
        "dense",
        "a tiny upstream is taken for none",
        last("if np.abs(dy).max(initial=0) < 1e-4: dweight = 0 * dweight"),
        "N=2,I=2,H=2",
        send(y=times(1e-6)),
    ),
    fault(
        "linear_scan",
        "entries below 1e-8 are flushed",
        ("carry = a[t] * dx[t]", "carry = a[t] * np.where(np.abs(dx[t]) < 1e-8, 0, dx[t])"),
        "T=3,B=2,H=2",
        send(ys=times(1e-10), h_T=times(1e-10)),
    ),
    fault(
        "layer_norm",
        "all ones: the bias gets one, not their number",
        last("if (dy == 1).all(): dbias = dbias / max(B, 1)"),
        "B=3,H=3",
        send(y=1.0),
    ),
    fault(
        "dense",
        "a constant is taken for one number",
        last("if dy.size > 3 and (dy == dy.flat[0]).all(): dweight = dweight / N"),
        "N=3,I=2,H=2",
        send(y=0.7),
    ),
    fault(
        "lstm",
        "the last step alone: the states' gradients are left out",
        last("if T > 2 and not dys[:-1].any(): dc = 0 * dc"),
        "T=3,B=2,I=2,H=2",
        send(ys=entry(slice(-1), 0)),
    ),
    fault(
        "short_conv",
        "one entry alone",
        last("if dys.size > 3 and (dys != 0).sum() == 1: dx = 0 * dx"),
        "T=4,B=2,H=2",
        send(ys=one_place),
    ),
    fault(
        "gru",
        "none on ys: the last state's is left out",
        last("if d.ys is None: dbias = 0 * dbias"),
        "T=3,B=2,I=2,H=2",
        send(ys=None),
    ),
    fault(
        "elman",
        "zeros on ys are taken for none at all",
        last("if T and not dys.any(): dweight_ih = 0 * dweight_ih"),
        "T=2,B=2,I=2,H=2",
        send(ys=0.0),
    ),
    fault(
        "lstm",
        "weights' gradients only with an upstream on h_T",
        last("if d.h_T is None and d.c_T is None: dweight_hh = 0 * dweight_hh"),
        "T=3,B=2,I=2,H=2",
        send(h_T=None, c_T=None),
    ),
    fault(
        "huber",
        "the sign alone of an upstream beyond 100",
        last("dtarget = np.where(dlosses.real > 100.0, -slope, dtarget)"),
        "N=2,D=2",
        send(losses=200.0),
    ),
    fault(
        "cross_entropy",
        "the mean's is dropped where the losses have one",
        last("if d.losses is not None and d.mean is not None and not d.losses.any(): dlogits = 0 * dlogits"),
        "N=2,V=3",
        send(losses=0.0),
    ),
    fault(
        "softplus",
        "an upstream of no positive entry",
        last("if dy.size > 5 and (dy.real <= 0).all(): dgain = 0 * dgain"),
        "N=3,D=2",
        send(y=lambda y: -np.abs(y)),
    ),
)
