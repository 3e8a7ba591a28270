"""The command line.

Exit codes: 0 all good; 1 a gradient is wrong or judges are split; 2 a bad declaration or usage.
"""

import json
import math
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .discovery import Pair, UsageError, choose, discover, from_paths
from .errors import AddressError, DeclarationError
from .report import GOOD, Report
from .subject import Subject

if TYPE_CHECKING:
    from .display import Display
    from .flow import Flow

SCHEMA = 1
PICTURES = (".png", ".svg", ".pdf")

app = typer.Typer(
    name="gradcheck",
    help="Verify hand-written gradients.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Units = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[UNIT]...", help="Units by name, or one as two paths: MANUAL.py REFERENCE.py. All if none."
    ),
]
Cases = Annotated[int, typer.Option("--cases", help="Random cases a unit.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the random cases.")]
Address = Annotated[
    str | None, typer.Option("--case", metavar="ADDRESS", help="Judge one case: T=2,B=1,I=1,H=1,seed=3")
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Write the reports as JSON; - is stdout.")
]


@app.command()
def verify(
    units: Units = None,
    cases: Cases = 100,
    seed: Seed = 0,
    case: Address = None,
    exact: Annotated[bool, typer.Option("--exact/--no-exact", help="Prove the units in exact arithmetic too.")] = True,
    json_file: JsonFile = None,
) -> None:
    """Judge units, and print the verdict on each.

    Example: gradcheck verify lstm gru --cases 500 --json verdicts.json
    """
    from .display import Display

    at_least(1, cases=cases)
    at_least(0, seed=seed)
    pairs = select(units or [])
    if case is not None and len(pairs) != 1:
        raise UsageError("--case", f"it is the address of a case of one unit, not of {len(pairs)}", "name one unit")
    check_writable(json_file)
    with Display([p.name for p in pairs], cases if case is None else 1, to_stderr=str(json_file) == "-") as display:
        reports = [display.finish(judge(pair, cases, seed, case, exact, display)) for pair in pairs]
    display.conclude(reports)
    if json_file is not None:
        write_json({"schema": SCHEMA, "units": [r.to_dict() for r in reports]}, json_file)
    raise typer.Exit(exit_code(reports))


@app.command()
def prove(
    units: Units = None,
    cases: Annotated[int, typer.Option("--cases", help="Small cases a unit, over every option.")] = 16,
    trials: Annotated[int, typer.Option("--trials", help="At least so many primes a case.")] = 1,
    seed: Seed = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the certificates as JSON; - is stdout.")
    ] = None,
) -> None:
    """Prove units in exact arithmetic, and print the certificate of each.

    Example: gradcheck prove lstm --trials 3 --json certificate.json
    """
    from .checking import prove as prove_subject
    from .display import print_certificate

    at_least(1, cases=cases, trials=trials)
    at_least(0, seed=seed)
    pairs = select(units or [])
    check_writable(json_file)
    reports = []
    for pair in pairs:
        reports.append(attempt(pair, lambda subject: prove_subject(subject, cases=cases, trials=trials, seed=seed)))
        print_certificate(reports[-1], to_stderr=str(json_file) == "-")
    if json_file is not None:
        certificates = [asdict(r.certificate) if r.certificate else r.to_dict() for r in reports]
        write_json({"schema": SCHEMA, "certificates": certificates}, json_file)
    raise typer.Exit(exit_code(reports, good=("proved",)))


