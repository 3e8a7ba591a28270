"""Units in a project of their own: a file and a helper, written, imported and called with plain arrays."""

import textwrap
from types import SimpleNamespace

import pytest

from gradcheck.reach import Recorder, format_missing
from gradcheck.unit.loading import import_file
from gradcheck.unit.user_modules import UserModules


@pytest.fixture
def project(tmp_path, request):
    """A function that writes the modules given, and imports the one called `unit`."""
    package = f"planted_{request.node.name.split('[')[0]}"

    def write(**modules):
        folder = tmp_path / package
        folder.mkdir()
        (tmp_path / "pyproject.toml").write_text("")
        for name, text in modules.items():
            (folder / f"{name}.py").write_text("import numpy as np\n" + textwrap.dedent(text))
        return import_file(folder / "unit.py", folder, UserModules(tmp_path))

    return write


def recorder_of(module, reference=None):
    """A recorder of the function `f` of a module, which need not have the form of a unit."""
    return Recorder(SimpleNamespace(name="f", unit=module.f, reference=reference, third_party=None, adapted=False))


def missing(module, *calls, reference=None):
    """The sentences for what did not run in these calls of `f`, each a tuple of arguments."""
    recorder = recorder_of(module, reference)
    for arguments in calls:
        with recorder.recording():
            module.f(*arguments)
    assert recorder.complete == (not format_missing(recorder.reach))
    return format_missing(recorder.reach)
