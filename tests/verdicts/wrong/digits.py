"""Faults of a small part of the largest entry, or of the small entries alone: no rounding explains them."""

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import put

fault = of_kind("digits")


def always(*args, **rest):
    return fault(*args, plain=False, **rest)


FAULTS = (
    always(
        "elman",
        "1e-9 of the largest entry, in one entry",
        last("if dweight_hh.size: dweight_hh[0, 0] += 1e-9 * np.abs(dweight_hh).max()"),
        "T=2,B=2,I=2,H=2",
    ),
    always("dense", "a factor of 1 + 1e-10", ("dx = dy @ weight\n", "dx = dy @ weight * (1 + 1e-10)\n"), "N=2,I=2,H=2"),
    always("layer_norm", "another epsilon", ("dx = r * (", "dx = 1 / np.sqrt(var + 1.0001e-5) * ("), "B=2,H=3"),
    always(
        "huber",
        "a slope of 0.9999999999",
        ("dtarget = -dprediction", "dtarget = -0.9999999999 * dprediction"),
        "N=2,D=2",
    ),
    always(
        "lstm",
        "the cell's carry in single precision",
        ("dc = dc * f\n", "dc = (dc * f).astype(np.float32).astype(dtype)\n"),
        "T=2,B=2,I=2,H=2",
        due="imprecise",
    ),
    always("cross_entropy", "1e-9 in a denominator", ("p = exps / total\n", "p = exps / (total + 1e-9)\n"), "N=2,V=3"),
    always("gru", "one bias 1e-8 too small", last("dbias[-1:] *= 1 - 1e-8"), "T=2,B=2,I=2,H=2", put(lengths=2)),
    always(
        "attention",
        "the scale in 8 digits",
        ("keepdims=True)) * scale", "keepdims=True)) * round(scale, 8)"),
        "Q=2,D=2,K=3,E=2",
        put(mask=True),
    ),
    always(
        "softplus", "powers of 2.718281828", ("s = 1 / (1 + np.exp(-x))", "s = 1 / (1 + 2.718281828 ** -x)"), "N=2,D=2"
    ),
    fault(
        "dense",
        "entries below a hundredth of the largest",
        last("dweight = np.where(np.abs(dweight) < 0.01 * np.abs(dweight).max(initial=0), 0, dweight)"),
        "N=1,I=2,H=1",
        put(x=lambda x: x / x * [[1.0, 1e-3]]),
    ),
)
