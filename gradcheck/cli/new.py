"""`gradcheck new`: the files of a new unit, or of a new project."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ..reporting import terminal
from ..unit.discovery import UsageError

DEFAULT_CELL = ("n", "h", "tanh")


def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the unit, which is the name of its function.")
    ] = "",
    gates: Annotated[
        str,
        typer.Option(
            "--gates", help="One letter for each gate, in the order of the rows of the weights; the candidate last."
        ),
    ] = DEFAULT_CELL[0],
    states: Annotated[
        str, typer.Option("--states", help="One letter for each state, the output first.")
    ] = DEFAULT_CELL[1],
    activation: Annotated[
        str,
        typer.Option("--activation", help="Activation of the candidate: tanh, logistic or relu. Gates are logistic."),
    ] = DEFAULT_CELL[2],
    project: Annotated[
        Path | None, typer.Option("--project", metavar="DIR", help="Write a project into a new or empty folder.")
    ] = None,
) -> None:
    """Write the two files of a new recurrent cell, or a whole new project.

    `gradcheck verify NAME` says what to fill in next, until it says proved.

    Example: gradcheck new my_gru --gates r,z,n
    """
    from ..scaffold import CellTemplate, write_cell, write_project

    if bool(name) == (project is not None) or (project is not None and (gates, states, activation) != DEFAULT_CELL):
        raise UsageError("gradcheck new", "it writes either a unit or a project", "give NAME, or --project DIR alone")
    if project is None:
        cell = CellTemplate(name, tuple(gates.split(",")), tuple(states.split(",")), activation)
        written, then = write_cell(cell, Path.cwd()), f"gradcheck verify {name}"
    else:
        written, then = write_project(project), f"cd {project} && gradcheck verify"
    console = terminal.make_console()
    for path in written:
        console.print(f"written: {os.path.relpath(path)}", markup=False)
    console.print(f"next: {then}", markup=False)
