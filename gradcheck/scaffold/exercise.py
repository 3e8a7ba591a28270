"""The two files of an exercise: the forward and the reference are written, the backward of one step is to be."""

from dataclasses import dataclass
from pathlib import Path

from ..unit.discovery import UsageError
from .cell import check_cell_name, format_output_class, write_unit
from .files import render_template

EXERCISES = {
    "rnn": "Elman's network",
    "lstm": "the long short-term memory",
    "gru": "the gated recurrent unit",
    "linear_recurrence": "an elementwise linear recurrence",
    "attention": "attention by inner products",
    "truncated_rnn": "Elman's network, its gradients cut every tau steps",
}
"""Each exercise, and what it is of; the templates of an exercise are in the folder of its name."""


@dataclass(frozen=True)
class ExerciseTemplate:
    """A unit of a given name whose backward is an exercise.  UsageError where there is no such exercise."""

    name: str
    exercise: str

    def __post_init__(self) -> None:
        check_cell_name(self.name)
        if self.exercise not in EXERCISES:
            raise UsageError(f"--exercise {self.exercise}", "it is not known", f"give one of {', '.join(EXERCISES)}")

    @property
    def output(self) -> str:
        return format_output_class(self.name)

    def render(self, side: str) -> str:
        return render_template(f"exercises/{self.exercise}/{side}.py.jinja", name=self.name, output=self.output)


def write_exercise(exercise: ExerciseTemplate, start: Path) -> list[Path]:
    """Write the files of an exercise in the project around `start`: the manual one and the reference.

    UsageError where a folder is missing or one of them exists; then nothing is written.
    """
    return write_unit(exercise.name, exercise.render, start)