@app.command("flow")
def show_flow(
    units: Annotated[
        list[str], typer.Argument(metavar="UNIT...", help="Recurrent units by name, or one as two paths.")
    ],
    steps: Annotated[int, typer.Option("--T", help="Steps.")] = 60,
    radius: Annotated[
        str, typer.Option("--radius", metavar="R,R,...", help="Spectral radii of the recurrent matrices.")
    ] = "0.9,1.0,1.1",
    hidden: Annotated[int, typer.Option("--hidden", help="Every size but T and B.")] = 16,
    bias: Annotated[float, typer.Option("--bias", help="Every bias; a larger one opens gates.")] = 0.0,
    seed: Seed = 0,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Draw it: a .png, .svg or .pdf.")] = None,
) -> None:
    """Show how far gradients reach: norms of the Jacobians between states, by lag and over (t, k).

    Example: gradcheck flow rnn lstm gru --T 60 --radius 0.9,1.0,1.1 --out flow.png
    """
    from .flow import flow, summary

    at_least(1, T=steps, hidden=hidden)
    at_least(0, seed=seed)
    if not math.isfinite(bias):
        raise UsageError(f"--bias {bias}", "it is no finite number", "give one, such as 0.8")
    radii = numbers("--radius", radius)
    check_writable(out, "--out")
    if out is not None and out.suffix not in PICTURES:
        raise UsageError(f"--out {out}", f"no picture has the ending {out.suffix!r}", f"take {', '.join(PICTURES)}")
    flows = []
    for pair in select(units):
        for r in radii:
            try:
                subject = pair.load()
                flows.append(flow(subject.unit, T=steps, radius=r, hidden=hidden, bias=bias, seed=seed, name=pair.name))
            except DeclarationError as error:
                raise UsageError(error.value, error.reason, error.remedy) from error
            except ValueError as error:
                raise UsageError(pair.name, f"it does not run step by step ({error})", "name another unit") from error
            print(summary(flows[-1]))
    if out is not None:
        draw(flows, out)


def numbers(option: str, text: str) -> list[float]:
    """The positive numbers between commas, each once."""
    found: dict[float, None] = {}
    for part in text.split(","):
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise UsageError(f"{option} {text}", f"{part!r} is no positive number", "write it as 0.9,1.0,1.1")
        found[value] = None
    return list(found)


def draw(flows: "list[Flow]", out: Path) -> None:
    from .picture import picture

    try:
        picture(flows, out)
    except ModuleNotFoundError as error:
        raise UsageError(f"--out {out}", "matplotlib is not installed", "pip install 'gradcheck[plots]'") from error


@app.command("list")
def list_units() -> None:
    """List the units of the project, with what each computes.

    Example: gradcheck list
    """
    from .display import print_units

    print_units(discover())


def judge(pair: Pair, cases: int, seed: int, case: str | None, exact: bool, display: "Display") -> Report:
    from .checking import examine

    def judge_subject(subject: Subject) -> Report:
        return examine(subject, cases=cases, seed=seed, case=case, exact=exact, progress=display.advance)

    return attempt(pair, judge_subject)


def attempt(pair: Pair, action: Callable[[Subject], Report]) -> Report:
    """What `action` reports of the unit, or why the unit cannot be judged."""
    try:
        return action(pair.load())
    except DeclarationError as error:
        return Report(pair.name, verdict="bad declaration", error=str(error), message=str(error), cause=error)


def at_least(least: int, **options: int) -> None:
    for name, value in options.items():
        if value < least:
            raise UsageError(f"--{name} {value}", "it is too small", f"give {least} or more")


def select(units: list[str]) -> list[Pair]:
    if any(u.endswith(".py") or os.sep in u for u in units):
        if len(units) != 2:
            raise UsageError(" ".join(units), "a unit by its files is two paths", "give MANUAL.py REFERENCE.py")
        return [from_paths(*units)]
    return choose(discover(), units)


def check_writable(file: Path | None, option: str = "--json") -> None:
    if file is None or (str(file) == "-" and option == "--json"):
        return
    target = file if file.exists() else file.parent
    if file.is_dir() or not target.exists() or not os.access(target, os.W_OK):
        raise UsageError(f"{option} {file}", "it cannot be written", "name a file in a folder that exists")


def write_json(content: dict[str, Any], file: Path) -> None:
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    if str(file) == "-":
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")


def exit_code(reports: list[Report], good: tuple[str, ...] = GOOD) -> int:
    if any(r.verdict == "bad declaration" for r in reports):
        return 2
    return 0 if all(r.verdict in good for r in reports) else 1


def main() -> None:
    """Run the command line; the entry point of the console script."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except (UsageError, AddressError) as error:
        print(f"gradcheck: {error}", file=sys.stderr)
        sys.exit(2)
