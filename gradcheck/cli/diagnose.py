"""`gradcheck diagnose`: where a wrong unit is wrong."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..reporting.json_file import check_writable, write_json
from ..unit.discovery import UsageError
from .options import (
    CaseOption,
    CasesOption,
    JsonOption,
    SeedOption,
    TimeoutOption,
    choose_exit_code,
    require_at_least,
    require_time,
    select_units,
)

if TYPE_CHECKING:
    from ..unit.subject import Subject
    from ..verdict.report import Report


def show_diagnosis(
    unit: Annotated[list[str], typer.Argument(metavar="UNIT", help="A unit by name, or as two paths.")],
    cases: CasesOption = 100,
    seed: SeedOption = 0,
    case: CaseOption = None,
    timeout: TimeoutOption = 600.0,
    json_file: JsonOption = None,
) -> None:
    """Show where a wrong unit is wrong: the map of right and wrong, and what the fault looks like.

    Example: gradcheck diagnose gru --case T=2,B=1,I=1,H=1,seed=3
    """
    from ..reporting.unit_table import print_diagnosis
    from ..verification.alone import attempt_alone
    from ..verification.api import examine

    require_at_least(1, cases=cases)
    require_at_least(0, seed=seed)
    require_time(timeout)
    pairs = select_units(unit)
    if len(pairs) != 1:
        raise UsageError(" ".join(unit), f"these are {len(pairs)} units", "name one unit")
    check_writable(json_file)

    def judge(subject: "Subject") -> "Report":
        return examine(subject, cases=cases, seed=seed, case=case)

    report = attempt_alone(pairs[0], judge, timeout)
    print_diagnosis(report, to_stderr=str(json_file) == "-")
    if json_file is not None:
        write_json("diagnose", json_file, units=[report])
    raise typer.Exit(choose_exit_code([report]))
