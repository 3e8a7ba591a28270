"""Faults that show in the tails of a value, or beyond a threshold that the source compares with."""

from tests.verdicts.wrong.fault import after, last, of_kind
from tests.verdicts.wrong.scenes import entry, put

fault = of_kind("tails")
SLOPE = "slope = np.where(e.real < -10.0, 0 * e - 10, slope)"
P = "p = exps / total\n        dlogits"

FAULTS = (
    fault("softplus", "no gradient above 20", last("dx = np.where(x.real > 20, 0, dx)"), "N=2,D=2", put(x=25.0)),
    fault("softplus", "no gradient below -10", last("dx = np.where(x.real < -10.0, 0, dx)"), "N=2,D=2", put(x=-10.5)),
    fault(
        "softplus",
        "e^x over 1 + e^x overflows",
        ("s = 1 / (1 + np.exp(-x))", "s = np.exp(x) / (1 + np.exp(x))"),
        "N=2,D=2",
        put(x=800.0),
        due="imprecise",
    ),
    fault(
        "softplus",
        "a linear scale above 12",
        last("dgain = np.where((x.real > 12.5).any(axis=0), 0, dgain)"),
        "N=2,D=2",
        put(x=13.0),
    ),
    fault("huber", "not cut beyond 10", (SLOPE, "slope = e"), "N=2,D=2", put(prediction=20.0)),
    fault(
        "huber",
        "below -10 the sign is lost",
        (SLOPE, SLOPE.replace("0 * e - 10", "0 * e + 10")),
        "N=2,D=2",
        put(prediction=-20.0),
    ),
    fault(
        "huber",
        "the target's gradient beyond 1000",
        last("dtarget = np.where(e.real > 1e3, 0, dtarget)"),
        "N=2,D=2",
        put(prediction=2e3),
    ),
    fault(
        "cross_entropy",
        "p below 1e-12 has no gradient",
        last("dlogits = np.where(p.real < 1e-12, 0, dlogits)"),
        "N=2,V=3",
        put(labels=0, logits=entry(slice(None), [-40.0, 0.0, 1.0])),
    ),
    fault(
        "cross_entropy",
        "the softmax without its shift",
        (P, "p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)\n        dlogits"),
        "N=2,V=3",
        put(logits=entry(0, 1000.0)),
        due="imprecise",
    ),
    fault(
        "cross_entropy",
        "logits below -88 taken for masked",
        last("dlogits = np.where(logits.real < -88.0, 0, dlogits)"),
        "N=2,V=3",
        put(logits=lambda z: z - 95),
    ),
    fault(
        "elman",
        "no gradient where |h| is above 0.99999",
        after("            carry = dz[t] @ weight_hh", "dz[t] = np.where(hs[t + 1].real ** 2 > 0.99998, 0, dz[t])"),
        "T=2,B=2,I=2,H=2",
        put(bias=6.5, weight_ih=0, weight_hh=0),
    ),
    fault(
        "lstm",
        "a forget gate above 0.9999 is taken for 1",
        ("dc = dc * f\n", "dc = np.where(f.real > 0.9999, dc, dc * f)\n"),
        "T=2,B=2,I=2,H=2",
        put(bias=entry(slice(2, 4), 9.6), weight_ih=0, weight_hh=0),
    ),
    fault(
        "gru",
        "an update gate below 0.0001 keeps nothing",
        after("            r, u, n, recurrent = gates[t]", "u = np.where(u.real < 1e-4, 0, u)"),
        "T=2,B=2,I=2,H=2",
        put(bias=entry(slice(2, 4), -9.6), weight_ih=0, weight_hh=0, lengths=2),
    ),
    fault(
        "attention",
        "scores cut at 30",
        ("ds = p * (", "ds = np.where(scores.real > 30.0, 0, p) * ("),
        "Q=2,D=2,K=3,E=2",
        put(q=10.0, k=lambda k: 4 + k / 10, mask=True),
    ),
    fault(
        "layer_norm",
        "a variance above 1e4",
        last("dx = np.where(var.real > 1e4, 0, dx)"),
        "B=2,H=4",
        put(x=lambda x: 300 * x),
    ),
    fault(
        "layer_norm",
        "a variance below 1e-6",
        last("dgain = np.where((var.real < 1e-6).any(), 0, dgain)"),
        "B=2,H=4",
        put(x=lambda x: 1e-4 * x),
    ),
    fault(
        "gated",
        "b above 15 is taken for open",
        ("da = dy * s\n", "da = np.where(b.real > 15.0, 0.999 * dy, dy * s)\n"),
        "N=2,D=2",
        put(b=16.0),
    ),
    fault("gated", "a below -100", last("db = np.where(a.real < -100.0, 0, db)"), "N=2,D=2", put(a=-120.0, b=0.5)),
    fault(
        "linear_scan",
        "a gate above 4 is cut",
        ("carry = a[t] * dx[t]", "carry = np.where(a[t].real > 4.0, 4, a[t]) * dx[t]"),
        "T=3,B=2,H=2",
        put(a=5.0),
    ),
    fault(
        "masked_mean",
        "outliers beyond 100 get none",
        last("dx = np.where(x.real > 100.0, 0, dx)"),
        "T=3,B=2,H=2",
        put(x=120.0, mask=True),
    ),
    fault(
        "short_conv",
        "taps of large inputs",
        last("dkernel = np.where(np.abs(x).max(initial=0) > 250.0, 0, dkernel)"),
        "T=4,B=2,H=2",
        put(x=300.0),
    ),
    fault(
        "dense",
        "a weight entry beyond 50 is pruned",
        ("dx = dy @ weight\n", "dx = dy @ np.where(weight.real > 50.0, 0, weight)\n"),
        "N=2,I=2,H=2",
        put(weight=entry((0, 0), 60.0)),
    ),
)
