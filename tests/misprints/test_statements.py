"""What no unit can state is refuted, or restricted, by exact numbers."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import torch

from manual.shared.clipping import clip_by_global_norm

HALF = Fraction(1, 2)


def fractions(values):
    return np.array([[Fraction(v) for v in row] for row in values], dtype=object)


def test_m2_as_an_equation_for_h_t_has_no_past():
    """h = u + w h has the solution u / (1 - w): none for w = 1, and h_{t-1} does not occur in it."""
    u, w = Fraction(1), HALF
    h = u / (1 - w)
    assert h == u + w * h
    assert {u + w * h_prev for h_prev in (0, 1, 2)} == {1, Fraction(3, 2), 2}
    assert h == 2


def test_m6_as_an_equation_for_c_t_has_no_past():
    """c = f c + i g has the solution i g / (1 - f), whatever c_{t-1} was."""
    f, ig = HALF, Fraction(1)
    c = ig / (1 - f)
    assert c == f * c + ig
    assert f * 0 + ig != c


def after_the_activation(weight, x_t, h):
    """The next state, and the right and the printed factor of its Jacobian."""
    state = torch.tanh(x_t + weight @ h)
    slope = torch.diag(1 - state * state)
    return state, slope @ weight, weight.T @ slope


def before_the_activation(weight, x_t, h):
    state = x_t + weight @ torch.tanh(h)
    slope = torch.diag(1 - torch.tanh(h) ** 2)
    return state, weight @ slope, weight.T @ slope


@pytest.mark.parametrize("cell", [after_the_activation, before_the_activation])
def test_m10_the_order_and_the_transpose_of_the_factors(cell):
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    h_0 = torch.ones(3, dtype=torch.float64)

    def last_state(h):
        for x_t in x:
            h, _, _ = cell(weight, x_t, h)
        return h

    jacobian, h = torch.func.jacrev(last_state)(h_0), h_0
    right, printed = torch.eye(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
    transposed = right
    for x_t in x:
        h, factor, as_printed = cell(weight, x_t, h)
        right, printed = factor @ right, as_printed @ printed
        transposed = transposed @ factor.T
    assert torch.allclose(right, jacobian, rtol=1e-12, atol=0)
    assert torch.allclose(transposed, jacobian.T, rtol=1e-12, atol=0)
    assert (printed - jacobian).abs().max() > 0.1 * jacobian.abs().max()
    assert (printed - jacobian.T).abs().max() > 0.1 * jacobian.abs().max()


def test_m10_one_step_with_whole_numbers():
    weight, slope = fractions([[0, 1], [0, 0]]), fractions([[1, 0], [0, HALF]])
    assert (slope @ weight == fractions([[0, 1], [0, 0]])).all()
    assert (weight.T @ slope == fractions([[0, 0], [1, 0]])).all()


def parallel(a, b):
    return a[0] * b[1] == a[1] * b[0] and a[0] * b[0] + a[1] * b[1] > 0


def test_m12_the_global_form_keeps_the_direction_and_the_per_tensor_form_does_not():
    """Two tensors of one number each, 3 and 4, clipped at 1."""
    gradients, theta = (Fraction(3), Fraction(4)), Fraction(1)
    norm = Fraction(5)
    assert sum(g * g for g in gradients) == norm * norm
    together = tuple(g * min(Fraction(1), theta / norm) for g in gradients)
    each = tuple(g * min(Fraction(1), theta / abs(g)) for g in gradients)
    assert together == (Fraction(3, 5), Fraction(4, 5))
    ours, _ = clip_by_global_norm({"v": np.array([3.0]), "w": np.array([4.0])}, 1.0)
    np.testing.assert_allclose([ours["v"], ours["w"]], [[0.6], [0.8]], rtol=1e-15)
    assert each == (1, 1)
    assert parallel(together, gradients)
    assert not parallel(each, gradients)


def test_m12_torch_does_the_same():
    def parameters():
        both = [torch.nn.Parameter(torch.zeros(1, dtype=torch.float64)) for _ in range(2)]
        for parameter, g in zip(both, (3.0, 4.0), strict=True):
            parameter.grad = torch.tensor([g], dtype=torch.float64)
        return both

    together, each = parameters(), parameters()
    torch.nn.utils.clip_grad_norm_(together, 1.0)
    for parameter in each:
        torch.nn.utils.clip_grad_norm_(parameter, 1.0)
    assert [round(p.grad.item(), 6) for p in together] == [0.6, 0.8]
    assert [round(p.grad.item(), 6) for p in each] == [1.0, 1.0]


def carry_forward(slopes, xi, printed):
    """dh_T/dw of h_t = w h_{t-1} + b_t where each df/dw is 1: as printed the true derivative is multiplied by xi_t."""
    z = true = Fraction(0)
    for w, xi_t in zip(slopes, xi, strict=True):
        z, true = 1 + xi_t * w * (true if printed else z), 1 + w * true
    return z


def test_m16_as_printed_the_last_xi_alone_acts_and_nothing_earlier_is_cut():
    w = [HALF] * 4
    full, cut = [Fraction(1)] * 4, [Fraction(0)] * 3 + [Fraction(1)]
    assert carry_forward(w, full, printed=False) == carry_forward(w, full, printed=True) == Fraction(15, 8)
    assert carry_forward(w, cut, printed=False) == Fraction(3, 2)
    assert carry_forward(w, cut, printed=True) == Fraction(15, 8)


def test_m16_both_have_the_right_mean_and_only_the_right_one_is_a_weighted_sum_of_lengths():
    """xi_t is 2 or 0, each with probability 1/2: every pattern of three."""
    w, patterns = [HALF] * 3, list(product((Fraction(2), Fraction(0)), repeat=3))
    for printed, values in ((False, {1, 2, 3}), (True, {1, Fraction(5, 2)})):
        found = [carry_forward(w, xi, printed) for xi in patterns]
        assert sum(found) / len(found) == Fraction(7, 4)
        assert set(found) == values
