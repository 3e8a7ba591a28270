"""How arrays are cut into blocks: time steps if they have a time axis, else the gates that the declaration names."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..cases.arrays import Array
from ..unit.declaration import ArraySpec, Declaration


@dataclass(frozen=True)
class ArrayBlock:
    """The range [start, stop) of one axis of an array.

    label  the number of a time step, or the name of a gate; empty for a whole array
    step   the time step: the last one for final states, -1 for initial states, None for arrays without time
    """

    name: str
    axis: int
    start: int
    stop: int
    label: str = ""
    step: int | None = None

    def select(self, array: Array) -> Array:
        if array.ndim == 0:
            return array
        return array[(slice(None),) * self.axis + (slice(self.start, self.stop),)]


def cut_blocks(spec: ArraySpec, sizes: Mapping[str, int], step: int | None) -> list[ArrayBlock]:
    """Cut an array into blocks; `step` is the time step of an array without a time axis."""
    shape, axis = spec.shape(sizes), spec.axis("T")
    if axis is not None:
        return [ArrayBlock(spec.name, axis, t, t + 1, str(t), t) for t in range(shape[axis])]
    for k, dimension in enumerate(spec.dimensions):
        if dimension.factor > 1:
            names = dimension.blocks or [f"{j + 1} of {dimension.factor}" for j in range(dimension.factor)]
            size = shape[k] // dimension.factor
            return [ArrayBlock(spec.name, k, j * size, (j + 1) * size, name) for j, name in enumerate(names)]
    return [ArrayBlock(spec.name, 0, 0, shape[0] if shape else 1, "", step)]


def cut_outputs(declaration: Declaration, sizes: Mapping[str, int], names: list[str]) -> list[ArrayBlock]:
    """Cut the named outputs into time steps; those without a time axis stay whole."""
    last, found = sizes.get("T", 1) - 1, []
    for name in names:
        spec = declaration.outputs[name]
        if spec.axis("T") is not None:
            found += cut_blocks(spec, sizes, None)
        else:
            shape = spec.shape(sizes)
            step = last if name in declaration.states.values() else None
            found.append(ArrayBlock(name, 0, 0, shape[0] if shape else 1, "", step))
    return found


def cut_inputs(declaration: Declaration, sizes: Mapping[str, int], names: list[str]) -> list[ArrayBlock]:
    """Cut the named inputs into blocks."""
    return [b for n in names for b in cut_blocks(declaration.inputs[n], sizes, -1 if n in declaration.states else None)]
