"""Conditions in words for the values that a failing case names; a plain case names only those that the fault needs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...cases.case import Case
from ...cases.values import split_number
from ...cases.vocabulary import LIKE, UPSTREAM_OF
from ...unit.declaration import ArraySpec, Declaration

VALUE_TEXTS = {
    "zero": "{name} is zero",
    "ones": "{name} is 1 everywhere",
    "onehot": "{name} is one-hot",
    "rows": "the rows of {name} are equal",
    "steps": "the steps of {name} are equal",
    "zerorow": "a row of {name} is zero",
    "identity": "{name} is the identity",
    "symmetric": "{name} is symmetric",
    "diagonal": "{name} is diagonal",
    "near": "{name} is nearly the identity",
    "small": "{name} is small",
    "tails": "{name} has large entries",
    "positive": "all {name} are positive",
    "negative": "all {name} are negative",
    "entries": "all entries of {name} are equal",
    "raised": "{name} is far above 0",
    "lowered": "{name} is far below 0",
    "around": "{name} is near {number:g}",
    "times": "{name} is large, {number:g} times the usual numbers",
    "low": "all {name} are {low}",
    "high": "all {name} are {high}",
    "equal": "all {name} are equal",
    "sorted": "{name} is sorted",
    "falling": "{name} falls",
    "rising": "{name} rises",
    "distinct": "no two {name} are equal",
    "has": "{name} has {number:g}",
    "most": "most {name} are {number:g}",
    "only": "all {name} are {number:g}",
    "false": "{name} is false everywhere",
    "true": "{name} is true everywhere",
    "onestep": "{name} is true once for each entry of its first axis",
    "norow": "{name} is false in a whole row",
    "nocolumn": "{name} is false in a whole column",
    "causal": "{name} is causal",
    "prefix": "{name} is true up to some place",
    "late": "{name} is true in the later half alone",
    "same": "{name} is the same in every line",
}


@dataclass(frozen=True)
class NamedValues:
    """Special values of an input, by their word in the case id."""

    spec: ArraySpec
    kind: str

    def __str__(self) -> str:
        if self.kind.startswith(LIKE):
            return f"{self.spec.name} equals {self.kind.removeprefix(LIKE)}"
        word, number = split_number(self.kind, self.spec)
        bounds = self.spec.range
        low, high = ("", "") if bounds is None else (bounds.low.text, bounds.high.text)
        return VALUE_TEXTS[word].format(name=self.spec.name, number=number, low=low, high=high)


def list_named_values(declaration: Declaration, case: Case) -> Iterator[NamedValues]:
    upstream = {f"{UPSTREAM_OF}{name}": replace(spec, name=f"d{name}") for name, spec in declaration.outputs.items()}
    specs = {**declaration.inputs, **upstream}
    return (NamedValues(specs[name], kind) for name, kind in case.values)
