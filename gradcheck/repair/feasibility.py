"""Which places could correct the gradients, decided by linear algebra and not by trial.

A backward is linear, so that the gradients are an affine function of the value of any one expression in it:
g(v + dv) = g(v) + A dv.  A is found by changing each number of the value in turn.  Where A dv = g* - g has no solution
for the right gradients g*, no edit within that expression can correct them, whatever is written there.  Where it has
one, dv tells what value is missing.  Where the function is not affine (a factor that is used twice) nothing is said.
"""

from dataclasses import dataclass

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError
from ..execution.run import UnitRaised
from ..unit.subject import Subject
from .filter import ExpectedGradients
from .probes import Probes, VisibleNames

MAX_VALUE_SIZE = 64
SOLUTION_TOLERANCE = 1e-8


@dataclass(frozen=True)
class Constraint:
    """What the value of a place must be: `value` + dv, with `rows` @ dv == `residual`.

    shapes   of the value, each time the place ran
    names    what was in scope there, each time
    """

    shapes: tuple[tuple[int, ...], ...]
    value: Array
    rows: Array
    residual: Array
    names: list[VisibleNames]

    def match_values(self, values: Array) -> Array:
        """Whether each of the values, an array (N, size of the value), makes the gradients right."""
        with np.errstate(all="ignore"):
            off = np.abs((values - self.value) @ self.rows.T - self.residual)
            met: Array = off.max(axis=1) <= SOLUTION_TOLERANCE * np.abs(self.residual).max()
        return met


class ProbeRunner:
    """Runs the unit with probes on one case, and changes one value at a time."""

    def __init__(self, subject: Subject, check: ExpectedGradients, probes: Probes) -> None:
        """Run the unit once unchanged.  Raise UnitRaised if it does not run, ValueError if shapes are wrong."""
        self.subject, self.check, self.probes = subject, check, probes
        with probes.record_values() as self.values:
            self.gradients = self.compute_gradients()
        self.residual = np.concatenate([r.ravel() for r in check.expected.values()]) - self.gradients
        allowed = [np.broadcast_to(self.check.tolerances[n], r.shape).ravel() for n, r in check.expected.items()]
        self.wrong = np.abs(self.residual) > np.concatenate(allowed)
        if not np.isfinite(self.gradients).all():
            raise ValueError("a gradient is not finite")

    def compute_gradients(self) -> Array:
        run = self.check.run(self.subject)
        found = [run.gradients[n] for n in self.check.expected]
        if any(g.shape != r.shape for g, r in zip(found, self.check.expected.values(), strict=True)):
            raise ValueError("the shape of a gradient differs from that of its input")
        return np.concatenate([g.ravel() for g in found])

    def measure_change(self, place: int, value: Array) -> Array:
        """Return how the gradients change with another value at the place; ValueError if it then runs differently."""
        shapes = [v.shape for v in self.values[place]]
        cuts = np.cumsum([v.size for v in self.values[place]])[:-1]
        parts = [part.reshape(s) for part, s in zip(np.split(value, cuts), shapes, strict=True)]
        try:
            with self.probes.override_values(place, parts):
                return self.compute_gradients() - self.gradients
        except (UnitRaised, DeclarationError, KeyError) as error:
            raise ValueError(str(error)) from error

    def find_constraint(self, place: int) -> "Constraint | bool":
        """Find what the place needs; False if no edit there can help, True if that is not known."""
        values = self.values.get(place, [])
        value = np.concatenate([v.ravel() for v in values]) if values else np.zeros(0)
        if not 0 < value.size <= MAX_VALUE_SIZE or not np.isfinite(value).all():
            return True
        try:
            step = np.random.default_rng(place).normal(size=value.size)
            if not self.affects_all_errors(place, value, step):
                return False
            moved = self.measure_change(place, value + step)
            rows = np.stack([self.measure_change(place, value + e) for e in np.eye(value.size)], axis=1)
        except ValueError:
            return True
        if not moved.any() or np.abs(rows @ step - moved).max() > SOLUTION_TOLERANCE * np.abs(moved).max():
            return True
        return self.solve_constraint(place, value, rows)

    def affects_all_errors(self, place: int, value: Array, step: Array) -> bool:
        """Whether every wrong number changes with the value, even if the value only decides a comparison."""
        still = self.wrong.copy()
        for factor in (1.0, -1.0, 16.0, -16.0):
            still &= self.measure_change(place, value + factor * step) == 0
            if not still.any():
                return True
        return False

    def solve_constraint(self, place: int, value: Array, rows: Array) -> "Constraint | bool":
        basis, sizes, _ = np.linalg.svd(rows, full_matrices=False)
        basis = basis[:, sizes > SOLUTION_TOLERANCE * sizes.max()]
        due = basis.T @ self.residual
        if np.abs(basis @ due - self.residual).max() > SOLUTION_TOLERANCE * np.abs(self.residual).max():
            return False
        shapes = tuple(v.shape for v in self.values[place])
        return Constraint(shapes, value, basis.T @ rows, due, self.list_names(place))

    def list_names(self, place: int) -> list[VisibleNames]:
        with self.probes.override_values(place) as names:
            self.compute_gradients()
        return names
