"""Each entry of the dictionary is named where it is planted, and nothing else that comes near it."""

import numpy as np
import pytest

from gradcheck import Case, Subject
from gradcheck.diagnosis import diagnose_fault
from manual.recurrent import gru, lstm
from reference.recurrent import gru as gru_reference
from reference.recurrent import lstm as lstm_reference
from tests.harness import elman, elman_reference
from tests.harness.diagnosis import softmaxes
from tests.harness.diagnosis.subjects import elman_subject, lstm_subject
from tests.harness.plant import altered, planted

SIZES = {"T": 3, "B": 2, "I": 1, "H": 2, "S": 2}
PHI = "dh * (1 - hs[t + 1] * hs[t + 1])"
DWEIGHT_IH, DWEIGHT_HH = "dweight_ih += dz.T @ x[t]", "dweight_hh += dz.T @ hs[t]"
DSCORES = "dscores = p * (dp - (p * dp).sum(axis=1, keepdims=True))"
LOOP = "for t in reversed(range(T)):"
DBIAS, CARRY, DYS = "dbias += dz.sum(axis=0)", "dh = dz @ weight_hh\n", "dh = dh + dys[t]"


def small_case(subject):
    return Case({letter: SIZES[letter] for letter in subject.declaration.letters})


def pool_subject(edit):
    return softmaxes.pool_subject(planted((DSCORES, edit), module=softmaxes, name="pool"))


def clip_norm(g, limit):
    return g * min(1, limit / np.linalg.norm(g))


def clip_together(gradients):
    whole = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    gradients.update({n: g * min(1, 0.25 / whole) for n, g in gradients.items()})


def changed(name, change):
    def alter(gradients):
        gradients[name] = change(gradients[name])

    return Subject("elman", altered(elman.elman, alter), elman_reference.elman)


def changed_gates(change):
    def alter(gradients):
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            gradients[name] = np.concatenate(change(*np.split(gradients[name], 4)))

    return Subject("lstm", altered(lstm.lstm, alter), lstm_reference.lstm)


FAULTS = {
    "it is zero": changed("weight_ih", np.zeros_like),
    "the sign is wrong": changed("x", np.negative),
    "twice the right gradient": changed("h_0", lambda g: 2 * g),
    "half of the right gradient": changed("weight_hh", lambda g: g / 2),
    "1.9 times the right gradient": changed("weight_hh", lambda g: 1.9 * g),
    "divided by B (a mean over the batch in place of the sum)": elman_subject((DBIAS, "dbias += dz.mean(axis=0)")),
    "divided by T (a mean over the steps in place of the sum)": elman_subject(
        (DWEIGHT_IH, "dweight_ih += dz.T @ x[t] / T")
    ),
    "multiplied by B": elman_subject((DBIAS, "dbias += dz.sum(axis=0) * B")),
    "multiplied by T": elman_subject((DBIAS, "dbias += dz.sum(axis=0) * T")),
    "divided by T*B": elman_subject((DBIAS, "dbias += dz.mean(axis=0) / T")),
    "the transpose of the right gradient": changed("weight_hh", np.transpose),
    "row blocks f and g are exchanged": changed_gates(lambda i, f, g, o: (i, g, f, o)),
    "row block i has the gradient of row block f": changed_gates(lambda i, f, g, o: (f, f, g, o)),
    "the right gradient, one step late": changed("x", lambda g: np.concatenate((0 * g[:1], g[:-1]))),
    "the right gradient, one step early": changed("x", lambda g: np.concatenate((g[1:], 0 * g[:1]))),
    "the right gradient, one step early, cyclically": changed("x", lambda g: np.roll(g, -1, 0)),
    "the right gradient, reversed in time": changed("x", lambda g: g[::-1].copy()),
    "the upstream gradient of h_T does not arrive": elman_subject(("d.h_T.copy()", "0 * d.h_T")),
    "the upstream gradient of ys does not arrive": elman_subject((DYS, "dh = dh + 0 * dys[t]")),
    "the upstream gradient of h_T counts twice": elman_subject(("d.h_T.copy()", "2 * d.h_T")),
    "the upstream gradient of ys has the wrong sign": elman_subject((DYS, "dh = dh - dys[t]")),
    "the size of the upstream gradient of ys is ignored, as if every entry were 1": elman_subject(
        (DYS, "dh = dh + np.ones_like(dys[t])")
    ),
    "the upstream gradient is read reversed in time": elman_subject((DYS, "dh = dh + dys[T - 1 - t]")),
    "only the upstream gradient of the first batch row arrives": elman_subject((DBIAS, "dbias += dz[0]")),
    "the input is added to its gradient": elman_subject(
        ("dweight_ih, dweight_hh = np.zeros_like(weight_ih)", "dweight_ih, dweight_hh = weight_ih.copy()")
    ),
    "it is the input itself": elman_subject(('"weight_hh": dweight_hh', '"weight_hh": weight_hh.copy()')),
    "it is the upstream gradient of h_T itself": elman_subject(
        ("dx, dbias = ", "dlast = dh.copy()\n        dx, dbias = "), ('"h_0": dh', '"h_0": dlast')
    ),
    "clipped to +-0.5": changed("weight_ih", lambda g: np.clip(g, -0.5, 0.5)),
    "dh is not carried from step to step, nor to the initial state": elman_subject((CARRY, "dh = 0 * dz\n")),
    "the carry of dh is never updated: every step gets that of the last": elman_subject(
        ("dx, dbias = ", "dlast = dh.copy()\n        dx, dbias = "), (DYS, "dh = dys[t] + dlast")
    ),
    "only the first step's is there: overwritten, not added up": elman_subject(
        (DWEIGHT_IH, "dweight_ih = dz.T @ x[t]")
    ),
    "only the last step's is there": elman_subject((DWEIGHT_IH, "dweight_ih += dz.T @ x[t] * (t == T - 1)")),
    "the first step's is missing": elman_subject((DWEIGHT_IH, "dweight_ih += dz.T @ x[t] * (t > 0)")),
    "the last h, by index -1, in place of h_0": elman_subject((DWEIGHT_HH, "dweight_hh += dz.T @ hs[t or T]")),
    "h after the step in place of h before the step": elman_subject((DWEIGHT_HH, "dweight_hh += dz.T @ hs[t + 1]")),
    "the factor (1 - ys^2) is missing in dbias_ih, dbias_hh": elman_subject((PHI, "dh")),
    "the factor (1 - ys^2) once too often in dbias_ih, dbias_hh": elman_subject((PHI, PHI + " ** 2")),
    "ys (1 - ys) in place of (1 - ys^2) in dbias_ih, dbias_hh": elman_subject((PHI, "dh * hs[t+1] * (1 - hs[t+1])")),
    "the gradient of row block g in row block o": lstm_subject(("dz_f, dz_g, dz_o)", "dz_f, dz_g, dz_g)")),
    "z_f in place of c_0 in row block f": lstm_subject(("dc * c_prev * f", "dc * z_f * f")),
    "dbias_hh is the input bias_ih itself": elman_subject(("dbias.copy()", "bias_ih.copy()")),
    "dc is not carried from step to step, nor to the initial state": lstm_subject(("dc * f)", "0 * dc)")),
    "the factor s(z_o) is missing in row blocks i, f, g, dc_0, through ys, h_T": lstm_subject(
        ("dc + dh * o * (1", "dc + dh * (1")
    ),
    "the sign is wrong in row block f": lstm_subject(("dc * c_prev * f * (1 - f)", "-dc * c_prev * f * (1 - f)")),
}

