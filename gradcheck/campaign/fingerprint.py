"""Digests of what the cases of a campaign depend on besides the seed: all its workers must agree on them."""

import hashlib
import importlib.metadata
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..unit.discovery import UnitFiles, list_package_files

FINGERPRINT_PACKAGES = ("numpy", "torch", "hypothesis")
HARNESS_FOLDER = Path(__file__).resolve().parents[1]


def compute_digests(pairs: Sequence[UnitFiles]) -> dict[str, str]:
    """Compute SHA-256 of the Python files of the units' packages and of gradcheck; add the versions of libraries."""
    places = {place for pair in pairs for place in pair.places}
    found = {}
    for package in sorted({package for _, package in places}):
        files = list_package_files(package, [path for path, home in places if home == package])
        found[f"files of {package.name}"] = hash_files(files)
    found["files of gradcheck"] = hash_files(HARNESS_FOLDER.rglob("*.py"))
    versions = {name: importlib.metadata.version(name) for name in FINGERPRINT_PACKAGES}
    return {**found, **versions, "python": platform.python_version()}


def hash_files(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]


def describe_difference(before: dict[str, str], now: dict[str, str]) -> str:
    """Describe what differs; empty if nothing does."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return ", ".join(f"{name} ({before.get(name, 'none')}, now {now.get(name, 'none')})" for name in names)
