"""What is concluded from the map: inputs, gates, lags, outputs, and the cases that show the fault."""

import functools

import numpy as np
import pytest

from gradcheck import Case, Subject
from gradcheck.diagnosis import diagnose_fault
from gradcheck.diagnosis.error_map import map_exactly, map_numerically
from gradcheck.diagnosis.evidence import Evidence
from gradcheck.records import fill
from gradcheck.records.diagnoses import DiagnosisRecord
from manual.recurrent import gru, lstm
from reference.recurrent import gru as gru_reference
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman, elman_reference
from tests.harness.diagnosis import softmaxes
from tests.harness.diagnosis.subjects import elman_subject, lstm_subject, ragged_subject
from tests.harness.plant import planted

SMALL = {"T": 2, "B": 2, "I": 1, "H": 1}
DBIAS = "dbias += dz.sum(axis=0)"


def judged(subject, check="gradients", **switches):
    sizes = {**SMALL, **{k: v for k, v in switches.items() if k in SMALL}}
    return diagnose_fault(subject, check, Case(sizes, **{k: v for k, v in switches.items() if k not in SMALL}))


def judged_at(subject, sizes):
    return diagnose_fault(subject, "gradients", Case(sizes))


def test_the_gate_is_named_and_what_the_carry_makes_of_it():
    found = judged(lstm_subject(("dc * c_prev * f * (1 - f)", "dc * c_prev * f")))
    f = ("f",)
    assert found.step_conclusions.wrong_blocks == {
        "x": (),
        "weight_ih": f,
        "weight_hh": f,
        "bias_ih": f,
        "bias_hh": f,
        "h_0": (),
    }
    assert found.location == (
        "dx, dh_0; row block f of dweight_ih, dweight_hh, dbias_ih, dbias_hh in a single step, "
        "dc_0 and other gates through the carry; every lag t-s is wrong"
    )
    assert found.error_map.arithmetic == "exact"


def test_blocks_without_names_are_counted():
    unnamed = planted(('"ifgo=4*H I"', '"4*H I"'), ('"ifgo=4*H H"', '"4*H H"'), module=lstm, name="lstm")

    @functools.wraps(unnamed)
    def unit(**inputs):
        outputs, backward = unnamed(**inputs)

        def changed(d):
            gradients = backward(d)
            gradients["weight_hh"] = np.concatenate([np.split(gradients["weight_hh"], 4)[k] for k in (0, 0, 2, 3)])
            return gradients

        return outputs, changed

    found = judged(Subject("lstm", unit, lstm_reference.lstm))
    assert found.conclusions.wrong_blocks == {"weight_hh": ("2 of 4",)}
    assert found.location.startswith("row block 2 of 4 of dweight_hh; right in every case tried: dx, dweight_ih,")


def test_a_carry_that_is_dropped_leaves_the_direct_terms():
    found = judged(elman_subject(("dh = dz @ weight_hh\n", "dh = 0 * dz\n")))
    lags = {0: "right", 1: "wrong", 2: "wrong", 3: "wrong"}
    assert found.conclusions.lags == {"ys": lags, "h_T": lags}
    assert "every lag t-s >= 1 is missing; direct terms (t = s) are right" in found.location


def windowed(window):
    """BPTT from every step back over so many steps."""

    @functools.wraps(elman.elman)
    def unit(x, weight_ih, weight_hh, bias_ih, bias_hh, h_0=None):
        weights = (weight_ih, weight_hh, bias_ih, bias_hh)
        outputs, _ = elman.elman(x, *weights, h_0)

        def backward(d):
            states = [np.zeros_like(outputs.h_T) if h_0 is None else h_0, *outputs.ys]
            total = {"x": np.zeros_like(x), "h_0": np.zeros_like(states[0])}
            for t in range(len(x)):
                start = max(0, t + 1 - window)
                _, pull = elman.elman(x[start : t + 1], *weights, states[start])
                dys = np.zeros_like(outputs.ys[start : t + 1])
                dys[-1] = 0 if d.ys is None else d.ys[t]
                gradients = pull(elman.Output(dys, d.h_T if t == len(x) - 1 else None))
                total["x"][start : t + 1] += gradients.pop("x")
                total["h_0"] += gradients.pop("h_0") * (t < window - 1)
                total |= {n: total.get(n, 0) + g for n, g in gradients.items()}
            return total

        return outputs, backward

    return Subject("elman", unit, elman_reference.elman)


