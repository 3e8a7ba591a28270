"""Faults that show after many steps, at some step, or within a window."""

from tests.verdicts.wrong.fault import last, of_kind
from tests.verdicts.wrong.scenes import put

fault = of_kind("steps")
ELMAN = "carry = dz[t] @ weight_hh"
LSTM = "dh = dz[t] @ weight_hh"
GRU = "dh = dh - live + live * u + dzh[t] @ weight_hh"
SCAN = "carry = a[t] * dx[t]"
BACK = "for t in reversed(range(T)):\n            dz[t]"


def cut(line: str, when: str) -> tuple[str, str]:
    """The carry, lost at some step."""
    name = line.partition(" =")[0]
    return line + "\n", f"{line}\n            if {when}: {name} = 0 * {name}\n"


FAULTS = (
    fault("elman", "the carry cut every 64 steps", cut(ELMAN, "t and t % 64 == 0"), "T=66,B=2,I=2,H=2"),
    fault("lstm", "the carry cut every 100 steps", cut(LSTM, "t and t % 100 == 0"), "T=102,B=2,I=2,H=2"),
    fault(
        "gru", "the carry cut every 128 steps", cut(GRU, "t and t % 128 == 0"), "T=130,B=2,I=2,H=2", put(lengths=130)
    ),
    fault(
        "lstm",
        "the cell's carry cut every 32 steps",
        ("dc = dc * f\n", "dc = dc * f * (t % 32 != 0 or t == 0)\n"),
        "T=33,B=2,I=2,H=2",
    ),
    fault("elman", "cut 30 steps before the end", cut(ELMAN, "T - t > 30"), "T=32,B=2,I=2,H=2"),
    fault("linear_scan", "cut after 24 steps", cut(SCAN, "T - t > 24"), "T=26,B=2,H=2", put(a=1.0)),
    fault(
        "lstm",
        "cut after 24 steps, both carries",
        ("dc = dc * f\n", "dc = dc * f * (T - t <= 24)\n"),
        "T=26,B=2,I=2,H=2",
    ),
    fault(
        "linear_scan",
        "a multiple of 64 steps",
        last("if T and T % 64 == 0: carry = 0 * carry"),
        "T=64,B=2,H=2",
        put(a=1.0),
    ),
    fault(
        "masked_mean",
        "lengths counted in uint8",
        ("divisor = count.", "divisor = np.maximum(mask.sum(axis=0, dtype=np.uint8), 1)."),
        "T=257,B=2,H=2",
        put(mask=True),
    ),
    fault(
        "elman",
        "steps counted in int8",
        (BACK, "for t in np.arange(T).astype(np.int8)[::-1]:\n            dz[t]"),
        "T=130,B=2,I=2,H=2",
        plain=True,
    ),
    fault(
        "elman",
        "steps beyond 255 left out of a sum",
        ("dbias = rows.sum(axis=0)", "dbias = rows[:255 * B].sum(axis=0)"),
        "T=256,B=2,I=2,H=2",
    ),
    fault("lstm", "exactly 128 steps", last("if T == 128: dc = 0 * dc"), "T=128,B=2,I=2,H=2", put(bias=9.0)),
    fault(
        "short_conv",
        "taps after 200 steps",
        ("(dys * fed[j : j + T]).sum", "(dys * fed[j : j + T])[:200].sum"),
        "T=201,B=2,H=2",
    ),
    fault(
        "linear_scan",
        "a tree over more than 16 steps, no power of two",
        last("if T > 16 and T & (T - 1): da[-1] = 0"),
        "T=17,B=2,H=2",
    ),
    fault(
        "linear_scan",
        "the carry between blocks of 32 scaled twice",
        ("dx[t] = dys[t] + carry", "dx[t] = dys[t] + carry * (a[t + 1] if t % 32 == 31 and t + 1 < T else 1)"),
        "T=33,B=2,H=2",
    ),
    fault(
        "lstm",
        "a checkpoint every 16 steps is the one before",
        ("c_prev, tanh_c = cs[t],", "c_prev, tanh_c = cs[t - 1 if t and t % 16 == 0 else t],"),
        "T=17,B=2,I=2,H=2",
    ),
    fault(
        "gru",
        "one step: a path without the bias",
        last("if T == 1: dbias = 0 * dbias"),
        "T=1,B=2,I=2,H=2",
        put(lengths=1),
    ),
    fault(
        "embedding",
        "a sum over steps in blocks of 65",
        ("rows = dys[kept]", "rows = np.where((np.arange(len(ys)) == 65)[:, None, None], 0 * dys, dys)[kept]"),
        "T=66,B=2,V=3,H=2",
    ),
    fault(
        "short_conv",
        "fewer steps than taps: the state's gradient is shifted",
        last("if 0 < T < 3: dstate = np.roll(dstate, 1, axis=0)"),
        "T=2,B=2,H=2",
    ),
)
