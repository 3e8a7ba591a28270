"""The explanation of a fault: the patterns that match, with the blocks that each of them matches."""

from collections.abc import Iterable
from dataclasses import dataclass

from .pattern import Pattern


@dataclass(frozen=True)
class Place:
    """A block of a gradient; `output` is the one whose upstream gradient shows the fault, empty if all together do."""

    tensor: str
    block: str = ""
    output: str = ""


@dataclass(frozen=True)
class Match:
    """A pattern, and the wrong blocks that are as it predicts."""

    pattern: Pattern
    places: tuple[Place, ...]

    @property
    def tensors(self) -> tuple[str, ...]:
        return tuple(sorted({place.tensor for place in self.places}))


@dataclass(frozen=True)
class Explanation:
    """Patterns that together match every wrong block.

    outputs      the outputs that have an upstream gradient
    within_step  whether the patterns are those of a single step of one batch row, which explains the whole fault
    """

    matches: tuple[Match, ...]
    outputs: tuple[str, ...] = ()
    within_step: bool = False

    def __str__(self) -> str:
        if self.within_step:
            return "; ".join(f"{m.pattern} in {format_places(m.places, self.outputs)}" for m in self.matches)
        if len(self.matches) == 1:
            return str(self.matches[0].pattern)
        return "; ".join(f"{', '.join(f'd{n}' for n in m.tensors)}: {m.pattern}" for m in self.matches)


def format_places(places: Iterable[Place], outputs: tuple[str, ...]) -> str:
    """Format places as `row blocks i, f, dc_0, through ys, h_T`; for each output if they differ."""
    by_blocks: dict[str, list[str]] = {}
    for output in dict.fromkeys(place.output for place in places):
        own = [place for place in places if place.output == output]
        labels = list(dict.fromkeys(place.block for place in own if place.block))
        whole = list(dict.fromkeys(f"d{place.tensor}" for place in own if not place.block))
        blocks = [f"row block{'s' if len(labels) > 1 else ''} {', '.join(labels)}"] if labels else []
        by_blocks.setdefault(", ".join([*blocks, *whole]), []).append(output)
    every = len(by_blocks) == 1 and len(next(iter(by_blocks.values()))) == len(outputs)
    return " and ".join(b if every else f"{b}, through {', '.join(names)}" for b, names in by_blocks.items())
