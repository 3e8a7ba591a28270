"""The sparse softmaxes of entmax, whose backwards are written by hand: a torch.autograd.Function and a Module of one.

References: projections found by sorting, of which autograd differentiates the threshold.

    sparsemax  p = max(x - tau, 0)           with sum p = 1: tau = (sum of the k largest - 1) / k
    entmax15   p = max(x / 2 - tau, 0)^2     with sum p = 1: tau = mean - sqrt((1 - k var) / k) of the k largest

Source: Martins and Astudillo 2016, https://arxiv.org/abs/1602.02068; Peters et al. 2019,
https://arxiv.org/abs/1905.05702.
"""

from typing import NamedTuple

import torch
from entmax import Entmax15
from entmax.activations import SparsemaxFunction
from jaxtyping import Float
from torch import Tensor

import gradcheck


class Output(NamedTuple):
    p: Float[Tensor, "B V"]


def sparsemax(x: Float[Tensor, "B V"]) -> Output:
    largest = x.sort(descending=True).values
    counts = torch.arange(1, x.shape[1] + 1)
    thresholds = (largest.cumsum(1) - 1) / counts
    k = (largest > thresholds).sum(1, keepdim=True)
    return Output(torch.relu(x - thresholds.gather(1, k - 1)))


def entmax15(x: Float[Tensor, "B V"]) -> Output:
    x = x / 2
    rows = [row - threshold(row.sort(descending=True).values) for row in x]
    return Output(torch.relu(torch.stack(rows)) ** 2)


def threshold(largest: Tensor) -> Tensor:
    """Of the k largest for the largest k that are all above it."""
    tau = largest[0] - 1
    for k in range(2, len(largest) + 1):
        head = largest[:k]
        room = (1 - ((head - head.mean()) ** 2).sum()) / k
        if room < 0 or head.mean() - torch.sqrt(room) > head[-1]:
            break
        tau = head.mean() - torch.sqrt(room)
    return tau


def main() -> list[gradcheck.Report]:
    reports = []
    for code, reference in ((SparsemaxFunction, sparsemax), (Entmax15(), entmax15)):
        unit = gradcheck.adapt_torch(code, like=reference)
        subject = gradcheck.Subject(reference.__name__, unit, reference)
        reports.append(gradcheck.examine(subject, cases=15))
    print("\n\n".join(map(str, reports)))
    return reports


if __name__ == "__main__":
    main()
