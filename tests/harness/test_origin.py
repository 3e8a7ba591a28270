"""A new project asks for gradcheck from where it was installed."""

import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from gradcheck.scaffold import project, write_project
from gradcheck.scaffold.origin import Origin, find_origin

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ORIGINS = {
    "an index": (None, Origin("gradcheck==1.2", False)),
    "a repository": (
        f'{{"url": "https://example.org/gradcheck.git", "vcs_info": {{"vcs": "git", "commit_id": "{COMMIT}"}}}}',
        Origin(f"gradcheck @ git+https://example.org/gradcheck.git@{COMMIT}", False),
    ),
    "a wheel elsewhere": (
        '{"url": "https://example.org/gradcheck-1.2-py3-none-any.whl", "archive_info": {}}',
        Origin("gradcheck @ https://example.org/gradcheck-1.2-py3-none-any.whl", False),
    ),
    "a wheel here": (
        '{"url": "file:///home/gradcheck-1.2-py3-none-any.whl", "archive_info": {}}',
        Origin("gradcheck @ file:///home/gradcheck-1.2-py3-none-any.whl", True),
    ),
    "a clone": (
        '{"url": "file:///home/gradcheck", "dir_info": {"editable": true}}',
        Origin("gradcheck @ file:///home/gradcheck", True),
    ),
}


@pytest.mark.parametrize(("record", "origin"), ORIGINS.values(), ids=ORIGINS)
def test_the_requirement_names_where_it_came_from(tmp_path: Path, record: str | None, origin: Origin) -> None:
    (tmp_path / "METADATA").write_text("Name: gradcheck\nVersion: 1.2\n")
    if record is not None:
        (tmp_path / "direct_url.json").write_text(record)
    assert find_origin(PathDistribution(tmp_path)) == origin


@pytest.mark.parametrize("origin", [Origin("gradcheck==1.2", False), Origin("gradcheck @ file:///home/g", True)])
def test_a_project_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: Origin) -> None:
    monkeypatch.setattr(project, "find_origin", lambda: origin)
    write_project(tmp_path / "cells")
    text = (tmp_path / "cells" / "pyproject.toml").read_text()
    assert tomllib.loads(text)["dependency-groups"]["dev"][0] == origin.requirement
    assert ("an address that they can reach" in text) == origin.is_local
