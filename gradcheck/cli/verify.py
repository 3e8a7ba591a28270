"""`gradcheck verify`: the verdict on units."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ..processes.pool import count_cores
from ..replay import FailedCases, read_all
from ..reporting.github import format_annotations, is_on_github
from ..reporting.html import render_html_report
from ..reporting.json_file import check_writable, write_all, write_json, write_result
from ..reporting.sarif import write_sarif
from ..reporting.unit_table import UnitDisplay
from ..unit.discovery import UsageError, find_project_root
from .interrupts import catch_interrupts
from .options import (
    GOOD,
    PRECISE,
    CaseOption,
    CasesOption,
    JobsOption,
    JsonOption,
    QuietOption,
    ReportOption,
    SarifOption,
    SeedOption,
    UnitsArgument,
    VerboseOption,
    choose_exit_code,
    require_at_least,
    select_units,
)

DEFAULT_MUTANTS = 8
DEFAULT_TIMEOUT = 600.0
"""Default time limit of a unit in seconds; one second is added for each of its cases."""


def show_verdicts(
    units: UnitsArgument = None,
    cases: CasesOption = 100,
    seed: SeedOption = 0,
    case: CaseOption = None,
    exact: Annotated[bool, typer.Option("--exact/--no-exact", help="Also check in exact arithmetic.")] = True,
    mutants: Annotated[
        int,
        typer.Option(
            "--mutants", metavar="N", help="Plant N faults in each right backward; the checks should notice each."
        ),
    ] = DEFAULT_MUTANTS,
    all_mutants: Annotated[bool, typer.Option("--all-mutants", help="Plant every single-edit fault.")] = False,
    jobs: JobsOption = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="Processor time allowed for each unit; by default 600, plus 1 for each case."
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 where a unit is imprecise, too.")] = False,
    json_file: JsonOption = None,
    report_file: ReportOption = None,
    sarif_file: SarifOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Judge units, and print the verdict on each.

    Each unit is judged in processes of its own, so one that loops or crashes does not keep the others from their
    verdicts.  Verdicts do not depend on the number of processes.  A case at which a unit failed is kept in the example
    database of Hypothesis (.hypothesis/examples), and judged first the next time.

    Exit codes: 0 all good; 1 a gradient is wrong or judges are split, or with --strict imprecise; 2 a unit cannot be
    judged, or wrong usage; 130 Ctrl-C: results so far are shown and written.

    Example: gradcheck verify lstm gru --cases 500 -j 4 --json verdicts.json --report report.html
    """
    require_at_least(1, cases=cases, **({} if jobs is None else {"jobs": jobs}))
    require_at_least(0, seed=seed, mutants=mutants)
    if timeout is not None and not 0 < timeout < float("inf"):
        raise UsageError(f"--timeout {timeout:g}", "it is not a positive number", "give a number of seconds above 0")
    pairs = select_units(units or [])
    if case is not None and len(pairs) != 1:
        raise UsageError("--case", f"it is the id of a case of one unit, not of {len(pairs)}", "name one unit")
    check_writable(json_file)
    check_writable(report_file, "--report")
    check_writable(sarif_file, "--sarif")
    from ..verification.scheduler import judge_units
    from ..verification.settings import EXACT_CASES, Settings

    planted = None if all_mutants else mutants
    failed = FailedCases.of_project(find_project_root(Path.cwd()))
    replay = read_all(failed, pairs)
    settings = Settings(cases, seed, 0, case, EXACT_CASES if exact else 0, mutants=planted, replay=replay)
    names = [pair.name for pair in pairs]
    if quiet and verbose:
        raise UsageError("-q -v", "these ask for less and for more", "give one of them")
    display = UnitDisplay(
        names, cases if case is None else 1, to_stderr=str(json_file) == "-", quiet=quiet, verbose=verbose
    )
    with catch_interrupts() as interrupt, display:

        def watch(under_way: dict[str, int]) -> None:
            interrupt.check()
            display.advance(under_way)

        for number, report in judge_units(
            pairs, settings, jobs or count_cores(), timeout or DEFAULT_TIMEOUT + cases, watch
        ):
            display.add_report(number, report)
            failed.note(report, () if case else replay.get(report.name, ()))
    reports = display.conclude()
    with write_all() as write:
        if json_file is not None:
            write(lambda: write_json("verify", json_file, units=reports, interrupted=bool(interrupt.code)))
        if report_file is not None:
            write(lambda: write_result(report_file, render_html_report(reports), "--report"))
        if sarif_file is not None:
            write(lambda: write_sarif(reports, sarif_file))
    if is_on_github():
        print("\n".join(format_annotations(reports)), file=sys.stderr if str(json_file) == "-" else sys.stdout)
    raise typer.Exit(interrupt.code or choose_exit_code(reports, PRECISE if strict else GOOD))
