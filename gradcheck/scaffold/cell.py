"""The two files of a new recurrent cell: a time loop that is written, and the equations that are to be."""

import builtins
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..unit.discovery import UsageError, find_project_units, find_unit_files, find_unit_folder
from .files import render_template, write_new_files


class CellActivation(NamedTuple):
    """What stands in the files for an activation: `{}` is the argument, or of a derivative the gate."""

    formula: str
    numpy_code: str
    vjp: str  # in code
    derivative: str  # in the equations
    torch_code: str


CELL_ACTIVATIONS = {
    "tanh": CellActivation("tanh({})", "np.tanh({})", "d{0} * (1 - {0} * {0})", "(1 - {0}_t^2)", "torch.tanh({})"),
    "logistic": CellActivation(
        "s({})", "logistic({})", "d{0} * {0} * (1 - {0})", "{0}_t (1 - {0}_t)", "torch.sigmoid({})"
    ),
    "relu": CellActivation("max({}, 0)", "relu({})", "np.where({0} > 0, d{0}, 0)", "[{0}_t > 0]", "torch.relu({})"),
}
MAX_NAME_LENGTH = 32
HELPER_NAMES = {"np", "torch", "step", "step_backward", "next_state", "logistic", "relu", "detach", "softmax"}
RESERVED_NAMES = {*HELPER_NAMES, *dir(builtins), *keyword.kwlist}
RESERVED_LETTERS = "adltux"  # arrays of the files, and what lint takes for a 1
MAX_GATES, MAX_STATES = 5, 3


@dataclass(frozen=True)
class CellTemplate:
    """A recurrent cell: its gates by letter, in the order of the rows of its weights, the last one the candidate, which
    has the activation (the others are logistic); its states by letter, the first one its output.

    UsageError where a name is none.
    """

    name: str
    gates: tuple[str, ...] = ("n",)
    states: tuple[str, ...] = ("h",)
    activation: str = "tanh"

    def __post_init__(self) -> None:
        check_cell_name(self.name)
        check_cell_letters("--gates", self.gates, "rzn", RESERVED_LETTERS, MAX_GATES)
        check_cell_letters("--states", self.states, "hc", RESERVED_LETTERS + "iy", MAX_STATES)
        for letter in self.states:
            if letter in self.gates:
                raise UsageError(f"--states {letter}", "a gate has that letter", "choose another")
        if self.activation not in CELL_ACTIVATIONS:
            known = ", ".join(CELL_ACTIVATIONS)
            raise UsageError(f"--activation {self.activation}", "it is not known", f"give one of {known}")

    @property
    def output(self) -> str:
        return format_output_class(self.name)

    def activation_of(self, gate: str) -> CellActivation:
        return CELL_ACTIVATIONS[self.activation if gate == self.gates[-1] else "logistic"]

    def uses(self, activation: str) -> bool:
        return CELL_ACTIVATIONS[activation] in map(self.activation_of, self.gates)

    def render(self, side: str) -> str:
        return render_template(f"{side}.py.jinja", cell=self)


def format_output_class(name: str) -> str:
    """The name of the class of a unit's outputs."""
    return "".join(part.capitalize() for part in name.split("_")) + "Output"


def check_cell_name(name: str) -> None:
    value = f"unit {name!r}"
    remedy = "use lower-case letters, digits and underscores, and begin with a letter, such as peephole_lstm"
    if Path(name).name != name:
        raise UsageError(value, "it names a file in another folder", remedy)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(value, "it is not a valid name of a function", remedy)
    if name in RESERVED_NAMES:
        raise UsageError(value, "the name is already used for something else in the file", "choose another")
    if len(name) > MAX_NAME_LENGTH:
        raise UsageError(value, f"it has {len(name)} characters", f"choose one of {MAX_NAME_LENGTH} or less")


def check_cell_letters(option: str, letters: tuple[str, ...], example: str, taken: str, most: int) -> None:
    value, remedy = f"{option} {','.join(letters)}", f"give different lower-case letters, such as {','.join(example)}"
    if len(letters) > most:
        raise UsageError(value, f"there are {len(letters)}", f"give {most} or less, and write the others in the files")
    for letter in letters:
        if not re.fullmatch("[a-z]", letter):
            raise UsageError(value, f"{letter!r} is not a lower-case letter", remedy)
        if letter in taken:
            raise UsageError(value, f"{letter} is already used for something else in the file", remedy)
        if letters.count(letter) > 1:
            raise UsageError(value, f"{letter} is given twice", remedy)


def write_cell(cell: CellTemplate, start: Path) -> list[Path]:
    """Write the files of the cell in the project around `start`: the manual one and the reference.

    UsageError where a folder is missing or one of them exists; then nothing is written.
    """
    return write_unit(cell.name, cell.render, start)


def write_unit(name: str, render: Callable[[str], str], start: Path) -> list[Path]:
    """Write what `render` gives for each side, manual and reference, in the project around `start`.

    UsageError where a folder is missing or one of the files exists; then nothing is written.
    """
    root, table = find_project_units(start)
    paths = {side: find_unit_folder(root, table, side) / f"{name}.py" for side in ("manual", "reference")}
    for path in paths.values():
        known = find_unit_files(path.parent).get(name)
        found = path if known is None else path.parent / known
        if found.exists():
            raise UsageError(str(found), "it exists", "choose another name, or remove it")
    write_new_files({path: render(side) for side, path in paths.items()})
    return [*paths.values()]
