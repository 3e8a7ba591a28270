"""Faults that show at some sizes: beyond a tile, at a boundary, at none, or where two sizes meet."""

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import put, times

fault = of_kind("sizes")
ROWS = "dweight = dy.T @ x"

FAULTS = (
    fault("elman", "columns beyond 8", last("if H > 8: dweight_hh[:, 8:] = 0"), "T=2,B=2,I=2,H=9"),
    fault("elman", "inputs beyond 16", last("if I > 16: dx[..., 16:] = 0"), "T=2,B=2,I=17,H=2"),
    fault("elman", "no step at all", last("if T == 0: carry = np.zeros_like(carry)"), "T=0,B=2,I=2,H=2"),
    fault("elman", "as many inputs as states", last("if I == H: dx = dz @ weight_ih.T"), "T=2,B=2,I=3,H=3"),
    fault("dense", "8 rows or more take another path", last("if N >= 8: dbias = dy[1:].sum(axis=0)"), "N=8,I=2,H=2"),
    fault(
        "dense",
        "a second tile of 16 rows replaces the first",
        (
            ROWS,
            "dweight = np.zeros_like(weight)\n        for n in range(0, N, 16): dweight = dy[n:n + 16].T @ x[n:n + 16]",
        ),
        "N=17,I=2,H=2",
    ),
    fault(
        "dense",
        "the rest of tiles of 32 rows is left out",
        (ROWS, "whole = N - N % 32 if N > 32 else N\n        dweight = dy[:whole].T @ x[:whole]"),
        "N=33,I=2,H=2",
    ),
    fault("dense", "no rows: the mean times N", last("dbias = dbias / N * N"), "N=0,I=2,H=2"),
    fault("dense", "more than 64 outputs", last("if H > 64: dx = dy[:, :64] @ weight[:64]"), "N=2,I=2,H=65"),
    fault("embedding", "a vocabulary above 16", last("dtable[16:] = 0"), "T=2,B=2,V=17,H=2", put(tokens=16)),
    fault(
        "embedding",
        "a vocabulary 8 times the width",
        last("if V > 8 * H: dtable[-1] = 0"),
        "T=1,B=1,V=9,H=1",
        put(tokens=8),
    ),
    fault(
        "layer_norm",
        "a row of exactly 64",
        (
            "mean_gx = (g * xhat).sum(axis=1, keepdims=True) / n",
            "mean_gx = (g * xhat).sum(axis=1, keepdims=True) / (63 if n == 64 else n)",
        ),
        "B=2,H=64",
    ),
    fault("layer_norm", "more than 32 rows", last("if B > 32: dgain = (dy * xhat)[:32].sum(axis=0)"), "B=33,H=3"),
    fault(
        "attention",
        "a second tile of 32 keys replaces the first",
        (
            "dq = ds @ k\n",
            "dq = np.zeros_like(q)\n        for j in range(0, K, 32): dq = ds[:, j:j + 32] @ k[j:j + 32]\n",
        ),
        "Q=2,D=2,K=33,E=2",
    ),
    fault("attention", "the scale of heads wider than 16", last("if D > 16: dk = dk / 2"), "Q=2,D=17,K=3,E=2"),
    fault("attention", "one key", last("if K == 1: dv = 0 * dv"), "Q=2,D=2,K=1,E=2", put(mask=True)),
    fault("cross_entropy", "classes beyond 32", last("dlogits[:, 32:] = 0"), "N=2,V=33"),
    fault("lstm", "one more than a multiple of 8", last("if H > 8 and H % 8 == 1: dbias[-1] = 0"), "T=2,B=2,I=2,H=9"),
    fault(
        "lstm",
        "more inputs than 7 times the states",
        last("if I > 7 * H: dweight_ih[:, 7 * H:] = 0"),
        "T=2,B=2,I=8,H=1",
    ),
    fault("gru", "rows beyond 15", last("dh[15:] = 0"), "T=2,B=16,I=2,H=2"),
    fault("huber", "the rest of blocks of 64 rows", last("if N > 64: dprediction[N - N % 64:] = 0"), "N=65,D=2"),
    fault("linear_scan", "states beyond 64", last("da[..., 64:] = 0"), "T=2,B=2,H=65"),
    fault("short_conv", "exactly 7 channels", last("if H == 7: dkernel[:, -1] = 0"), "T=4,B=2,H=7"),
    fault("softplus", "between 9 and 15 columns", last("if 9 <= D < 15: dgain[9 - 1:] = 0"), "N=2,D=9"),
    fault("gated", "a grid of 256 threads", last("if N * D > 256: db[-1] = 0"), "N=65,D=4"),
    fault(
        "elman",
        "four sizes at once",
        last("if T == 41 and B == 12 and I == 37 and H == 23: dbias = 0 * dbias"),
        "T=41,B=12,I=37,H=23",
        put(weight_hh=times(0.1), weight_ih=times(0.1)),
    ),
)
