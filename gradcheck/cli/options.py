"""Shared by the subcommands: options, the choice of units, exit codes."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..unit.discovery import UnitFiles, UsageError, choose_units, discover, locate_lone_unit, locate_unit

if TYPE_CHECKING:
    from ..verdict.report import Report

UnitsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT]...",
        help="Units by name, or one as paths: MANUAL.py REFERENCE.py, or UNIT.py alone. By default all.",
    ),
]
CasesOption = Annotated[int, typer.Option("--cases", help="Number of random cases of each unit.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of the random cases.")]
JobsOption = Annotated[
    int | None,
    typer.Option("-j", "--jobs", metavar="N", help="Number of processes; by default one for each core."),
]
CaseOption = Annotated[
    str | None, typer.Option("--case", metavar="CASE", help="Judge one case: T=2,B=1,I=1,H=1,seed=3")
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the reports as JSON; - is stdout.")
]

TimeoutOption = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="Processor time allowed for each unit.")
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write the reports as one HTML page.")
]
QuietOption = Annotated[
    bool, typer.Option("-q", "--quiet", help="Print failures and the totals alone, without a row for each unit.")
]
VerboseOption = Annotated[
    bool, typer.Option("-v", "--verbose", help="Print what is known of each unit: its checks, sizes and notes.")
]
SarifOption = Annotated[
    Path | None,
    typer.Option("--sarif", metavar="FILE", help="Write what is wrong as SARIF, with the line that it is about."),
]


def require_at_least(least: int, **options: int) -> None:
    for name, value in options.items():
        if value < least:
            raise UsageError(f"--{name} {value}", "it is too small", f"give {least} or more")


def require_time(seconds: float) -> None:
    if not 0 < seconds < float("inf"):
        raise UsageError(f"--timeout {seconds:g}", "it is not a positive number", "give a number of seconds above 0")


def select_units(units: list[str]) -> list[UnitFiles]:
    if any(u.endswith(".py") or os.sep in u for u in units):
        if len(units) == 1:
            return [locate_lone_unit(*units)]
        if len(units) != 2:
            raise UsageError(
                " ".join(units),
                "a unit is named by its own file, and its reference if it has one",
                "give MANUAL.py REFERENCE.py",
            )
        return [locate_unit(*units)]
    return choose_units(discover(), units)


GOOD = ("proved", "agrees", "imprecise")
PRECISE = ("proved", "agrees")


def choose_exit_code(reports: "list[Report]", good: tuple[str, ...] = GOOD) -> int:
    """0 where all are good, 1 where one is wrong, even if another could not be judged, and else 2."""
    unknown = [r for r in reports if r.verdict in ("bad declaration", "not judged")]
    if any(r.verdict not in good and r not in unknown for r in reports):
        return 1
    return 2 if unknown else 0
