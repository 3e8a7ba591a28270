"""The time loop keeps the gradients of the gates once where both sides have the same, and notices where they differ."""

import numpy as np
import pytest

from manual.shared.time_loop import Parameters, time_loop

T, B, I, H = 4, 2, 3, 2  # noqa: E741


def gradients(copied=(), silent=()):
    """Of a tanh RNN whose backward hands out a copy at some steps, and leaves the hidden product alone at others."""
    calls = iter(range(T))

    def cell(gates_x, state, hidden):
        t, h = next(calls), np.tanh(gates_x + hidden(state[0]))

        def vjp(dstate, hidden_vjp):
            dz = dstate[0] * (1 - h * h)
            dh = np.zeros_like(h) if t in silent else hidden_vjp(dz.copy() if t in copied else dz)
            return dz, (dh,)

        return (h,), vjp

    rng = np.random.default_rng(0)
    x, h_0, dh_T = (rng.standard_normal(shape) for shape in ((T, B, I), (B, H), (B, H)))
    parameters = Parameters(*(rng.standard_normal(shape) for shape in ((H, I), (H, H), (H,), (H,))))
    _, backward = time_loop(cell, x, parameters, (h_0,))
    named, (dh_0,) = backward([None], [dh_T])
    return {**named, "h_0": dh_0}


@pytest.mark.parametrize("copied", [(3,), (0,), (1, 2), range(T)])
def test_it_makes_no_difference_which_steps_hand_out_a_copy(copied):
    once, again = gradients(), gradients(copied)
    assert all(np.array_equal(once[name], again[name]) for name in once)


@pytest.mark.parametrize("silent", [0, 2])
def test_a_step_that_leaves_the_hidden_product_alone_gives_its_weights_nothing(silent):
    found = gradients(silent=(silent,))
    cut = gradients(silent=(silent,), copied=range(T))
    assert np.array_equal(found["weight_hh"], cut["weight_hh"])
    assert not np.allclose(found["bias_hh"], found["bias_ih"])


def test_a_hidden_product_must_be_taken_at_every_step():
    def cell(gates_x, state, hidden):
        return (np.tanh(gates_x),), lambda dstate, hidden_vjp: (dstate[0], state)

    parameters = Parameters(np.ones((H, I)), np.ones((H, H)), np.ones(H), np.ones(H))
    _, backward = time_loop(cell, np.ones((T, B, I)), parameters, (np.ones((B, H)),))
    with pytest.raises(ValueError, match="is shorter than"):
        backward([None], [np.ones((B, H))])