SOFTMAX = (
    "the derivative of the softmax is its diagonal alone, p (1 - p): what a score does to the other weights is missing"
)
FAULTS |= {
    "0.333333333 times the right gradient": changed("weight_hh", lambda g: g / 3),
    "divided by the square root of H": elman_subject((DWEIGHT_HH, "dweight_hh += dz.T @ hs[t] / np.sqrt(len(dbias))")),
    "clipped to a norm of 0.125": changed("weight_ih", lambda g: clip_norm(g, 0.125)),
    "clipped to a norm of 0.25, that of all gradients together": Subject(
        "elman", altered(elman.elman, clip_together), elman_reference.elman
    ),
    "dh is clipped to +-0.25 at every step": elman_subject((CARRY, "dh = np.clip(dz @ weight_hh, -0.25, 0.25)\n")),
    "the first step is skipped": elman_subject((LOOP, "for t in reversed(range(1, T)):")),
    "the last step is skipped": elman_subject((LOOP, "for t in reversed(range(T - 1)):")),
    "the last step is skipped, and what is carried ends there": elman_subject(
        (LOOP, LOOP + "\n            if t == T - 1:\n                dh = 0 * dh\n                continue")
    ),
    "the backward stops after 1 step; what is carried there is taken for that of the initial state": elman_subject(
        (LOOP, "for t in reversed(range(max(T - 1, 0), T)):")
    ),
    "the backward stops after 1 step": elman_subject(
        (LOOP, "for t in reversed(range(max(T - 1, 0), T)):"), ('"h_0": dh', '"h_0": dh * (T < 2)')
    ),
    "nothing is carried between windows of 2 steps": elman_subject(
        (CARRY, "dh = dz @ weight_hh * (t % 2 > 0 or t == 0)\n")
    ),
    "half of the right gradient in row block f": lstm_subject(
        ("dc * c_prev * f * (1 - f)", "0.5 * dc * c_prev * f * (1 - f)")
    ),
    "0.3 times the right gradient in row block o, through ys, h_T": lstm_subject(
        ("dh * tanh_c * o * (1 - o)", "0.3 * dh * tanh_c * o * (1 - o)")
    ),
    "c_T in place of c_0 in row block f": lstm_subject(("dc * c_prev * f", "dc * c * f")),
    SOFTMAX: pool_subject("dscores = p * (1 - p) * dp"),
    "the sum over the row is missing in the derivative of the softmax": pool_subject("dscores = p * dp"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_it_is_named(text):
    subject = FAULTS[text]
    assert diagnose_fault(subject, "gradients", small_case(subject)).pattern == text


def test_of_the_gru_the_reset_gate_that_is_left_out():
    unit = planted(("da_z, da_n * r))", "da_z, da_n))"), module=gru, name="gru")
    subject = Subject("gru", unit, gru_reference.gru)
    found = diagnose_fault(subject, "gradients", small_case(subject))
    assert found.pattern == "the factor s(z_r) is missing in row block n"
    assert found.step_conclusions.wrong_blocks == {"weight_hh": ("n",), "bias_hh": ("n",), "h_0": ()}


def at_one(index, change):
    def alter(gradient):
        result = gradient.copy()
        result[index] = change(result[index])
        return result

    return alter


NEAR_MISSES = {
    "clipped, and scaled": changed("weight_ih", lambda g: 0.99 * np.clip(g, -0.5, 0.5) + 0.005 * g),
    "a norm that depends on the size": changed("weight_ih", lambda g: clip_norm(g, 0.125 * (1 + g.size))),
    "each entry over its own root": changed("weight_ih", lambda g: g / np.sqrt(1 + g * g)),
    "clipped at every step, at two limits": elman_subject((CARRY, "dh = np.clip(dz @ weight_hh, -0.25, 0.3)\n")),
    "the first step at half weight": elman_subject((PHI, PHI + " * (0.5 if t == 0 else 1)")),
    "the last step twice": elman_subject((PHI, PHI + " * (2 if t == T - 1 else 1)")),
    "the carry of every second step halved": elman_subject((CARRY, "dh = dz @ weight_hh / (1 + (t % 2 == 0))\n")),
    "stops after one step, nearly": elman_subject((PHI, PHI + " * (1 if t == T - 1 else 1e-5)")),
    "a gate halved at odd steps": lstm_subject(
        ("dc * c_prev * f * (1 - f)", "dc * c_prev * f * (1 - f) * (0.5 if dc.sum() > 0 else 1)")
    ),
    "a power of the weights": pool_subject("dscores = p * (1 - p * p) * dp"),
    "the sum over the batch": pool_subject("dscores = p * (dp - (p * dp).sum(axis=0, keepdims=True))"),
    "twice, and a millionth": changed("weight_hh", lambda g: 2.000001 * g),
    "twice but for one entry": changed("weight_hh", lambda g: 2 * at_one((0, 0), lambda x: x * 1.001)(g)),
    "the sign of one row": changed("x", at_one(0, np.negative)),
    "a gate mixed with another": changed_gates(lambda i, f, g, o: (i + 0.001 * f, f, g, o)),
    "exchanged, and one of them scaled": changed_gates(lambda i, f, g, o: (i, 1.1 * g, 0.9 * f, o * o)),
    "transposed, and a ten-millionth": changed("weight_hh", lambda g: g.T + 1e-7),
    "an early step, rescaled": changed("x", lambda g: np.concatenate((1.01 * g[1:], 0 * g[:1]))),
    "the upstream of h_T nearly lost": elman_subject(("d.h_T.copy()", "1e-4 * d.h_T * d.h_T")),
    "clipped softly": changed("weight_ih", np.tanh),
    "noise": changed("weight_ih", lambda g: g + np.sin(1e3 * g)),
    "two faults": elman_subject((PHI, "dh"), (CARRY, "dh = dz @ weight_hh.T\n")),
    "right for the upstream of each output alone": lstm_subject(("(1 - tanh_c * tanh_c)", "(1 - dc * tanh_c)")),
    "a wrong power": elman_subject((PHI, "dh * (1 - hs[t + 1] ** 2) ** 1.5")),
    "a carry that leaks": elman_subject((CARRY, "dh = 0.3 * (dz @ weight_hh) + 0.01\n")),
}


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_near_miss_is_no_known_pattern(name):
    subject = NEAR_MISSES[name]
    found = diagnose_fault(subject, "gradients", small_case(subject))
    assert found.conclusions.wrong_blocks
    allowed = {"twice, and a millionth": "2.000001 times the right gradient"}
    assert found.pattern == allowed.get(name, "")


def test_a_factor_of_one_gate_is_not_taken_for_a_rounder_one():
    subject = changed_gates(lambda i, f, g, o: (1.9 * i, f, g, o))
    found = diagnose_fault(subject, "gradients", small_case(subject))
    assert set(found.conclusions.wrong_blocks.values()) == {("i",)}
    assert found.pattern == "1.9 times the right gradient"
