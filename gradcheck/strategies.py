"""Hypothesis strategies for the addresses of cases; NumPy draws the numbers from them."""

from collections.abc import Sequence

from hypothesis import strategies as st

from .case import LAYOUTS, Case
from .declaration import Declaration

# Each entry is equally likely: every short length, some beyond any window, a few very long ones.
STEPS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5, 6, 7, 8, 9, 11, 13, 17, 26, 32, 40)
LONG_STEPS = (6, 12, 24, 32, 40, 60)
RARE_STEPS = (100, 200)
EXACT_STEPS = (1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8)
SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def cases(draw: st.DrawFn, declaration: Declaration) -> Case:
    """Addresses of the cases of a unit, the simplest first: all sizes 1, one step, no switch set.

    Saturated cases are drawn in float64 only: in float32 a saturated activation is a constant, often exact by luck, so
    that the reference's own error is no measure of what rounding does there.
    """
    scale = draw(st.sampled_from(("normal",) * 6 + ("saturated", "long")))
    sizes = draw(letter_sizes(declaration.letters))
    if "T" in sizes:
        sizes = {**sizes, "T": draw(steps(scale))}
    outputs = tuple(n for n, o in declaration.outputs.items() if o.differentiable)
    return Case(
        sizes={letter: sizes[letter] for letter in declaration.letters},
        seed=draw(SEEDS),
        dtype="float64" if scale == "saturated" else draw(st.sampled_from(("float64",) * 4 + ("float32",))),
        layout=draw(st.sampled_from(("contiguous",) * len(LAYOUTS) + LAYOUTS[1:])),
        upstream="last" if scale == "long" else draw(st.sampled_from(("all", "all", "all", "last"))),
        scale=scale,
        none=draw(some_of(outputs, everything=False)),
        absent=draw(some_of(declaration.optional, everything=True)),
        options=draw(chosen_options(declaration)),
    )


@st.composite
def exact_cases(draw: st.DrawFn, declaration: Declaration, options: dict[str, object]) -> Case:
    """Addresses for exact arithmetic, with the options given: T from 1 to 8, other sizes from 1 to 5."""
    sizes = draw(letter_sizes(declaration.letters))
    sizes = {**{letter: min(size, 5) for letter, size in sizes.items()}, "T": draw(st.sampled_from(EXACT_STEPS))}
    outputs = tuple(n for n, o in declaration.outputs.items() if o.differentiable)
    return Case(
        sizes={letter: sizes[letter] for letter in declaration.letters},
        seed=draw(SEEDS),
        none=draw(some_of(outputs, everything=False)),
        absent=draw(st.sampled_from(((), declaration.optional)) | some_of(declaration.optional, everything=True)),
        options={name: value for name, value in options.items() if value != declaration.options[name][0]},
    )


def steps(scale: str) -> st.SearchStrategy[int]:
    if scale == "long":
        return st.sampled_from(LONG_STEPS * 4 + RARE_STEPS)
    return st.sampled_from(STEPS * 8 + RARE_STEPS)


@st.composite
def letter_sizes(draw: st.DrawFn, letters: Sequence[str]) -> dict[str, int]:
    """Small sizes, half of the time pairwise different."""
    others = [letter for letter in letters if letter != "T"]
    if draw(st.booleans()) and len(others) > 1:
        pool = draw(st.permutations(range(1, max(6, len(others) + 1) + 1)))
        values = pool[: len(others)]
    else:
        values = [draw(st.sampled_from((1, 2, 3))) for _ in others]
    return {**dict(zip(others, values, strict=True)), "T": 1}


@st.composite
def some_of(draw: st.DrawFn, names: Sequence[str], *, everything: bool) -> tuple[str, ...]:
    """Most often nothing; otherwise some of the names, all of them only if `everything`."""
    if not names or draw(st.sampled_from((True, True, False))):
        return ()
    some = tuple(n for n in names if draw(st.booleans()))
    return some if everything or len(some) < len(names) else some[1:]


@st.composite
def chosen_options(draw: st.DrawFn, declaration: Declaration) -> dict[str, object]:
    drawn = {name: draw(st.sampled_from(values)) for name, values in declaration.options.items()}
    return {name: value for name, value in drawn.items() if value != declaration.options[name][0]}
