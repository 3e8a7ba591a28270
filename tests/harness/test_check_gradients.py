"""Wrong derivatives: the gradients check catches each, and no check before it."""

import pytest

from tests.harness.plant import Edit, caught, details, first_line, planted

CARRY, UPSTREAM = "dh = dz @ weight_hh\n", "dh = dh + dys[t]"
LOCAL = "(1 - hs[t + 1] * hs[t + 1])"
TWICE = "dh = dh + dys[t] + (0 if t == T - 1 or d.h_T is None else d.h_T)"
BUGS: dict[str, tuple[Edit, str]] = {
    "a factor of 1 + 1e-9": (("dz.T @ hs[t]", "dz.T @ hs[t] * (1 + 1e-9)"), "dweight_hh["),
    "a transpose is missing": ((CARRY, "dh = dz @ weight_hh.T\n"), "d"),
    "the carry is dropped": ((UPSTREAM, "dh = dys[t] + (dh if t == T - 1 else 0)"), "d"),
    "the carry is dropped, the initial state's too": ((CARRY, "dh = 0 * dz\n"), "d"),
    "the carry is never refreshed": ((CARRY, "dh = dh if t else dz @ weight_hh\n"), "d"),
    "the carry comes without the local derivative": ((CARRY, "dh = dh @ weight_hh\n"), "d"),
    "the upstream of the step before": ((UPSTREAM, "dh = dh + dys[t - 1]"), "d"),
    "= for += in weight_ih": (("dweight_ih +=", "dweight_ih[:] ="), "dweight_ih["),
    "= for += in weight_hh": (("dweight_hh +=", "dweight_hh[:] ="), "dweight_hh["),
    "= for += in the bias": (("dbias +=", "dbias[:] ="), "dbias_"),
    "the derivative is applied twice": ((LOCAL, f"{LOCAL} ** 2"), "d"),
    "the derivative of a value that is activated": ((LOCAL, "(1 - np.tanh(hs[t + 1]) ** 2)"), "d"),
    "the logistic derivative": ((LOCAL, "hs[t + 1] * (1 - hs[t + 1])"), "d"),
    "the derivative is left out": ((LOCAL, "1"), "d"),
    "h_t where h_(t-1) is due": (("dz.T @ hs[t]", "dz.T @ hs[t + 1]"), "dweight_hh["),
    "index -1 at the first step": (("dz.T @ hs[t]", "dz.T @ hs[1:][t - 1]"), "dweight_hh["),
    "weight gradient from the last step only": (("dweight_ih +=", "dweight_ih += (t == T - 1) *"), "dweight_ih["),
    "weight gradient from the last input only": (("dz.T @ x[t]", "dz.T @ x[-1]"), "dweight_ih["),
    "the first step is skipped": (("reversed(range(T))", "reversed(range(1, T))"), "d"),
    "the last step is skipped": (("reversed(range(T))", "reversed(range(T - 1))"), "d"),
    "the upstream of the final state is ignored": (("d.h_T.copy()", "0 * d.h_T"), "d"),
    "the upstream of the final state at every step": ((UPSTREAM, TWICE), "d"),
    "the upstream of the outputs is ignored": (("is None else d.ys\n", "is None else 0 * d.ys\n"), "d"),
    "the size of the upstream is ignored": (("is None else d.ys\n", "is None else np.sign(d.ys)\n"), "d"),
    "the gradient of the initial state is zero": (('"h_0": dh', '"h_0": 0 * dh'), "dh_0["),
    "the gradient of the initial state is a step late": (('"h_0": dh', '"h_0": dz'), "dh_0["),
    "the bias is averaged over the batch": (("dz.sum(axis=0)", "dz.mean(axis=0)"), "dbias_"),
    "wrong only for T = 1": ((CARRY, "dh = dz @ weight_hh * (1 if T > 1 else 2)\n"), "dh_0["),
    "wrong only for T > 24": ((CARRY, "dh = dz @ weight_hh * (1 if T <= 24 else 1.001)\n"), "d"),
    "wrong only for B > 1": (("dx[t] = dz @", "dx[t] = dz[::-1] @"), "dx["),
    "wrong only for I > H": (("dx[t] = dz @", "dx[t] = (1 + (x.shape[2] > H)) * dz @"), "dx["),
    "wrong only for Fortran order": (("dz.T @ x[t]", 'dz.T @ x.ravel("K").reshape(x.shape)[t]'), "dweight_ih["),
    "wrong only for strides": (("dz.T @ x[t]", "dz.T @ x[t] * (1 + (x.strides[-1] > x.itemsize))"), "dweight_ih["),
    "wrong only where no h_0 is given": (("dz.T @ hs[t]", "dz.T @ hs[t] * (1 + (h_0 is None))"), "dweight_hh["),
}


@pytest.mark.parametrize("bug", BUGS)
def test_is_caught(bug: str) -> None:
    edit, where = BUGS[bug]
    report = caught(planted(edit), "gradients", f"unit {where}", ": manual ", ", autograd ", " x tolerance")
    assert details(report)["verdict"] == "manual is the odd one out (autograd and complex step agree)"
    shown = dict(part.rsplit(" ", 1) for part in first_line(report).split(": ")[1].split(", "))
    assert shown["manual"] != shown["autograd"]
    assert "entries above tolerance" in details(report)["worst"]
    assert "right at this case: " in details(report)["gradients"] or " above tolerance" in details(report)["gradients"]
