"""The flows of several units at several radii, which a table and a picture show together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..display import ShownInNotebook
from ..unit.subject import UnitFunction
from .gradient_flow import GradientFlow, flow
from .plot import plot_flows


@dataclass(frozen=True)
class FlowComparison(ShownInNotebook):
    """Flows over equally many steps; `flows` has the radii of the first unit, then those of the next."""

    flows: tuple[GradientFlow, ...]

    def __iter__(self) -> Iterator[GradientFlow]:
        return iter(self.flows)

    def save(self, out: Path) -> None:
        """Draw it into a file.  ModuleNotFoundError, naming the extra, if matplotlib is not installed."""
        plot_flows(self.flows, out)


def compare_flows(
    units: Sequence[UnitFunction], *, radii: Sequence[float] = (0.9, 1.0, 1.1), **settings: Any
) -> FlowComparison:
    """Compute the flow of each unit at each radius, with what `flow` takes as `settings`.

    A unit without a recurrent matrix has one flow.  ValueError if no unit or no radius is given; DeclarationError where
    `flow` raises it.
    """
    if not (units and radii):
        raise ValueError(f"{len(units)} units and {len(radii)} radii: there is nothing to compare; give one or more")
    found: list[GradientFlow] = []
    for unit in units:
        for radius in radii:
            found.append(flow(unit, radius=radius, **settings))
            if found[-1].radius is None:
                break
    return FlowComparison(tuple(found))
