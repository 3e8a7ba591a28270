"""What no unit can state is refuted, or restricted, by exact numbers."""

from fractions import Fraction

import numpy as np
import torch

from manual.shared.clipping import clip_by_global_norm
from tests.misprints.catalog import LINEAR

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


def test_m10_the_order_and_the_transpose_of_the_factors():
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)

    def last_state(h):
        states = [h]
        for x_t in x:
            states.append(torch.tanh(x_t + weight @ states[-1]))
        return states[-1], torch.stack(states[1:])

    h_0 = torch.ones(3, dtype=torch.float64)
    jacobian, states = torch.func.jacrev(last_state, has_aux=True)(h_0)
    slopes = [torch.diag(1 - h * h) for h in states]
    right, printed = torch.eye(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64)
    transposed = right
    for slope in slopes:
        right = slope @ weight @ right
        printed = weight.T @ slope @ printed
        transposed = transposed @ weight.T @ slope
    assert torch.allclose(right, jacobian, rtol=1e-13, atol=0)
    assert torch.allclose(transposed, jacobian.T, rtol=1e-13, atol=0)
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


def powers(weight, count):
    result = [fractions([[1, 0], [0, 1]])]
    for _ in range(count):
        result.append(weight @ result[-1])
    return result


def test_m13_a_spectral_radius_below_1_does_not_keep_the_powers_small():
    """W = [[9/10, 1], [0, 9/10]]: the corner of W^k is k (9/10)^(k-1), which grows to k = 9 and falls from k = 10."""
    r = Fraction(9, 10)
    corner = [p[0, 1] for p in powers(fractions([[r, 1], [0, r]]), 200)]
    assert all(corner[k] == k * r ** (k - 1) for k in range(1, 201))
    assert all(corner[k] < corner[k + 1] for k in range(9))
    assert corner[9] == corner[10] > Fraction(387, 100)
    assert all(corner[k] > corner[k + 1] for k in range(10, 200))
    assert corner[200] < Fraction(1, 10**6)


def test_m13_the_gradient_of_a_linear_network_does_so_too():
    """By the unit's own backward, without rounding: the upstream gradient (1, 0) comes back 3.87 times longer."""
    r, T = Fraction(9, 10), 9
    zeros = np.full((1, 2), Fraction(0), dtype=object)
    outputs, backward = LINEAR.unit(
        x=np.full((T, 1, 1), Fraction(0), dtype=object),
        weight_ih=zeros.T,
        weight_hh=fractions([[r, 1], [0, r]]),
        bias_ih=zeros[0],
        bias_hh=zeros[0],
        h_0=zeros,
    )
    dh_0 = backward(outputs._replace(ys=None, h_T=fractions([[1, 0]])))["h_0"]
    assert dh_0.tolist() == [[r**T, T * r ** (T - 1)]]
    assert dh_0[0, 1] > Fraction(387, 100)
