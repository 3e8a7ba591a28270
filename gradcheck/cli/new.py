"""`gradcheck new`: the files of a new unit, of an exercise, or of a new project."""

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
    exercise: Annotated[
        str,
        typer.Option(
            "--exercise",
            metavar="EXERCISE",
            help="Write an exercise: all but the backward of one step. One of rnn, lstm, gru, linear_recurrence,"
            " attention, truncated_rnn.",
        ),
    ] = "",
    project: Annotated[
        Path | None, typer.Option("--project", metavar="DIR", help="Write a project into a new or empty folder.")
    ] = None,
) -> None:
    """Write the two files of a new recurrent cell, of an exercise, or a whole new project.

    `gradcheck verify NAME` says what to fill in next, until it says proved.

    Example: gradcheck new my_gru --gates r,z,n
    """
    from ..scaffold import write_project

    if bool(name) == (project is not None) or (project is not None and (gates, states, activation) != DEFAULT_CELL):
        raise UsageError("gradcheck new", "it writes either a unit or a project", "give NAME, or --project DIR alone")
    if exercise and (project is not None or (gates, states, activation) != DEFAULT_CELL):
        raise UsageError(
            f"--exercise {exercise}", "an exercise has its own equations", "give NAME and --exercise alone"
        )
    if project is None:
        written, then = write_unit_files(name, gates, states, activation, exercise), f"gradcheck verify {name}"
    else:
        written, then = write_project(project), f"cd {project} && gradcheck verify"
    console = terminal.make_console()
    for path in written:
        console.print(f"written: {os.path.relpath(path)}", markup=False)
    console.print(f"next: {then}", markup=False)


def write_unit_files(name: str, gates: str, states: str, activation: str, exercise: str) -> list[Path]:
    from ..scaffold import CellTemplate, ExerciseTemplate, write_cell, write_exercise

    if exercise:
        return write_exercise(ExerciseTemplate(name, exercise), Path.cwd())
    cell = CellTemplate(name, tuple(gates.split(",")), tuple(states.split(",")), activation)
    return write_cell(cell, Path.cwd())
