"""Every fault of the catalog gets the verdict that is due, at the default number of cases.

WRONG_SHARE=k/n judges every n-th fault from the k-th on, 1/4 if nothing is said and 1/1 all; `-k tails` those of one
kind.
"""

import os
from pathlib import Path

import pytest

from gradcheck import Subject, examine
from tests.verdicts.wrong import catalog
from tests.verdicts.wrong.fault import Fault, right_reference, right_unit

PART, PARTS = map(int, os.environ.get("WRONG_SHARE", "1/4").split("/"))
FAULTS = catalog.FAULTS[PART - 1 :: PARTS]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_gets_its_verdict(fault: Fault, tmp_path: Path) -> None:
    report = examine(fault.subject(tmp_path), diagnose=False)
    assert report.verdict == fault.due, report.message


@pytest.mark.parametrize("base", catalog.BASES)
def test_the_unit_without_a_fault_is_good(base: str) -> None:
    report = examine(Subject(base, right_unit(base), right_reference(base)), diagnose=False)
    assert report.good, report.message
