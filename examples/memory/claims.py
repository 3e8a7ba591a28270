"""What the record shows, in sentences, each with the condition under which it is true."""

from collections.abc import Callable
from statistics import median
from typing import Any, NamedTuple

from examples.memory.tables import find_learned, group_runs

GATED = ("LSTM", "LSTM, forget bias 1", "LSTM, not clipped", "GRU")


class Found:
    """What the claims ask of a record."""

    def __init__(self, record: dict[str, Any]) -> None:
        """Of the trainings that are reported."""
        self.experiments = record["settings"]["experiments"]
        self.runs = {task: group_runs(record, task) for task in self.experiments}
        self.flow = {run["model"]: list(run["flow"].values()) for run in record["runs"] if run["flow"]}

    def learned(self, task: str, model: str) -> list[int]:
        """The steps at which the task was learned, of the seeds that did."""
        found = [find_learned(run, self.experiments[task]) for run in self.runs[task][model]]
        return [step for step in found if step is not None]

    def always(self, task: str, model: str) -> bool:
        return len(self.learned(task, model)) == len(self.runs[task][model])

    def never(self, task: str, model: str) -> bool:
        return not self.learned(task, model)

    def losses(self, task: str, model: str) -> list[float]:
        return [run["loss"] for run in self.runs[task][model]]

    def below(self, task: str, model: str, other: str) -> bool:
        """Every seed of the one ends at a smaller loss than every seed of the other."""
        return max(self.losses(task, model)) < min(self.losses(task, other))

    def overlap(self, task: str, model: str, other: str) -> bool:
        return not self.below(task, model, other) and not self.below(task, other, model)

    def first(self, task: str, model: str) -> bool:
        """Every seed of the network learned before any seed of another one."""
        others = [s for name in self.runs[task] if name != model for s in self.learned(task, name)]
        return self.always(task, model) and max(self.learned(task, model)) < min(others, default=10**9)

    def trains_as(self, task: str, model: str, other: str) -> bool:
        """Most curves are the same to the end, all over their first quarter; last losses differ by less than 1 %."""
        pairs = list(zip(self.runs[task][model], self.runs[task][other], strict=True))
        quarter = self.experiments[task]["points"] // 4
        return (
            sum(a["curve"] == b["curve"] for a, b in pairs) > len(pairs) / 2
            and all(a["curve"][:quarter] == b["curve"][:quarter] for a, b in pairs)
            and all(abs(a["loss"] - b["loss"]) < 0.01 * b["loss"] for a, b in pairs)
        )

    def rate(self, task: str, model: str) -> float:
        return float(self.runs[task][model][0]["rate"])

    def fall(self, model: str, moment: int) -> float:
        """By how much the gradient falls from the last step to the first one; moment 0 is before the training."""
        norms = self.flow[model][moment]
        return norms[0] / max(norms[-1], 1e-300)

    def middle(self, task: str, model: str) -> float:
        return float(median(self.losses(task, model)))


class Claim(NamedTuple):
    text: str
    holds: Callable[[Found], bool]


def find_false_claims(record: dict[str, Any], claims: tuple[Claim, ...]) -> list[str]:
    """The texts of those that the record does not bear out."""
    found = Found(record)
    return [claim.text for claim in claims if not claim.holds(found)]


