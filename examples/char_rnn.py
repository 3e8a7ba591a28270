"""A character model of English: an LSTM trained by the hand-written backward passes of manual/, and no framework.

    x_t = onehot(s_t)    h_t, c_t = lstm(x_t, h_{t-1}, c_{t-1})    o_t = V h_t + c    L = -log softmax(o_t)[s_{t+1}]

The text is the language reference in every Python (pydoc_data.topics), cut into streams that are read side by side,
a chunk at a time, and over again.  States are carried from chunk to chunk, gradients are not: backpropagation
through time is truncated at the start of the chunk.  Gradients are clipped by their global L2 norm; the step is plain
gradient descent.  With --against-torch the autograd twin is trained as well, from the same start on the same chunks,
and the exit code is 1 if after CHECKED steps any weight differs by more than LIMIT, relative to the largest weight of
its tensor.  Later the difference says nothing of the backward: training makes rounding grow.  A third training shows by
how much, by hand again, from weights that are one rounding away.  --record writes the curves and the sample as JSON,
from which `python -m examples.char_rnn_page` makes docs/char_rnn.md.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from rich.console import Console
from rich.progress import track

from examples.char_rnn_record import CHECKED, Course, compare, count_known_words, describe, list_points
from examples.options import add_numbers, check_folder
from manual.layers.output_layer import LayerOutput, output_layer
from manual.losses.softmax_cross_entropy import Loss, softmax_cross_entropy
from manual.recurrent.lstm import LSTMOutput, lstm
from manual.shared.clipping import clip_by_global_norm

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
State = tuple[Array, Array]
Step = tuple[float, Arrays, State]  # loss, gradients of the parameters, and the states (h, c) after the chunk
Training = Iterator[tuple[float, Arrays]]
Differentiate = Callable[[Arrays, State, Array, Array], Step]
RECURRENT = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
LAYER = ("weight", "bias")
LARGEST_NORM = 0.25
LIMIT = 1e-9
NUMBERS = (
    ("steps", int, 1, 8000, "chunks to train on"),
    ("hidden", int, 1, 128, "units of the LSTM"),
    ("batch", int, 1, 16, "streams read side by side"),
    ("length", int, 1, 24, "characters a chunk"),
    ("lr", float, 1e-9, 4.0, "learning rate"),
    ("seed", int, 0, 0, "of the first weights and of the sample"),
    ("sample", int, 0, 400, "characters to write at the end"),
)


def read_text() -> tuple[list[str], Array]:
    """The alphabet, and the text as indices into it."""
    characters = "\n".join(topics.values())
    alphabet = sorted(set(characters))
    index = {character: i for i, character in enumerate(alphabet)}
    return alphabet, np.array([index[character] for character in characters])


def chunks(text: Array, batch: int, length: int) -> Iterator[tuple[Array, Array]]:
    """Characters (T, B) and those that follow them (T, B), without end."""
    size = len(text) // batch
    if size <= length:
        reason = f"the text has only {len(text)} characters"
        raise ValueError(f"--batch {batch} --length {length}: {reason}; make one of them smaller")
    streams = text[: size * batch].reshape(batch, size).T
    while True:
        for start in range(0, size - length, length):
            yield streams[start : start + length], streams[start + 1 : start + length + 1]


def initial(V: int, H: int, rng: np.random.Generator, dtype: str) -> Arrays:
    """Parameters, uniform within 1/sqrt(H) as in torch.nn."""
    shapes = (4 * H, V), (4 * H, H), (4 * H,), (4 * H,), (V, H), (V,)
    bound = 1 / math.sqrt(H)
    return {n: rng.uniform(-bound, bound, s).astype(dtype) for n, s in zip(RECURRENT + LAYER, shapes, strict=True)}


def zeros(parameters: Arrays, batch: int) -> State:
    nothing = np.zeros((batch, parameters["weight_hh"].shape[1]), parameters["weight_hh"].dtype)
    return nothing, nothing


def onehot(indices: Array, parameters: Arrays) -> Array:
    return np.eye(len(parameters["bias"]), dtype=parameters["bias"].dtype)[indices]


def by_hand(parameters: Arrays, state: State, characters: Array, following: Array) -> Step:
    """Loss and gradients of one chunk by the units of manual/."""
    hidden, lstm_backward = lstm(onehot(characters, parameters), *map(parameters.get, RECURRENT), *state)
    output, layer_backward = output_layer(hidden.ys, *map(parameters.get, LAYER))
    loss, loss_backward = softmax_cross_entropy(output.o, following)

    dlogits = loss_backward(Loss(np.ones_like(loss.loss)))["logits"]
    dlayer = layer_backward(LayerOutput(dlogits))
    dlstm = lstm_backward(LSTMOutput(dlayer["h"], None, None))
    return float(loss.loss), {n: {**dlstm, **dlayer}[n] for n in parameters}, (hidden.h_T, hidden.c_T)


def by_autograd(parameters: Arrays, state: State, characters: Array, following: Array) -> Step:
    """The same by the models of reference/ and torch.autograd."""
    import torch

    from reference.layers import output_layer
    from reference.losses import softmax_cross_entropy
    from reference.recurrent import lstm

    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    x, h_0, c_0 = map(torch.tensor, (onehot(characters, parameters), *state))
    hidden = lstm.lstm(x, *map(leaves.get, RECURRENT), h_0, c_0)
    output = output_layer.output_layer(hidden.ys, *map(leaves.get, LAYER))
    loss = softmax_cross_entropy.softmax_cross_entropy(output.o, torch.tensor(following)).loss
    loss.backward()
    gradients = {name: leaf.grad.numpy() for name, leaf in leaves.items()}
    return loss.item(), gradients, (hidden.h_T.detach().numpy(), hidden.c_T.detach().numpy())


def train(by: Differentiate, parameters: Arrays, text: Array, options: argparse.Namespace) -> Training:
    """The loss of each step, and the parameters after it."""
    state = zeros(parameters, options.batch)
    for characters, following in islice(chunks(text, options.batch, options.length), options.steps):
        loss, gradients, state = by(parameters, state, characters, following)
        step, _ = clip_by_global_norm(gradients, LARGEST_NORM)
        parameters = {name: value - options.lr * step[name] for name, value in parameters.items()}
        yield loss, parameters


def sample(parameters: Arrays, alphabet: list[str], count: int, rng: np.random.Generator) -> str:
    """`count` characters drawn one by one from the model's own distribution, after a line break."""
    state, drawn = zeros(parameters, 1), [alphabet.index("\n")]
    for _ in range(count):
        hidden, _ = lstm(onehot(np.array([drawn[-1:]]), parameters), *map(parameters.get, RECURRENT), *state)
        state = (hidden.h_T, hidden.c_T)
        logits = output_layer(hidden.ys, *map(parameters.get, LAYER))[0].o[0, 0].astype(float)
        odds = np.exp(logits - logits.max())
        drawn.append(int(rng.choice(len(alphabet), p=odds / odds.sum())))
    return "".join(alphabet[i] for i in drawn[1:])


