"""Hypothesis strategies of cases, for property tests of your own.  They shrink to the simplest case."""

import zlib
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from .cases.arrays import CaseArrays, draw_arrays
from .cases.case import Case
from .cases.fitting import fit_case_sizes
from .cases.literals import NOTHING, Literals
from .cases.sampling import ChoiceSource, draw_case, draw_exact_case
from .unit.declaration import Declaration

__all__ = ["arrays", "cases", "exact_cases"]


@st.composite
def cases(draw: st.DrawFn, declaration: Declaration, literals: Literals = NOTHING) -> Case:
    """Draw a case of a unit; `literals` are those of its source, around which sizes are drawn too."""
    case = draw_case(declaration, make_strategy_source(draw), literals)
    return mix_seed(fit_case_sizes(declaration, case))


@st.composite
def exact_cases(draw: st.DrawFn, declaration: Declaration, options: dict[str, Any]) -> Case:
    """Draw a case for exact arithmetic, with these options."""
    return draw_exact_case(declaration, make_strategy_source(draw), options)


@st.composite
def arrays(draw: st.DrawFn, declaration: Declaration, literals: Literals = NOTHING) -> CaseArrays:
    """Draw the arrays of a case: inputs and options by name, and by output an upstream gradient or None."""
    return draw_arrays(declaration, draw(cases(declaration, literals)))


def mix_seed(case: Case) -> Case:
    """Give cases of the same drawn seed different ones, unless it is 0, the simplest.

    Hypothesis repeats parts of what it drew before: two cases of one seed would have correlated arrays.
    """
    return replace(case, seed=zlib.crc32(str(case).encode())) if case.seed else case


def make_strategy_source(draw: st.DrawFn) -> ChoiceSource:
    return lambda values: draw(st.sampled_from(values))
