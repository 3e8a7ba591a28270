"""The defect zoo: bugs that were seen in public, and which designs of a gradient test catch them."""

from .catalog import find_defects
from .defect import Defect, FaultSite
from .kill_matrix import KillMatrix, build_kill_matrix

__all__ = ["Defect", "FaultSite", "KillMatrix", "build_kill_matrix", "find_defects"]
