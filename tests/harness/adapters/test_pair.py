"""adapt_pair: right code is proved, planted bugs are caught, and what is not judged is said."""

import numpy as np
import pytest

from gradcheck import DeclarationError, Subject, adapt_pair, examine
from tests.harness.adapters import foreign
from tests.harness.adapters.judging import caught, edited, judged, proof
from tests.harness.elman import elman as elman_unit
from tests.harness.elman_reference import elman
from tests.harness.plant import planted_reference
from tests.harness.reports import as_json

ORDER = ("x", "h_0", "weight_ih", "weight_hh", "bias_ih", "bias_hh")


def pair(forward=foreign.forward, backward=foreign.backward, **maps):
    return adapt_pair(forward, backward, elman, **({"inputs": ORDER, "gradients": ORDER} | maps))


def test_a_right_pair_is_proved():
    report = judged(pair(), elman, exact=True, cases=20)
    assert report.verdict == "proved"
    assert not report.notes
    assert "tests.harness.adapters.foreign" in report.certificate.sources


@pytest.mark.parametrize(
    ("edit", "check", "start"),
    [
        (("dh = dz @ Wh", "dh = dz @ Wh.T"), "gradients", "unit d"),
        (("dWx = dWx + dz.T @ x[t]", "dWx = dz.T @ x[t]"), "gradients", "unit dweight_ih["),
        (("return dx, dh, dWx", "return dx, dh * (1 + 1e-9), dWx"), "gradients", "unit dh_0["),
        (("dys, dh = dy", "dys, dh = dy; dys *= 2"), "purity", "unit the upstream gradient ys is written to"),
    ],
)
def test_a_wrong_backward_is_caught(edit, check, start):
    caught(judged(pair(backward=edited("backward", edit)), elman), check, start)


def test_a_wrong_forward_is_caught():
    wrong = edited("forward", ("x_t @ Wx.T + bx", "x_t @ Wx.T - bx"))
    caught(judged(pair(forward=wrong), elman), "forward", "unit forward ")


def test_gradients_by_name():
    def backward(dy, cache):
        return dict(zip("abcdef", foreign.backward(dy, cache), strict=True))

    maps = {"gradients": dict(zip(ORDER, "abcdef", strict=True))}
    assert judged(pair(backward=backward, **maps), elman).verdict == "agrees"
    swapped = pair(backward=backward, gradients=dict(zip(ORDER, "abcdfe", strict=True)))
    assert judged(swapped, elman).verdict == "agrees", "both biases have the same gradient"
    unknown = judged(pair(backward=backward, gradients=dict(zip(ORDER, "abcdeg", strict=True))), elman)
    assert "backward returns 'f': no gradient of that name is mapped; map it to an input" in unknown.message


def test_outputs_in_another_order_and_one_that_is_not_declared():
    def forward(*inputs):
        (ys, h_T), cache = foreign.forward(*inputs)
        return (h_T, ys[0] + 1, ys), cache

    def backward(dy, cache):
        dh_T, dfirst, dys = dy
        return foreign.backward((dys, dh_T + dfirst), cache)

    unit = pair(forward, backward, outputs=("h_T", None, "ys"))
    assert judged(unit, elman).verdict == "agrees"
    report = judged(pair(forward, backward, outputs=(None, "h_T", "ys")), elman)
    assert report.failure.headline.startswith("forward h_T")


def test_like_a_unit_or_an_adapted_one():
    for like in (elman_unit, pair()):
        unit = adapt_pair(foreign.forward, foreign.backward, like, inputs=ORDER, gradients=ORDER, name="mine")
        assert (unit.declaration.name, [*unit.declaration.outputs]) == ("mine", ["ys", "h_T"])
    assert judged(unit, elman).verdict == "agrees"


def test_inputs_by_keyword():
    theirs = dict(zip(ORDER, ("x", "h0", "Wx", "Wh", "bx", "bh"), strict=True))
    assert judged(pair(inputs=theirs), elman).verdict == "agrees"


def only(*positions):
    return lambda dy, cache: tuple(foreign.backward(dy, cache)[k] for k in positions)


def test_a_missing_gradient_is_said_and_the_others_are_proved():
    maps = {"gradients": ("x", "weight_ih", "bias_ih", "bias_hh"), "missing": ("h_0", "weight_hh")}
    unit = pair(backward=only(0, 2, 4, 5), **maps)
    assert proof(unit, elman).verdict == "proved"
    report = judged(unit, elman)
    assert report.verdict == "agrees"
    assert report.notes == ("not judged, because the code does not compute it: dweight_hh, dh_0",)
    assert report.notes[0] in str(report)
    assert as_json(report)["notes"] == [*report.notes]


def test_with_a_gradient_missing_exact_arithmetic_still_catches_the_others():
    wrong = edited("backward", ("dz.T @ x[t]", "dz.T @ x[0]"))
    maps = {"gradients": ("x", "weight_ih", "bias_ih", "bias_hh"), "missing": ("h_0", "weight_hh")}
    unit = pair(backward=lambda dy, cache: tuple(wrong(dy, cache)[k] for k in (0, 2, 4, 5)), **maps)
    caught(proof(unit, elman), "exact", "unit exact identity")


def test_code_that_writes_to_its_arguments_can_be_given_copies():
    def backward(dy, cache):
        gradients = foreign.backward(dy, cache)
        dy[0][...] = 0
        return gradients

    caught(judged(pair(backward=backward), elman), "purity", "unit the upstream gradient ys is written to")
    report = judged(pair(backward=backward, copy=True), elman)
    assert report.verdict == "agrees"
    assert report.notes == ("the code gets copies, so whether it writes to its arguments is not judged",)


