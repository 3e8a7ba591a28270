"""`gradcheck verify`: the verdict on units."""

from typing import Annotated

import typer

from ..discovery import Pair, UsageError
from ..display import Display
from ..html_report import write as write_report
from ..report import Report
from ..subject import Subject
from .common import (
    SCHEMA,
    Address,
    Cases,
    JsonFile,
    ReportFile,
    Seed,
    Units,
    at_least,
    attempt,
    check_writable,
    exit_code,
    select,
    write_json,
)

MUTANTS = 8


def verify(
    units: Units = None,
    cases: Cases = 100,
    seed: Seed = 0,
    case: Address = None,
    exact: Annotated[bool, typer.Option("--exact/--no-exact", help="Prove the units in exact arithmetic too.")] = True,
    mutants: Annotated[
        int,
        typer.Option("--mutants", metavar="N", help="Plant N faults in each backward that is right: are they seen?"),
    ] = MUTANTS,
    all_mutants: Annotated[bool, typer.Option("--all-mutants", help="Plant every single-edit fault.")] = False,
    json_file: JsonFile = None,
    report_file: ReportFile = None,
) -> None:
    """Judge units, and print the verdict on each.

    Example: gradcheck verify lstm gru --cases 500 --json verdicts.json --report report.html
    """
    at_least(1, cases=cases)
    at_least(0, seed=seed, mutants=mutants)
    pairs = select(units or [])
    if case is not None and len(pairs) != 1:
        raise UsageError("--case", f"it is the address of a case of one unit, not of {len(pairs)}", "name one unit")
    check_writable(json_file)
    check_writable(report_file, "--report")
    with Display([p.name for p in pairs], cases if case is None else 1, to_stderr=str(json_file) == "-") as display:
        reports = [
            display.finish(judge(pair, cases, seed, case, exact, None if all_mutants else mutants, display))
            for pair in pairs
        ]
    display.conclude(reports)
    if json_file is not None:
        write_json({"schema": SCHEMA, "units": [r.to_dict() for r in reports]}, json_file)
    if report_file is not None:
        write_report([r.to_dict() for r in reports], report_file)
    raise typer.Exit(exit_code(reports))


def judge(
    pair: Pair, cases: int, seed: int, case: str | None, exact: bool, mutants: int | None, display: Display
) -> Report:
    from ..checking import examine

    def judge_subject(subject: Subject) -> Report:
        return examine(
            subject, cases=cases, seed=seed, case=case, exact=exact, mutants=mutants, progress=display.advance
        )

    return attempt(pair, judge_subject)
