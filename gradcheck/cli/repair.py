"""`gradcheck repair`: searches for the edit that makes a wrong backward right."""

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..errors import DeclarationError
from ..processes.pool import count_cores
from ..reporting import terminal
from ..reporting.json_file import check_writable, write_json
from ..reporting.terminal import ProgressBar
from ..unit.discovery import UnitFiles, UsageError, is_helper_file, list_package_files
from ..verdict.counts import format_count
from .options import JobsOption, SeedOption, require_at_least, select_units

if TYPE_CHECKING:
    from ..repair import Patch, RepairOutcome

REPAIR_EXIT_CODES = {"repaired": 0, "right": 0, "no patch": 1, "not backward": 1, "bad declaration": 2}
MAX_EDITS = 2


def show_repair(
    unit: Annotated[list[str], typer.Argument(metavar="UNIT", help="A unit by name, or as two paths.")],
    edits: Annotated[int, typer.Option("--edits", help="How many edits a patch may have: 1 or 2.")] = 1,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="Time after which no further edit is tried.")
    ] = 60.0,
    cases: Annotated[int, typer.Option("--cases", help="Random cases that a patch must pass.")] = 10,
    seed: SeedOption = 0,
    jobs: JobsOption = None,
    write: Annotated[bool, typer.Option("--write", help="Apply the first patch to the file.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the results as JSON; - is stdout.")
    ] = None,
) -> None:
    """Search for the edit that makes a wrong backward right, and print it as a diff.

    A patch is shown only if the patched unit passes every check.  Exit code 0: a patch was found, or the unit is right;
    1: none was found, or something other than the backward is wrong.

    Example: gradcheck repair lstm --write
    """
    require_at_least(1, edits=edits, cases=cases, **({} if jobs is None else {"jobs": jobs}))
    require_at_least(0, seed=seed)
    if edits > MAX_EDITS:
        raise UsageError(f"--edits {edits}", "larger patches are not searched for", "give 1 or 2")
    if not timeout > 0:
        raise UsageError(f"--timeout {timeout:g}", "it is too small", "give a positive number")
    pairs = select_units(unit)
    if len(pairs) != 1:
        raise UsageError(" ".join(unit), "units are repaired one at a time", "name one unit, or give two paths")
    check_writable(json_file)
    console = terminal.make_console(str(json_file) == "-")
    outcome = search_patches(pairs[0], console, edits, timeout, cases, seed, jobs or count_cores())
    print_repair(outcome, pairs[0], edits, console)
    if outcome.patches and write:
        outcome.patches[0].write()
        console.print(f"\nwritten: {', '.join(s.file for s in outcome.patches[0].sources)}", markup=False)
    elif outcome.patches:
        console.print(f"\n{' '.join(['gradcheck repair', *unit])} --write applies the first patch", markup=False)
    if json_file is not None:
        write_json("repair", json_file, units=[outcome])
    raise typer.Exit(REPAIR_EXIT_CODES[outcome.status])


def search_patches(
    pair: UnitFiles, console: Console, edits: int, seconds: float, cases: int, seed: int, jobs: int
) -> "RepairOutcome":
    from ..repair import RepairOutcome
    from ..repair import repair as repair_subject
    from ..verdict.report import Report

    try:
        subject = pair.load()
        with ProgressBar(console) as bar:
            return repair_subject(
                subject, edits=edits, seconds=seconds, cases=cases, seed=seed, workers=jobs, progress=bar.update
            )
    except DeclarationError as error:
        report = Report(pair.name, verdict="bad declaration", error=str(error), message=str(error))
        return RepairOutcome(report, "bad declaration", str(error))


def print_repair(outcome: "RepairOutcome", pair: UnitFiles, edits: int, console: Console) -> None:
    """Print what is wrong, each patch with its proof, and a summary."""
    name = outcome.report.name
    if outcome.status == "right":
        console.print(f"{name} is right: {outcome.reason}", markup=False)
        return
    console.print(outcome.report.message or outcome.reason, markup=False)
    for number, patch in enumerate(outcome.patches, 1):
        console.print(
            f"\npatch {number} of {len(outcome.patches)}: {', '.join(patch.kinds)}; {describe_proof(patch)}",
            markup=False,
        )
        console.print(patch.diff(), markup=False)
        for file in (Path(s.file) for s in patch.sources):
            others = [unit for unit in find_sharing_units(file, pair) if unit != name] if file != pair.manual else []
            if others:
                console.print(f"{os.path.relpath(file)} is also used by {', '.join(others)}", markup=False)
    console.print(f"\n{summarize_repair(outcome, edits)}", markup=False)


def summarize_repair(outcome: "RepairOutcome", edits: int) -> str:
    name, effort = outcome.report.name, f"{format_count(outcome.tried, 'edit')} tried in {outcome.seconds:.1f} s"
    if outcome.patches:
        return effort
    if outcome.status != "no patch":
        return f"{name}: there is nothing to repair in the backward: {outcome.reason}"
    if outcome.reason:
        return f"no patch of {name} was found: {outcome.reason}; {effort}"
    return f"no {'single edit' if edits == 1 else 'edit or pair of edits'} repairs {name}: {effort}"


def describe_proof(patch: "Patch") -> str:
    report = patch.report
    assert report is not None
    if report.certificate is None:
        return f"{report.verdict} in {format_count(report.cases, 'case')} ({report.reason})"
    bound, exact = f"2^{report.certificate.log2_bound:.0f}", format_count(len(report.certificate.cases), "case")
    numeric = format_count(report.cases, "case")
    return f"proved: {numeric}, and {exact} in exact arithmetic with a probability of error of {bound}"


def find_sharing_units(file: Path, pair: UnitFiles) -> list[str]:
    """Find the units of the package that import a file of it, directly or through other files."""
    package = pair.places[0][1]
    imported = {path: list_imports(path) for path in list_package_files(package, [file, pair.manual])}
    users = {file.stem}
    while more := {path.stem for path, names in imported.items() if names & users} - users:
        users |= more
    units = [path for path in imported if not is_helper_file(path.relative_to(package))]
    return [path.stem for path in units if path.stem in users - {file.stem}]


def list_imports(file: Path) -> set[str]:
    """List the last part of the name of every module that a file imports."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return set()
    found = {(node.module or "").rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return found | {a.name.rpartition(".")[2] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