def single(*arrays):
    (ys, h_T), cache = foreign.forward(*(None if a is None else np.asarray(a, np.float32) for a in arrays))
    return (ys.astype(np.float32), h_T.astype(np.float32)), cache


def test_code_in_single_precision_alone():
    assert judged(pair(single), elman).verdict == "bad declaration"
    report = judged(pair(single, dtypes=("float32",)), elman, exact=True, cases=20)
    assert report.verdict == "agrees"
    assert report.reason == "numeric judges only: the unit computes in single precision only"
    assert report.notes == ("judged only in float32",)
    wrong = edited("backward", ("dh = dz @ Wh", "dh = 1.01 * dz @ Wh"))
    report = caught(judged(pair(single, wrong, dtypes=("float32",)), elman), "gradients", "unit d")
    assert report.smallest.dtype == "float32"


def test_of_a_wrong_backward_the_report_says_whether_the_forward_is_right():
    wrong = edited("backward", ("dh = dz @ Wh", "dh = 0 * dz @ Wh"))
    report = judged(pair(backward=wrong), elman)
    assert report.notes == ("the forward equals the reference's in 5 cases",)
    rows = edited("forward", ("h0]", "h0[:1] + 0 * h0]"))
    report = judged(pair(rows, wrong), elman)
    assert report.notes[0].startswith("the forward is wrong too: forward ")


def modulus(x, h0, Wx, Wh, bx, bh):
    """Right on real numbers, and no analytic function of complex ones."""
    y, cache = foreign.forward(x, h0, Wx, Wh, bx, bh)
    return tuple(np.where(a.real < 0, -np.abs(a), np.abs(a)) + 0 * a for a in y), cache


def test_a_forward_that_is_not_written_for_complex_numbers_splits_no_judges():
    report = judged(pair(modulus), elman)
    assert report.verdict == "agrees"
    reasons = next(r for r in report.checks if r.name == "complex step").reasons
    assert (
        "the forward is not written for complex numbers: on real ones, a difference agrees with manual's backward"
        in reasons
    )


def test_one_array_may_be_the_gradient_of_two_biases():
    unit = pair(backward=edited("backward", ("dWx, dWh, db, db.copy()", "dWx, dWh, db, db")))
    assert judged(unit, elman).good


def test_a_reference_that_is_wrong_in_the_same_way_does_not_carry_the_unit():
    cut = planted_reference(("h @ weight_hh", "h.detach() @ weight_hh"))
    unit = pair(backward=edited("backward", ("dh = dz @ Wh", "dh = 0 * dz @ Wh")))
    report = judged(unit, cut)
    assert (report.verdict, report.failure.check) == ("wrong", "complex step")


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        (
            {"inputs": (*ORDER[:5], "bias_h")},
            "inputs 'bias_h': no input of that name is declared; did you mean bias_",
        ),
        ({"inputs": ORDER[:5]}, "input bias_hh: the code does not get it; list it in `inputs`"),
        ({"inputs": (*ORDER, "x")}, "inputs 'x': it is listed twice; list it once"),
        (
            {"gradients": ORDER[:5]},
            "gradient of bias_hh: it is not mapped to the code; list it in `gradients`, or in `missing` if",
        ),
        ({"gradients": (*ORDER, "y")}, "gradients 'y': no input of that name is declared; there are x, weight_ih"),
        ({"outputs": ("ys", "h")}, "outputs 'h': no output of that name is declared; did you mean h_T?"),
        ({"outputs": ("ys", None)}, "output h_T: it is not mapped to the code; list it in `outputs`"),
        ({"missing": ("h_0",)}, "missing 'h_0': it is also listed among the gradients; list it only once"),
        ({"missing": ("h0",)}, "missing 'h0': no float input of that name is declared; did you mean h_0?"),
        ({"dtypes": ("float16",)}, "dtypes 'float16': it is not a precision; give float64 or float32"),
        (
            {"gradients": (), "missing": ORDER},
            "gradients: no gradient is given; name at least one gradient that the code computes",
        ),
    ],
)
def test_a_map_that_does_not_fit_is_told(maps, words):
    with pytest.raises(DeclarationError) as caught:
        pair(**maps)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("forward", "backward", "words"),
    [
        (foreign.forward, only(0, 1, 2), "backward returns 3 values: 6 are named (x, h_0, weight_ih"),
        (
            foreign.forward,
            lambda dy, cache: {"x": 0},
            "backward returns a dict: the gradients are named by their order",
        ),
        (
            foreign.forward,
            lambda dy, cache: (None, *foreign.backward(dy, cache)[1:]),
            "gradient of x: the code gives None; declare missing='x', if it has none",
        ),
        (lambda *a: foreign.forward(*a)[0][0], None, "forward returns a ndarray: a pair's forward returns (y, cache)"),
        (
            lambda *a: (foreign.forward(*a)[0][0], None),
            None,
            "forward returns a ndarray: ys, h_T are named; name each in the order in which it is returned",
        ),
    ],
)
def test_code_that_does_not_do_what_its_map_says_is_told(forward, backward, words):
    report = examine(Subject("unit", pair(forward, backward), elman), cases=1)
    assert report.verdict == "bad declaration"
    assert words in report.message