def watch(by: Differentiate, parameters: Arrays, text: Array, options: argparse.Namespace, console: Console) -> Course:
    """Train, showing the progress and, ten times, the loss in nats a character."""
    course, tenth = Course([], {}), max(options.steps // 10, 1)
    losses, points = course.losses, list_points(options.steps)
    bar = {"total": options.steps, "console": console, "transient": True, "disable": not console.is_terminal}
    for loss, after in track(train(by, parameters, text, options), by.__name__, **bar):
        losses.append(loss)
        if not loss < 10 * losses[0]:
            raise ValueError(f"--lr {options.lr}: the loss grew to {loss:.3g} at step {len(losses)}; lower it")
        if len(losses) in points:
            course.kept[len(losses)] = after
        if len(losses) % tenth == 0:
            console.print(f"step {len(losses):5d}  loss {np.mean(losses[-tenth:]):.4f}")
    first, last = losses[0], np.mean(losses[-tenth:])
    console.print(f"{by.__name__}: first loss {first:.4f}, last loss {last:.4f} (mean of {tenth} steps)")
    return course


def options_parser() -> argparse.ArgumentParser:
    formatter = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0], formatter_class=formatter)
    add_numbers(parser, NUMBERS)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float64", help="precision")
    parser.add_argument("--against-torch", action="store_true", help="train the autograd twin too, and compare")
    parser.add_argument("--record", type=Path, help="JSON file of the curves and the sample; none without it")
    return parser


def run(options: argparse.Namespace) -> int:
    if options.against_torch and options.dtype != "float64":
        raise ValueError(f"--dtype {options.dtype}: weights agree to {LIMIT} in double precision only; use float64")
    check_folder("--record", options.record)
    console, rng = Console(highlight=False, soft_wrap=True), np.random.default_rng(options.seed)
    alphabet, text = read_text()
    console.print(f"{len(text)} characters, {len(alphabet)} different ones")
    start = initial(len(alphabet), options.hidden, rng, options.dtype)
    courses = {"by_hand": watch(by_hand, start, text, options, console)}
    ours = courses["by_hand"].kept
    written = sample(ours[options.steps], alphabet, options.sample, rng)
    words = count_known_words(written, "".join(alphabet[i] for i in text))
    if written:
        console.print("\n" + written + "\n", markup=False)
        console.print(f"words of four letters and more: {words[0]}, of which the text has {words[1]}")
    good = True
    if options.against_torch:
        courses["by_autograd"] = watch(by_autograd, start, text, options, console)
        nudged = {name: np.nextafter(value, np.inf) for name, value in start.items()}
        courses["nudged"] = watch(by_hand, nudged, text, options, Console(quiet=True))
        good = report_differences(courses, options.steps, console)
    if options.record is not None:
        settings = {name: getattr(options, name) for name, *_ in NUMBERS} | {"dtype": options.dtype}
        record = {"settings": settings, "characters": len(text), **describe(courses, written, words)}
        options.record.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0 if good else 1


def report_differences(courses: dict[str, Course], steps: int, console: Console) -> bool:
    """Print how far the trainings are apart; return whether by hand and by autograd agree after CHECKED steps."""
    checked, ours = min(steps, CHECKED), courses["by_hand"].kept
    largest = compare(ours[checked], courses["by_autograd"].kept[checked])
    outcome = f"{largest:.2e}, limit {LIMIT}"
    console.print(f"largest relative difference of any weight after {checked} steps: {outcome}")
    last, nudged = (compare(ours[steps], courses[name].kept[steps]) for name in ("by_autograd", "nudged"))
    console.print(f"after {steps} steps: {last:.2e}; of two trainings by hand, one rounding apart: {nudged:.2e}")
    return largest <= LIMIT


def main(arguments: list[str] | None = None) -> int:
    parser = options_parser()
    try:
        return run(parser.parse_args(arguments))
    except ValueError as error:
        parser.error(str(error))


if __name__ == "__main__":
    sys.exit(main())
