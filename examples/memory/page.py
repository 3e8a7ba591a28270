"""Writes docs/long_memory.md and its pictures from the record docs/long_memory.json:  python -m examples.memory.page"""

import json
import textwrap
from pathlib import Path
from typing import Any

from examples.memory.claims import CLAIMS, find_false_claims
from examples.memory.pictures import draw_pictures
from examples.memory.tables import LEARNED, format_table, group_runs

DOCS = Path(__file__).resolve().parents[2] / "docs"
RECORD, PAGE = DOCS / "long_memory.json", DOCS / "long_memory.md"
TEXT = """# Which networks learn to remember?

    python examples/long_memory.py                                   # a quarter of an hour on one core
    python examples/long_memory.py --quick                           # seconds; nothing is learned
    python examples/long_memory.py --record docs/long_memory.json    # goes on with the record of this page
    python -m examples.memory.page                                   # writes this page from the record

Networks are trained on two tasks whose answer depends on what was read long before. Every gradient comes from a
hand-written backward of `manual/`, as it is: [`rnn`](../manual/recurrent/rnn.py),
[`lstm`](../manual/recurrent/lstm.py), [`gru`](../manual/recurrent/gru.py),
[`rtrl_gru`](../manual/learning/rtrl_gru.py), and for the ways to cut a gradient
[`recurrence.py`](../manual/shared/recurrence.py) around the cell of the GRU. [The tasks](../examples/memory/tasks.py)
and [the networks](../examples/memory/models.py) are in `examples/memory`.

Each network has {hidden} units and takes {steps} steps of Adam, each on {batch} fresh sequences; in the last
table these are {short_hidden}, {short_steps} and {short_batch}. Gradients are clipped to a norm of 1, except
those of the LSTM that is not clipped. The learning rate of each network is the best of {rates} at one
seed. Then it is trained from {seeds} other seeds. The tables give the median over these, and in parentheses the
smallest and the largest.

- *Last loss* and *right* are of 500 sequences that are drawn after the training.
- A task is *learned* once the mean loss of {stretch} steps is below {learned:g} times that of the best answer
  without a memory.
- *Clipped* is the share of steps whose gradient was clipped.

## Adding

Forty pairs of a number from 0 to 1 and a mark are read. Two numbers are marked, one in each half. The answer, at the
last step, is their sum; it is right if it is off by less than 0.04. Without a memory the best answer is 1, with a loss
(half the squared error) of {adding_baseline:.4f}.

{adding}

{adding_claims}

## Copying

Three of eight symbols are read, then 20 blanks; then the symbols are to be written in order. Without a memory the loss
is {copying_baseline:.4f} a symbol, and an eighth of the symbols are right.

{copying}

{copying_claims}

![Learning curves, a panel for each network, a thin line for each seed](figures/long_memory_curves.svg)

## How far gradients reach while they learn

![The gradient of the answer by the steps before the end](figures/long_memory_flow.svg)

The norm of the gradient of the answer of the adding task with respect to all states of a step before the end, at four
moments of the training: the median over 32 sequences, of the first seed.
[Gradients through time](derivations/flow.md) has the mathematics.

{flow_claims}

## Ways to go back

A GRU copies two of four symbols over 8 blanks, 12 steps in all. Its gradient goes back all the way (*full*); in pieces
of 6 or of 11 steps (*chunks*); 6 or 11 steps from each answer (*windows*); over each step with probability 0.9, and
weighted so that it is right on average (*random*); or it is carried forward in time (*RTRL*, with the learning rate of
*full*). [Truncation](derivations/truncation.md) says how the cuts differ.

{truncation}

{truncation_claims}

## What this does not decide

- One size of each network, one length of each task, one number of steps. A network that did not learn here may learn
  with more units, with more steps or by another optimizer.
- The learning rate of a network is chosen from {rate_count} values at a single seed. Where the best of them is the
  largest or the smallest, a better one may well lie outside; and another seed may have chosen another.
- {seeds} seeds give a range, not a confidence interval. Where two ranges overlap, the order of the medians may be luck.
- Tasks, sizes and steps were set by trying some at the seed that also chooses the learning rates, so that some networks
  learn and others do not. Which ones learn on longer tasks, nothing here says.
- Steps are compared, not times. A step of an LSTM takes a third more products than one of a GRU of the same size.
- The flow of gradients is that of one seed.
"""


def format_page(record: dict[str, Any]) -> str:
    """The page of a record.  ValueError if it does not bear out what the page claims."""
    if false := [text for claims in CLAIMS.values() for text in find_false_claims(record, claims)]:
        raise ValueError(f"the record does not bear out {false}; correct examples/memory/claims.py")
    settings = record["settings"]
    experiments, rates = settings["experiments"], [f"{rate:g}" for rate in settings["rates"]]
    long, short = experiments["adding"], experiments["truncation"]
    sizes = {name: long[name] for name in ("hidden", "steps", "batch")}
    sizes |= {f"short_{name}": short[name] for name in ("hidden", "steps", "batch")}
    tables = {task: format_table(record, task) for task in experiments}
    baselines = {f"{task}_baseline": e["baseline"] for task, e in experiments.items()}
    claims = {f"{name}_claims": "\n".join(format_claim(c.text) for c in claims) for name, claims in CLAIMS.items()}
    return TEXT.format(
        **{**sizes, **tables, **baselines, **claims},
        rates=f"{', '.join(rates[:-1])} and {rates[-1]}",
        rate_count=len(rates),
        seeds=len(group_runs(record, "adding")["GRU"]),
        stretch=long["steps"] // long["points"],
        learned=LEARNED,
    )


def format_claim(text: str) -> str:
    """An item of a list, in lines that are not too long."""
    return textwrap.fill(text, 120, initial_indent="- ", subsequent_indent="  ")


def main() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    PAGE.write_text(format_page(record), encoding="utf-8")
    for name, picture in draw_pictures(record).items():
        (DOCS / "figures" / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
