"""What the cases of a campaign depend on beside the seed, as digests: two parts of one campaign must agree on it."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..unit.discovery import UnitFiles

FINGERPRINT_PACKAGES = ("numpy", "torch", "hypothesis")
HARNESS_FOLDER = Path(__file__).resolve().parents[1]


def compute_digests(pairs: Sequence[UnitFiles]) -> dict[str, str]:
    """SHA-256 of the Python files beside the units, and of the harness; the versions that compute."""
    rooms = sorted({path.parent for pair in pairs for path in (pair.manual, pair.reference)})
    found = {f"files of {room.name}": hash_files(room.glob("*.py")) for room in rooms}
    found["files of gradcheck"] = hash_files(HARNESS_FOLDER.rglob("*.py"))
    versions = {name: importlib.metadata.version(name) for name in FINGERPRINT_PACKAGES}
    return {**found, **versions, "python": platform.python_version()}


def hash_files(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]


def describe_difference(before: dict[str, str], now: dict[str, str]) -> str:
    """What is not the same; empty where everything is."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(f"{name} ({before.get(name, 'none')}, now {now.get(name, 'none')})" for name in names)
