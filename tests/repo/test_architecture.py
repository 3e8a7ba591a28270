"""ARCHITECTURE.md lists the packages in the order of their imports and names what is there; hooks are `make lint`."""

import importlib
import importlib.util
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LAYERS = [re.split(r" [|:] ", layer) for layer in CONTRACTS[0]["layers"]]


def listed_packages():
    """The packages of the first table, in its order."""
    first = [row.split("|")[1] for row in PAGE[: PAGE.index("## The way of a case")].splitlines() if row[:3] == "| `"]
    return [name for cell in first for name in re.findall(r"`(\w+)`", cell)]


def test_the_page_lists_every_package_once():
    names = [name for layer in LAYERS for name in layer if name != "__main__"]
    assert sorted(listed_packages()) == sorted(names)


def test_no_package_is_listed_before_one_that_it_may_import():
    depth = {name: k for k, layer in enumerate(LAYERS) for name in layer}
    depths = [depth[name] for name in listed_packages()]
    assert depths == sorted(depths, reverse=True)


def is_there(name):
    """Whether gradcheck has this file or folder (`checks/failure.py`), module or name (`cases.arrays.Array`)."""
    if "/" in name:
        return (ROOT / "gradcheck" / name.removeprefix("gradcheck/")).exists()
    module, _, last = f"gradcheck.{name}".rpartition(".")
    found = importlib.import_module(module)
    return hasattr(found, last) or (
        hasattr(found, "__path__") and importlib.util.find_spec(f"{module}.{last}") is not None
    )


def list_named_parts():
    packages = {p.name for p in (ROOT / "gradcheck").iterdir()} | {"gradcheck"}
    names = re.findall(r"`((?:[a-z_]+[./])+[A-Za-z_.]*)`", PAGE)
    return [name for name in names if re.split(r"[./]", name)[0] in packages and not name.endswith("NAME.py")]


def test_what_the_page_names_is_there():
    names = list_named_parts()
    assert len(names) > 20
    assert [name for name in names if not is_there(name)] == []


@pytest.mark.parametrize("name", ["checks/failures.py", "cases.arrays.draw", "cases.adresses"])
def test_a_name_that_is_not_there_is_found(name):
    assert not is_there(name)


def test_the_hooks_run_the_commands_of_make_lint():
    recipe = re.search(r"^lint: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[1]
    linted = [line.strip().replace("$(BIN)", ".venv/bin") for line in recipe.splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^ +entry: (.+)$", hooks, re.MULTILINE) == linted
