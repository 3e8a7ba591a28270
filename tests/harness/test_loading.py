"""The files of a project are loaded as if no other were: nothing is left behind, and nothing that is there is taken."""

import importlib
import inspect
import sys
import types

import numpy as np
import pytest

from gradcheck import DeclarationError, discover, examine
from gradcheck.exact.certificate import digest_sources

MANUAL = '''"""{factor} times the input."""
from __future__ import annotations
from collections.abc import Callable
from typing import Any, NamedTuple
import numpy as np
from jaxtyping import Float
from .shared.factors import FACTOR
Array = np.ndarray

class Output(NamedTuple):
    y: Float[Array, "T"]

def times(x: Float[Array, "T"]) -> tuple[Output, Callable[[Output], dict[str, Any]]]:
    def backward(d: Output) -> dict[str, Any]:
        {lazily}
        return {{"x": np.zeros_like(x) if d.y is None else slope() * d.y}}
    return Output(FACTOR * x), backward
'''
REFERENCE = """from __future__ import annotations
from typing import NamedTuple
from jaxtyping import Float
from torch import Tensor

class Output(NamedTuple):
    y: Float[Tensor, "T"]

def times(x: Float[Tensor, "T"]) -> Output:
    return Output({factor} * x)
"""
LAZILY = {
    "relative": "from .shared.slopes import slope",
    "absolute": "from manual.shared.slopes import slope",
    "a module of the package": "from .shared import slopes; slope = slopes.slope",
    "beside the package": "from slopes_of_all import slope",
}


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def write_project(root, factor, slope=None, lazily=LAZILY["relative"]):
    """A project whose unit multiplies by a factor; its backward takes another where a slope is given."""
    write(root / "manual" / "times.py", MANUAL.format(factor=factor, lazily=lazily))
    write(root / "manual" / "shared" / "factors.py", f"FACTOR = {factor}\n")
    for file in (root / "manual" / "shared" / "slopes.py", root / "slopes_of_all.py"):
        write(file, f"def slope():\n    return {slope or factor}\n")
    write(root / "reference" / "times.py", REFERENCE.format(factor=factor))
    write(root / "pyproject.toml", "")
    return root


def load(root):
    (pair,) = discover(root)
    return pair.load()


def judge(subject):
    return examine(subject, cases=3).verdict


@pytest.fixture
def right(tmp_path):
    return write_project(tmp_path / "right", 2)


@pytest.fixture
def wrong(tmp_path):
    return write_project(tmp_path / "wrong", 3, slope=4)


@pytest.fixture
def state():
    """What is imported and where from, at the beginning."""
    import torch  # noqa: F401, what every reference imports

    return {"modules": dict(sys.modules), "path": [*sys.path], "finders": [*sys.meta_path]}


def added(state):
    """The modules that are there now and were not; the others, the path and the finders must be the same."""
    assert (sys.path, sys.meta_path) == (state["path"], state["finders"])
    assert all(sys.modules[name] is module for name, module in state["modules"].items())
    return sys.modules.keys() - state["modules"].keys()


@pytest.mark.parametrize("order", [("right", "wrong"), ("wrong", "right")], ids=" ".join)
@pytest.mark.parametrize("lazily", LAZILY)
def test_packages_of_the_same_name_are_each_judged_as_alone(tmp_path, order, lazily):
    write_project(tmp_path / "right", 2, lazily=LAZILY[lazily])
    write_project(tmp_path / "wrong", 3, slope=4, lazily=LAZILY[lazily])
    subjects = {name: load(tmp_path / name) for name in order}
    for name in (*order, *reversed(order)):
        assert judge(subjects[name]) == {"right": "proved", "wrong": "wrong"}[name]


def test_what_is_imported_is_what_it_was(right, wrong, state):
    for project in (right, wrong):
        judge(load(project))
        assert not [name for name in added(state) if name.startswith(("manual", "reference", "slopes"))]


def test_a_file_that_changes_the_path_changes_it_for_itself(tmp_path, right, wrong, state):
    for project, factor in ((right, 2), (wrong, 5)):
        write(project / "more" / "factors_of_more.py", f"FACTOR = {factor}\n")
        head = f"import sys\nsys.path = [{str(project / 'more')!r}, *sys.path]\nfrom factors_of_more import FACTOR\n"
        write(project / "manual" / "shared" / "factors.py", head)
    assert [judge(load(project)) for project in (right, wrong)] == ["proved", "wrong"]
    assert "factors_of_more" not in added(state)


def test_a_file_that_does_not_import_leaves_nothing(right, state):
    write(right / "manual" / "times.py", "from .shared import factors\nimport sys\nsys.path.append('x')\n1 / 0\n")
    with pytest.raises(DeclarationError, match="ZeroDivisionError"):
        load(right)
    assert not [name for name in added(state) if name.startswith("manual")]


@pytest.fixture
def importable(right, monkeypatch):
    """The right project, whose packages other code can import as well."""
    with monkeypatch.context() as patch:
        for name in [n for n in sys.modules if n.partition(".")[0] == "manual"]:
            patch.delitem(sys.modules, name)
        for folder in ("manual", "manual/shared"):
            (right / folder / "__init__.py").touch()
        patch.syspath_prepend(right)
        yield right
        for name in [n for n in sys.modules if n.partition(".")[0] == "manual"]:
            del sys.modules[name]


def test_modules_that_others_have_imported_are_neither_used_nor_lost(importable, wrong, monkeypatch):
    """As in a run of tests: one has imported a module of its project, others judge another, then it imports more."""
    own = importlib.import_module("manual.times")
    monkeypatch.setattr(own, "FACTOR", 7)
    empty = sys.modules["manual.shared.slopes"] = types.ModuleType("manual.shared.slopes")
    assert [judge(load(project)) for project in (wrong, importable)] == ["wrong", "proved"]
    assert (sys.modules["manual.times"], sys.modules["manual.shared.slopes"]) == (own, empty)
    assert importlib.import_module("slopes_of_all").slope() == 2
    del sys.modules["slopes_of_all"]


def test_a_file_is_read_anew_whenever_it_is_loaded(right):
    assert judge(load(right)) == "proved"
    write(right / "manual" / "shared" / "slopes.py", "def slope():\n    return 3\n")
    assert judge(load(right)) == "wrong"


def test_packages_from_elsewhere_are_those_of_everybody(right):
    (right / "numpy").mkdir()
    assert load(right).unit.__globals__["np"] is np


def test_a_unit_knows_its_own_module_and_source(right, wrong):
    for project, factor in ((right, 2), (wrong, 3)):
        subject = load(project)
        assert subject.derivation == f"{factor} times the input."
        assert "slope() * d.y" in inspect.getsource(subject.unit)
        assert list(digest_sources(subject.unit)) == ["manual.times"]
    assert digest_sources(load(right).unit) != digest_sources(load(wrong).unit)
