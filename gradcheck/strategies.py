"""Hypothesis strategies for the addresses of cases, for property tests of one's own; the simplest come first."""

from typing import Any

from hypothesis import strategies as st

from .cases.case import Case
from .cases.literals import NOTHING, Literals
from .cases.sampling import Choose, address, exact_address
from .unit.declaration import Declaration

__all__ = ["cases", "exact_cases"]


@st.composite
def cases(draw: st.DrawFn, declaration: Declaration, literals: Literals = NOTHING) -> Case:
    """Addresses of the cases of a unit; `literals` are those of its source, whose sizes are drawn too."""
    return address(declaration, choosing(draw), literals)


@st.composite
def exact_cases(draw: st.DrawFn, declaration: Declaration, options: dict[str, Any]) -> Case:
    """Addresses for exact arithmetic, with the options given."""
    return exact_address(declaration, choosing(draw), options)


def choosing(draw: st.DrawFn) -> Choose:
    return lambda values: draw(st.sampled_from(values))
