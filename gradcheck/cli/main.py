"""The command line.

Exit codes: 0 all good; 1 a gradient is wrong or judges are split; 2 a bad declaration, a unit that cannot be judged, or
wrong usage; 130 Ctrl-C.  Where a gradient is wrong and another unit cannot be judged, 1.  An exception of gradcheck
itself exits with 2, too: 1 says that a gradient is wrong.
"""

import os
import sys
from typing import Annotated

import typer

from ..errors import CaseIdError
from ..unit.discovery import UsageError
from .campaign import campaign
from .diagnose import show_diagnosis
from .flow import show_flow
from .list_units import list_units
from .mutate import show_mutation_score
from .new import new
from .prove import show_proof
from .repair import show_repair
from .verify import show_verdicts
from .zoo import zoo

APP_HELP = """Verify hand-written gradients.

`gradcheck COMMAND --help` shows the options of a command and an example.

Exit codes: 0 all good; 1 a gradient is wrong or judges are split; 2 a unit cannot be judged, or wrong usage;
130 Ctrl-C.

Example: gradcheck verify lstm
"""

app = typer.Typer(
    name="gradcheck",
    help=APP_HELP,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"gradcheck {version('gradcheck')}")
        raise typer.Exit()


@app.callback()
def set_up(
    _: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version, and exit.")
    ] = False,
) -> None:
    pass


app.command("verify")(show_verdicts)
app.command("prove")(show_proof)
app.command("diagnose")(show_diagnosis)
app.command("mutate")(show_mutation_score)
app.command("repair")(show_repair)
app.command("flow")(show_flow)
app.command("list")(list_units)
app.command()(new)
app.command()(zoo)
app.command()(campaign)


def main() -> None:
    """Run the command line; the entry point of the console script."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except (UsageError, CaseIdError) as error:
        print(f"gradcheck: {error}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        from ..verdict.defect import explain_defect, format_evidence

        command = " ".join(["gradcheck", *sys.argv[1:]])
        print(f"{explain_defect(command, error)}\n{format_evidence(error)}", file=sys.stderr)
        sys.exit(2)
