"""Learns to reverse strings: an encoder and a decoder with attention, trained by the hand-written backward passes.

    source  h e l l o              the encoder reads it, its last states start the decoder
    target  o l l e h .            letter by letter and then the end, by teacher forcing from a start token

Strings of SHORTEST to --longest letters are drawn at random, none of them from two sets that are held out.  Every
tenth of the steps the first set is decoded greedily (from the model's own letters); training ends once all of it is
right.  The share of the second set that is right is reported, and the exit code is 1 if it is below ENOUGH.  --out
draws where the decoder looked.  Gradients are clipped by their global L2 norm; the step is Adam's (Kingma and Ba,
2015), with a rate that falls to 0 over --steps.
"""

import argparse
import math
import os
import string
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from rich.console import Console
from rich.progress import track

from examples.adam import Adam
from examples.options import add_numbers, check_folder
from manual.models.seq2seq_gru import seq2seq_gru
from manual.models.seq2seq_lstm import Seq2SeqOutput, seq2seq_lstm
from manual.shared.clipping import clip_by_global_norm

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
Training = Iterator[tuple[float, "Model"]]
LETTERS = string.ascii_lowercase
END = len(LETTERS)
SIGNS = LETTERS + "."
CELLS: dict[str, tuple[Callable[..., Any], int]] = {"lstm": (seq2seq_lstm, 4), "gru": (seq2seq_gru, 3)}
FORMS = ("dot", "scaled_dot", "additive")
LARGEST_NORM = 1.0
ENOUGH = 0.99
SHOWN = 3
SHORTEST = 3
NUMBERS = (
    ("steps", int, 1, 1000, "batches to train on at most"),
    ("hidden", int, 1, 48, "units of the encoder and of the decoder"),
    ("batch", int, 1, 64, "strings a step"),
    ("longest", int, SHORTEST, 8, "letters of the longest string"),
    ("held-out", int, 1, 500, "strings in each of the two sets that are not trained on"),
    ("lr", float, 1e-9, 5e-3, "learning rate"),
    ("seed", int, 0, 0, "of the first weights and of the strings"),
)


class Batch(NamedTuple):
    """Sources (S, B), their lengths (B), targets (T, B) with T = S + 1, and where they count (T, B)."""

    source: Array
    source_lengths: Array
    target: Array
    mask: Array


class Model(NamedTuple):
    unit: Callable[..., Any]
    form: str
    parameters: Arrays

    def __call__(self, batch: Batch) -> tuple[Seq2SeqOutput, Callable[[Seq2SeqOutput], Arrays]]:
        return self.unit(**batch._asdict(), **self.parameters, attention=self.form)


def draw(count: int, longest: int, rng: np.random.Generator, held_out: frozenset[str] = frozenset()) -> list[str]:
    """`count` strings that are not held out: the length uniform, then each letter."""
    found: list[str] = []
    while len(found) < count:
        length = int(rng.integers(SHORTEST, longest + 1))
        text = "".join(LETTERS[i] for i in rng.integers(0, END, length))
        if text not in held_out:
            found.append(text)
    return found


def batch_of(texts: list[str]) -> Batch:
    lengths = np.array([len(text) for text in texts])
    source = np.full((lengths.max(), len(texts)), END)
    target = np.full((lengths.max() + 1, len(texts)), END)
    for b, text in enumerate(texts):
        indices = [LETTERS.index(letter) for letter in text]
        source[: len(text), b] = indices
        target[: len(text), b] = indices[::-1]
    return Batch(source, lengths, target, np.arange(len(target))[:, None] <= lengths)


def initial(H: int, gates: int, form: str, rng: np.random.Generator, dtype: str) -> Arrays:
    """Parameters, uniform within 1/sqrt(H) as in torch.nn; embeddings and attention are as wide as the states."""
    V = len(SIGNS)
    shapes: dict[str, tuple[int, ...]] = {"weight_source": (V, H), "weight_target": (V + 1, H)}
    for side in ("encoder", "decoder"):
        shapes |= {f"weight_ih_{side}": (gates * H, H), f"weight_hh_{side}": (gates * H, H)}
        shapes |= {f"bias_ih_{side}": (gates * H,), f"bias_hh_{side}": (gates * H,)}
    shapes |= {"weight_q": (H, H), "weight_k": (H, H), "weight": (V, 2 * H), "bias": (V,)}
    if form == "additive":
        shapes["weight_v"] = (H,)
    bound = 1 / math.sqrt(H)
    return {name: rng.uniform(-bound, bound, shape).astype(dtype) for name, shape in shapes.items()}


def differentiate(model: Model, batch: Batch) -> tuple[float, Arrays]:
    """The loss, and its gradients with respect to the parameters."""
    output, backward = model(batch)
    gradients = backward(Seq2SeqOutput(np.ones_like(output.loss), None, None))
    return float(output.loss), {name: gradients[name] for name in model.parameters}


def train(model: Model, options: argparse.Namespace, texts: Callable[[], list[str]]) -> Training:
    """The loss of each step, and the model after it."""
    adam = Adam(model.parameters)
    for step in range(options.steps):
        loss, gradients = differentiate(model, batch_of(texts()))
        clipped, _ = clip_by_global_norm(gradients, LARGEST_NORM)
        parameters = adam.step(model.parameters, clipped, options.lr * (1 - step / options.steps))
        model = model._replace(parameters=parameters)
        yield loss, model


