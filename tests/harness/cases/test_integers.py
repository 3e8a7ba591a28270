"""Integers and masks are at both ends, all alike, and what the source compares them with."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
import pytest
import torch
from jaxtyping import Bool, Float, Int

from gradcheck import Report, Subject
from tests.harness.plant import altered, find

Array = np.ndarray[Any, np.dtype[Any]]
IGNORED = -100


class Output(NamedTuple):
    y: Float[Array, "T B"]


class ReferenceOutput(NamedTuple):
    y: Float[torch.Tensor, "T B"]


def picked(
    scores: Float[Array, "T B V"], labels: Annotated[Int[Array, "T B"], "0 <= labels < V"], mask: Bool[Array, "T B"]
) -> tuple[Output, Callable[[Output], dict[str, Array]]]:
    """The score of the label, 0 where that is ignored or masked."""
    kept = (labels != -100) & mask
    index = (*np.indices(labels.shape), np.where(kept, labels, 0))

    def backward(d: Output) -> dict[str, Array]:
        dscores = np.zeros_like(scores)
        dscores[index] = (d.y if d.y is not None else np.zeros_like(scores[..., 0])) * kept
        return {"scores": dscores}

    return Output(scores[index] * kept), backward


def reference(
    scores: Float[torch.Tensor, "T B V"],
    labels: Annotated[Int[torch.Tensor, "T B"], "0 <= labels < V"],
    mask: Bool[torch.Tensor, "T B"],
) -> ReferenceOutput:
    kept = (labels != IGNORED) & mask
    index = torch.where(kept, labels, 0)
    return ReferenceOutput(scores.gather(-1, index[..., None])[..., 0] * kept)


def judge(alter: Callable[[dict[str, Array], dict[str, Array]], None] | None = None) -> Report:
    """The report on the unit, its gradients altered by what it was given."""
    if alter is None:
        return find(Subject("unit", picked, reference), 0)
    given: dict[str, Array] = {}
    unit = altered(picked, lambda gradients: alter(gradients, given))

    def watched(**inputs: Any) -> Any:
        given.update(inputs)
        return unit(**inputs)

    watched.__wrapped__ = picked  # type: ignore[attr-defined]
    watched.__annotations__ = picked.__annotations__
    return find(Subject("unit", watched, reference), 0)


def in_order(labels: Array) -> bool:
    return bool(labels[0] < labels[-1] and (np.diff(labels) >= 0).all())


def all_differ(labels: Array) -> bool:
    return len(np.unique(labels)) == labels.size


PLANTS: dict[str, Callable[[dict[str, Array]], bool]] = {
    "an ignored label": lambda given: (given["labels"] == IGNORED).any(),
    "all of a mask, of 17 entries and more": lambda given: given["mask"].all() and given["mask"].size > 16,
    "none of a mask": lambda given: not given["mask"].any() and given["mask"].size > 16,
    "labels that are all alike": lambda given: given["labels"].size > 16 and np.ptp(given["labels"]) == 0,
    "labels in order": lambda given: given["labels"].size > 16 and (np.diff(given["labels"].ravel()) >= 0).all(),
    "labels that fall": lambda given: given["labels"].size > 5 and in_order(-given["labels"].ravel()),
    "labels that all differ": lambda given: given["labels"].size > 5 and all_differ(given["labels"]),
    "all labels ignored": lambda given: given["labels"].size > 5 and (given["labels"] == IGNORED).all(),
    "most labels ignored": lambda given: given["labels"].size > 5 and 0.5 < (given["labels"] == IGNORED).mean() < 1,
    "the last label of a large vocabulary, alone": lambda given: (
        given["scores"].shape[-1] > 16 and (given["labels"] == given["scores"].shape[-1] - 1).all()
    ),
    "one entry of each row of a mask": lambda given: min(given["mask"].shape) > 2 and (given["mask"].sum(1) == 1).all(),
    "one entry of each column of a mask": lambda given: (given["mask"].sum(0) == 1).all() and len(given["mask"]) > 2,
    "a column of a mask that keeps nothing, beside others": lambda given: (
        given["mask"].shape[1] > 4 and (given["mask"].any(0).sum() == given["mask"].shape[1] - 1)
    ),
    "a causal mask that is no square": lambda given: (
        given["mask"].shape[0] > given["mask"].shape[1] > 2 and (given["mask"] == np.tri(*given["mask"].shape)).all()
    ),
    "a mask that keeps prefixes of more than 16 steps": lambda given: (
        len(given["mask"]) > 16
        and (given["mask"][1:] <= given["mask"][:-1]).all()
        and len(np.unique(given["mask"].sum(0))) > 1
    ),
    "one mask for all steps, false in part": lambda given: (
        min(given["mask"].shape) > 2 and 0 < given["mask"].mean() < 1 and (given["mask"] == given["mask"][0]).all()
    ),
    "a mask that is true in the later half": lambda given: (
        len(given["mask"]) > 8 and given["mask"][-5:].all() and not given["mask"][:5].any()
    ),
    "each label of the vocabulary once, in no order": lambda given: (
        given["labels"].size == given["scores"].shape[-1] > 2
        and all_differ(given["labels"])
        and (np.diff(given["labels"].ravel()) < 0).any()
    ),
    "a vocabulary above 16": lambda given: given["scores"].shape[-1] > 16,
}


@pytest.mark.parametrize("plant", PLANTS)
def test_a_gradient_that_is_wrong_there_is_found(plant: str) -> None:
    def alter(gradients: dict[str, Array], given: dict[str, Array]) -> None:
        if PLANTS[plant](given):
            gradients["scores"] = gradients["scores"] + 1

    assert judge(alter).verdict == "wrong"


def test_the_unit_passes() -> None:
    report = judge()
    assert report.good
    assert report.cases == 100
