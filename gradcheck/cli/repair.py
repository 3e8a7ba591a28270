"""`gradcheck repair`: what makes a wrong backward right."""

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..errors import DeclarationError
from ..reporting import terminal
from ..reporting.terminal import Bar
from ..unit.discovery import Pair, UsageError, files_of, is_helper
from .options import SCHEMA, Seed, at_least, check_writable, select, write_json

if TYPE_CHECKING:
    from ..repair import Mend, Outcome

EXIT = {"mended": 0, "right": 0, "no mend": 1, "not backward": 1, "bad declaration": 2}
MOST_EDITS = 2


def repair(
    unit: Annotated[list[str], typer.Argument(metavar="UNIT", help="A unit by name, or as two paths.")],
    edits: Annotated[int, typer.Option("--edits", help="Edits that a mend may take: 1 or 2.")] = 1,
    seconds: Annotated[float, typer.Option("--seconds", help="After which no further edit is tried.")] = 60.0,
    cases: Annotated[int, typer.Option("--cases", help="Random cases that a mend must pass.")] = 10,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option("--workers", help="Processes that try edits.")] = 2,
    write: Annotated[bool, typer.Option("--write", help="Make the first mend in the file.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write what was found as JSON; - is stdout.")
    ] = None,
) -> None:
    """Search for the edit that makes a wrong backward right, and print it as a diff.

    A mend is shown only after the whole ladder has passed it.  Exit code 0: mended, or right as it is; 1: nothing
    found, or not the backward is wrong.

    Example: gradcheck repair lstm --write
    """
    at_least(1, edits=edits, cases=cases, workers=workers)
    at_least(0, seed=seed)
    if edits > MOST_EDITS:
        raise UsageError(f"--edits {edits}", "pairs are the most that is searched", "give 1 or 2")
    if not seconds > 0:
        raise UsageError(f"--seconds {seconds:g}", "it is too small", "give a positive number")
    pairs = select(unit)
    if len(pairs) != 1:
        raise UsageError(" ".join(unit), "units are mended one at a time", "name one unit, or give two paths")
    check_writable(json_file)
    console = terminal.console(str(json_file) == "-")
    outcome = search(pairs[0], console, edits, seconds, cases, seed, workers)
    show(outcome, pairs[0], edits, console)
    if outcome.mends and write:
        outcome.mends[0].write()
        console.print(f"\nwritten: {', '.join(s.file for s in outcome.mends[0].sources)}", markup=False)
    elif outcome.mends:
        console.print(f"\n{' '.join(['gradcheck repair', *unit])} --write makes the first mend", markup=False)
    if json_file is not None:
        write_json({"schema": SCHEMA, "units": [outcome.to_dict()]}, json_file)
    raise typer.Exit(EXIT[outcome.status])


def search(pair: Pair, console: Console, edits: int, seconds: float, cases: int, seed: int, workers: int) -> "Outcome":
    from ..repair import Outcome
    from ..repair import repair as repair_subject
    from ..verdict.report import Report

    try:
        subject = pair.load()
        with Bar(console) as bar:
            return repair_subject(
                subject, edits=edits, seconds=seconds, cases=cases, seed=seed, workers=workers, progress=bar.show
            )
    except DeclarationError as error:
        report = Report(pair.name, verdict="bad declaration", error=str(error), message=str(error))
        return Outcome(report, "bad declaration", str(error))


def show(outcome: "Outcome", pair: Pair, edits: int, console: Console) -> None:
    """What is wrong, each mend with its proof, and the sum."""
    name = outcome.report.name
    if outcome.status == "right":
        console.print(f"{name} is right: {outcome.reason}", markup=False)
        return
    console.print(outcome.report.message or outcome.reason, markup=False)
    for number, mend in enumerate(outcome.mends, 1):
        console.print(f"\nmend {number} of {len(outcome.mends)}: {', '.join(mend.kinds)}; {proof(mend)}", markup=False)
        console.print(mend.diff(), markup=False)
        for file in (Path(s.file) for s in mend.sources):
            others = [unit for unit in sharing(file, pair) if unit != name] if file != pair.manual else []
            if others:
                console.print(f"{os.path.relpath(file)} is also used by {', '.join(others)}", markup=False)
    console.print(f"\n{conclusion(outcome, edits)}", markup=False)


def conclusion(outcome: "Outcome", edits: int) -> str:
    name, effort = outcome.report.name, f"{outcome.tried} edits tried in {outcome.seconds:.1f} s"
    if outcome.mends:
        return effort
    if outcome.status != "no mend":
        return f"{name}: this is nothing for repair: {outcome.reason}"
    if outcome.reason:
        return f"no mend of {name} was found: {outcome.reason}; {effort}"
    return f"no {'single edit' if edits == 1 else 'edit or pair of edits'} mends {name}: {effort}"


def proof(mend: "Mend") -> str:
    report = mend.report
    assert report is not None
    if report.certificate is None:
        return f"{report.verdict} in {report.cases} cases ({report.reason})"
    bound = f"2^{report.certificate.log2_bound:.0f}"
    return f"proved: {report.cases} cases, and exact in {len(report.certificate.cases)} to a probability of {bound}"


def sharing(file: Path, pair: Pair) -> list[str]:
    """The units of the package that import a file of it, straight or by way of other files."""
    package = pair.places[0][1]
    imported = {path: imports(path) for path in files_of(package, [file, pair.manual])}
    users = {file.stem}
    while more := {path.stem for path, names in imported.items() if names & users} - users:
        users |= more
    units = [path for path in imported if not is_helper(path.relative_to(package))]
    return [path.stem for path in units if path.stem in users - {file.stem}]


def imports(file: Path) -> set[str]:
    """The last part of every module that a file imports from."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return set()
    found = {(node.module or "").rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return found | {a.name.rpartition(".")[2] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
