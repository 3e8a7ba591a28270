"""The files that `gradcheck new` writes: those of a new cell, of an exercise, or of a whole project."""

from .cell import CELL_ACTIVATIONS, CellTemplate, write_cell
from .exercise import EXERCISES, ExerciseTemplate, write_exercise
from .project import write_project

__all__ = [
    "CELL_ACTIVATIONS",
    "EXERCISES",
    "CellTemplate",
    "ExerciseTemplate",
    "write_cell",
    "write_exercise",
    "write_project",
]
