"""The autograd judge: a reference forward in PyTorch, differentiated by PyTorch, on the CPU."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..cases.arrays import Array
from ..errors import DeclarationError, describe_error
from ..unit.declaration import Declaration
from ..unit.isolation import end_forked_children
from ..unit.unfinished import detect_unfinished

if TYPE_CHECKING:
    pass


class ReferenceResult(NamedTuple):
    """Outputs and gradients by name, in the precision in which they were computed."""

    outputs: dict[str, Array]
    gradients: dict[str, Array]


def run_reference(
    reference: Callable[..., Any],
    declaration: Declaration,
    sizes: Mapping[str, int],
    inputs: Mapping[str, Any],
    options: Mapping[str, Any],
    upstream: Mapping[str, Array | None],
    dtype: str = "float64",
) -> ReferenceResult:
    """Run the reference in `dtype`, and pull the upstream gradients back through it by autograd.

    inputs    NumPy arrays by name; those that are differentiable become leaves
    upstream  by output, an array of its shape, or None

    A gradient that autograd does not reach is zeros.  Raises DeclarationError as `call_reference` does, and if the
    backward of the reference raises.
    """
    import torch

    tensors = {n: to_tensor(v, dtype) for n, v in inputs.items()}
    leaves = {n: tensors[n].requires_grad_() for n in declaration.differentiable if n in tensors}
    with torch.enable_grad():
        named = call_reference(reference, declaration, sizes, tensors, options)
    pairs = [(named[n], to_tensor(u, dtype)) for n, u in upstream.items() if u is not None and named[n].requires_grad]
    gradients: tuple[torch.Tensor | None, ...] = (None,) * len(leaves)
    if pairs and leaves:
        ys, us = zip(*pairs, strict=True)
        try:
            gradients = torch.autograd.grad(ys, tuple(leaves.values()), us, allow_unused=True)
        except (Exception, SystemExit) as error:
            raise refuse_reference(declaration.name, f"its backward raised {describe(error)}") from error
    return ReferenceResult(
        {n: to_array(y) for n, y in named.items()},
        {
            n: to_array(torch.zeros_like(leaf) if g is None else g)
            for (n, leaf), g in zip(leaves.items(), gradients, strict=True)
        },
    )


def call_reference(
    reference: Callable[..., Any],
    declaration: Declaration,
    sizes: Mapping[str, int],
    tensors: Mapping[str, Any],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Return outputs by name.  Raises DeclarationError if the reference raises, or returns other names or shapes."""
    try:
        with end_forked_children():
            outputs = reference(**tensors, **options)
    except (Exception, SystemExit) as error:
        detect_unfinished(declaration.name, error)
        raise refuse_reference(declaration.name, f"it raised {describe(error)}") from error
    for name, spec in declaration.outputs.items():
        found = read_shape(outputs, name)
        if found != spec.shape(sizes):
            reason = f"its output {name} has shape {found}, declared {spec.shape(sizes)}"
            raise refuse_reference(declaration.name, reason)
    return {name: getattr(outputs, name) for name in declaration.outputs}


def read_shape(outputs: Any, name: str) -> tuple[Any, ...]:
    """The shape of an output of the reference; of what is no tensor, those words."""
    import torch

    try:
        output = getattr(outputs, name, None)
    except Exception:
        output = None
    return tuple(output.shape) if isinstance(output, torch.Tensor) else ("no tensor",)


def refuse_reference(unit: str, reason: str) -> DeclarationError:
    return DeclarationError(f"{unit}: the reference", reason, "fix the reference")


def describe(error: BaseException) -> str:
    """The type of an exception, and the first line of what it says: PyTorch adds its C++ stack to some."""
    return describe_error(error).partition("\n")[0]


def to_tensor(value: Any, dtype: str) -> Any:
    import torch

    if not hasattr(value, "dtype"):
        return value
    if value.dtype.kind == "f":
        with np.errstate(over="ignore"):  # what is too large for single precision is infinite, and ill-conditioned
            value = value.astype(dtype)
    elif value.dtype.kind == "c":
        value = value.astype("complex128" if dtype == "float64" else "complex64")
    return torch.from_numpy(np.array(value, order="C"))


def to_array(tensor: Any) -> Array:
    """Convert a tensor to NumPy, which does not know the lazy conjugate and negative of torch."""
    array: Array = tensor.detach().resolve_conj().resolve_neg().numpy()
    return array


@contextmanager
def replace_operations(replacements: Mapping[str, Callable[..., Any]]) -> Iterator[set[str]]:
    """Replace operations of PyTorch by name, also those of its backward; yield the set of the names that ran."""
    from torch.utils._python_dispatch import TorchDispatchMode

    met: set[str] = set()

    class Replaced(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = func._schema.name.split("::")[1]
            met.add(name)
            return replacements.get(name, func)(*args, **(kwargs or {}))

    with Replaced():  # type: ignore[no-untyped-call]
        yield met
