"""Backward passes that write to what they were given, share memory, or remember: the check `pure` catches each."""

import pytest

from gradcheck import Subject, examine
from tests.harness import elman_reference
from tests.harness.plant import Edit, caught, details, planted

COPY, RETURN_TWO, KEEP_NOTHING = (
    "copy it before changing it",
    "return two arrays",
    "keep no state between calls, and return no array that backward reads later",
)
OUTSIDE = ("    def backward(d", "    total = np.zeros_like(bias_ih)\n\n    def backward(d")
INTO_TOTAL = ("np.zeros_like(x), np.zeros_like(bias_ih)", "np.zeros_like(x), total")
STATE = ("class Output", "STATE = {}\n\n\nclass Output")
BUFFER = ("hs = np.zeros((T + 1, B, H), x.dtype)", "hs = STATE.setdefault((T, B, H), np.zeros((T + 1, B, H)))")
REMEMBER = ("    def backward(d", "    STATE[B, H] = hs[-1].real.copy()\n\n    def backward(d")
RESUME = ("        hs[0] = h_0\n", "        hs[0] = h_0\n    elif (B, H) in STATE:\n        hs[0] = STATE[B, H]\n")
BUGS: dict[str, tuple[list[Edit], str, str]] = {
    "the gradient of x is built in x": (
        [("dx, dbias = np.zeros_like(x)", "dx, dbias = x")],
        "the input x is written to",
        COPY,
    ),
    "a gradient is added onto its weight": (
        [("= np.zeros_like(weight_ih)", "= weight_ih")],
        "the input weight_ih is written to",
        COPY,
    ),
    "forward centres x in place": (
        [("    hs = np", "    x -= x.mean(axis=0)\n    x += 1\n    hs = np")],
        "the input x is written to",
        COPY,
    ),
    "the carry is written into ys": (
        [("dh = dh + dys[t]", "dys[t] += dh\n            dh = dys[t]")],
        "the upstream gradient ys is written to",
        COPY,
    ),
    "the carry is written into h_T": (
        [("d.h_T.copy()", "d.h_T"), ("dh = dh + dys[t]", "dh += dys[t]")],
        "the upstream gradient h_T is written to",
        COPY,
    ),
    "a gradient is an input": (
        [('"weight_hh": dweight_hh', '"weight_hh": weight_hh.T')],
        "the gradient of weight_hh shares memory with the input weight_hh",
        "return a copy",
    ),
    "a gradient is an upstream gradient": (
        [('"h_0": dh', '"h_0": dys[0]')],
        "the gradient of h_0 shares memory with the upstream gradient ys",
        "return a copy",
    ),
    "two gradients are one array": (
        [("dbias.copy()", "dbias")],
        "the gradients of bias_ih and bias_hh share memory",
        RETURN_TWO,
    ),
    "backward consumes what forward kept": (
        [("        gradients = {", "        hs[1:] = 0\n        gradients = {")],
        "a second call of backward gives a different",
        KEEP_NOTHING,
    ),
    "gradients add up over calls": (
        [OUTSIDE, INTO_TOTAL, ('"bias_ih": dbias', '"bias_ih": dbias.copy()')],
        "a second call of backward gives a different bias_ih",
        KEEP_NOTHING,
    ),
    "backward returns the same arrays again": (
        [
            ("    def backward(d", "    memory = {}\n\n    def backward(d"),
            ("return gradients |", "return memory.setdefault(0, gradients) |"),
        ],
        "a second call of backward gives a different x",
        KEEP_NOTHING,
    ),
    "the buffer is a module's": (
        [STATE, BUFFER],
        "backward after a call on other inputs gives a different",
        KEEP_NOTHING,
    ),
    "the state is kept between calls": (
        [STATE, REMEMBER, RESUME],
        "a second call of forward gives a different ys",
        KEEP_NOTHING,
    ),
    "forward adds noise of its own": (
        [("np.tanh(", "np.random.default_rng().normal(1, 0.1) * np.tanh(")],
        "a second call of forward gives a different ys",
        KEEP_NOTHING,
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_is_caught(bug: str) -> None:
    edits, headline, remedy = BUGS[bug]
    report = caught(planted(*edits), "purity", f"unit {headline}")
    assert details(report) == {"remedy": remedy}


def test_a_write_that_changes_nothing_is_caught_on_read_only_arrays() -> None:
    unit = planted(("    hs = np", "    x[...] = x\n    hs = np"))
    report = examine(Subject("unit", unit, elman_reference.elman), diagnose=False)
    assert report.verdict == "wrong"
    assert report.smallest.layout in ("readonly", "broadcast"), "neither can be written to"
    assert report.message.startswith("unit forward raised ValueError: assignment destination is read-only")
    assert details(report)["raised"].endswith("in elman: x[...] = x")
