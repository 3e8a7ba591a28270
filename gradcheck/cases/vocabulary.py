"""The words of a case id: what each of its fields may say."""

import re

from ..unit.declaration import DTYPES, ArraySpec

LAYOUTS = (
    "contiguous",
    "strided",
    "reversed",
    "fortran",
    "readonly",
    "padded",
    "transposed",
    "flipped",
    "broadcast",
)
UPSTREAMS = ("all", "last", "ones", "constant", "huge", "tiny", "onehot")
SCALES = ("normal", "saturated", "long")
CALLS = ("1", "3", "9", "changed", "resized")
SWITCHES = {"dtype": DTYPES, "layout": LAYOUTS, "upstream": UPSTREAMS, "scale": SCALES, "calls": CALLS}
CASE_ID_REMEDY = "a case id looks like T=2,B=1,I=3,H=4,seed=7,layout=reversed,none=h_T+c_T"

REAL_VALUES = (
    "zero",
    "ones",
    "positive",
    "negative",
    "onehot",
    "rows",
    "steps",
    "entries",
    "zerorow",
    "identity",
    "symmetric",
    "tails",
    "raised",
    "lowered",
    "diagonal",
    "near",
    "small",
)
VALUES = {
    "float": REAL_VALUES,
    "complex": REAL_VALUES,
    "int": ("low", "high", "equal", "sorted", "falling", "rising", "distinct"),
    "bool": ("false", "true", "onehot", "onestep", "norow", "nocolumn", "causal", "prefix", "same", "late"),
}
NUMBER = r"-?\d+(\.\d+)?(e-?\d+)?"
WITH_NUMBER = {"float": ("around", "times"), "complex": ("around", "times"), "int": ("has", "most", "only"), "bool": ()}
LIKE = "like."
"""`like.NAME` is the numbers of another input of the same shape."""
UPSTREAM_OF = "d."
"""`d.NAME` is the upstream gradient of an output."""


def value_names(spec: ArraySpec) -> tuple[str, ...]:
    """List what a case id may say of the values of an input; N is a number."""
    return (*VALUES[spec.kind], *(f"{word}N" for word in WITH_NUMBER[spec.kind]), f"{LIKE}NAME")


def is_value(kind: str, spec: ArraySpec) -> bool:
    """Whether a case id may say this of the values of an input."""
    words = "|".join(WITH_NUMBER[spec.kind])
    numbered = bool(words) and re.fullmatch(f"({words}){NUMBER}", kind) is not None
    return kind in VALUES[spec.kind] or numbered or kind.startswith(LIKE)


def number_text(number: float) -> str:
    """Write a number as a case id has it, without `+`, which joins names."""
    return f"{number:g}".replace("e+", "e")
