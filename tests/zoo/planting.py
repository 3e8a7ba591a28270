"""A defect planted in one of several right units of a file."""

from collections.abc import Callable
from types import ModuleType

from gradcheck.zoo import Defect, FaultSite
from tests.harness.plant import Edit, Unit, planted


def of_units(right: ModuleType, references: ModuleType) -> Callable[..., Defect]:
    """What makes a defect of a unit of a file, by edits of its source or as `changed`, beside its reference."""

    def of_unit(
        unit: str,
        name: str,
        source: str,
        wrong: str,
        needs: str,
        *edits: Edit,
        changed: Unit | None = None,
        at_fault: FaultSite = "backward",
    ) -> Defect:
        planted_unit = changed or planted(*edits, module=right, name=unit)
        return Defect(name, source, wrong, needs, planted_unit, getattr(references, unit), at_fault=at_fault)

    return of_unit
