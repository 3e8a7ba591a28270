"""The case id: sizes, seed and switches, from which the arrays of a case follow on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..unit.declaration import Declaration
from .parsing import parse_fields
from .vocabulary import SWITCHES

LISTS = ("none", "absent", "same")


@dataclass(frozen=True, repr=False)
class Case:
    """A case, as its id says it.

    sizes      of each letter of the declaration
    seed       of the numbers
    dtype      float64 or float32
    layout     the memory layout of all inputs and upstream gradients (strided) or of some (x:strided+ys:reversed)
    upstream   the upstream gradients: random numbers at every step (all) or only at the last (last), ones, ...
    scale      normal, saturated (large parameters) or long (recurrent matrices with a spectral radius that shrinks
               the gradient at t=0 to 1e-10 to 1e-30 of the last one)
    calls      which other calls are made between the calls of the case
    values     inputs that do not hold random numbers, with what they hold: (("h_0", "zero"),)
    same       inputs that are passed one and the same array
    none       outputs whose upstream gradient is None
    absent     optional inputs that are not given
    options    choices that are not the default
    """

    sizes: Mapping[str, int]
    seed: int = 0
    dtype: str = "float64"
    layout: str = "contiguous"
    upstream: str = "all"
    scale: str = "normal"
    calls: str = "1"
    values: tuple[tuple[str, str], ...] = ()
    same: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Case({str(self)!r})"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        """Hypothesis and IPython print a dataclass field by field otherwise."""
        printer.text(repr(self))

    def __str__(self) -> str:
        parts: list[tuple[str, object]] = [*self.sizes.items(), ("seed", self.seed)]
        parts += [(s, getattr(self, s)) for s, values in SWITCHES.items() if getattr(self, s) != values[0]]
        parts += [("values", join_pairs(self.values))] if self.values else []
        parts += [(s, "+".join(getattr(self, s))) for s in LISTS if getattr(self, s)]
        parts += list(self.options.items())
        return ",".join(f"{name}={value}" for name, value in parts)

    @property
    def layouts(self) -> dict[str, str]:
        """The layouts of single arrays by name; empty if all have the same."""
        return dict(split_pairs(self.layout)) if ":" in self.layout else {}

    def layout_of(self, name: str) -> str:
        """The layout of an input, or of an output's upstream gradient."""
        return self.layouts.get(name, "contiguous") if ":" in self.layout else self.layout

    @property
    def complexity(self) -> tuple[int, int, int]:
        """Orders cases from small to large."""
        switches = sum(getattr(self, s) != values[0] for s, values in SWITCHES.items())
        extras = sum(map(len, (self.none, self.absent, self.options, self.values, self.same)))
        return sum(self.sizes.values()), switches + extras, self.seed

    @classmethod
    def parse(cls, case_id: str, declaration: Declaration) -> "Case":
        """Read a case id.  Raise CaseIdError if it cannot be read or does not fit the declaration."""
        return cls(**parse_fields(case_id, declaration))


def join_pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return "+".join(f"{name}:{word}" for name, word in pairs)


def split_pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (part.partition(":") for part in text.split("+"))
    return tuple((name, word) for name, _, word in pairs)
