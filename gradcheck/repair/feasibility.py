"""Which places could mend the gradients, decided by linear algebra and not by trial.

A backward is linear, so that the gradients are an affine function of the value of any one expression in it:
g(v + dv) = g(v) + A dv.  A is found by changing each number of the value in turn.  Where A dv = g* - g has no solution
for the right gradients g*, no edit within that expression can mend them, whatever is written there.  Where it has one,
dv tells what value is missing.  Where the function is not affine (a factor that is used twice) nothing is said.
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
    """What the value of a place must be: `value` + dv with `rows` @ dv == `due`.

    shape    of the value at each of the times that the place was run; `names` what was in scope there
    """

    shapes: tuple[tuple[int, ...], ...]
    value: Array
    rows: Array
    due: Array
    names: list[VisibleNames]

    def met(self, values: Array) -> Array:
        """Which of some values (N, size of the value) the gradients are right with."""
        with np.errstate(all="ignore"):
            off = np.abs((values - self.value) @ self.rows.T - self.due)
            met: Array = off.max(axis=1) <= SOLUTION_TOLERANCE * np.abs(self.due).max()
        return met


class ProbeRunner:
    """Runs the tapped unit at one check, one value changed at a time."""

    def __init__(self, subject: Subject, check: ExpectedGradients, taps: Probes) -> None:
        """Run it once unchanged.  Crash where it does not run, ValueError where it has not the right shapes."""
        self.subject, self.check, self.taps = subject, check, taps
        with taps.noting() as self.seen:
            self.gradients = self.run()
        self.due = np.concatenate([r.ravel() for r in check.right.values()]) - self.gradients
        allowed = [np.broadcast_to(self.check.allowed[n], r.shape).ravel() for n, r in check.right.items()]
        self.wrong = np.abs(self.due) > np.concatenate(allowed)
        if not np.isfinite(self.gradients).all():
            raise ValueError("a gradient is not finite")

    def run(self) -> Array:
        run = self.check.run(self.subject)
        found = [run.gradients[n] for n in self.check.right]
        if any(g.shape != r.shape for g, r in zip(found, self.check.right.values(), strict=True)):
            raise ValueError("a gradient has not the shape of its input")
        return np.concatenate([g.ravel() for g in found])

    def changed(self, place: int, value: Array) -> Array:
        """How the gradients change where the place has another value.  ValueError where that does not run alike."""
        shapes = [v.shape for v in self.seen[place]]
        cuts = np.cumsum([v.size for v in self.seen[place]])[:-1]
        parts = [part.reshape(s) for part, s in zip(np.split(value, cuts), shapes, strict=True)]
        try:
            with self.taps.watching(place, parts):
                return self.run() - self.gradients
        except (UnitRaised, DeclarationError, KeyError) as error:
            raise ValueError(str(error)) from error

    def need(self, place: int) -> "Constraint | bool":
        """What the place needs, False where nothing there can mend, True where that is not known."""
        values = self.seen.get(place, [])
        value = np.concatenate([v.ravel() for v in values]) if values else np.zeros(0)
        if not 0 < value.size <= MAX_VALUE_SIZE or not np.isfinite(value).all():
            return True
        try:
            step = np.random.default_rng(place).normal(size=value.size)
            if not self.touched(place, value, step):
                return False
            moved = self.changed(place, value + step)
            rows = np.stack([self.changed(place, value + e) for e in np.eye(value.size)], axis=1)
        except ValueError:
            return True
        if not moved.any() or np.abs(rows @ step - moved).max() > SOLUTION_TOLERANCE * np.abs(moved).max():
            return True
        return self.solved(place, value, rows)

    def touched(self, place: int, value: Array, step: Array) -> bool:
        """Whether every wrong number changes with the value, also where it only decides a comparison."""
        still = self.wrong.copy()
        for factor in (1.0, -1.0, 16.0, -16.0):
            still &= self.changed(place, value + factor * step) == 0
            if not still.any():
                return True
        return False

    def solved(self, place: int, value: Array, rows: Array) -> "Constraint | bool":
        basis, sizes, _ = np.linalg.svd(rows, full_matrices=False)
        basis = basis[:, sizes > SOLUTION_TOLERANCE * sizes.max()]
        due = basis.T @ self.due
        if np.abs(basis @ due - self.due).max() > SOLUTION_TOLERANCE * np.abs(self.due).max():
            return False
        shapes = tuple(v.shape for v in self.seen[place])
        return Constraint(shapes, value, basis.T @ rows, due, self.names(place))

    def names(self, place: int) -> list[VisibleNames]:
        with self.taps.watching(place) as names:
            self.run()
        return names
