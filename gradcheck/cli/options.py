"""What the subcommands share: options, the choice of units, files to write, exit codes."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import DeclarationError
from ..unit.discovery import Pair, UsageError, choose, discover, from_paths

if TYPE_CHECKING:
    from ..unit.subject import Subject
    from ..verdict.report import Report

SCHEMA = 1

Units = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT]...", help="Units by name, or one as two paths: MANUAL.py REFERENCE.py. All if none."
    ),
]
Cases = Annotated[int, typer.Option("--cases", help="Random cases a unit.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the random cases.")]
Address = Annotated[
    str | None, typer.Option("--case", metavar="ADDRESS", help="Judge one case: T=2,B=1,I=1,H=1,seed=3")
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the reports as JSON; - is stdout.")
]

ReportFile = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write the reports as one HTML page.")
]


def attempt(pair: Pair, action: Callable[["Subject"], "Report"]) -> "Report":
    """What `action` reports of the unit, or why the unit cannot be judged."""
    try:
        return action(pair.load())
    except DeclarationError as error:
        from ..verdict.report import undeclared

        return undeclared(pair.name, error)


def at_least(least: int, **options: int) -> None:
    for name, value in options.items():
        if value < least:
            raise UsageError(f"--{name} {value}", "it is too small", f"give {least} or more")


def select(units: list[str]) -> list[Pair]:
    if any(u.endswith(".py") or os.sep in u for u in units):
        if len(units) != 2:
            raise UsageError(" ".join(units), "a unit by its files is two paths", "give MANUAL.py REFERENCE.py")
        return [from_paths(*units)]
    return choose(discover(), units)


def check_writable(file: Path | None, option: str = "--json") -> None:
    if file is None or (str(file) == "-" and option == "--json"):
        return
    new = not file.exists()
    try:
        if new or file.is_file():
            file.open("a").close()  # the only sure sign: what access rights say need not be so
        if new:
            file.unlink()
    except OSError as error:
        raise unwritable(f"{option} {file}", error) from error
    if file.is_dir():
        raise unwritable(f"{option} {file}", IsADirectoryError(0, "Is a directory"))


def unwritable(value: str, error: OSError) -> UsageError:
    return UsageError(value, f"it cannot be written ({error.strerror})", "name a file in a folder that exists")


def write_json(content: dict[str, Any], file: Path) -> None:
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(f"--json {file}", error) from error


def exit_code(reports: "list[Report]", good: tuple[str, ...] = ("proved", "agrees")) -> int:
    if any(r.verdict in ("bad declaration", "not judged") for r in reports):
        return 2
    return 0 if all(r.verdict in good for r in reports) else 1
