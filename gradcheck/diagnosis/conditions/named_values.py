"""The values that a failing case names, which it does only where the fault needs them."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...cases.case import Case
from ...cases.values import split_number
from ...cases.vocabulary import LIKE
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
    "tails": "{name} has large entries",
    "around": "{name} is near {number:g}",
    "times": "{name} is large, {number:g} times the usual numbers",
    "low": "all {name} are {low}",
    "high": "all {name} are {high}",
    "equal": "all {name} are equal",
    "sorted": "{name} is sorted",
    "has": "{name} has {number:g}",
    "false": "{name} is false everywhere",
    "true": "{name} is true everywhere",
}


@dataclass(frozen=True)
class NamedValues:
    """Values of an input by the word of a case id."""

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
    return (NamedValues(declaration.inputs[name], kind) for name, kind in case.values)