CLAIMS = {
    "adding": (
        Claim(
            "The tanh and the orthogonal network do not learn it from any seed.",
            lambda r: r.never("adding", "tanh") and r.never("adding", "orthogonal"),
        ),
        Claim(
            "Identity ReLU, the GRU and every LSTM learn it from every seed.",
            lambda r: all(r.always("adding", name) for name in ("identity ReLU", *GATED)),
        ),
        Claim(
            "The GRU learns it in fewer steps than any other network. Where it ends, it is not told from the "
            "LSTM: the ranges of the last loss overlap.",
            lambda r: r.first("adding", "GRU") and r.overlap("adding", "GRU", "LSTM"),
        ),
        Claim(
            "These seeds do not tell an LSTM with a forget bias of 1 from one without, nor from one whose "
            "gradients are not clipped.",
            lambda r: (
                r.overlap("adding", "LSTM", "LSTM, forget bias 1")
                and r.overlap("adding", "LSTM, forget bias 1", "LSTM, not clipped")
            ),
        ),
    ),
    "copying": (
        Claim(
            "The GRU alone learns it from every seed, in fewer steps than any other network.",
            lambda r: r.first("copying", "GRU") and [n for n in r.runs["copying"] if r.always("copying", n)] == ["GRU"],
        ),
        Claim(
            "Of the networks without gates the orthogonal one alone learns it, from some of the seeds. It did not "
            "learn to add. Identity ReLU, which did, learns to copy from no seed: which first weights help "
            "depends on the task.",
            lambda r: (
                0 < len(r.learned("copying", "orthogonal")) < len(r.runs["copying"]["orthogonal"])
                and r.never("copying", "tanh")
                and r.never("copying", "identity ReLU")
                and r.never("adding", "orthogonal")
                and r.always("adding", "identity ReLU")
            ),
        ),
        Claim(
            "At most seeds the LSTM without a forget bias hardly begins to learn. With it the median of the last "
            "loss is smaller, but the ranges overlap.",
            lambda r: (
                r.middle("copying", "LSTM") > 0.9 * r.experiments["copying"]["baseline"]
                and r.middle("copying", "LSTM, forget bias 1") < r.middle("copying", "LSTM")
                and r.overlap("copying", "LSTM, forget bias 1", "LSTM")
            ),
        ),
        Claim(
            "Whether clipping helps the LSTM is not decided: the ranges with and without it overlap.",
            lambda r: r.overlap("copying", "LSTM, forget bias 1", "LSTM, not clipped"),
        ),
    ),
    "flow": (
        Claim(
            "Before the training the gradients of the LSTM and of the GRU fall by more than a million over 40 "
            "steps. After it they fall by less than ten: these networks learn to let gradients through.",
            lambda r: all(r.fall(n, 0) > 1e6 and r.fall(n, -1) < 10 for n in ("LSTM", "GRU")),
        ),
        Claim(
            "With a forget bias of 1 they fall by less than ten thousand before the training, by more after 200 "
            "steps, and by less than ten at the end: what the bias gave is lost at first, and comes back with the "
            "task.",
            lambda r: (
                r.fall("LSTM, forget bias 1", 0) < 1e4 < r.fall("LSTM, forget bias 1", 1)
                and r.fall("LSTM, forget bias 1", -1) < 10
            ),
        ),
        Claim(
            "Identity ReLU starts with gradients that fall by less than ten, and keeps them.",
            lambda r: all(norms[0] < 10 * norms[-1] for norms in r.flow["identity ReLU"]),
        ),
        Claim(
            "The gradients of the tanh network, which learns nothing, fall more after the training than before it.",
            lambda r: r.fall("tanh", -1) > r.fall("tanh", 0) > 1e6,
        ),
    ),
    "truncation": (
        Claim(
            "RTRL is backpropagation through time by another way, and trains as it does: at most seeds the curves "
            "are the same to five digits, to the end. At the others they are so at first, until training has made "
            "the rounding grow; the last loss is the same to a hundredth.",
            lambda r: r.trains_as("truncation", "RTRL", "full"),
        ),
        Claim(
            "A symbol is read ten steps before it is asked for. Windows of 11 reach it from both answers: it is "
            "learned from every seed. Chunks of 11 reach it from the first answer alone, as the second stands in "
            "a chunk of its own: it is learned from no seed, and the loss is about that of one known symbol and "
            "one that is guessed.",
            lambda r: (
                r.always("truncation", "windows of 11")
                and r.never("truncation", "chunks of 11")
                and 0.8 < r.middle("truncation", "chunks of 11") / (r.experiments["truncation"]["baseline"] / 2) < 1.2
            ),
        ),
        Claim(
            "With pieces and windows of 6 no loss reaches a symbol. Some of it is learned all the same, as the "
            "state carries symbols even if no gradient asks for it. The two gradients are nearly the same here "
            "(only the first answer sees one step more), and so the difference between their rows is no merit of "
            "the window: the learning rates differ, and training at the larger one is erratic.",
            lambda r: (
                max(r.losses("truncation", "chunks of 6")) < 0.8 * r.experiments["truncation"]["baseline"]
                and max(r.losses("truncation", "windows of 6")) < 0.8 * r.experiments["truncation"]["baseline"]
                and r.rate("truncation", "windows of 6") > r.rate("truncation", "chunks of 6")
            ),
        ),
        Claim(
            "Random cuts, which are right on average, learn it from every seed, as the full gradient does; the "
            "ranges of the last loss overlap.",
            lambda r: (
                r.always("truncation", "random, pi = 0.9")
                and r.always("truncation", "full")
                and r.overlap("truncation", "random, pi = 0.9", "full")
            ),
        ),
    ),
}
"""By the section of the page."""
