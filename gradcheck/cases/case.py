"""A case is an address: sizes, seed and switches, from which its arrays follow on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import CaseIdError
from ..unit.declaration import DTYPES, Declaration

LAYOUTS = ("contiguous", "strided", "reversed", "fortran", "readonly")
UPSTREAMS = ("all", "last")
SCALES = ("normal", "saturated", "long")
SWITCHES = {"dtype": DTYPES, "layout": LAYOUTS, "upstream": UPSTREAMS, "scale": SCALES}
CASE_ID_REMEDY = "an address reads T=2,B=1,I=3,H=4,seed=7,layout=reversed,none=h_T+c_T"


@dataclass(frozen=True)
class Case:
    """The address of a case.

    sizes      of each letter of the declaration
    seed       of the numbers
    dtype      float64 or float32
    layout     of inputs and upstream gradients in memory: contiguous, strided, reversed, fortran, readonly
    upstream   all (a gradient at every step) or last (only at the last one)
    scale      normal, saturated (large parameters) or long (recurrent matrices with a spectral radius that lets
               the gradient at t=0 fall to 1e-10 to 1e-30 of the last one)
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
    none: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        parts: list[tuple[str, object]] = [*self.sizes.items(), ("seed", self.seed)]
        parts += [(s, getattr(self, s)) for s, values in SWITCHES.items() if getattr(self, s) != values[0]]
        parts += [(s, "+".join(getattr(self, s))) for s in ("none", "absent") if getattr(self, s)]
        parts += list(self.options.items())
        return ",".join(f"{name}={value}" for name, value in parts)

    @property
    def complexity(self) -> tuple[int, int, int]:
        """Orders cases from small to large."""
        switches = sum(getattr(self, s) != values[0] for s, values in SWITCHES.items())
        extras = len(self.none) + len(self.absent) + len(self.options)
        return sum(self.sizes.values()), switches + extras, self.seed

    @classmethod
    def parse(cls, address: str, declaration: Declaration) -> "Case":
        """Read an address.  AddressError where it does not parse or does not fit the declaration."""
        sizes: dict[str, int] = {}
        options: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        for part in filter(None, address.replace(" ", "").split(",")):
            name, equals, value = part.partition("=")
            if not equals:
                raise CaseIdError(f"case {part!r}", "it has no '='", CASE_ID_REMEDY)
            if name in (*sizes, *options, *fields):
                raise CaseIdError(f"case {part!r}", f"{name} is given twice", CASE_ID_REMEDY)
            if name in declaration.letters:
                sizes[name] = parse_natural(part, value)
            elif name in declaration.options:
                options[name] = parse_choice(part, value, declaration.options[name])
            else:
                fields[name] = parse_switch(part, name, value, declaration)
        missing = [letter for letter in declaration.letters if letter not in sizes]
        if missing:
            raise CaseIdError(f"case {address!r}", f"the size of {', '.join(missing)} is missing", CASE_ID_REMEDY)
        ordered = {letter: sizes[letter] for letter in declaration.letters}
        return cls(ordered, options={n: v for n, v in options.items() if v != declaration.options[n][0]}, **fields)


def parse_natural(part: str, value: str) -> int:
    if not value.isdecimal():
        raise CaseIdError(f"case {part!r}", f"{value!r} is no natural number", CASE_ID_REMEDY)
    return int(value)


def require_below(part: str, value: int, limit: int) -> int:
    if value >= limit:
        raise CaseIdError(f"case {part!r}", f"{value} is not below {limit}", "take a smaller one")
    return value


def parse_choice(part: str, value: str, values: tuple[Any, ...]) -> Any:
    for candidate in values:
        if str(candidate) == value:
            return candidate
    raise CaseIdError(f"case {part!r}", f"{value!r} is none of {', '.join(map(str, values))}", "choose one of them")


def parse_switch(part: str, name: str, value: str, declaration: Declaration) -> Any:
    if name == "seed":
        return require_below(part, parse_natural(part, value), 2**64)
    if name in SWITCHES:
        return parse_choice(part, value, SWITCHES[name])
    if name in ("none", "absent"):
        known = tuple(declaration.outputs) if name == "none" else declaration.optional
        names = tuple(parse_choice(part, n, known) for n in value.split("+"))
        twice = [n for n in names if names.count(n) > 1]
        if twice:
            raise CaseIdError(f"case {part!r}", f"{twice[0]} is given twice", CASE_ID_REMEDY)
        return names
    letters = ", ".join((*declaration.letters, *declaration.options))
    raise CaseIdError(f"case {part!r}", f"{declaration.name} has no {name!r}", f"it has {letters}; {CASE_ID_REMEDY}")
