"""Random cases, from any source of choices: a generator of random numbers, or Hypothesis.

`choose(values)` returns one of the values.  The first is always the simplest, since Hypothesis shrinks towards it.
"""

import random
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from ..unit.declaration import Declaration
from .case import Case, join_pairs
from .choices import Values, list_differentiable_outputs, list_twin_inputs, list_value_choices
from .literals import NOTHING, Literals
from .vocabulary import CALLS, LAYOUTS, UPSTREAMS

ChoiceT = TypeVar("ChoiceT")

# Each entry is equally likely: every short length, some beyond any window, a few very long ones.
COMMON_STEPS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8, 9, 11, 13, 17, 26, 32, 40)
LONG_STEPS = (6, 12, 24, 32, 40, 60)
RARE_STEPS = (100, 200)
EXACT_STEPS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8)
SEED_RANGE = range(2**32)
FEW_STEPS = 8
"""Cases with additional calls have no more steps than this."""


class ChoiceSource(Protocol):
    def __call__(self, values: Sequence[ChoiceT], /) -> ChoiceT: ...


def choose_first(values: Sequence[ChoiceT]) -> ChoiceT:
    """Make the choices of the simplest case: all sizes 1, one step, no switch."""
    return values[0]


def make_choice_source(seed: int, number: int) -> ChoiceSource:
    """Make the source of choices for the case of a number; number 0 is the simplest case."""
    return random.Random(f"{seed} {number}").choice if number else choose_first


def draw_case(declaration: Declaration, choose: ChoiceSource, literals: Literals = NOTHING) -> Case:
    """Draw a random case of a unit, in which any of the switches may meet.

    Saturated cases are in float64 only.  In float32, a saturated activation is a constant that is often exact by luck,
    so the rounding of the reference does not tell how much rounding is to be expected.
    """
    wide = "float64" in declaration.dtypes
    scale = choose(("normal",) * 6 + (("saturated",) if wide else ()) + ("long",))
    dtypes = [d for d in ("float64",) * 4 + ("float32",) if d in declaration.dtypes]
    sizes = choose_letter_sizes(declaration.letters, choose)
    if "T" in sizes:
        sizes = {**sizes, "T": choose_steps(scale, choose)}
    sizes |= choose_literal_size(declaration.letters, literals, choose)
    return Case(
        sizes={letter: sizes[letter] for letter in declaration.letters},
        seed=choose(SEED_RANGE),
        dtype="float64" if scale == "saturated" else choose(dtypes),
        layout=choose_layout(declaration, choose),
        upstream="last" if scale == "long" else choose(("all",) * 12 + ("last",) * 4 + UPSTREAMS[2:]),
        scale=scale,
        calls=choose(("1",) * 16 + CALLS[1:]) if sizes.get("T", 1) <= FEW_STEPS else "1",
        values=choose_values(declaration, literals, choose) if scale == "normal" else (),
        same=choose(((),) * 30 + tuple(list_twin_inputs(declaration))),
        none=choose_names(list_differentiable_outputs(declaration), choose, everything=False),
        absent=choose_names(declaration.optional, choose, everything=True),
        options=choose_options(declaration, choose),
    )


def draw_exact_case(declaration: Declaration, choose: ChoiceSource, options: dict[str, Any]) -> Case:
    """Draw a case for exact arithmetic, with these options: T from 1 to 8, other sizes from 1 to 5."""
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


def choose_layout(declaration: Declaration, choose: ChoiceSource) -> str:
    """Most often contiguous; else one layout for all arrays, or one for each."""
    layout = choose(("contiguous",) * len(LAYOUTS) + LAYOUTS[1:] + ("",) * 3)
    if layout:
        return layout
    names = dict.fromkeys(
        (*(n for n, i in declaration.inputs.items() if not i.scalar), *list_differentiable_outputs(declaration))
    )
    pairs = tuple((name, choose(LAYOUTS)) for name in names)
    return join_pairs(tuple(pair for pair in pairs if pair[1] != LAYOUTS[0])) or LAYOUTS[0]


def choose_values(declaration: Declaration, literals: Literals, choose: ChoiceSource) -> Values:
    """Most often random numbers alone."""
    if choose((False,) * 5 + (True,)):
        return choose(((), *list_value_choices(declaration, literals)))
    return ()


def choose_literal_size(letters: Sequence[str], literals: Literals, choose: ChoiceSource) -> dict[str, int]:
    """Once in a while, a size around an integer of the source for one letter."""
    if literals.integers and letters and choose((False,) * 7 + (True,)):
        n = choose(literals.integers)
        return {choose(letters): choose((n, n + 1, n - 1, 2 * n + 1))}
    return {}


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
