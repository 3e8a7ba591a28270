"""The size of the terms that the reference sums, found by disturbing every operation of it a little, at random.

A gradient that is zero by algebra is small, but the terms that were summed to it are not.  If each operation is off by
2^-24 of its result, the change of the gradient over 2^-24 is the size of those terms, and is never 0 by luck.  Fused
kernels are not disturbed inside, so no verdict depends on this alone.
"""

from typing import Any

from .autograd import ReferenceResult, run_reference

DISTURBANCE = 2.0**-24
# Operations that move, choose or create numbers are exact: they are not disturbed.
EXACT_OPERATIONS = frozenset(
    """
    cat stack index gather clone copy_ _to_copy zeros ones full empty arange detach where select_backward
    slice_backward index_put index_put_ _index_put_impl_ scatter masked_fill neg abs zeros_like ones_like full_like
    empty_like new_zeros new_ones new_full new_empty fill_ zero_ flip roll unbind index_select lift_fresh
    scalar_tensor sign embedding repeat sort relu maximum minimum max min amax amin clamp clamp_min clamp_max
    threshold_backward constant_pad_nd triu tril empty_strided new_empty_strided topk fill alias lift eye one_hot
    _unsafe_view expand_copy gather_backward index_fill masked_scatter select_scatter slice_scatter
    diagonal_backward unfold_backward value_selecting_reduction_backward
    """.split()  # noqa: SIM905
)
# The arguments of all other operations are disturbed too: a sum of them may cancel.
ELEMENTWISE_OPERATIONS = frozenset(
    """
    add sub mul div exp log tanh sigmoid sqrt rsqrt reciprocal sin cos rsub pow add_ sub_ mul_ div_ exp_ erf log1p
    expm1 sinh cosh tan silu softplus square
    """.split()  # noqa: SIM905
)


def make_jitter(seed: int) -> Any:
    """Make a dispatch mode in which every floating-point operation is off by up to DISTURBANCE of its result."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_map

    generator = torch.Generator().manual_seed(seed)

    def draw_factor(t: Any) -> Any:
        return 1 + DISTURBANCE * (2 * torch.rand(t.shape, generator=generator, dtype=torch.float64) - 1)

    def disturb(t: Any) -> Any:
        wide = isinstance(t, torch.Tensor) and t.dtype in (torch.float64, torch.complex128)
        return t * draw_factor(t) if wide else t

    class Jitter(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = func._schema.name.split("::")[1]
            aliases = [r.alias_info for r in func._schema.returns if r.alias_info is not None]
            in_place = any(a.is_write for a in aliases)
            if name in EXACT_OPERATIONS or (aliases and not in_place):
                return func(*args, **(kwargs or {}))
            if name not in ELEMENTWISE_OPERATIONS and not in_place:
                args = tree_map(disturb, args)
            result = func(*args, **(kwargs or {}))
            if not in_place:
                return tree_map(disturb, result)
            if isinstance(result, torch.Tensor) and result.is_floating_point():
                result.mul_(draw_factor(result))
            return result

    return Jitter()  # type: ignore[no-untyped-call]


def run_disturbed_reference(seed: int, *arguments: Any) -> ReferenceResult:
    """Run the reference with every operation disturbed; the arguments are those of `run_reference`."""
    with make_jitter(seed):
        return run_reference(*arguments)
