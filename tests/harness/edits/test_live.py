"""An edit made in memory changes what runs, wherever the function is held, and is gone afterwards."""

import numpy as np
import pytest

from gradcheck import Case, DeclarationError
from gradcheck.edits import Edit, LoadedCode, NotCompilable, Region, Source, find_backward_functions, generate_mutants
from gradcheck.execution.run import Run
from gradcheck.unit.discovery import choose_units, discover


@pytest.fixture(scope="module")
def subjects():
    return {name: choose_units(discover(), [name])[0].load() for name in ("lstm", "rnn", "gru")}


def gradients(subject, **options):
    sizes = {"T": 3, "B": 2, "I": 3, "H": 4}
    return Run(subject, Case({n: sizes[n] for n in subject.declaration.letters}, options=options)).gradients


def changed(before, after):
    return {name for name in before if not np.array_equal(before[name], after[name])}


def edit(regions, file, old, new):
    """The edit of the only place of a text in a file."""
    source = next(r.source for r in regions if r.source.file.endswith(f"/{file}"))
    assert source.text.count(old) == 1
    start = source.text.index(old)
    return Edit(source.file, start, start + len(old), new, "")


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "wrong"),
    [
        ("lstm", "lstm.py", "dz_i = dc * g", "dz_i = dc * f", None),
        ("lstm", "lstm.py", "(hidden_vjp(dz), dc * f)", "(hidden_vjp(dz), dc * c)", None),
        ("lstm", "time_loop.py", "columns @ x_rows", "2 * (columns @ x_rows)", {"weight_ih"}),
        ("lstm", "time_loop.py", ".append(columns.sum(axis=1))", ".append(0 * columns[:, 0])", {"bias_hh"}),
        ("rnn", "activation.py", "slope: Array = y * (1 - y)", "slope: Array = y * (1 + y)", None),
    ],
)
def test_an_edit_is_in_force_and_then_gone(subjects, name, file, old, new, wrong):
    options = {"activation": "logistic"} if name == "rnn" else {}
    regions = find_backward_functions(subjects[name])
    live, before = LoadedCode(regions), gradients(subjects[name], **options)
    with live.make_edits(edit(regions, file, old, new)):
        found = changed(before, gradients(subjects[name], **options))
    assert (found == wrong) if wrong else found
    assert not changed(before, gradients(subjects[name], **options))


def test_a_backward_of_an_earlier_call_that_somebody_holds_is_no_hindrance(subjects):
    """As in a notebook: the edit changes which names a backward holds, so the earlier one cannot take it."""
    subject = subjects["lstm"]
    held = Run(subject, Case({"T": 3, "B": 2, "I": 3, "H": 4}))
    _, backward = held.first_call
    regions, before = find_backward_functions(subject), gradients(subject)
    with LoadedCode(regions).make_edits(
        edit(regions, "lstm.py", "(hidden_vjp(dz), dc * f)", "(hidden_vjp(dz), dc * c)")
    ):
        found = changed(before, gradients(subject))
    assert found
    assert not changed(before, backward(held.upstream))


def test_it_is_gone_after_an_exception_too(subjects):
    regions, before = find_backward_functions(subjects["lstm"]), gradients(subjects["lstm"])
    with pytest.raises(KeyboardInterrupt), LoadedCode(regions).make_edits(edit(regions, "lstm.py", "dc * f)", "dc)")):
        raise KeyboardInterrupt
    assert not changed(before, gradients(subjects["lstm"]))


def test_edits_of_two_files_are_in_force_together(subjects):
    regions, before = find_backward_functions(subjects["lstm"]), gradients(subjects["lstm"])
    two = (
        edit(regions, "time_loop.py", "columns @ x_rows", "0 * (columns @ x_rows)"),
        edit(regions, "lstm.py", '"c_0": dc_0', '"c_0": 0 * dc_0'),
    )
    with LoadedCode(regions).make_edits(*two):
        assert changed(before, gradients(subjects["lstm"])) == {"weight_ih", "c_0"}


DICTIONARY = """
from functools import partial

SLOPE = {"square": lambda x: 2 * x, "cube": lambda x: 3 * x * x}

class Rule:
    def slope(self, x): return SLOPE["square"](x)

def doubled(function):
    def wrapper(x): return 2 * function(x)
    return wrapper

@doubled
def slope(x): return Rule().slope(x)

class Table:
    def __init__(self, factor):
        self.rows = [partial(lambda x, y: factor * x * y, 3)]

TABLE = Table(4)
"""


@pytest.fixture
def written(tmp_path):
    """A loaded module, and its functions as regions."""
    file = str(tmp_path / "written.py")
    (tmp_path / "written.py").write_text(DICTIONARY)
    namespace = {"__name__": "written"}
    exec(compile(DICTIONARY, file, "exec"), namespace)
    source = Source.read(file)
    nodes = [n for n in source.parents if hasattr(n, "args") and hasattr(n, "body")]
    return namespace, [Region(source, node, frozenset(), {}) for node in nodes]


@pytest.mark.parametrize(("old", "new", "value"), [("2 * x,", "5 * x,", 30.0), ("2 * f", "7 * f", 42.0)])
def test_lambdas_of_a_dict_methods_and_closures_of_a_decorator_are_reached(written, old, new, value):
    namespace, regions = written
    assert namespace["slope"](3.0) == 12.0
    with LoadedCode(regions).make_edits(edit(regions, "written.py", old, new)):
        assert namespace["slope"](3.0) == value
    assert namespace["slope"](3.0) == 12.0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2 * x,", "2 * ,", "the edit does not compile"),
        ("2 * x,", "2 * (yield) + return,", "the edit does not compile"),
        ("2 * function(x)", "2 * x", "wrapper: the edit changes which names a loaded closure holds"),
        ("factor * x * y", "x * y", "<lambda>: the edit changes which names a loaded closure holds"),
    ],
)
def test_an_edit_that_cannot_take_the_place_of_what_is_loaded_says_so(written, old, new, reason):
    namespace, regions = written
    with (
        pytest.raises(NotCompilable, match=reason),
        LoadedCode(regions).make_edits(edit(regions, "written.py", old, new)),
    ):
        pass
    assert namespace["slope"](3.0) == 12.0


def test_a_file_that_is_not_what_was_imported_says_so(written):
    namespace, regions = written
    text = DICTIONARY.replace("3 * x * x", "4 * x * x")
    source = Source(regions[0].source.file, text)
    nodes = [n for n in source.parents if hasattr(n, "args") and hasattr(n, "body")]
    with pytest.raises(DeclarationError, match="lambda differs from what was imported; start again"):
        LoadedCode([Region(source, node, frozenset(), {}) for node in nodes])
    assert namespace["slope"](3.0) == 12.0


def test_nearly_every_mutant_changes_a_gradient(subjects):
    regions, before = find_backward_functions(subjects["lstm"]), gradients(subjects["lstm"])
    live, same, tried = LoadedCode(regions), [], generate_mutants(regions).edits[::10]
    for mutant in tried:
        with live.make_edits(mutant):
            try:
                if not changed(before, gradients(subjects["lstm"])):
                    same.append(mutant)
            except Exception:  # a mutant may raise whatever it likes
                continue
    assert len(same) <= len(tried) / 10
    assert not changed(before, gradients(subjects["lstm"]))
