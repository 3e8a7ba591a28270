"""Trains one network on one task from one seed, and says what came of it."""

from typing import Any, NamedTuple

import numpy as np

from examples.adam import Adam, clip
from examples.memory.models import RECURRENT, Model
from examples.memory.tasks import Batch, Task
from manual.layers.output_layer import LayerOutput, output_layer
from manual.shared.loss import Loss

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = dict[str, Array]
TESTED = 500
"""Sequences that the trained network is judged on."""


class Sizes(NamedTuple):
    """Units, rows of a batch, steps of training, and points of the curve."""

    hidden: int
    batch: int
    steps: int
    points: int


class Result(NamedTuple):
    """The mean loss of each stretch of the training, and what follows it.

    `loss` and `right` are of TESTED fresh sequences.  `clipped` is the share of steps with a gradient above the limit.
    `flow` has, by the step of training, the norms by lag of `measure_flow`, where it was asked for.
    """

    curve: list[float]
    loss: float
    right: float
    clipped: float
    flow: dict[str, list[float]]


def run_network(model: Model, weights: Arrays, x: Array, steps: int, rng: np.random.Generator) -> tuple[Array, Any]:
    """The output of the last `steps` steps (A, B, V), and its backward to the gradients of the weights."""
    more = {"rng": rng} if model.random else {}
    hidden, unit_backward = model.unit(x, **{name: weights[name] for name in RECURRENT}, **more)
    output, layer_backward = output_layer(hidden.ys[-steps:], weights["weight"], weights["bias"])

    def backward(doutput: Array) -> Arrays:
        dlayer = layer_backward(LayerOutput(doutput))
        dys = np.zeros_like(hidden.ys)
        dys[-steps:] = dlayer["h"]
        upstream = type(hidden)(dys, *[None] * (len(hidden) - 1))
        gradients = {**unit_backward(upstream), **dlayer}
        return {name: gradients[name] for name in weights}

    return output.o, backward


def differentiate(
    task: Task, model: Model, weights: Arrays, batch: Batch, rng: np.random.Generator
) -> tuple[float, Arrays]:
    """The loss of a batch and its gradients with respect to the weights."""
    output, backward = run_network(model, weights, batch.x, len(batch.answer), rng)
    loss, loss_backward = task.loss(output, batch.answer)
    return float(loss.loss), backward(loss_backward(Loss(np.ones_like(loss.loss)))[task.output])


def train(task: Task, model: Model, sizes: Sizes, rate: float, seed: int, flow_at: tuple[int, ...] = ()) -> Result:
    """Train from first weights and on batches that follow from the seed; the flow is measured at steps `flow_at`."""
    of_weights, of_batches, of_test, of_draws = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(4))
    weights = model.draw_weights(task.inputs, sizes.hidden, task.outputs, of_weights)
    tested = task.draw(TESTED, of_test)
    adam, losses, norms, flow = Adam(weights), [], [], {}
    for step in range(sizes.steps + 1):
        if step in flow_at:
            flow[str(step)] = measure_flow(model, weights, tested.x[:, : sizes.batch])
        if step < sizes.steps:
            loss, gradients = differentiate(task, model, weights, task.draw(sizes.batch, of_batches), of_draws)
            gradients, norm = clip(gradients, model.largest_norm)
            weights = adam.step(weights, gradients, rate)
            losses.append(loss)
            norms.append(norm)
    output, _ = run_network(model, weights, tested.x, len(tested.answer), of_draws)
    curve = [float(part.mean()) for part in np.array_split(np.array(losses), sizes.points)]
    clipped = float((np.array(norms) > model.largest_norm).mean())
    last = float(task.loss(output, tested.answer)[0].loss)
    return Result(curve, last, task.judge(output, tested.answer), clipped, flow)


def measure_flow(model: Model, weights: Arrays, x: Array) -> list[float]:
    """The norm, by lag, of the gradient of the last output with respect to all states that many steps before.

    The unit is run from each of its states on, and its backward gives the gradient of that state; the entry of a lag
    is the median over the rows of x (T, B, I).  Needs a single output.
    """
    recurrent = {name: weights[name] for name in RECURRENT}
    hidden, _ = model.unit(x[:0], **recurrent)
    ends = [field for field in hidden._fields if field != "ys"]
    state = {f"{end[0]}_0": getattr(hidden, end) for end in ends}
    norms = []
    for t in range(len(x) + 1):
        rest, backward = model.unit(x[t:], **recurrent, **state)
        upstream = {"h_T": np.broadcast_to(weights["weight"], rest.h_T.shape)}
        gradients = backward(type(rest)(**{name: upstream.get(name) for name in rest._fields}))
        together = np.concatenate([gradients[name] for name in state], axis=1)
        norms.append(float(np.median(np.linalg.norm(together, axis=1))))
        if t < len(x):
            after, _ = model.unit(x[t : t + 1], **recurrent, **state)
            state = {f"{end[0]}_0": getattr(after, end) for end in ends}
    return norms[::-1]
