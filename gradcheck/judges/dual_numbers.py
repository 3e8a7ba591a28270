"""The dual-number judge: a directional derivative of the manual forward alone, on decimals of sixty digits.

    f(x + epsilon v) = f(x) + epsilon J v,   epsilon^2 = 0

It is far slower than complex step, and is used where that does not apply, as where inputs are complex already.

Source: Clifford, Preliminary sketch of biquaternions (1873); Wengert, A simple automatic derivative evaluation program,
Communications of the ACM 7 (1964).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from ..cases.arrays import Array
from ..errors import NotApplicable
from ..exact.decimals import DECIMAL_DIGITS, DecimalField
from ..exact.errors import Unsupported
from ..exact.probe import ExactProbe, list_real_parts
from ..unit.unrecorded import unrecorded


def differentiate_by_duals(
    unit: Callable[..., Any],
    inputs: Mapping[str, Any],
    upstream: Mapping[str, Array | None],
    direction: Mapping[str, Array],
    carrier: DecimalField | None = None,
) -> float:
    """Return <u, J v>; of complex entries that is Re(conj(u) J v).

    inputs     float64 or complex128 arrays by name
    upstream   u: by output, an array of its shape, or None
    direction  v: arrays of the shapes of inputs; an input that is left out is held fixed
    carrier    the field of the numbers, for those who ask it afterwards what it has seen

    Raises NotApplicable if the forward does not run on decimals.
    """
    try:
        with localcontext(prec=DECIMAL_DIGITS):
            carrier = carrier or DecimalField(0)
            probe = ExactProbe(unit, inputs, carrier)
            for name in probe.variables:
                slopes = direction.get(name, np.zeros_like(inputs[name]))
                for element, slope in zip(
                    list_real_parts(probe.inputs[name], carrier), list_real_numbers(slopes), strict=True
                ):
                    element.tangent = Decimal(slope)
            with unrecorded():
                outputs, _ = probe.forward()
            total = Decimal(0)
            for name, u in upstream.items():
                if u is not None:
                    elements = list_real_parts(getattr(outputs, name), carrier)
                    total += sum(Decimal(a) * e.tangent for a, e in zip(list_real_numbers(u), elements, strict=True))
            return float(total)
    except (Unsupported, ArithmeticError, ValueError) as error:
        raise NotApplicable(f"the forward does not run on dual numbers ({error})") from error


def list_real_numbers(array: Array) -> list[float]:
    """List the numbers of an array in order; a complex number gives two."""
    flat = np.array(array, np.promote_types(array.dtype, np.float64), order="C").ravel()
    numbers: list[float] = flat.view(np.float64).tolist()
    return numbers
