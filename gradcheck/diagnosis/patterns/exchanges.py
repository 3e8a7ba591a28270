"""Gates and inputs that have the gradient of another one, and arrays that are returned instead of gradients."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from ...cases.arrays import Arrays
from ..evidence import Evidence
from .pattern import GradientPattern


@dataclass(frozen=True)
class BlocksExchanged(GradientPattern):
    """Each of two gates has the gradient of the other."""

    first: str
    second: str

    def __str__(self) -> str:
        return f"row blocks {self.first} and {self.second} are exchanged"

    def predict(self, e: Evidence) -> Arrays:
        return move_blocks(e, {self.first: self.second, self.second: self.first})


@dataclass(frozen=True)
class BlockCopied(GradientPattern):
    """A gate has the gradient of another gate."""

    block: str
    source: str

    def __str__(self) -> str:
        return f"row block {self.block} has the gradient of row block {self.source}"

    def predict(self, e: Evidence) -> Arrays:
        return move_blocks(e, {self.block: self.source})


@dataclass(frozen=True)
class GradientCopied(GradientPattern):
    """An input has the gradient of another input."""

    tensor: str
    source: str

    def __str__(self) -> str:
        return f"d{self.tensor} is the gradient of {self.source}"

    def predict(self, e: Evidence) -> Arrays:
        return {self.tensor: e.expected[self.source]}


@dataclass(frozen=True)
class InputAdded(GradientPattern):
    """The input is added to its gradient: a buffer starts as a copy of the input instead of zeros."""

    def __str__(self) -> str:
        return "the input is added to its gradient"

    def predict(self, e: Evidence) -> Arrays:
        return {n: g + e.inputs[n] for n, g in e.expected.items()}


@dataclass(frozen=True)
class OwnInputReturned(GradientPattern):
    """The input is returned instead of its gradient."""

    def __str__(self) -> str:
        return "it is the input itself"

    def predict(self, e: Evidence) -> Arrays:
        return {n: np.asarray(e.inputs[n]) for n in e.expected}


@dataclass(frozen=True)
class InputReturned(GradientPattern):
    """Another input is returned instead of a gradient."""

    tensor: str
    source: str

    def __str__(self) -> str:
        return f"d{self.tensor} is the input {self.source} itself"

    def predict(self, e: Evidence) -> Arrays:
        return {self.tensor: np.asarray(e.inputs[self.source])}


@dataclass(frozen=True)
class UpstreamReturned(GradientPattern):
    """An upstream gradient is returned instead of a gradient."""

    output: str

    def __str__(self) -> str:
        return f"it is the upstream gradient of {self.output} itself"

    def predict(self, e: Evidence) -> Arrays:
        upstream = e.upstream[self.output]
        return {n: upstream for n, g in e.expected.items() if g.shape == upstream.shape}


def list_exchange_faults(e: Evidence) -> Iterator[GradientPattern]:
    labels = list(dict.fromkeys(b.label for b in e.columns if b.label and b.step is None))
    wrong = list(dict.fromkeys(b.label for b in e.find_wrong_blocks() if b.label in labels))
    yield from (BlocksExchanged(a, b) for a, b in combinations(wrong, 2))
    yield from (BlockCopied(a, b) for a, b in product(wrong, labels))
    yield from (GradientCopied(*names) for names in list_like_inputs(e))


def list_alias_faults(e: Evidence) -> Iterator[GradientPattern]:
    """List faults in which another array is returned, or added to, instead of a gradient."""
    yield from (InputAdded(), OwnInputReturned())
    yield from (InputReturned(*names) for names in list_like_inputs(e))
    yield from (UpstreamReturned(name) for name in e.upstream)


def list_like_inputs(e: Evidence) -> Iterator[tuple[str, str]]:
    """List pairs of inputs of the same shape."""
    return (names for names in permutations(e.expected, 2) if e.expected[names[0]].shape == e.expected[names[1]].shape)


def move_blocks(e: Evidence, source: dict[str, str]) -> Arrays:
    """Give each gate of `source` the expected gradient of another gate."""
    result = {}
    for name in dict.fromkeys(b.name for b in e.columns if b.label in source):
        blocks = {b.label: b for b in e.columns if b.name == name}
        result[name] = np.full_like(e.expected[name], np.nan)
        for to, of in source.items():
            if to in blocks and of in blocks:
                blocks[to].select(result[name])[...] = blocks[of].select(e.expected[name])
    return result
