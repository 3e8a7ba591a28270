"""`gradcheck zoo`: the kill table of the project's defects."""

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import DeclarationError
from ..unit.discovery import UsageError, discover

if TYPE_CHECKING:
    from ..unit.subject import Subject
from ..reporting.json_file import check_writable, write_json
from .options import JsonOption, SeedOption, require_at_least

if TYPE_CHECKING:
    from ..zoo import Defect


def zoo(
    defects: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DEFECT]...", help="Defects by name. By default all, and all right units."),
    ] = None,
    cases: Annotated[int, typer.Option("--cases", help="Number of random cases of each defect.")] = 100,
    unit_cases: Annotated[int, typer.Option("--unit-cases", help="Number of random cases of each right unit.")] = 5,
    seed: SeedOption = 0,
    json_file: JsonOption = None,
) -> None:
    """Judge bugs that were seen in public, by gradcheck and by other designs of a test, and print which catches which.

    Right units show which designs raise false alarms.  Exit code 0 if gradcheck catches all bugs and raises none.

    Example: gradcheck zoo --json kill_table.json
    """
    from ..reporting.zoo_table import ZooDisplay
    from ..zoo import build_kill_matrix, find_defects

    require_at_least(1, **{"cases": cases, "unit-cases": unit_cases})
    require_at_least(0, seed=seed)
    check_writable(json_file)
    chosen = choose_defects(find_defects(), defects or [])
    units = [] if defects else load_right_units()
    with ZooDisplay(len(chosen) + len(units), to_stderr=json_file == Path("-")) as display:
        table = build_kill_matrix(
            chosen, units, cases=cases, unit_cases=unit_cases, seed=seed, begin=display.begin, finish=display.finish
        )
    display.conclude(table)
    if json_file is not None:
        write_json("zoo", json_file, designs=table.designs, defects=table.rows, units=table.units)
    raise typer.Exit(0 if table.is_perfect else 1)


def choose_defects(defects: "list[Defect]", names: list[str]) -> "list[Defect]":
    """Return the named defects in this order, or all if no name is given.  UsageError for an unknown name."""
    by_name = {d.name: d for d in defects}
    for name in names:
        if name not in by_name:
            near = get_close_matches(name, by_name, 1, 0.5)
            remedy = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(by_name)}"
            raise UsageError(f"defect {name!r}", "there is no such defect", remedy)
    return [by_name[name] for name in names] or defects


def load_right_units() -> "list[Subject]":
    """Load the units of the project, which are assumed to be right.  UsageError if one cannot be judged."""
    try:
        return [pair.load() for pair in discover()]
    except DeclarationError as error:
        raise UsageError(error.value, error.reason, error.remedy) from error
