"""The misprints of docs/misprints.md, as defects: the printed form beside the reference of the corrected one."""

from gradcheck.zoo import Defect
from tests.misprints.catalog import MISPRINTS

FORWARD = "a reference for the forward: the backward is right for what is computed"
TOLD = {
    "M1": ("the carry is missing", "two steps"),
    "M2": ("the state on both sides", FORWARD),
    "M3": ("the derivative of tanh(c) squared", "states of order 1"),
    "M4": ("the gates read the input of the step before", FORWARD),
    "M5": ("a logistic candidate", FORWARD),
    "M5, the derivative alone": ("the candidate's derivative is the logistic one", "any value"),
    "M6": ("the cell on both sides", FORWARD),
    "M7": ("the path through the output gate lacks its weight", "h_0 compared, or two steps"),
    "M8": ("the short form of a log-likelihood for a squared error", "any value"),
    "M9": ("a gradient of another shape", "as many inputs as units is not enough"),
    "M10": ("neither form of the product of Jacobians", "two units"),
    "M10, the state before": ("neither form of the product of Jacobians, of the other cell", "two units"),
    "M10, the other cell's factors": (
        "the factors of a cell whose state is after the activation",
        "h_0 compared, or two steps",
    ),
    "M11": ("the weights of two layers exchanged", "any value"),
    "M11, the names put right": ("the gradient comes back through the other weight", "any value"),
    "M14": ("one minus the gradient", "any value"),
    "M14, the updates exchanged": ("the updates of two gates exchanged", "every gate compared"),
    "M15": ("1 - c^2 for 1 - tanh(c)^2", "states of order 1"),
    "M16": ("the true derivative is truncated by one factor, not by one for each step", "three steps"),
    "M17": ("the path through the output gate is lost", "h_0 compared, or two steps"),
    "M17, the gate of the step before": ("the output gate of the step before", "two steps"),
    "M18": ("the output's derivative at another step", "two steps"),
    "M18, terms counted twice": ("the total derivative where the direct one is due", "two steps"),
    "M21": ("the output gate reads the input of the step before", FORWARD),
    "M21, what f keeps": ("the forget gate keeps the hidden state", FORWARD),
    "M23": (
        "the local derivative is multiplied by the upstream gradient twice",
        "two steps, or an upstream gradient that is not 1",
    ),
}
DEFECTS = tuple(
    Defect(
        name,
        "docs/misprints.md",
        *TOLD[name],
        misprint.printed,
        misprint.corrected.reference,
        misprint.corrected.third_party,
        at_fault="forward" if misprint.check == "forward" else "backward",
    )
    for name, misprint in MISPRINTS.items()
)
