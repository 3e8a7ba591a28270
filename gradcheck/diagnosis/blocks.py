"""How arrays are cut: into time steps where they have them, into gates that the declaration names, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..cases.arrays import Array
from ..unit.declaration import ArraySpec, Declaration


@dataclass(frozen=True)
class ArrayBlock:
    """A range of one axis of an array.

    `label` is a step or the name of a gate, empty for a whole array; `step` the step of an entry in time: the last one
    for the states that a sequence ends in, -1 for those that it starts from, None for what has no time.
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
    """The blocks of an array; `step` is that of an array without a time axis."""
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
    """The blocks of the outputs named; those that are no time steps are not cut."""
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
    """The blocks of the inputs named."""
    return [b for n in names for b in cut_blocks(declaration.inputs[n], sizes, -1 if n in declaration.states else None)]
