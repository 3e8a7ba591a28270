"""`gradcheck flow`: how far gradients reach."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import DeclarationError
from ..reporting.json_file import check_writable, unwritable
from ..unit.discovery import UsageError
from .options import SeedOption, require_at_least, select_units

if TYPE_CHECKING:
    from ..flow.gradient_flow import GradientFlow

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")


def show_flow(
    units: Annotated[
        list[str], typer.Argument(metavar="UNIT...", help="Recurrent units by name, or one as two paths.")
    ],
    steps: Annotated[int, typer.Option("--T", help="Number of steps.")] = 60,
    radius: Annotated[
        str, typer.Option("--radius", metavar="R,R,...", help="Spectral radii of the recurrent matrices.")
    ] = "0.9,1.0,1.1",
    hidden: Annotated[int, typer.Option("--hidden", help="Value of every size except T and B.")] = 16,
    bias: Annotated[float, typer.Option("--bias", help="Value of every bias; a larger one opens the gates.")] = 0.0,
    seed: SeedOption = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write a plot: a .png, .svg or .pdf file.")
    ] = None,
) -> None:
    """Show how far gradients reach: norms of the Jacobians between states, by lag and over (t, k).

    Example: gradcheck flow rnn lstm gru --T 60 --radius 0.9,1.0,1.1 --out flow.png
    """
    from ..flow.gradient_flow import flow, summarize_flow

    require_at_least(1, T=steps, hidden=hidden)
    require_at_least(0, seed=seed)
    if not math.isfinite(bias):
        raise UsageError(f"--bias {bias}", "it is not a finite number", "give a number such as 0.8")
    radii = parse_numbers("--radius", radius)
    check_writable(out, "--out")
    if out is not None and out.suffix not in PICTURE_SUFFIXES:
        raise UsageError(
            f"--out {out}", f"{out.suffix!r} is not a format for plots", f"use {', '.join(PICTURE_SUFFIXES)}"
        )
    flows = []
    for pair in select_units(units):
        for r in radii:
            try:
                subject = pair.load()
                flows.append(flow(subject.unit, T=steps, radius=r, hidden=hidden, bias=bias, seed=seed, name=pair.name))
            except DeclarationError as error:
                raise UsageError(error.value, error.reason, error.remedy) from error
            except ValueError as error:
                raise UsageError(pair.name, f"it does not run step by step ({error})", "name another unit") from error
            print(summarize_flow(flows[-1]))
            if flows[-1].radius is None:
                break
    if out is not None:
        save_picture(flows, out)


def parse_numbers(option: str, text: str) -> list[float]:
    """Parse positive numbers between commas; each is returned once."""
    found: dict[float, None] = {}
    for part in text.split(","):
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise UsageError(f"{option} {text}", f"{part!r} is not a positive number", "write it as 0.9,1.0,1.1")
        found[value] = None
    return list(found)


def save_picture(flows: "list[GradientFlow]", out: Path) -> None:
    from ..flow.plot import plot_flows

    try:
        plot_flows(flows, out)
    except ModuleNotFoundError as error:
        raise UsageError(f"--out {out}", "matplotlib is not installed", "pip install 'gradcheck[plots]'") from error
    except OSError as error:
        raise unwritable(f"--out {out}", error) from error
