"""Every right unit of this folder, its reference, and the verdict that is due.

proved      exact arithmetic should say that the backward is the adjoint of the forward
agrees      right by the numeric judges; exact arithmetic cannot say today, for the reason given: proved is welcome too
imprecise   the formula is right, and loses digits that its reference keeps

Of `tails`, digits are lost only where numbers far from 0 are drawn: imprecise is fair too, and wrong never is.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Due = Literal["proved", "agrees", "imprecise"]
PACKAGE = "tests.verdicts.right"


@dataclass(frozen=True)
class Cell:
    name: str
    unit: Any
    reference: Any
    due: Due = "proved"
    reason: str = ""
    tails: bool = False

    def __str__(self) -> str:
        return self.name


FILES = (
    "attention",
    "masks",
    "norms",
    "running",
    "recurrences",
    "scans",
    "losses",
    "contrastive",
    "activations",
    "in_place",
    "layers",
    "densities",
    "foreign",
    "plain_buffers",
    "conventions",
    "imprecise",
)
ROUNDED = "a constant is rounded, as 1/3 is"
AGREES = {
    "attention.streaming": "exact arithmetic does not know that exp turns a maximum of sums into products",
    "running.running_batch_norm": ROUNDED,
    "running.cumulative_mean": ROUNDED,
    "running.adam_direction": "exact arithmetic does not know every law of sqrt",
    "losses.smoothed": ROUNDED,
    "losses.hinge": ROUNDED,
    "contrastive.image_text": "a tie: with one feature all cosines are 1 or -1",
    "contrastive.two_views": "a tie: with one feature all cosines are 1 or -1",
    "contrastive.supervised": ROUNDED,
    "activations.gelu_tanh": ROUNDED,
    "plain_buffers.elman": "a buffer in plain float64 holds no exact numbers",
    "plain_buffers.moving_filter": "a buffer in plain float64 holds no exact numbers",
    "activations.gelu": "exact arithmetic does not know erf",
    "activations.arctangent": "exact arithmetic does not know arctan",
    "conventions.newton_reciprocal": "the forward iterates until its result settles",
    "conventions.bisected_root_and_line": "bisection only compares numbers: exact arithmetic sees no slope of it",
    "contrastive.cosine_distance": "exact arithmetic does not know every law of sqrt",
    "norms.unit_rows_by_cube": "exact arithmetic does not know every law of sqrt",
    "conventions.bisected_root": "bisection only compares numbers: exact arithmetic sees no slope of it",
    "conventions.bisected_entmax": "bisection only compares numbers: exact arithmetic sees no slope of it",
    "conventions.convolution": "exact arithmetic does not know numpy.fft",
    "conventions.ridge": "exact arithmetic does not know numpy.linalg.inv",
    "densities.solve": "exact arithmetic does not know numpy.linalg.solve",
    "densities.log_determinant": "exact arithmetic does not know numpy.linalg.slogdet",
}


TAILS = {
    "activations.softplus_plain",
    "activations.swish",
    "activations.mish",
    "scans.state_space",
    "layers.factorization_machine",
    "activations.elu",
    "activations.selu",
    "activations.gated_linear",
    "activations.log_softmax",
}


def cells_of(file: str) -> list[Cell]:
    """Those of one file: every twin that its reference declares."""
    twins = vars(import_module(f"{PACKAGE}.{file}_reference")).values()
    return [cell_of(file, twin) for twin in twins if hasattr(twin, "unit")]


def cell_of(file: str, twin: Any) -> Cell:
    name = f"{file}.{twin.__name__}"
    if file == "imprecise":
        return Cell(name, twin.unit, twin, "imprecise", "digits are lost that the reference keeps")
    reason = AGREES.get(name, "")
    return Cell(name, twin.unit, twin, "agrees" if reason else "proved", reason, name in TAILS)


CELLS = [cell for file in FILES for cell in cells_of(file)]