@pytest.mark.parametrize("window", [2, 3])
def test_a_truncated_backward_is_right_up_to_its_window(window):
    found = judged(windowed(window), T=window + 1)
    assert f"every lag t-s >= {window} is missing; lags up to {window - 1} are right" in found.location
    assert found.pattern == f"what reaches back {window} steps or more is missing: truncated"


def test_an_output_whose_upstream_gradient_goes_nowhere():
    found = judged(lstm_subject(("[d.h_T, d.c_T]", "[d.h_T, None]")))
    assert (found.conclusions.mishandled, found.conclusions.ignored) == (("c_T",), ("c_T",))
    assert "the upstream gradient of c_T is ignored" in found.location


def test_what_is_given_where_nothing_is_due():
    found = judged(elman_subject(("dx[t] = dz @ weight_ih", "dx[T - 1 - t] = dz @ weight_ih")))
    assert found.conclusions.wrong_blocks == {"x": ()}
    assert "a gradient that should be zero is not" in found.location


def test_steps_that_are_wrong_alone():
    found = judged(elman_subject(("dx[t] = dz @ weight_ih", "dx[t] = dz @ weight_ih * (1 + (t == 1))")))
    assert found.location.startswith("dx; at s = 1 only; right in every case tried: dweight_ih")


NEEDS = {
    "B > 1": (DBIAS, "dbias += dz.mean(axis=0)", {}),
    "T > 1": (DBIAS, "dbias += dz.sum(axis=0) * (1 + (t > 0))", {}),
    "T >= 6": (DBIAS, "dbias += dz.sum(axis=0) * (1 + (t == 5))", {"T": 6}),
    "T = 1": (DBIAS, "dbias += dz.sum(axis=0) * (1 + (T == 1))", {"T": 1}),
    "H > 1": ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh.T\n", {"H": 2}),
    "h_0 not given": (DBIAS, "dbias += dz.sum(axis=0) * (1 + (h_0 is None))", {"absent": ("h_0",)}),
    "None as the upstream gradient of h_T": (
        DBIAS,
        "dbias += dz.sum(axis=0) * (1 + (d.h_T is None))",
        {"none": ("h_T",)},
    ),
    "non-contiguous arrays": (
        "dx[t] = dz @ weight_ih",
        "dx[t] = dz @ weight_ih * (1 + (not x.flags.c_contiguous))",
        {"layout": "reversed", "I": 2},
    ),
    "layout=fortran": (
        "dx[t] = dz @ weight_ih",
        "dx[t] = dz @ weight_ih * (1 + (x.flags.f_contiguous and not x.flags.c_contiguous))",
        {"layout": "fortran", "I": 2},
    ),
    "float32": (DBIAS, "dbias += dz.sum(axis=0) * x.dtype.type(1 + (x.itemsize == 4))", {"dtype": "float32"}),
}


@pytest.mark.parametrize("need", NEEDS)
def test_the_cases_that_show_it(need):
    old, new, switches = NEEDS[need]
    found = judged(elman_subject((old, new)), **switches)
    assert need in found.triggers
    assert len(found.triggers) == 1 or need in ("non-contiguous arrays", "layout=fortran")


def test_a_fault_that_every_case_shows_needs_nothing():
    assert judged(elman_subject((DBIAS, "dbias += 2 * dz.sum(axis=0)"))).triggers == ()


def test_an_option_that_shows_it():
    unit = planted(("da_z, da_n * r))", "da_z, da_n))"), module=gru, name="gru")
    assert judged(Subject("gru", unit, gru_reference.gru)).triggers == ("reset=after",)


