"""The cases that mutants are tried on: fixed lists that have every kind of case, the most telling first."""

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import Any

from ..unit.declaration import Declaration
from .case import Case
from .fitting import fit_case_sizes
from .vocabulary import LAYOUTS, UPSTREAMS

REGIME_STEPS = (1, 2, 3, 4, 5, 8, 17)
REGIME_SIZES = (1, 2, 3, 5)
OptionValues = dict[str, Any]
SwitchValues = dict[str, Any]
Regime = tuple[str, int, SwitchValues]
"""The order of the sizes, the number of steps, and the switches of a case."""


def list_numeric_cases(declaration: Declaration, seed: int = 0) -> list[Case]:
    """Cases for the numeric checks.

    First one case for every choice of options.  Then, each with two of these choices: one step, few, many; one row and
    several; sizes that all differ, in two orders, and all 1; every memory layout; float32; saturated gates; gradients
    that shrink by 1e-10 and more; inputs left out; upstream gradients that are None, or given only at the last step;
    and other random numbers, so that masks and lengths vary.
    """
    return spread_regimes(declaration, ("rising", 3, {}), list_numeric_regimes(declaration), 2, seed)


def list_exact_cases(declaration: Declaration, seed: int = 0) -> list[Case]:
    """Cases for exact arithmetic: small, T up to 4, B of 2.

    One of every choice of options; then, with four of them, every input left out and upstream gradients given singly.
    """
    return spread_regimes(declaration, ("small", 3, {}), list_exact_regimes(declaration), 4, seed)


def draw_random_cases(declaration: Declaration, count: int, seed: int) -> list[Case]:
    """Draw further cases for the numeric checks, which combine these at random."""
    draw = random.Random(seed)
    choices = declaration.choices
    absent: list[SwitchValues] = [{}, *list_absent_inputs(declaration)]
    none: list[SwitchValues] = [{}, *list_none_upstreams(declaration)]
    drawn = [
        Case(
            {letter: draw.choice(REGIME_STEPS if letter == "T" else REGIME_SIZES) for letter in declaration.letters},
            draw.getrandbits(32),
            dtype=draw.choice(("float64", "float64", "float32")),
            layout=draw.choice(LAYOUTS),
            upstream=draw.choice(UPSTREAMS),
            options=draw.choice(choices),
            **draw.choice(absent),
            **draw.choice(none),
        )
        for _ in range(count)
    ]
    return [fit_case_sizes(declaration, case) for case in drawn]


def spread_regimes(
    declaration: Declaration, first: Regime, regimes: Iterable[Regime], times: int, seed: int
) -> list[Case]:
    """Combine the first regime with every choice of options, each other one with `times` of them, in turn."""
    choices = declaration.choices
    turn = itertools.cycle(choices)
    pairs = [(first, options) for options in choices]
    pairs += [(regime, next(turn)) for regime in regimes for _ in range(min(times, len(choices)))]
    spread = [
        Case(choose_regime_sizes(declaration, order, steps, number), seed + number, options=options, **switches)
        for number, ((order, steps, switches), options) in enumerate(pairs)
    ]
    return [fit_case_sizes(declaration, case) for case in spread]


def list_numeric_regimes(declaration: Declaration) -> Iterator[Regime]:
    yield from (("falling", 2, {}), ("rising", 1, {}), ("one", 4, {}), ("one row", 3, {}), ("falling", 9, {}))
    yield from (("rising", 4, switches) for switches in list_absent_inputs(declaration))
    yield from (("falling", 3, switches) for switches in list_none_upstreams(declaration))
    yield from (("rising", 5, {"layout": layout}) for layout in ("strided", "reversed", "fortran", "readonly"))
    yield from (("falling", 3, {"dtype": "float32"}), ("rising", 7, {"dtype": "float32"}))
    yield from (("rising", 6, {"upstream": "last"}), ("falling", 5, {"scale": "saturated"}))
    yield from (("rising", steps, {}) for steps in (2, 4, 6, 13))
    yield ("falling", 24, {"scale": "long", "upstream": "last"})


def list_exact_regimes(declaration: Declaration) -> Iterator[Regime]:
    steps = itertools.cycle((2, 1, 4, 3))
    yield from (
        ("small", next(steps), switches)
        for switches in (*list_absent_inputs(declaration), *list_none_upstreams(declaration), {}, {})
    )


def list_absent_inputs(declaration: Declaration) -> list[SwitchValues]:
    """List which optional inputs are left out: all, and each."""
    names = declaration.optional
    return [{"absent": some} for some in dict.fromkeys((names, *((n,) for n in names))) if some]


def list_none_upstreams(declaration: Declaration) -> list[SwitchValues]:
    """List which upstream gradients are None: each, and all but each."""
    names = tuple(n for n, o in declaration.outputs.items() if o.differentiable)
    all_but = (tuple(n for n in names if n != name) for name in names)
    return [
        {"none": some} for some in dict.fromkeys((*((n,) for n in names), *all_but)) if some and len(some) < len(names)
    ]


def choose_regime_sizes(declaration: Declaration, order: str, steps: int, turn: int) -> dict[str, int]:
    """Choose a size for each letter: `rising` or `falling` from letter to letter, all `one`, `one row`, `small`."""
    letters = [letter for letter in declaration.letters if letter != "T"]
    values: dict[str, Iterable[int]] = {
        "rising": range(2, 2 + len(letters)),
        "falling": range(1 + len(letters), 1, -1),
        "one": itertools.repeat(1),
        "one row": range(2, 2 + len(letters)),
        "small": (1 + (turn + k) % 3 for k in range(len(letters))),
    }
    found = dict(zip(letters, values[order], strict=False)) | {"T": steps}
    rows = {"one row": 1, "small": 2}.get(order)
    return {letter: rows if letter == "B" and rows else found[letter] for letter in declaration.letters}
