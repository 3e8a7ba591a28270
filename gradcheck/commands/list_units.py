"""`gradcheck list`: the units of the project."""

from ..discovery import discover
from ..display import print_units


def list_units() -> None:
    """List the units of the project, with what each computes.

    Example: gradcheck list
    """
    print_units(discover())
