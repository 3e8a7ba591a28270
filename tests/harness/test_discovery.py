"""Units are found in folders: mirrored on both sides, helpers left out, each name once."""

from pathlib import Path

import pytest

from gradcheck import DeclarationError, discover
from gradcheck.campaign.fingerprint import compute_digests
from gradcheck.cli.repair import find_sharing_units
from gradcheck.scaffold import CellTemplate, write_cell
from gradcheck.unit.discovery import UsageError, locate_unit
from gradcheck.verification.api import examine

MANUAL = """from collections.abc import Callable
from typing import Any, NamedTuple
import numpy as np
from jaxtyping import Float
from ..shared.factors import scaled
Array = np.ndarray

class Output(NamedTuple):
    y: Float[Array, "T"]

def {name}(x: Float[Array, "T"]) -> tuple[Output, Callable[[Output], dict[str, Any]]]:
    return Output(scaled(x)), lambda d: {{"x": np.zeros_like(x) if d.y is None else scaled(d.y)}}
"""
REFERENCE = """from typing import NamedTuple
from jaxtyping import Float
from torch import Tensor
from ..shared.factors import scaled

class Output(NamedTuple):
    y: Float[Tensor, "T"]

def {name}(x: Float[Tensor, "T"]) -> Output:
    return Output(scaled(x))
"""
UNITS = ("cells/twice", "cells/deep/double", "losses/twofold")


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.fixture
def project(tmp_path):
    """Three units in folders, two of them beside each other, and what they share."""
    for side, template in (("manual", MANUAL), ("reference", REFERENCE)):
        write(tmp_path / side / "shared" / "factors.py", "def scaled(x):\n    return 2 * x\n")
        for unit in UNITS:
            up = ".." if unit.count("/") == 1 else "..."
            text = template.format(name=Path(unit).name).replace("..shared", f"{up}shared")
            write(tmp_path / side / f"{unit}.py", text)
    write(tmp_path / "pyproject.toml", "")
    return tmp_path


def test_units_are_found_in_folders_and_in_folders_of_these(project):
    pairs = discover(project)
    assert [pair.name for pair in pairs] == ["double", "twice", "twofold"]
    assert pairs[0].manual == project / "manual" / "cells" / "deep" / "double.py"
    assert pairs[0].reference == project / "reference" / "cells" / "deep" / "double.py"
    assert [examine(pair.load(), cases=2).verdict for pair in pairs] == ["proved"] * 3


@pytest.mark.parametrize(
    "place", ["_help.py", "cells/_help.py", "_more/help.py", "cells/shared/help.py", ".old/help.py"]
)
def test_helpers_are_no_units(project, place):
    write(project / "manual" / place, "")
    assert {pair.name for pair in discover(project)} == {Path(unit).name for unit in UNITS}
    write(project / "manual" / "cells" / "help.py", "")
    assert "help" in {pair.name for pair in discover(project)}


@pytest.mark.parametrize("side", ["manual", "reference"])
def test_a_name_that_two_files_have_is_refused(project, side):
    write(project / side / "losses" / "twice.py", "")
    with pytest.raises(UsageError) as error:
        discover(project)
    files = [str(project / side / folder / "twice.py") for folder in ("cells", "losses")]
    assert (
        str(error.value)
        == f"unit 'twice': {' and '.join(files)} both have this name; rename one of them, and its reference"
    )


def test_a_twin_at_another_place_is_missed_at_the_mirrored_one(project):
    (project / "reference" / "cells" / "twice.py").rename(project / "reference" / "losses" / "twice.py")
    (pair,) = [pair for pair in discover(project) if pair.name == "twice"]
    with pytest.raises(DeclarationError) as error:
        pair.load()
    assert str(error.value).startswith(
        f"{project / 'reference' / 'cells' / 'twice.py'}: there is no such file; write it"
    )


def test_a_unit_by_its_files_is_the_same_unit(project):
    files = [str(project / side / "cells" / "twice.py") for side in ("manual", "reference")]
    assert locate_unit(*files).packages == (project / "manual", project / "reference")
    assert locate_unit(*files).load().name == "twice"


def test_a_new_cell_may_not_have_the_name_of_a_unit_in_a_folder(project):
    with pytest.raises(UsageError, match=r"manual.cells.twice.py: it exists; choose another name"):
        write_cell(CellTemplate("twice"), project)


def test_a_campaign_depends_on_what_the_units_share(project):
    before = compute_digests(discover(project))
    write(project / "manual" / "shared" / "factors.py", "def scaled(x):\n    return 3 * x\n")
    after = compute_digests(discover(project))
    assert {name for name in before if before[name] != after[name]} == {"files of manual"}


def test_the_users_of_a_shared_file_are_found_in_every_folder(project):
    pair = discover(project)[0]
    assert find_sharing_units(project / "manual" / "shared" / "factors.py", pair) == ["double", "twice", "twofold"]
    assert find_sharing_units(project / "manual" / "cells" / "twice.py", pair) == []