def test_lengths_that_show_it():
    found = judged(ragged_subject(lambda lengths, T: (lengths < T).any()), T=3)
    assert [str(c) for c in found.conditions] == ["some lengths are below T"]


def test_both_maps_say_the_same():
    subject = lstm_subject(("dc * c_prev * f * (1 - f)", "dc * c_prev * f"))
    evidence = Evidence(subject, Case({"T": 3, "B": 2, "I": 2, "H": 3}))
    assert map_exactly(evidence).cells == map_numerically(evidence).cells


@pytest.mark.parametrize(
    "garbage",
    ["1 / 0", "{}", "None", "{n: np.zeros(7) for n in 'ab'}", "dict.fromkeys(gradients, np.nan)", "d.ys.no_such"],
)
def test_garbage_is_said_less_of(garbage):
    unit = planted(("return gradients |", f"return {garbage} if T > 1 else gradients |"))
    found = judged(Subject("elman", unit, elman_reference.elman))
    assert found.pattern == ""
    assert found.not_determined
    assert fill(found, DiagnosisRecord)


def test_what_is_right_at_the_case_of_the_map_may_be_wrong_at_another():
    first = ("dx[t] = dz @ weight_ih", "dx[t] = dz @ weight_ih * 2")
    found = judged(elman_subject(first, (DBIAS, "dbias += dz.sum(axis=0) * (1 + (h_0 is None))")))
    assert found.conclusions.wrong_blocks == {"x": ()}
    assert found.elsewhere.keys() == {"bias_ih", "bias_hh"}
    case = found.elsewhere["bias_ih"]
    assert "absent=h_0" in case
    assert f"; at {case} dbias_" in found.location
    assert " too; right in every case tried: dweight_ih, dweight_hh" in found.location


def test_what_is_right_everywhere_is_said_to_be_right_in_every_case_tried():
    found = judged(elman_subject((DBIAS, "dbias += 2 * dz.sum(axis=0)")))
    assert found.elsewhere == {}
    assert found.location == "dbias_ih, dbias_hh; right in every case tried: dx, dweight_ih, dweight_hh, dh_0"


def test_rounding_at_another_case_is_no_fault():
    """The gradient of a shift before the softmax is zero by algebra, and what is left of it is rounding."""
    subject = softmaxes.shifted_pool_subject(("dvalue = p.T @ d.context", "dvalue = 2 * p.T @ d.context"))
    found = judged_at(subject, {"B": 2, "I": 2, "S": 3})
    assert "value" in found.conclusions.wrong_blocks
    assert "shift" not in found.elsewhere


ONLY_THROUGH = {
    "h_T alone": [("d.h_T.copy()", "2 * d.h_T")],
    "ys alone": [("dh = dh + dys[t]", "dh = dh + 2 * dys[t]")],
    "both, one of them ignored": [("d.h_T.copy()", "0 * d.h_T"), ("dh = dh + dys[t]", "dh = dh + 2 * dys[t]")],
    "both": [("dh = dz @ weight_hh\n", "dh = 2 * dz @ weight_hh\n")],
}


@pytest.mark.parametrize("name", ONLY_THROUGH)
def test_only_through_is_said_of_the_outputs_whose_rows_alone_are_wrong(name):
    found = judged(elman_subject(*ONLY_THROUGH[name]))
    lines = zip(found.error_map.rows, found.error_map.cells, strict=True)
    wrong = {row.name for row, line in lines if {*line} - {"right", "zero"}}
    assert ("only through" in found.location) == (len(wrong) == 1)
    assert len(wrong) == 2 or f"only through the upstream gradient of {wrong.pop()}" in found.location


def test_an_output_that_goes_wrong_beside_one_that_is_ignored_is_named_too():
    found = judged(elman_subject(("d.h_T.copy()", "0 * d.h_T"), ("dh = dz @ weight_hh\n", "dh = 0 * dz\n")))
    assert found.conclusions.ignored == ("h_T",)
    assert "the upstream gradient of h_T is ignored; that of ys goes wrong too" in found.location
    assert "only through" not in found.location
