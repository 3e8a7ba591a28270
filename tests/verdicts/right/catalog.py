"""Every right unit of this folder, its reference, and the verdict that is due.

proved      exact arithmetic should say that the backward is the adjoint of the forward
agrees      exact arithmetic does not know a function that is called, and says which: proved is welcome too
imprecise   the formula is right, and loses digits that its reference keeps
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Due = Literal["proved", "agrees", "imprecise"]
PACKAGE = "tests.verdicts.right"


@dataclass(frozen=True)
class Cell:
    name: str
    unit: Any
    reference: Any
    due: Due = "proved"
    reason: str = ""

    def __str__(self) -> str:
        return self.name


FILES = (
    "attention",
    "masks",
    "norms",
    "running",
    "recurrences",
    "scans",
    "losses",
    "contrastive",
    "activations",
    "in_place",
    "layers",
    "densities",
    "plain_buffers",
    "imprecise",
)
EVERYTHING = {"plain_buffers": "buffers in plain float64 hold no exact numbers", "imprecise": "digits are lost"}
AGREES = {
    "losses.weighted_binary": "exact arithmetic does not know logaddexp",
    "activations.softplus_logaddexp": "exact arithmetic does not know logaddexp",
    "activations.sigmoid_logaddexp": "exact arithmetic does not know logaddexp",
    "activations.gelu": "exact arithmetic does not know erf",
    "activations.arctangent": "exact arithmetic does not know arctan",
    "densities.solve": "exact arithmetic does not know numpy.linalg.solve",
    "densities.log_determinant": "exact arithmetic does not know numpy.linalg.slogdet",
}


def cells_of(file: str) -> list[Cell]:
    """Those of one file: every twin that its reference declares."""
    twins = vars(import_module(f"{PACKAGE}.{file}_reference")).values()
    return [cell_of(file, twin) for twin in twins if hasattr(twin, "unit")]


def cell_of(file: str, twin: Any) -> Cell:
    name = f"{file}.{twin.__name__}"
    reason = AGREES.get(name, EVERYTHING.get(file, ""))
    due: Due = "imprecise" if file == "imprecise" else "agrees" if reason else "proved"
    return Cell(name, twin.unit, twin, due, reason)


CELLS = [cell for file in FILES for cell in cells_of(file)]
