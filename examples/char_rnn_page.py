"""Writes docs/char_rnn.md and its picture from the record docs/char_rnn.json:  python -m examples.char_rnn_page"""

import json
import textwrap
from pathlib import Path
from typing import Any

from examples.char_rnn import LARGEST_NORM, LIMIT
from examples.char_rnn_record import CHECKED
from examples.svg import INKS, RC, format_svg

DOCS = Path(__file__).resolve().parents[1] / "docs"
RECORD, PAGE, PICTURE = DOCS / "char_rnn.json", DOCS / "char_rnn.md", "char_rnn.svg"
PARTED = 1e-6
"""Two trainings have parted once a weight differs by more than this."""
TEXT = """# A character model, trained by the hand-written backward

    python examples/char_rnn.py                     # an LSTM language model
    python examples/char_rnn.py --against-torch     # the same, beside autograd from the same initial weights
    python examples/char_rnn.py --against-torch --record docs/char_rnn.json
    python -m examples.char_rnn_page                # writes this page from the record

[`examples/char_rnn.py`](../examples/char_rnn.py) trains an LSTM of {hidden} units to tell the next character of the
language reference that comes with Python (`pydoc_data.topics`, here that of Python {python}): {steps} steps of plain
gradient descent with the learning rate {lr:g}, each on {batch} streams of {length} characters. Gradients are clipped to
a norm of {norm:g}. States are carried from chunk to chunk, gradients are not. All gradients are those of
[`lstm`](../manual/recurrent/lstm.py), [`output_layer`](../manual/layers/output_layer.py) and
[`softmax_cross_entropy`](../manual/losses/softmax_cross_entropy.py).

## What it writes

After the last step it writes {sample} characters, each drawn from its own distribution. Of {words} words of four small
letters and more, {known_words} are words of the text.

```text
{written}
```

## Beside torch

The LSTM of `reference/` is trained by autograd from the same weights on the same chunks. A third training, by hand
again, starts from weights that are one rounding away: the next larger number that the computer has, for each.

![Left the loss curves, one on the other; right how far the weights are apart](figures/char_rnn.svg)

{parting}

Over the first {stretch} steps the mean loss is {first:.6f} nats a character by hand and {first_twin:.6f} by
autograd; over the last {stretch} it is {last:.6f} and {last_twin:.6f}.

## What this does not decide

One seed, one size, one text and one learning rate, which was set by hand. The loss is that of the training, on text
that is read {epochs:.1f} times: nothing is said of text that was not read. Another Python has another text, and other
figures.
"""


def format_page(record: dict[str, Any]) -> str:
    """The page of a record."""
    settings, python = record["settings"], ".".join(record["python"].split(".")[:2])
    read = settings["steps"] * settings["batch"] * settings["length"]
    facts = {name: record[name] for name in ("words", "known_words")}
    written = "\n".join(line.rstrip() for line in record["written"].strip("\n").splitlines())
    by_hand, twin = record["curves"]["by_hand"], record["curves"]["by_autograd"]
    return TEXT.format(
        **{**settings, **facts},
        python=python,
        norm=LARGEST_NORM,
        written=written,
        stretch=record["points"][0],
        first=by_hand[0],
        last=by_hand[-1],
        first_twin=twin[0],
        last_twin=twin[-1],
        parting=tell_parting(record),
        epochs=read / record["characters"],
    )


def find_parting(record: dict[str, Any], name: str) -> int | None:
    """The first step of those compared at which this training has parted from that by hand."""
    pairs = zip(record["points"], record["apart"][name], strict=True)
    return next((step for step, difference in pairs if difference > PARTED), None)


def tell_parting(record: dict[str, Any]) -> str:
    """When the trainings part, and how far the weights are apart before and after it, in a paragraph."""
    checked = record["points"].index(CHECKED)
    at_check, at_end = record["apart"]["by_autograd"][checked], record["apart"]["by_autograd"][-1]
    text = (
        "Manual and autograd do not round alike. Relative to the largest weight of its tensor, no weight differs by "
        f"more than {LIMIT:g} after {CHECKED} steps, as the script checks (the largest is {at_check:.1e}). "
    )
    parted, nudged = (find_parting(record, name) for name in ("by_autograd", "nudged"))
    if parted is None:
        return textwrap.fill(f"{text}They do not part: the difference is {at_end:.1e} at the end.", 120)
    text += f"At step {parted} they have parted: the difference is above {PARTED:g}, and {at_end:.1e} at the end. "
    if nudged is None:
        return textwrap.fill(f"{text}The two trainings by hand do not part.", 120)
    text += (
        f"The two trainings by hand have parted at step {nudged}, and end {record['apart']['nudged'][-1]:.1e} apart: "
        "what parts them is that training makes rounding grow, not a difference of the gradients. The losses "
        "stay together."
    )
    return textwrap.fill(text, 120)


def draw_picture(record: dict[str, Any]) -> str:
    """The curves, one on the other, and beside them how far the weights are apart."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(RC):
        figure = Figure(figsize=(8, 3.2))
        left, right = figure.subplots(1, 2)
        figure.subplots_adjust(left=0.08, right=0.985, top=0.9, bottom=0.16, wspace=0.3)
        curves, apart, points = record["curves"], record["apart"], record["points"]
        left.plot(points, curves["by_autograd"], color=INKS["second"].light, linewidth=5, label="by autograd")
        left.plot(points, curves["by_hand"], color=INKS["text"].light, linewidth=1.4, linestyle="--", label="by hand")
        left.set(title="loss", xlabel="step of training", ylabel="nats a character")
        left.legend()
        right.semilogy(points, apart["by_autograd"], color=INKS["second"].light, linewidth=2.4, label="by autograd")
        nudged = {"linewidth": 1.4, "linestyle": "--", "label": "by hand, one rounding away"}
        right.semilogy(points, apart["nudged"], color=INKS["text"].light, **nudged)
        right.set(title="largest relative difference of any weight", xlabel="step of training", ylim=(1e-16, 10))
        right.legend()
        right.minorticks_off()
        right.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        description = (
            "Left: the loss of a character model trained by the hand-written backward, a thin dashed line, lies on "
            "that of the same model trained by autograd, a broad one. Right: how far the weights are from those "
            "trained by hand: by autograd, and by hand from first weights that are one rounding away."
        )
        return format_svg(figure, "A character model trained by hand and by autograd", description)


def main() -> None:
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    PAGE.write_text(format_page(record), encoding="utf-8")
    (DOCS / "figures" / PICTURE).write_text(draw_picture(record), encoding="utf-8")


if __name__ == "__main__":
    main()
