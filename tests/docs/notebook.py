"""Runs examples/walkthrough.ipynb and writes what comes out into it:  python -m tests.docs.notebook

With --check it only compares, and exits with 1 where the notebook holds other outputs, or a cell fails. Times, ratios,
versions, the lines of a picture and the number of edits that were tried may vary. The file that a kernel makes of a
cell is called cell.py.
"""

import argparse
import difflib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.docs.transcript import normal

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "examples" / "walkthrough.ipynb"
VARIES = ((re.compile(r"base64,[A-Za-z0-9+/=]+"), "PICTURE"), (re.compile(r"\d+ edits? tried"), "EDITS tried"))
CELL_FILE = re.compile(r"(?<![^\s>])(?:[ab]/)?/[^\s<>]*ipykernel_\d+/\d+\.py")
SECONDS_A_CELL = 120


class CellFailed(Exception):
    """A cell raised; the message is its number, its source and the traceback."""


def run(notebook: Any) -> Any:
    """A copy of the notebook with the outputs of its cells, run in a new kernel in the folder of the examples."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    done = nbformat.from_dict(notebook)
    client = NotebookClient(
        done,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    )
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"IPYTHONDIR": folder, "JUPYTER_RUNTIME_DIR": folder, "JUPYTER_PLATFORM_DIRS": "1"}
        try:
            client.execute(env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})
        except CellExecutionError as error:
            raise CellFailed(str(error)) from error
    for output in (output for cell in done["cells"] for output in cell.get("outputs", ())):
        for kind, text in output.get("data", {}).items():
            output["data"][kind] = CELL_FILE.sub("cell.py", text)
    return done


def list_outputs(notebook: Any) -> list[str]:
    """The outputs of each cell as text, without what varies."""
    shown = []
    for number, cell in enumerate(notebook["cells"], 1):
        for output in cell.get("outputs", ()):
            data = output.get("data", {"text/plain": output.get("text", "")})
            texts = [join_lines(data[kind]) for kind in sorted(data) if kind.startswith("text/")]
            shown += [f"cell {number}: {line}" for text in texts for line in hide_variations(normal(text)).splitlines()]
    return shown


def join_lines(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def hide_variations(text: str) -> str:
    """Hide what a slower machine or another version of matplotlib may give, beside what varies in transcripts."""
    for pattern, name in VARIES:
        text = pattern.sub(name, text)
    return text


def compare(stored: Any, ran: Any) -> str:
    """What the notebook holds against what came out, as a diff; empty where they agree."""
    return "\n".join(difflib.unified_diff(list_outputs(stored), list_outputs(ran), "stored", "ran", lineterm=""))


def main() -> None:
    import nbformat

    parser = argparse.ArgumentParser(prog="python -m tests.docs.notebook", description="Run the notebook.")
    parser.add_argument("path", nargs="?", type=Path, default=NOTEBOOK)
    parser.add_argument("--check", action="store_true", help="compare, and change nothing")
    asked = parser.parse_args()
    stored = nbformat.read(asked.path, as_version=4)
    try:
        ran = run(stored)
    except CellFailed as error:
        sys.exit(f"{asked.path.name}: a cell fails\n{error}")
    found = compare(stored, ran)
    if found and asked.check:
        sys.exit(f"{asked.path.name}: it does not hold what comes out\n{found}")
    if found:
        nbformat.write(ran, asked.path)
    print(f"{asked.path.name}: {'written' if found else 'right'}")


if __name__ == "__main__":
    main()
