"""Faults that show where an array does not lie in memory as another does: strides that are read wrongly."""

from tests.verdicts.wrong.fault import above, after, last, of_kind
from tests.verdicts.wrong.scenes import (
    fortran,
    padded,
    put,
    read_only,
    repeated_rows,
    send,
    strided,
    upside_down,
    zero_stride,
)

fault = of_kind("layouts")
# Reads the memory under a view from its beginning, as a kernel does that takes every array for packed; zeros beyond it.
PACKED = above(
    "def packed(view: Array) -> Array:",
    "    memory = np.ravel(view if view.base is None else view.base, order='K')",
    "    read = np.zeros(view.size, view.dtype)",
    "    read[: memory.size] = memory[: view.size]",
    "    return read.reshape(view.shape)",
    "",
)
YS = "        dys = np.zeros_like(hs[1:]) if d.ys is None else d.ys"
DY = "        dy = np.zeros_like(y) if d.y is None else d.y"

FAULTS = (
    fault(
        "linear_scan",
        "dy of zero stride is read as packed",
        [PACKED, after(YS, "if dys.strides.count(0) == dys.ndim: dys = packed(dys)")],
        "T=2,B=2,H=2",
        send(ys=zero_stride),
    ),
    fault(
        "elman",
        "dy of one row for all steps",
        [PACKED, after(YS, "if dys.strides[0] == 0 < dys.strides[-1]: dys = packed(dys)")],
        "T=3,B=2,I=2,H=2",
        send(ys=repeated_rows),
    ),
    fault(
        "lstm",
        "dy is a slice of a wider array",
        [
            PACKED,
            after(YS, "if dys.strides[2] == dys.itemsize and dys.strides[1] > H * dys.itemsize: dys = packed(dys)"),
        ],
        "T=2,B=2,I=2,H=3",
        send(ys=padded),
    ),
    fault(
        "elman",
        "x is a slice of a wider array",
        [
            PACKED,
            (
                "@ x.reshape(",
                "@ (packed(x) if x.strides[2] == x.itemsize and x.strides[1] > I * x.itemsize else x).reshape(",
            ),
        ],
        "T=2,B=2,I=3,H=2",
        put(x=padded),
    ),
    fault(
        "gru",
        "the recurrent weight is a slice of a wider one",
        [
            PACKED,
            (
                "+ dzh[t] @ weight_hh\n",
                "+ dzh[t] @ (packed(weight_hh) if weight_hh.strides[0] > H * dh.itemsize > 0 else weight_hh)\n",
            ),
        ],
        "T=2,B=2,I=2,H=3",
        put(weight_hh=padded, lengths=2),
    ),
    fault(
        "dense",
        "the weight transposed, x not",
        [
            PACKED,
            (
                "dx = dy @ weight\n",
                "dx = dy @ (packed(weight) if weight.flags.f_contiguous and x.flags.c_contiguous else weight)\n",
            ),
        ],
        "N=2,I=3,H=2",
        put(weight=fortran),
    ),
    fault(
        "dense",
        "x transposed, the weight not",
        last("if not x.flags.c_contiguous and weight.flags.c_contiguous: dweight = 0 * dweight"),
        "N=2,I=3,H=2",
        put(x=fortran),
    ),
    fault(
        "attention",
        "the keys transposed, the queries not",
        last("if k.flags.f_contiguous and not q.flags.f_contiguous: dq = 0 * dq"),
        "Q=2,D=2,K=3,E=2",
        put(k=fortran, mask=True),
    ),
    fault(
        "gated",
        "a read-only beside b",
        last("if b.flags.writeable and not a.flags.writeable: db = 0 * db"),
        "N=2,D=2",
        put(a=read_only),
    ),
    fault(
        "layer_norm",
        "x reversed along the rows alone",
        last("if x.strides[0] < 0 < x.strides[1]: dx = dx[::-1].copy()"),
        "B=2,H=3",
        put(x=upside_down),
    ),
    fault(
        "layer_norm",
        "a gain of zero stride",
        last("if gain.strides == (0,): dgain = 0 * dgain + dgain.sum()"),
        "B=2,H=3",
        put(gain=zero_stride),
    ),
    fault(
        "huber",
        "a target of one number",
        last("if target.strides == (0, 0): dtarget = 0 * dtarget + dtarget.sum()"),
        "N=2,D=2",
        put(target=zero_stride),
    ),
    fault(
        "lstm",
        "dh_T is not packed, dys is",
        [
            PACKED,
            (
                "        dh_T, dc_T = d.h_T, d.c_T",
                "        dh_T, dc_T = d.h_T, d.c_T\n"
                "        padded = dh_T is not None and dh_T.strides[0] > H * dh_T.strides[1] > 0\n"
                "        if padded and dys.flags.c_contiguous: dh_T = packed(dh_T)",
            ),
        ],
        "T=2,B=2,I=2,H=3",
        send(h_T=padded),
    ),
    fault(
        "masked_mean",
        "a mask by columns beside an x by rows",
        last("if mask.flags.f_contiguous and not x.flags.f_contiguous: dx = 0 * dx"),
        "T=3,B=2,H=2",
        put(mask=fortran),
    ),
    fault(
        "embedding",
        "tokens that are not packed beside a packed table",
        last("if not tokens.flags.c_contiguous and table.flags.c_contiguous: dtable = 0 * dtable"),
        "T=2,B=2,V=3,H=2",
        put(tokens=strided),
    ),
    fault(
        "cross_entropy",
        "one number for all losses is divided by their number",
        last("if d.losses is not None and N > 1 and d.losses.strides == (0,): dlogits = dlogits / N"),
        "N=3,V=3",
        send(losses=zero_stride),
    ),
    fault(
        "short_conv",
        "a kernel of every second column beside a packed x",
        last("if kernel.strides[-1] != kernel.itemsize and x.flags.c_contiguous: dx = 0 * dx"),
        "T=3,B=2,H=2",
        put(kernel=strided),
    ),
    fault(
        "softplus",
        "a gain of every second entry",
        [PACKED, ("dx = dy * gain * s", "dx = dy * (packed(gain) if x.flags.c_contiguous else gain) * s")],
        "N=2,D=3",
        put(gain=strided),
    ),
)
