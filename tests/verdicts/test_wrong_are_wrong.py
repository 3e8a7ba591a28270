"""Each fault is one: a case shows it, an ordinary one does not, and the right unit agrees with autograd at both."""

from pathlib import Path

import numpy as np
import pytest

from gradcheck import declare
from tests.verdicts.wrong import catalog
from tests.verdicts.wrong.fault import Fault, right_unit
from tests.verdicts.wrong.plays import once
from tests.verdicts.wrong.scene import arrays_of, autograd, differs, played, random_arrays

ORDINARY = {"B": 3, "D": 2, "E": 2, "H": 3, "I": 2, "K": 4, "N": 3, "Q": 3, "T": 4, "V": 4}
NAMES = [fault.name for fault in catalog.FAULTS]
each_fault = pytest.mark.parametrize("fault", catalog.FAULTS, ids=NAMES)
each_base = pytest.mark.parametrize("base", catalog.BASES)


def ordinary_sizes(base: str) -> str:
    return ",".join(f"{letter}={ORDINARY[letter]}" for letter in declare(right_unit(base)).letters)


def tolerance(arrays: dict) -> float:
    return 1e-4 if any(a is not None and a.dtype == np.float32 for a in arrays.values()) else 1e-11


def assert_right(base: str, inputs: dict, upstream: dict) -> None:
    outputs, backward = right_unit(base)(**inputs)
    expected_outputs, expected = autograd(base, inputs, upstream)
    assert differs(outputs._asdict(), expected_outputs, tolerance(inputs)) == []
    assert differs(backward(type(outputs)(**upstream)), expected, tolerance(inputs)) == []


@each_fault
def test_a_case_shows_it(fault: Fault, tmp_path: Path) -> None:
    wrong, right = played(fault, fault.load(tmp_path)), played(fault, right_unit(fault.base))
    assert differs(wrong, right, 3e-11)


@each_fault
def test_an_ordinary_case_hides_it(fault: Fault, tmp_path: Path) -> None:
    sizes = ordinary_sizes(fault.base)
    units = fault.load(tmp_path), right_unit(fault.base)
    wrong, right = (once(unit, *random_arrays(fault.base, sizes)) for unit in units)
    assert bool(differs(wrong, right, 1e-12)) != fault.plain


@each_fault
def test_the_right_unit_is_right_there(fault: Fault) -> None:
    with np.errstate(all="ignore"):
        assert_right(fault.base, *arrays_of(fault))


@each_base
def test_the_right_unit_is_right(base: str) -> None:
    assert_right(base, *random_arrays(base, ordinary_sizes(base)))


@each_base
def test_the_right_unit_is_right_where_a_size_is_0(base: str) -> None:
    letters = declare(right_unit(base)).letters
    for letter in set(letters) - {"V"}:
        sizes = ",".join(f"{other}={0 if other == letter else ORDINARY[other]}" for other in letters)
        assert_right(base, *random_arrays(base, sizes))


def test_there_are_enough() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert sum(fault.due == "wrong" for fault in catalog.FAULTS) >= 125
    assert sum(fault.due == "agrees" for fault in catalog.FAULTS) < 15
    assert all(len(kind.FAULTS) >= 9 for kind in catalog.KINDS)
