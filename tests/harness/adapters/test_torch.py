"""adapt_torch: numeric judges alone, which is said; planted bugs are caught."""

import torch
from jaxtyping import Float

from gradcheck import adapt_torch
from tests.harness.adapters import foreign, references
from tests.harness.adapters.judging import caught, edited, judged
from tests.harness.adapters.references import square


def test_a_right_function_agrees_and_says_that_nothing_is_proved():
    report = judged(adapt_torch(foreign.Square, square), square, exact=True)
    assert report.verdict == "agrees"
    assert report.reason.endswith("PyTorch code runs on tensors, which cannot hold exact numbers")
    assert report.notes == ("PyTorch code, whose backward is called by autograd; exact arithmetic does not apply",)


def test_a_wrong_function_is_caught():
    wrong = edited("Square", ("(x * x * dy).sum(0)", "(x * dy).sum(0)"))
    caught(judged(adapt_torch(wrong, square), square), "gradients", "unit dweight[")
    forgotten = edited("Square", ("(x * x * dy).sum(0)", "None"))
    caught(judged(adapt_torch(forgotten, square), square), "gradients", "unit dweight[")


class Linear(torch.nn.Module):
    def __init__(self, factor=1.0):
        super().__init__()
        self.factor = factor
        self.inner = torch.nn.Linear(1, 1)

    def forward(self, x):
        return torch.tanh(Scale.apply(self.inner(x), self.factor))


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x.clone()

    @staticmethod
    def backward(ctx, dy):
        return dy * ctx.factor, None


def affine(
    x: Float[torch.Tensor, "B I"], weight: Float[torch.Tensor, "H I"], bias: Float[torch.Tensor, " H"]
) -> references.Squared:
    return references.Squared(torch.tanh(x @ weight.T + bias))


def test_a_module_by_its_parameters():
    parameters = {"weight": "inner.weight", "bias": "inner.bias"}
    report = judged(adapt_torch(Linear(), affine, parameters=parameters), affine)
    assert report.verdict == "agrees"
    assert next(r for r in report.checks if r.name == "complex step").passed
    caught(judged(adapt_torch(Linear(1 + 1e-9), affine, parameters=parameters), affine), "gradients", "unit d")
