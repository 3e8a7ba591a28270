"""What is said of all units at the end: on the terminal, in a file, on the page of a run of GitHub Actions."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

Entry = dict[str, Any]


class Summary:
    """Gathers what test reports bring, from this process or from workers, and says it once."""

    def __init__(self, config: pytest.Config) -> None:
        self.file: Path | None = config.getoption("gradcheck_report")
        self.collected_only: bool = config.getoption("collectonly")
        self.tests: dict[str, list[Entry]] = {}
        self.failed: set[str] = set()
        self.trouble = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        judged = getattr(report, "gradcheck", None)
        if judged is not None:
            self.tests[report.nodeid] = json.loads(judged)
            self.failed.discard(report.nodeid)
            if report.failed:
                self.failed.add(report.nodeid)

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, judged in sorted(self.tests.items()) for entry in judged]

    @property
    def failures(self) -> list[Entry]:
        """Of the tests that failed; one that was expected to is none."""
        judged = [entry for name in sorted(self.failed) for entry in self.tests[name]]
        return [entry for entry in judged if entry["unit"]["message"]]

    def pytest_sessionfinish(self) -> None:
        """Write what is done so far, also where the session was interrupted."""
        page = os.environ.get("GITHUB_STEP_SUMMARY")
        if page and self.tests:
            try:
                with open(page, "a", encoding="utf-8") as file:
                    file.write(markdown(self.entries, self.failures))
            except OSError as error:
                self.trouble = f"GITHUB_STEP_SUMMARY={page}: it cannot be written ({error}); name a file that can"
        if self.file is not None and not self.collected_only:
            write(self.file, [entry["unit"] for entry in self.entries])

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        if not self.tests:
            return
        from ..display import HEADINGS, STYLES, WIDTHS
        from ..terminal import plain

        line = terminalreporter.write_line
        terminalreporter.section("gradcheck")
        line(plain(HEADINGS, WIDTHS), bold=True)
        for entry in self.entries:
            style = STYLES.get(entry["row"][-1], "bold yellow").replace("magenta", "purple")
            line(plain(entry["row"], WIDTHS), **dict.fromkeys(style.split(), True))
        blocks = [list(dict.fromkeys(note for entry in self.entries for note in entry["notes"]))]
        blocks += [
            [f"{e['unit']['name']}: next", *(f"  {step}" for step in e["next"])] for e in self.failures if e["next"]
        ]
        blocks += [[summed(self.entries)], [self.trouble]]
        for block in blocks:
            if any(block):
                line("\n" + "\n".join(block))


def summed(entries: Sequence[Entry]) -> str:
    from ..display import total

    units = [entry["unit"] for entry in entries]
    return total([u["verdict"] for u in units], sum(u["cases"] for u in units), sum(u["seconds"] for u in units))


def markdown(entries: Sequence[Entry], failures: Sequence[Entry]) -> str:
    """A table, and the message of each failure below it."""
    from ..display import HEADINGS

    rows = [HEADINGS, ["---"] * len(HEADINGS), *(entry["row"] for entry in entries)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    messages = "".join(f"\n```text\n{entry['unit']['message']}\n```\n" for entry in failures)
    return f"## gradcheck\n\n{table}\n\n{summed(entries)}\n{messages}\n"


def write(file: Path, units: list[Entry]) -> None:
    """Write what `gradcheck verify` writes to a file of that name."""
    from ..commands.common import SCHEMA, write_json

    write_json({"schema": SCHEMA, "units": units}, file)
