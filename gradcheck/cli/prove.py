"""`gradcheck prove`: the certificate of units."""

from pathlib import Path
from typing import Annotated

import typer

from ..reporting.json_file import check_writable, write_json
from .options import (
    SeedOption,
    TimeoutOption,
    UnitsArgument,
    choose_exit_code,
    require_at_least,
    require_time,
    select_units,
)


def show_proof(
    units: UnitsArgument = None,
    cases: Annotated[int, typer.Option("--cases", help="Number of small cases of each unit, over all options.")] = 16,
    trials: Annotated[int, typer.Option("--trials", help="Smallest number of primes for each case.")] = 1,
    seed: SeedOption = 0,
    timeout: TimeoutOption = 600.0,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the certificates as JSON; - is stdout.")
    ] = None,
) -> None:
    """Prove units in exact arithmetic, and print the certificate of each.

    Example: gradcheck prove lstm --trials 3 --json certificate.json
    """
    from ..reporting.unit_table import print_certificate
    from ..verification.alone import attempt_alone
    from ..verification.api import prove as prove_subject

    require_at_least(1, cases=cases, trials=trials)
    require_at_least(0, seed=seed)
    require_time(timeout)
    pairs = select_units(units or [])
    check_writable(json_file)
    reports = []
    for pair in pairs:
        reports.append(attempt_alone(pair, lambda s: prove_subject(s, cases=cases, trials=trials, seed=seed), timeout))
        print_certificate(reports[-1], to_stderr=str(json_file) == "-")
    if json_file is not None:
        write_json("prove", json_file, units=reports)
    raise typer.Exit(choose_exit_code(reports, good=("proved",)))
