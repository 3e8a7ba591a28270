"""Random addresses of cases, from any source of choices: a generator of random numbers, or Hypothesis.

`choose(values)` gives one of the values; of each, the first is the simplest.
"""

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ..unit.declaration import Declaration
from .case import LAYOUTS, Case

ChoiceT = TypeVar("ChoiceT")

# Each entry is equally likely: every short length, some beyond any window, a few very long ones.
COMMON_STEPS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8, 9, 11, 13, 17, 26, 32, 40)
LONG_STEPS = (6, 12, 24, 32, 40, 60)
RARE_STEPS = (100, 200)
EXACT_STEPS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8)
SEED_RANGE = range(2**32)


class ChoiceSource(Protocol):
    def __call__(self, values: Sequence[ChoiceT], /) -> ChoiceT: ...


def choose_first(values: Sequence[ChoiceT]) -> ChoiceT:
    """The choice that makes the simplest address: all sizes 1, one step, no switch set."""
    return values[0]


def make_choice_source(seed: int, number: int) -> ChoiceSource:
    """The choices of the address of that number, the first of which is the simplest one."""
    return random.Random(f"{seed} {number}").choice if number else choose_first


def draw_case(declaration: Declaration, choose: ChoiceSource) -> Case:
    """The address of a case of a unit.

    Saturated cases are drawn in float64 only: in float32 a saturated activation is a constant, often exact by luck, so
    that the reference's own error is no measure of what rounding does there.
    """
    wide = "float64" in declaration.dtypes
    scale = choose(("normal",) * 6 + (("saturated",) if wide else ()) + ("long",))
    dtypes = [d for d in ("float64",) * 4 + ("float32",) if d in declaration.dtypes]
    sizes = choose_letter_sizes(declaration.letters, choose)
    if "T" in sizes:
        sizes = {**sizes, "T": choose_steps(scale, choose)}
    return Case(
        sizes={letter: sizes[letter] for letter in declaration.letters},
        seed=choose(SEED_RANGE),
        dtype="float64" if scale == "saturated" else choose(dtypes),
        layout=choose(("contiguous",) * len(LAYOUTS) + LAYOUTS[1:]),
        upstream="last" if scale == "long" else choose(("all", "all", "all", "last")),
        scale=scale,
        none=choose_names(list_differentiable_outputs(declaration), choose, everything=False),
        absent=choose_names(declaration.optional, choose, everything=True),
        options=choose_options(declaration, choose),
    )


def draw_exact_case(declaration: Declaration, choose: ChoiceSource, options: dict[str, Any]) -> Case:
    """The address of a case for exact arithmetic, with the options given: T from 1 to 8, other sizes from 1 to 5."""
    sizes = choose_letter_sizes(declaration.letters, choose)
    sizes = {**{letter: min(size, 5) for letter, size in sizes.items()}, "T": choose(EXACT_STEPS)}
    few = choose((True, False))
    return Case(
        sizes={letter: sizes[letter] for letter in declaration.letters},
        seed=choose(SEED_RANGE),
        none=choose_names(list_differentiable_outputs(declaration), choose, everything=False),
        absent=choose(((), declaration.optional))
        if few
        else choose_names(declaration.optional, choose, everything=True),
        options={name: value for name, value in options.items() if value != declaration.options[name][0]},
    )


def list_differentiable_outputs(declaration: Declaration) -> tuple[str, ...]:
    return tuple(n for n, o in declaration.outputs.items() if o.differentiable)


def choose_steps(scale: str, choose: ChoiceSource) -> int:
    if scale == "long":
        return choose(LONG_STEPS * 4 + RARE_STEPS)
    return choose(COMMON_STEPS * 8 + RARE_STEPS)


def choose_letter_sizes(letters: Sequence[str], choose: ChoiceSource) -> dict[str, int]:
    """Small sizes, half of the time pairwise different."""
    others = [letter for letter in letters if letter != "T"]
    sizes = {"T": 1}
    if choose((False, True)) and len(others) > 1:
        pool = [*range(1, max(6, len(others) + 1) + 1)]
        for letter in others:
            sizes[letter] = choose(pool)
            pool.remove(sizes[letter])
    else:
        sizes |= {letter: choose((1, 2, 3)) for letter in others}
    return sizes


def choose_names(names: Sequence[str], choose: ChoiceSource, *, everything: bool) -> tuple[str, ...]:
    """Most often nothing; otherwise some of the names, all of them only if `everything`."""
    if not names or choose((True, True, False)):
        return ()
    some = tuple(n for n in names if choose((False, True)))
    return some if everything or len(some) < len(names) else some[1:]


def choose_options(declaration: Declaration, choose: ChoiceSource) -> dict[str, Any]:
    drawn = {name: choose(values) for name, values in declaration.options.items()}
    return {name: value for name, value in drawn.items() if value != declaration.options[name][0]}
