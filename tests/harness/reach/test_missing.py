"""What did not run is named; what need not run is not."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck import Subject
from gradcheck.adapters import adapt_layer
from gradcheck.reach import Recorder, format_missing
from tests.harness.reach.projects import missing, project, recorder_of  # noqa: F401

A, B = np.array([-1.0, 2.0]), np.array([30.0, 1.0])


@pytest.mark.parametrize(
    ("body", "calls", "told"),
    [
        ("if len(x) > 64:\n  x = -x\n return x", [(A,)], ["line 3 of unit.py never ran (len(x) > 64)"]),
        (
            "if len(x) <= 64:\n  return x\n x = -x\n return x",
            [(A,)],
            ["lines 4 to 5 of unit.py never ran (len(x) > 64)"],
        ),
        ("if len(x) > 1:\n  x = -x\n return x", [(A,)], ["len(x) > 1 at line 2 of unit.py was never false"]),
        ("return np.where(x > 20, 0, x)", [(A,)], ["x > 20 at line 2 of unit.py was never true"]),
        ("return np.where(x > 20, 0, x)", [(A,), (B,)], []),
        ("return np.maximum(x, 0.5)", [(B,)], ["x > 0.5 at line 2 of unit.py was never false"]),
        ("return np.clip(x, -1, 1)", [(A,)], []),
        ("return np.clip(x, -3, 1)", [(A,)], ["x > -3 at line 2 of unit.py was never false"]),
        ("return x if x[0] < 0 else -x", [(A,)], ["x[0] < 0 at line 2 of unit.py was never false"]),
        (
            "y = x is None or len(x) > 4\n return y",
            [(A,)],
            ["x is None at line 2 of unit.py was never true", "len(x) > 4 at line 2 of unit.py was never true"],
        ),
        (
            "if x is not None and len(x) > 4:\n  return 1\n return 2",
            [(A,)],
            [
                "x is not None at line 2 of unit.py was never false",
                "len(x) > 4 at line 2 of unit.py was never true",
                "line 3 of unit.py never ran (x is not None and len(x) > 4)",
            ],
        ),
        (
            "while len(x) > 1:\n  x = x[1:]\n  break\n return x",
            [(A,)],
            ["len(x) > 1 at line 2 of unit.py was never false"],
        ),
        ("try:\n  return x[5]\n except IndexError:\n  return x\n finally:\n  x = 0", [(A,)], []),
        (
            "try:\n  return x[0]\n except IndexError:\n  return x",
            [(A,)],
            ["line 5 of unit.py never ran (except IndexError)"],
        ),
        ("def g():\n  return x\n return x", [(A,)], ["line 3 of unit.py never ran"]),
        (
            "return [-i for i in x if i > 9]",
            [(A,)],
            ["line 2 of unit.py never ran (for i in x if i > 9)", "i > 9 at line 2 of unit.py was never true"],
        ),
        (
            "match len(x):\n  case 2:\n   return x\n  case 3:\n   return -x",
            [(A,)],
            ["line 6 of unit.py never ran (case 3)"],
        ),
    ],
)
def test_each_kind_of_point(project, body, calls, told):  # noqa: F811
    assert missing(project(unit=f"def f(x):\n {body}\n"), *calls) == [shift(sentence) for sentence in told]


def shift(sentence):
    """The sentence with its lines one further down, for the import above the function."""
    words = sentence.split(" ")
    at = [k for k, w in enumerate(words) if k and words[k - 1] in ("line", "lines", "to") and w.isdecimal()]
    return " ".join(str(int(w) + 1) if k in at else w for k, w in enumerate(words))


def test_validation_need_not_raise(project):  # noqa: F811
    text = """
    def require(condition, reason):
        if not condition:
            raise ValueError(reason)

    def f(x):
        require(len(x) > 1, "too short")
        assert x.ndim == 1
        if x.ndim != 1 or len(x) > 64:
            reason = "not that"
            raise ValueError(reason)
        if len(x) == 2:
            return x
        raise NotImplementedError
    """
    assert missing(project(unit=text), (A,)) == []


def test_numbers_in_a_shared_helper_are_the_units_to_reach_and_choices_are_not(project):  # noqa: F811
    helper = """
    def scan(x, mask=None, kind="sum"):
        if mask is not None:
            x = np.where(mask > 0, x, 0)
        if kind == "mean":
            x = x / len(x)
        if len(x) > 64:
            x = x[:64]
        return x
    """
    told = missing(project(unit="from .helper import scan\ndef f(x):\n    return scan(x)\n", helper=helper), (A,))
    assert told == ["line 9 of helper.py never ran (len(x) > 64)"]


def test_the_absent_upstream_gradient_is_required_both_ways(project):  # noqa: F811
    module = project(unit="def f(d):\n    return 0 if d is None else d\n")
    assert missing(module, (A,)) == ["d is None at line 3 of unit.py was never true"]
    assert missing(module, (A,), (None,)) == []


def test_a_reference_in_the_same_file_is_left_out(project):  # noqa: F811
    text = """
    def f(x):
        return g(x)

    def g(x):
        return x

    def reference(x):
        return helper(x)

    def helper(x):
        return -x if len(x) > 64 else x
    """
    module = project(unit=text)
    recorded = recorder_of(module, module.reference)
    with recorded.recording():
        module.reference(module.f(A))
    assert recorded.complete
    assert {p.function[1] for p in recorded.reach.required} == {"f", "g"}


def test_nothing_that_ran_is_not_complete(project):  # noqa: F811
    assert missing(project(unit="def f(x):\n    return x\n")) == ["f never ran"]


def test_code_without_source_is_not_known():
    space = {}
    exec("def f(x):\n return x\n", space)
    sentences = missing(SimpleNamespace(f=space["f"]), (A,))
    assert sentences[-1] == "reach of f not known: it is not written in Python, or its source is not available"


def test_a_file_that_changed_since_is_not_known(project):  # noqa: F811
    module = project(unit="def f(x):\n    return x\n")
    Path(module.__file__).write_text("def f(x):\n    return -x\n")
    assert "reach of f not known: its source is not what was imported" in missing(module, (A,))


def test_the_layer_behind_an_adapter_is_the_units_own(project):  # noqa: F811
    layer = """
    class Square:
        def forward(self, x):
            self.x = x
            return x * x if len(x) < 64 else x

        def backward(self, dy):
            return 2 * self.x * dy
    """
    text = """
    from typing import NamedTuple
    from jaxtyping import Float
    from .layer import Square

    class Output(NamedTuple):
        y: Float[np.ndarray, "B"]

    def square(x: Float[np.ndarray, "B"]) -> Output:
        return Output(x * x)

    make = lambda: Square()
    """
    module = project(unit=text, layer=layer)
    unit = adapt_layer(module.make, module.square)
    recorded = Recorder(Subject("square", unit, module.square))
    with recorded.recording():
        (y,), backward = unit(x=A)
        backward((np.ones_like(y),))
    assert format_missing(recorded.reach) == ["len(x) < 64 at line 6 of layer.py was never false"]


HELPER = """
    def scan(x):
        return x[:64] if len(x) > 64 else x

    class Scan:
        def step(self, x):
            return scan(x)

    class Other:
        def step(self, x):
            return -x if len(x) > 128 else x
    """


@pytest.mark.parametrize(
    "unit",
    [
        "from .helper import scan\ndef f(x):\n    return scan(x)\n",
        "from . import helper\ndef f(x):\n    return helper.scan(x)\n",
        "from .helper import scan\nSCANS = {'plain': scan}\ndef f(x):\n    return SCANS['plain'](x)\n",
        "from .helper import Scan\nCELL = Scan()\ndef f(x):\n    return CELL.step(x)\n",
        "from .helper import Scan\ndef f(x):\n    return Scan().step(x)\n",
        "from functools import partial\nfrom .helper import scan\ng = partial(scan)\ndef f(x):\n    return g(x)\n",
    ],
    ids=["name", "module", "table", "instance", "class", "partial"],
)
def test_what_a_unit_calls_in_another_file_is_its_own(project, unit):  # noqa: F811
    assert missing(project(unit=unit, helper=HELPER), (A,)) == ["len(x) > 64 at line 4 of helper.py was never true"]


def test_what_a_unit_imports_when_it_is_called_is_its_own(project):  # noqa: F811
    unit = "from . import helper as _\ndef f(x):\n    from .helper import scan\n    return scan(x)\n"
    assert missing(project(unit=unit, helper=HELPER), (A,)) == ["len(x) > 64 at line 4 of helper.py was never true"]