def decode(model: Model, texts: list[str]) -> tuple[list[str], Array]:
    """What the model makes of each text, letter by letter up to the end sign, and its attention (T, B, S)."""
    batch = batch_of(texts)
    written = np.zeros_like(batch.target)
    for t in range(len(written)):
        output, _ = model(batch._replace(target=written))
        written[t] = output.logits[t].argmax(axis=1)
    return ["".join(SIGNS[i] for i in column).partition(".")[0] for column in written.T], output.attention


def accuracy(model: Model, texts: list[str]) -> float:
    """The share of texts that greedy decoding reverses without a fault."""
    answers, _ = decode(model, texts)
    return sum(answer == text[::-1] for answer, text in zip(answers, texts, strict=True)) / len(texts)


def watch(training: Training, options: argparse.Namespace, watched: list[str], console: Console) -> Model:
    """Train until all of the watched texts are right, showing loss and accuracy; return the last model."""
    losses: list[float] = []
    tenth = max(options.steps // 10, 1)
    bar = {"total": options.steps, "console": console, "transient": True, "disable": not console.is_terminal}
    for loss, after in track(training, "training", **bar):
        losses.append(loss)
        model = after
        if not loss < 10 * losses[0]:
            raise ValueError(f"--lr {options.lr}: the loss grew to {loss:.3g} at step {len(losses)}; lower it")
        if len(losses) % tenth == 0:
            right = accuracy(model, watched)
            console.print(f"step {len(losses):5d}  loss {np.mean(losses[-tenth:]):.4f}  right {right:7.2%}")
            if right == 1:
                break
    console.print(f"first loss {losses[0]:.4f}, last loss {np.mean(losses[-tenth:]):.4f} (mean of {tenth} steps)")
    return model


def picture(model: Model, texts: list[str], title: str) -> Any:
    """A figure of the attention over each text: a row for each sign written, a column for each letter read."""
    from matplotlib.figure import Figure

    answers, attention = decode(model, texts)
    figure = Figure(figsize=(4 * len(texts) + 1, 4.6), layout="constrained")
    panels = figure.subplots(1, len(texts), squeeze=False)[0]
    for b, (axes, text, answer) in enumerate(zip(panels, texts, answers, strict=True)):
        written = answer + "."
        image = axes.imshow(attention[: len(written), b, : len(text)], cmap="Greys", vmin=0, vmax=1)
        axes.set_xticks(range(len(text)), list(text))
        axes.set_yticks(range(len(written)), list(written))
        axes.set(title=f"{text} → {answer}", xlabel="letter read", ylabel="sign written ('.' is the end)")
    figure.suptitle(title)
    figure.colorbar(image, ax=list(panels), label="attention weight")
    return figure


def check_out(out: Path | None) -> None:
    """ValueError, before any training, where the picture could not be drawn."""
    if out is None:
        return
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise ValueError(f"--out {out}: matplotlib is not installed; pip install 'gradcheck[plots]'") from None
    if out.suffix != ".png":
        raise ValueError(f"--out {out}: its name does not end in .png; give it that ending")
    check_folder("--out", out)


def options_parser() -> argparse.ArgumentParser:
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0], formatter_class=formatter)
    add_numbers(parser, NUMBERS)
    parser.add_argument("--cell", choices=CELLS, default="lstm", help="of the encoder and of the decoder")
    parser.add_argument("--attention", choices=FORMS, default="dot", help="how a score is made")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32", help="precision")
    parser.add_argument("--out", type=Path, help="PNG file to draw the attention to; none is drawn without it")
    return parser


def run(options: argparse.Namespace) -> int:
    check_out(options.out)
    if 4 * options.held_out > END**SHORTEST:
        raise ValueError(f"--held-out {options.held_out}: too many to leave any; give at most {END**SHORTEST // 4}")
    console, rng = Console(highlight=False, soft_wrap=True), np.random.default_rng(options.seed)
    unit, gates = CELLS[options.cell]
    start = Model(unit, options.attention, initial(options.hidden, gates, options.attention, rng, options.dtype))
    watched, tested = (draw(options.held_out, options.longest, rng) for _ in range(2))
    held_out = frozenset(watched + tested)
    started = time.perf_counter()
    training = train(start, options, lambda: draw(options.batch, options.longest, rng, held_out))
    model = watch(training, options, watched, console)
    seconds, right = time.perf_counter() - started, accuracy(model, tested)
    texts = [sorted(tested, key=len)[k * (len(tested) - 1) // (SHOWN - 1)] for k in range(SHOWN)]
    for text, answer in zip(texts, decode(model, texts)[0], strict=True):
        console.print(f"{text} -> {answer}")
    console.print(f"right on {len(tested)} strings never seen: {right:.2%}, after {seconds:.1f} s of training")
    if options.out is not None:
        title = f"Where the decoder looks while it reverses: {options.cell}, {options.attention} attention"
        picture(model, texts, title).savefig(options.out, dpi=120)
        console.print(f"attention drawn to {options.out}")
    return 0 if right >= ENOUGH else 1


def main(arguments: list[str] | None = None) -> int:
    parser = options_parser()
    try:
        return run(parser.parse_args(arguments))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
