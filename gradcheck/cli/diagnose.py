"""`gradcheck blame`: where a wrong unit is wrong."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..reporting.json_file import SCHEMA, check_writable, write_json
from ..unit.discovery import UsageError
from .options import Address, Cases, JsonFile, Seed, at_least, exit_code, select

if TYPE_CHECKING:
    from ..unit.subject import Subject
    from ..verdict.report import Report


def show_blame(
    unit: Annotated[list[str], typer.Argument(metavar="UNIT", help="A unit by name, or as two paths.")],
    cases: Cases = 100,
    seed: Seed = 0,
    case: Address = None,
    json_file: JsonFile = None,
) -> None:
    """Show where a wrong unit is wrong: the map of right and wrong, and what the fault looks like.

    Example: gradcheck blame gru --case T=2,B=1,I=1,H=1,seed=3
    """
    from ..reporting.unit_table import print_blame
    from ..verification.api import attempt, examine

    at_least(1, cases=cases)
    at_least(0, seed=seed)
    pairs = select(unit)
    if len(pairs) != 1:
        raise UsageError(" ".join(unit), f"they are {len(pairs)} units", "name one")
    check_writable(json_file)

    def judge(subject: "Subject") -> "Report":
        return examine(subject, cases=cases, seed=seed, case=case)

    report = attempt(pairs[0], judge)
    print_blame(report, to_stderr=str(json_file) == "-")
    if json_file is not None:
        write_json({"schema": SCHEMA, "units": [report.to_dict()]}, json_file)
    raise typer.Exit(exit_code([report]))
