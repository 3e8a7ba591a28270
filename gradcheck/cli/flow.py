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
    from ..unit.discovery import UnitFiles
    from ..unit.subject import UnitFunction

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
    bias: Annotated[float, typer.Option("--bias", help="Value of every bias.")] = 0.0,
    forget_bias: Annotated[
        float | None,
        typer.Option(
            "--forget-bias",
            metavar="B",
            help="Added to the bias of the gate that keeps the state, such as f of an LSTM and z of a GRU; "
            "by default 1. Units without such a gate are as they are.",
        ),
    ] = None,
    input_scale: Annotated[
        float,
        typer.Option("--input-scale", help="Deviation of the random inputs; small ones keep units from saturating."),
    ] = 1.0,
    seed: SeedOption = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Also write a plot: a .png, .svg or .pdf file.")
    ] = None,
) -> None:
    """Show how far gradients reach: norms of the Jacobians between states, by lag and over (t, k).

    Example: gradcheck flow rnn lstm gru --T 60 --radius 0.9,1.0,1.1 --out flow.png
    """
    from ..flow.gradient_flow import flow
    from ..reporting.flow_table import format_flow_head, format_flow_row

    require_at_least(1, T=steps, hidden=hidden)
    require_at_least(0, seed=seed)
    check_finite({"--bias": bias, "--forget-bias": forget_bias, "--input-scale": input_scale})
    radii = parse_numbers("--radius", radius)
    check_picture(out)
    flows: list[GradientFlow] = []
    for pair, unit, gated in load_recurrent_units(units, forget_bias):
        for r in radii:
            try:
                found = flow(
                    unit, T=steps, radius=r, hidden=hidden, bias=bias, forget_bias=forget_bias if gated else None,
                    input_scale=input_scale, seed=seed, name=pair.name,
                )  # fmt: skip
            except ValueError as error:
                raise UsageError(pair.name, f"it does not run step by step ({error})", "name another unit") from error
            if not flows:
                print(format_flow_head(steps))
            print(format_flow_row(found))
            flows.append(found)
            if found.radius is None:
                break
    if out is not None:
        save_picture(flows, out)


def load_recurrent_units(units: list[str], forget_bias: float | None) -> "list[tuple[UnitFiles, UnitFunction, bool]]":
    """Load each unit, with whether it has a forget gate.

    UsageError if one cannot be run step by step, or if a forget bias is given and no unit has such a gate.
    """
    from ..flow.gradient_flow import has_forget_gate

    loaded = []
    for pair in select_units(units):
        try:
            unit = pair.load().unit
            loaded.append((pair, unit, has_forget_gate(unit)))
        except DeclarationError as error:
            raise UsageError(error.value, error.reason, error.remedy) from error
        except ValueError as error:
            raise UsageError(pair.name, f"it does not run step by step ({error})", "name another unit") from error
    if forget_bias is not None and not any(gated for *_, gated in loaded):
        names = ", ".join(pair.name for pair, *_ in loaded)
        reason = f"{names}: no bias keeps a state as it is, so there is no forget gate"
        raise UsageError(f"--forget-bias {forget_bias:g}", reason, "leave it out, or name a unit such as an LSTM")
    return loaded


def check_finite(options: dict[str, float | None]) -> None:
    for name, value in options.items():
        if value is not None and not math.isfinite(value):
            raise UsageError(f"{name} {value}", "it is not a finite number", "give a number such as 0.8")


def check_picture(out: Path | None) -> None:
    check_writable(out, "--out")
    if out is not None and out.suffix not in PICTURE_SUFFIXES:
        raise UsageError(
            f"--out {out}", f"{out.suffix!r} is not a format for plots", f"use {', '.join(PICTURE_SUFFIXES)}"
        )


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
