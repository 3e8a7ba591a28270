"""Writes the files of a new unit, or of a whole new project, from templates.

write_cell(cell, start)      manual/NAME.py and reference/NAME.py, whose verdict says what to fill in next
write_project(folder)        a project with a first cell that is proved, tests and CI
"""

from .cell import CELL_ACTIVATIONS, CellTemplate, write_cell
from .project import write_project

__all__ = ["CELL_ACTIVATIONS", "CellTemplate", "write_cell", "write_project"]
