"""The single case of a gradient test as most are written: a few steps, a small batch, random numbers."""

from ..unit.declaration import Declaration
from .case import Case
from .fitting import fit_case_sizes


def make_plain_case(declaration: Declaration, T: int, B: int, dtype: str = "float64", least: int = 3) -> Case:
    """T, B, and for the other letters `least`, one more, two more, in turn, so that neighbours differ."""
    others = [letter for letter in declaration.letters if letter not in ("T", "B")]
    chosen = {letter: least + k % 3 for k, letter in enumerate(others)} | {"T": T, "B": B}
    return fit_case_sizes(declaration, Case({letter: chosen[letter] for letter in declaration.letters}, 1, dtype))
