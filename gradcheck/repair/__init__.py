"""Repair: the single edits of a wrong backward that make it right, proved before they are shown.

outcome = repair(subject)
outcome.status                   right, mended, no mend, not backward, bad declaration
outcome.mends[0].diff()          what to change
outcome.mends[0].write()         change it on disk
"""

from .patch import Patch
from .search import RepairOutcome, repair

__all__ = ["Patch", "RepairOutcome", "repair"]
