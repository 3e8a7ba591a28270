"""`gradcheck list`: the units of the project."""

from ..reporting.unit_table import print_units
from ..unit.discovery import discover


def list_units() -> None:
    """List the units of the project, with what each computes.

    Example: gradcheck list
    """
    print_units(discover())
