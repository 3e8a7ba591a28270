"""The defect zoo: bugs that were seen, and what this harness and the designs in use see of them."""

from .catalog import find_defects
from .defect import Defect, Fault
from .kill_matrix import KillTable, kill_table

__all__ = ["Defect", "Fault", "KillTable", "find_defects", "kill_table"]
