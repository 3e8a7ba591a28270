"""Verify hand-written gradients: independent judges, derived tolerances, a verdict a unit.

    check(unit, reference)     judge one unit: a report, or GradientMismatch; without a reference, by its own forward
    as_test(...)               a decorator that makes a test of a unit
    verify(subjects)           judge many: a list of reports
    prove(subject)             judge one in exact arithmetic alone: the report holds its certificate
    discover(folder)           the units of a project, as its pyproject.toml names them
    adapt_pair, adapt_layer, adapt_torch   units made of code that was written to another contract

A unit is an annotated function that returns its outputs and its backward; see `declare` for what is read from it,
`Case` for what it is judged on, and `Report` for what is found.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from .adapters import Adapted, adapt_layer, adapt_pair, adapt_torch
    from .cases.arrays import CaseArrays, draw_arrays
    from .cases.case import Case
    from .errors import CaseIdError, DeclarationError
    from .unit.declaration import Declaration, declare
    from .unit.discovery import UnitFiles, discover
    from .unit.subject import Subject
    from .verdict.mismatch import GradientMismatch
    from .verdict.report import Report
    from .verification.api import as_test, check, examine, prove, verify

MODULES = {
    "adapters": ("Adapted", "adapt_layer", "adapt_pair", "adapt_torch"),
    "cases.arrays": ("CaseArrays", "draw_arrays"),
    "cases.case": ("Case",),
    "verification.api": ("as_test", "check", "examine", "prove", "verify"),
    "unit.declaration": ("Declaration", "declare"),
    "unit.discovery": ("UnitFiles", "discover"),
    "errors": ("CaseIdError", "DeclarationError"),
    "verdict.mismatch": ("GradientMismatch",),
    "verdict.report": ("Report",),
    "unit.subject": ("Subject",),
}
"""Where the public names are; each is imported when it is first used, for pytest loads the plugin in every project."""

__all__ = [
    "Adapted",
    "Case",
    "CaseArrays",
    "CaseIdError",
    "Declaration",
    "DeclarationError",
    "GradientMismatch",
    "Report",
    "Subject",
    "UnitFiles",
    "adapt_layer",
    "adapt_pair",
    "adapt_torch",
    "as_test",
    "check",
    "declare",
    "discover",
    "draw_arrays",
    "examine",
    "prove",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # takes as long to import as all that is imported above

        return version("gradcheck")
    for module, names in MODULES.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
