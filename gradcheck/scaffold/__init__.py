"""The files that `gradcheck new` writes: those of a new cell, or of a whole project."""

from .cell import CELL_ACTIVATIONS, CellTemplate, write_cell
from .project import write_project

__all__ = ["CELL_ACTIVATIONS", "CellTemplate", "write_cell", "write_project"]
