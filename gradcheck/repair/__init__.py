"""Program repair: the search for patches that make a wrong backward right, each proved before it is shown."""

from .patch import Patch
from .search import RepairOutcome, repair

__all__ = ["Patch", "RepairOutcome", "repair"]
