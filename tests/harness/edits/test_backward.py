"""The code of a backward: found by running it, whole, and without anything that the forward runs."""

from pathlib import Path

import pytest

from gradcheck import DeclarationError, Subject
from gradcheck.edits import find_backward_functions, generate_mutants
from gradcheck.unit.discovery import choose_units, discover
from tests.harness import elman
from tests.harness.elman_reference import elman as reference
from tests.harness.plant import altered, planted

LOOP = [
    "time_loop.backward",
    "HiddenProducts.vjp",
    "HiddenGradients.__init__",
    "HiddenGradients.vjp",
    "HiddenGradients.note",
    "HiddenGradients.gradients",
]
GATES = ["reset_after.cell.vjp", "reset_before.cell.vjp", "update.vjp"]
DERIVATIVES = ["tanh", "logistic", "relu", "leaky_relu", "identity"]
FUNCTIONS = {
    "lstm": {"lstm": ["lstm.backward", "lstm_cell.vjp"], "time_loop": LOOP},
    "gru": {"gru": ["gru.backward", *GATES], "time_loop": LOOP},
    "rnn": {
        "rnn": ["rnn.backward", "rnn_cell.cell.vjp"],
        "time_loop": LOOP,
        "activation": [f"{name}_derivative" for name in DERIVATIVES],
    },
    "checkpointed_gru": {
        "checkpointed_gru": ["checkpointed_gru.backward"],
        "recurrence": ["in_blocks.run.backward"],
        "time_loop": LOOP,
        "gru": GATES,
    },
}


def qualified(region):
    node, names = region.node, []
    while node in region.source.parents:
        names += [node.name] if hasattr(node, "name") else []
        node = region.source.parents[node]
    return ".".join(reversed(names))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_backward_is_found_whole_and_nothing_of_the_forward(name):
    found = {}
    for region in find_backward_functions(choose_units(discover(), [name])[0].load()):
        found.setdefault(Path(region.source.file).stem, []).append(qualified(region))
    assert found == FUNCTIONS[name]
    assert next(iter(found)) == name


def test_lines_that_no_case_runs_are_known():
    regions = find_backward_functions(choose_units(discover(), ["lstm"])[0].load())
    loop = next(r for r in regions if qualified(r) == "time_loop.backward")
    (scaled,) = [k for k, line in enumerate(loop.source.lines, 1) if "s * xi[t]" in line]
    assert loop.node.lineno < scaled < loop.node.end_lineno
    assert scaled not in loop.lines
    assert scaled - 1 in loop.lines


def names_for(name, line):
    """The names that one name of a line of lstm_cell may be exchanged for."""
    regions = find_backward_functions(choose_units(discover(), ["lstm"])[0].load())
    text = regions[0].source.text
    found = [
        e for e in generate_mutants(regions).edits if e.kind == "exchange name" and e.file == regions[0].source.file
    ]
    here = [e for e in found if text.splitlines()[e.line(text) - 1].strip().startswith(line)]
    return {e.text for e in here if text[e.start : e.end] == name}


def test_names_are_exchanged_for_arrays_of_the_same_shape_from_the_functions_around():
    names = {"c", "c_prev", "dc", "dh", "f", "g", "h_prev", "i", "o", "tanh_c", "z_f", "z_g", "z_i", "z_o"}
    assert names_for("tanh_c", "dc = dc + dh") == names - {"tanh_c"}
    assert names_for("dh_0", "return {**named") == {"dc_0", "d.h_T", "d.c_T", "h_0", "c_0", "zeros"}


def test_a_backward_that_raises_is_read_as_far_as_it_ran():
    (region,) = find_backward_functions(Subject("unit", planted(("dz = dh * (1", "dz = dhh * (1")), reference))
    (raising,) = [k for k, line in enumerate(region.source.lines, 1) if "dhh" in line]
    assert raising in region.lines
    assert raising + 1 not in region.lines


def test_decorators_of_the_unit_are_looked_through():
    own, _ = find_backward_functions(Subject("unit", altered(elman.elman, lambda gradients: None), reference))
    assert qualified(own) == "elman.backward"


def test_a_lambda_is_told_from_another_on_its_line(tmp_path, monkeypatch):
    unit = loaded(
        tmp_path,
        monkeypatch,
        "SQUARE = {'value': lambda x: x * x, 'slope': lambda x: 2 * x}\n"
        "def unit(x: Float[Array, 'T']) -> tuple[Output, Callable[[Output], dict]]:\n"
        "    return Output(SQUARE['value'](x)), lambda d: {'x': d.y * SQUARE['slope'](x)}\n",
    )
    regions = find_backward_functions(Subject("unit", unit, unit_reference))
    assert [r.source.get_segment(r.node) for r in regions] == [
        "lambda x: 2 * x",
        "lambda d: {'x': d.y * SQUARE['slope'](x)}",
    ]


HEAD = """from collections.abc import Callable
from typing import Any, NamedTuple
import numpy as np
from jaxtyping import Float
Array = np.ndarray
class Output(NamedTuple):
    y: Float[Array, 'T']
"""
SQUARE = """def unit(x: Float[Array, 'T']) -> tuple[Output, Callable]:
    return Output(x * x), lambda d: {'x': 2 * x * d.y}
"""


def loaded(folder, monkeypatch, text):
    """The function `unit` of a module beside nothing else."""
    (folder / "written_unit.py").write_text(HEAD + text)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(__import__("sys").modules, "written_unit", raising=False)
    return __import__("written_unit").unit


exec(HEAD + "def unit_reference(x: Float[Array, 'T']) -> Output: ...")


@pytest.mark.parametrize("file", ["<string>", "nowhere.py"])
def test_a_unit_without_source_says_so(file):
    namespace = {}
    exec(compile(HEAD + SQUARE, file, "exec"), namespace)
    with pytest.raises(DeclarationError, match=f"{file}: its source is not available; define the unit in a file"):
        find_backward_functions(Subject("unit", namespace["unit"], unit_reference))


def test_a_file_that_has_changed_since_it_was_imported_says_so(tmp_path, monkeypatch):
    unit = loaded(tmp_path, monkeypatch, SQUARE)
    (tmp_path / "written_unit.py").write_text(HEAD + "\n\n" + SQUARE)
    with pytest.raises(DeclarationError, match="which has changed since it was read; start again"):
        find_backward_functions(Subject("unit", unit, unit_reference))
