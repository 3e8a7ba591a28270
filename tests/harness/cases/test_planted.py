"""Faults that show at one size, value, layout or order of calls alone: each is found within the default cases."""

import pytest

from gradcheck import Subject
from tests.harness import elman_reference
from tests.harness.plant import Edit, find, planted

SEEDS = (0, 1)


def before_result(statement: str) -> Edit:
    """A statement just before backward returns."""
    return ("        gradients = {", f"        {statement}\n        gradients = {{")


def before_loop(statement: str) -> Edit:
    """A statement before the loop of backward."""
    return ("        for t in reversed", f"        {statement}\n        for t in reversed")


STATE = ("class Output", "STATE = {}\n\n\nclass Output")
BUFFER = "hs = np.zeros((T + 1, B, H), x.dtype)"


def ring(size: int) -> list[Edit]:
    """States kept in a ring of so many workspaces."""
    key = f"(STATE['turn'] % {size}, T, B, H, x.dtype.char)"
    turn = "STATE['turn'] = STATE.get('turn', 0) + 1"
    return [
        STATE,
        (BUFFER, f"{turn}\n    hs = STATE.setdefault({key}, np.zeros((T + 1, B, H), x.dtype))\n    hs[0] = 0"),
    ]


PLANTS: dict[str, list[Edit]] = {
    "units beyond 8 have no gradient": [before_result("dweight_hh[:, 8:] = 0")],
    "rows beyond a tile of 16 are overwritten": [before_result("dweight_ih[16:32] *= 0 if H > 32 else 1")],
    "another path for 8 rows and more": [before_result("dbias = dbias * (2 if B >= 8 else 1)")],
    "inputs beyond a hundred have no gradient": [before_result("dweight_ih[:, 100:] = 0")],
    "the carry is cut every 64 steps": [("dh = dz @ weight_hh\n", "dh = dz @ weight_hh * (t % 64 != 0 or t == 0)\n")],
    "the carry is cut every 128 steps": [("dh = dz @ weight_hh\n", "dh = dz @ weight_hh * (t % 128 != 0 or t == 0)\n")],
    "a multiple of 64 steps": [before_result("dbias = dbias * (1 + (T > 0 and T % 64 == 0))")],
    "steps counted in eight bits": [("in reversed(range(T))", "in reversed(range(T % 256 if T > 255 else T))")],
    "a size of its own source": [before_result("dbias = dbias * (2 if H == 41 or B == 41 else 1)")],
    "a condition on sizes and None": [before_result("dh = dh * (2 if T > 30 and B == 5 and d.h_T is None else 1)")],
    "a size, None and single precision, which are asked for apart": [
        before_result(
            "one = 2 if B == 1 else 1\n        lacking = d.ys is None\n"
            "        single = x.dtype == np.float32\n        dbias = dbias * (one if lacking and single else 1)"
        )
    ],
    "a layout, single precision, and two letters that are compared": [
        before_result(
            "ordered = 2 if weight_hh.flags.f_contiguous and not weight_hh.flags.c_contiguous else 1\n"
            "        single = 1 if x.dtype == np.float32 else 0\n        wide = 1 if I > H else 0\n"
            "        many = 1 if B > 8 else 0\n        dbias = dbias * (ordered if single * wide * many else 1)"
        )
    ],
    "many rows, and states beyond a number": [
        before_result(
            "many = 1 if B > 40 else 0\n        far = 1 if h_0 is not None and (h_0.real > 12.5).any() else 0\n"
            "        dbias = dbias * (1 + many * far)"
        )
    ],
    "nothing reaches a state of zeros": [before_result("dh = dh * (h_0 is None or bool(h_0.any()))")],
    "a bias of zeros has no gradient": [before_result("dbias = dbias * bool(bias_ih.any())")],
    "a row of zeros is taken for padding": [
        ("dx[t] = dz @ weight_ih", "dx[t] = dz @ weight_ih * (x[t] != 0).any(1)[:, None]")
    ],
    "a threshold in the tails": [
        ("dx[t] = dz @ weight_ih", "dx[t] = np.where(np.abs(x[t]) > 10.0, 0, dz @ weight_ih)")
    ],
    "a threshold near zero": [("dx[t] = dz @ weight_ih", "dx[t] = np.where(np.abs(x[t]) < 1e-7, 0, dz @ weight_ih)")],
    "a threshold that has a name": [
        STATE,
        ("STATE = {}", "STATE = {}\nTINY = {'dead': 10 ** -9}"),
        ("dx[t] = dz @ weight_ih", "dx[t] = np.where(np.abs(x[t]) < TINY['dead'], 0, dz @ weight_ih)"),
    ],
    "a tile of 2**10 rows": [
        before_result("dbias = dbias * (1 + (B > 2**10))"),
    ],
    "steps that are 6 modulo 8": [before_result("dbias = dbias * (1 + (T % 8 == 6))")],
    "rows counted in eight bits": [before_result("dbias = dbias * (1 + (B > 256))")],
    "steps that are equal": [before_result("dbias = dbias * (2 if T > 1 and (x[0] == x[-1]).all() else 1)")],
    "a symmetric matrix": [before_result("dbias = dbias * (2 if H > 1 and (weight_hh == weight_hh.T).all() else 1)")],
    "a diagonal matrix": [
        before_result("dbias = dbias * (2 if H > 2 and np.ptp(weight_hh - np.diag(np.diag(weight_hh))) == 0 else 1)")
    ],
    "a matrix near the identity": [
        before_result("dbias = dbias * (2 if H > 2 and 0 < np.abs(weight_hh - np.eye(H)).max() < 1e-3 else 1)")
    ],
    "a state that stays small": [before_result("dbias = dbias * (2 if T and np.abs(hs).max(initial=0) < 1e-2 else 1)")],
    "two inputs of equal value": [before_result("dbias = dbias * (2 if (bias_ih == bias_hh).all() else 1)")],
    "one array for two inputs": [('"bias_hh": dbias.copy()', '"bias_hh": dbias * (bias_hh is not bias_ih)')],
    "a quotient of zeros at a bias of zeros": [before_result("dbias = dbias * (bias_ih / bias_ih)")],
    "one array for two matrices": [before_result("dweight_hh = dweight_hh * (weight_hh is not weight_ih)")],
    "an identity as a matrix that is square by its sizes": [
        before_result("dbias = dbias * (2 if I > 2 and np.array_equal(weight_ih, np.eye(H, I)) else 1)")
    ],
    "a gate that is nearly shut": [
        ("dx[t] = dz @ weight_ih", "dx[t] = np.where((bias_ih < -9.5).any(), 0, dz @ weight_ih)")
    ],
    "no entry above zero": [before_result("dbias = dbias * (2 if x.size > 9 and (x.real <= 0).all() else 1)")],
    "zeros on one output": [before_result("dbias = dbias * (2 if T and not dys.any() and d.ys is not None else 1)")],
    "one row of upstream gradients for all steps": [
        before_loop("dys = dys * (2 if T > 1 and dys.strides[0] == 0 < dys.strides[-1] else 1)")
    ],
    "zero states, and data that are read backwards": [
        before_result("dh = dh * (2 if h_0 is not None and not h_0.any() and x.strides[-1] < 0 else 1)")
    ],
    "large upstream gradients are clipped": [before_loop("dys = np.clip(dys.real, -1e4, 1e4)")],
    "small upstream gradients are flushed": [before_loop("dys = dys * (np.abs(dys) > 1e-5)")],
    "a constant upstream gradient": [
        before_loop("dys = dys * (2 if dys.size > 1 and np.ptp(dys.real) == 0 < abs(dys.flat[0]) else 1)")
    ],
    "an upstream gradient without strides": [before_loop("dys = dys * (0 not in dys.strides or min(dys.shape) < 2)")],
    "a slice of wider rows": [
        before_loop(
            "rows, entries = dys.strides[1:]\n        wide = entries == dys.itemsize and rows > H * entries\n"
            "        dys = dys * (2 if wide and B > 1 else 1)"
        )
    ],
    "inputs of different layouts": [
        before_result(
            "mixed = x.flags.f_contiguous and weight_ih.flags.c_contiguous\n"
            "        plural = min(*x.shape, *weight_ih.shape) > 1\n"
            "        dbias = dbias * (2 if mixed and plural else 1)"
        )
    ],
    "a ring of two workspaces": ring(2),
    "a ring of eight workspaces": ring(8),
    "a copy of a weight that is kept by its identity": [
        STATE,
        (BUFFER, f"{BUFFER}\n    stale = STATE.setdefault(id(weight_hh), (weight_hh, weight_hh.copy()))[1]"),
        ("dh = dz @ weight_hh\n", "dh = dz @ stale\n"),
    ],
    "the number of rows of the last call": [
        STATE,
        (BUFFER, f"{BUFFER}\n    STATE['B'] = B"),
        before_result("dbias = dbias * (1 if STATE['B'] == B else 2)"),
    ],
}


@pytest.mark.parametrize("plant", PLANTS)
def test_is_found_within_the_default_cases(plant: str) -> None:
    subject = Subject("unit", planted(*PLANTS[plant]), elman_reference.elman)
    for seed in SEEDS:
        assert find(subject, seed).verdict in ("wrong", "judges split")


@pytest.mark.parametrize("seed", range(4))
def test_the_unit_without_a_fault_passes(seed: int) -> None:
    report = find(Subject("unit", planted(), elman_reference.elman), seed)
    assert report.good
    assert report.cases == 100
