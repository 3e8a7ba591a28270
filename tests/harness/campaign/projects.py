"""Makes the small unit, right or with a fault, as two files of a folder."""

from pathlib import Path

from gradcheck.unit.discovery import UnitFiles, locate_unit
from tests.harness.mutation import small

WRONG = ('"x": dz * w', '"x": dz * w * (1 + 1e-6 * (len(x) > 30))')


def write(folder: Path, *edits: tuple[str, str]) -> UnitFiles:
    """The small unit, its backward edited."""
    text = Path(small.__file__).read_text()
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    room = folder / "rooms"
    room.mkdir(exist_ok=True)
    (room / "small.py").write_text(text)
    (room / "twin.py").write_text(text.replace("def small(", "def other(").replace("small_reference", "small"))
    return locate_unit(str(room / "small.py"), str(room / "twin.py"))
