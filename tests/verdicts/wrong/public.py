"""Faults seen in public code, written anew: most show at once."""

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import put

fault = of_kind("public")


def always(*args, **rest):
    return fault(*args, plain=False, **rest)


FAULTS = (
    always("lstm", "dc from h replaces the carry", ("dc = dc + dh * o", "dc = dh * o"), "T=2,B=2,I=2,H=2"),
    always("lstm", "the carry is never refreshed", ("            dh = dz[t] @ weight_hh\n", ""), "T=3,B=2,I=2,H=2"),
    always(
        "lstm",
        "the input gate's bias copied from the forget gate",
        last("dbias[:H] = dbias[H : 2 * H]"),
        "T=2,B=2,I=2,H=2",
    ),
    always(
        "lstm",
        "the input weights of the last step alone",
        ("dweight_ih = rows.T @ x.reshape(T * B, I)", "dweight_ih = (dz[-1].T @ x[-1]) if T else 0 * weight_ih"),
        "T=2,B=2,I=2,H=2",
    ),
    always(
        "elman",
        "tanh' of an activated value",
        ("(1 - hs[t + 1] * hs[t + 1])", "(1 - np.tanh(hs[t + 1]) ** 2)"),
        "T=2,B=2,I=2,H=2",
    ),
    always(
        "elman",
        "the state before the first is the last",
        (
            "rows.T @ hs[:-1].reshape(T * B, H)",
            "rows.T @ np.concatenate((hs[-1:], hs[1:-1])).reshape(T * B, H) if T else 0 * weight_hh",
        ),
        "T=2,B=2,I=2,H=2",
    ),
    always(
        "elman",
        "the recurrent product without the transpose",
        ("carry = dz[t] @ weight_hh\n", "carry = dz[t] @ weight_hh.T\n"),
        "T=2,B=2,I=2,H=2",
    ),
    always("gru", "u where dh u is due", ("live + live * u +", "live + u +"), "T=2,B=2,I=2,H=2", put(lengths=2)),
    always("gru", "the last state's gradient ignored", ("else d.h_T.copy()", "else 0 * d.h_T"), "T=2,B=2,I=2,H=2"),
    always("linear_scan", "every batch row but the first", last("da[:, 1:] = 0"), "T=2,B=2,H=2"),
    always(
        "layer_norm", "the mean subtracted twice", ("dx = r * (g - mean_g -", "dx = r * (g - 2 * mean_g -"), "B=2,H=3"
    ),
    always(
        "attention",
        "the softmax as its diagonal",
        ("p * (dp - (p * dp).sum(axis=1, keepdims=True))", "dp * p * (1 - p)"),
        "Q=2,D=2,K=3,E=2",
        put(mask=True),
    ),
    always(
        "cross_entropy",
        "every row times the first upstream",
        ("np.where(valid, dlosses,", "np.where(valid, dlosses[:1],"),
        "N=3,V=3",
    ),
    always(
        "embedding",
        "repeated tokens are counted once",
        ("np.add.at(dtable, flat, rows)", "dtable[flat] += rows"),
        "T=2,B=2,V=3,H=2",
        put(tokens=1),
    ),
    always(
        "short_conv",
        "the state's upstream replaced",
        ("dfed[T:] = d.state_T", "dfed[3:] = d.state_T[: len(x)] if T < 3 else 0"),
        "T=4,B=2,H=2",
    ),
)
