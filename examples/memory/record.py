"""The record of the trainings: settings, and the result of each task, network, rate and seed, as JSON.

A training that is in the record is not run again, so that a record can be made in several sittings.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from examples.memory.models import MODELS, Model, truncated
from examples.memory.tasks import Task, adding, copying
from examples.memory.training import Result, Sizes, train

Run = dict[str, Any]
Show = Callable[[str], None]
SEARCHED = 100
"""The seed on which the learning rates are compared; the trainings that are reported have others."""


class Experiment(NamedTuple):
    """A task, the networks that are trained on it, and their sizes.

    Networks of one `rate_of` have its learning rate: the one of RATES with which it, at the seed SEARCHED, ends at the
    smallest loss.  The flow of gradients is measured at the steps `flow_at` of the first seed.
    """

    words: str
    task: Task
    models: dict[str, Model]
    sizes: Sizes
    rate_of: dict[str, str]
    flow_at: tuple[int, ...] = ()


class Plan(NamedTuple):
    experiments: dict[str, Experiment]
    rates: tuple[float, ...]
    seeds: int


def plan_whole(seeds: int) -> Plan:
    """The trainings of docs/long_memory.md."""
    own = {name: name for name in MODELS} | {"LSTM, not clipped": "LSTM, forget bias 1"}
    sizes, short = Sizes(hidden=32, batch=32, steps=2000, points=40), Sizes(hidden=12, batch=16, steps=1500, points=30)
    ways = truncated(taus=(6, 11), pi=0.9)
    own_way = {name: name for name in ways} | {"RTRL": "full"}
    return Plan(
        {
            "adding": Experiment("two numbers among 40", adding(40), MODELS, sizes, own, (0, 200, 600, 2000)),
            "copying": Experiment("3 of 8 symbols over 20 blanks", copying(8, 3, 20), MODELS, sizes, own),
            "truncation": Experiment(
                "a GRU copies 2 of 4 symbols over 8 blanks", copying(4, 2, 8), ways, short, own_way
            ),
        },
        (0.001, 0.003, 0.01),
        seeds,
    )


def plan_quick(seeds: int) -> Plan:
    """The same trainings, so short that nothing is learned: they show that the script runs."""
    whole = plan_whole(seeds)
    sizes = Sizes(hidden=4, batch=4, steps=6, points=3)
    small = {"adding": adding(8), "copying": copying(3, 2, 4), "truncation": copying(3, 1, 6)}
    experiments = {
        name: e._replace(words=f"{e.words}, made smaller", task=small[name], sizes=sizes, flow_at=e.flow_at and (0, 6))
        for name, e in whole.experiments.items()
    }
    return Plan(experiments, (0.003, 0.01), seeds)


def describe_settings(plan: Plan) -> dict[str, Any]:
    """What the results depend on beside the seed, as it is written into the record."""
    experiments = {
        name: {"words": e.words, "baseline": e.task.baseline, **e.sizes._asdict(), "flow_at": list(e.flow_at)}
        for name, e in plan.experiments.items()
    }
    return {"experiments": experiments, "rates": list(plan.rates), "searched": SEARCHED}


def list_searches(plan: Plan) -> Iterator[tuple[str, str, float, int]]:
    """The trainings that choose the learning rates: task, network, rate, seed."""
    for name, experiment in plan.experiments.items():
        for model in dict.fromkeys(experiment.rate_of.values()):
            for rate in plan.rates:
                yield name, model, rate, SEARCHED


def list_trainings(plan: Plan, runs: list[Run]) -> Iterator[tuple[str, str, float, int]]:
    """The trainings that are reported, at the rates that the searches among `runs` choose."""
    for seed in range(plan.seeds):
        for name, experiment in plan.experiments.items():
            for model, teacher in experiment.rate_of.items():
                yield name, model, choose_rate(runs, name, teacher), seed


def choose_rate(runs: list[Run], task: str, model: str) -> float:
    """The rate of the search that ended at the smallest loss."""
    searches = [r for r in runs if (r["task"], r["model"], r["seed"]) == (task, model, SEARCHED)]
    return float(min(searches, key=lambda r: (r["loss"], r["rate"]))["rate"])


def complete(plan: Plan, path: Path, show: Show) -> dict[str, Any]:
    """Run the trainings of the plan that the record at `path` lacks, writing it after each; return the record.

    ValueError if the record was made with other settings.
    """
    settings = describe_settings(plan)
    record: dict[str, Any] = {"settings": settings, "runs": []}
    if path.exists():
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["settings"] != settings:
            raise ValueError(f"{path}: it was made with other settings; name another file, or delete it")
    for trainings in (list_searches(plan), list_trainings(plan, record["runs"])):
        for key in trainings:
            if key not in {(r["task"], r["model"], r["rate"], r["seed"]) for r in record["runs"]}:
                result = run_training(plan, *key)
                record["runs"].append(describe_run(*key, result))
                record["runs"].sort(key=partial(find_place, plan))
                path.write_text(format_record(record), encoding="utf-8")
                show(f"{key[0]:<11}{key[1]:<21}rate {key[2]:<6g} seed {key[3]:<4} loss {result.loss:.4f}")
    return record


def find_place(plan: Plan, run: Run) -> tuple[Any, ...]:
    """Where a training stands in the record: searches first, then seed by seed, in the order of the plan."""
    names = [(task, model) for task, e in plan.experiments.items() for model in e.models]
    return run["seed"] != SEARCHED, run["seed"], names.index((run["task"], run["model"])), run["rate"]


def run_training(plan: Plan, name: str, model: str, rate: float, seed: int) -> Result:
    experiment = plan.experiments[name]
    flow_at = experiment.flow_at if seed == 0 else ()
    return train(experiment.task, experiment.models[model], experiment.sizes, rate, seed, flow_at)


def describe_run(name: str, model: str, rate: float, seed: int, result: Result) -> Run:
    """The entry of a training in the record; numbers have five digits."""
    rounded = {
        "curve": [float(f"{x:.5g}") for x in result.curve],
        "loss": float(f"{result.loss:.5g}"),
        "right": result.right,
        "clipped": result.clipped,
        "flow": {step: [float(f"{x:.5g}") for x in norms] for step, norms in result.flow.items()},
    }
    return {"task": name, "model": model, "rate": rate, "seed": seed, **rounded}


def format_record(record: dict[str, Any]) -> str:
    """JSON with a line for each training, so that a change of one is a change of one line."""
    runs = ",\n".join(json.dumps(run) for run in record["runs"])
    return f'{{"settings": {json.dumps(record["settings"])},\n"runs": [\n{runs}\n]}}\n'
