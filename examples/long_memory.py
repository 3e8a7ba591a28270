"""Which recurrent networks learn to remember? They are trained by the hand-written backward passes of manual/.

The adding and the copying problem (examples/memory/tasks.py) are learned by tanh and orthogonal networks, identity
ReLU, LSTMs and a GRU; and a GRU learns a shorter copying problem with its gradients cut in several ways and by RTRL.
Learning rates are chosen from a few, for each network, at a seed of their own; then every network is trained from
--seeds other seeds.  Each result is written to --record, and what is there already is not run again.

    python examples/long_memory.py --quick                               # seconds; nothing is learned
    python examples/long_memory.py --record docs/long_memory.json        # all of it
    python -m examples.memory.page                                       # the page and its pictures from that record
"""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console

from examples.memory.record import complete, plan_quick, plan_whole
from examples.memory.tables import format_tables
from examples.options import add_numbers, check_folder


def options_parser() -> argparse.ArgumentParser:
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0], formatter_class=formatter)
    parser.add_argument("--quick", action="store_true", help="tiny networks, a few steps: does it run?")
    add_numbers(parser, (("seeds", int, 1, 5, "trainings of each network"),))
    parser.add_argument("--record", type=Path, default=Path("long_memory.json"), help="JSON file of the results")
    return parser


def run(options: argparse.Namespace) -> None:
    check_folder("--record", options.record)
    console = Console(highlight=False, soft_wrap=True)
    plan = (plan_quick if options.quick else plan_whole)(options.seeds)
    record = complete(plan, options.record, console.print)
    console.print("\n" + format_tables(record), markup=False)


def main(arguments: list[str] | None = None) -> int:
    parser = options_parser()
    try:
        run(parser.parse_args(arguments))
    except ValueError as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
