"""`gradcheck mutate`: which faults, planted one at a time in a backward, the checks notice."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import DeclarationError
from ..reporting.json_file import check_writable, write_json
from ..unit.discovery import UnitFiles
from .options import JobsOption, require_at_least, select_units


def show_mutation_score(
    units: Annotated[
        list[str], typer.Argument(metavar="UNIT...", help="Units by name, or one as two paths: MANUAL.py REFERENCE.py.")
    ],
    mutants: Annotated[
        int | None,
        typer.Option("--mutants", metavar="N", help="Try a sample of N mutants of each unit; by default all."),
    ] = None,
    jobs: JobsOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the cases and of the sample.")] = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the results as JSON; - is stdout.")
    ] = None,
) -> None:
    """Plant every single-edit fault in a unit's backward, one at a time, and count those that the checks notice.

    A mutant is killed (a check fails, or it crashes or never ends), equivalent (exact arithmetic decides that it is the
    same function), not told apart (the same, but a part of the edited statement never ran), or a survivor, which is
    printed.  The mutation score is the share of killed mutants among the killed and the survivors.

    Exit codes: 0 no survivor; 1 a survivor, or a unit that is wrong; 2 a bad declaration, or wrong usage.

    Example: gradcheck mutate lstm --json mutants.json
    """
    from ..mutation import MutationScore, measure_mutation_score
    from ..reporting.mutation_table import MutationDisplay

    require_at_least(0, seed=seed)
    require_at_least(1, **{name: n for name, n in (("mutants", mutants), ("jobs", jobs)) if n is not None})
    pairs = select_units(units)
    check_writable(json_file)
    with MutationDisplay(to_stderr=str(json_file) == "-") as display:

        def measure(pair: UnitFiles) -> MutationScore:
            try:
                subject = pair.load()
            except DeclarationError as error:
                return MutationScore(pair.name, "bad declaration", error=str(error))
            return measure_mutation_score(subject, sample=mutants, workers=jobs, seed=seed, progress=display.update)

        measured = [display.add_report(measure(pair)) for pair in pairs]
    display.conclude(measured)
    if json_file is not None:
        write_json("mutate", json_file, units=measured)
    raise typer.Exit(max(t.exit_code for t in measured))
