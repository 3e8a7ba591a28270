"""Object arrays of exact numbers, on which NumPy's functions work as they do on floats.

NumPy gives an object array no elementwise `.real`, fills `np.zeros` with Python integers that have no `.tanh()`, and
drops to plain arrays in `np.where`. An `ExactArray` keeps a reference to its carrier, which makes its elements, turns
plain numbers into elements before a transcendental ufunc, and is what every NumPy function on it returns.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import rules
from .complex import ExactComplex
from .errors import locate_call, unsupported_error
from .rules import REAL_TYPES

ELEMENTARY_FUNCTIONS = {"exp", "expm1", "log", "log1p", "sqrt", "tanh", "sinh", "cosh", "tan", "sin", "cos"}
DERIVED_FUNCTIONS = {
    "tanh": rules.tanh,
    "sinh": rules.sinh,
    "cosh": rules.cosh,
    "expm1": rules.expm1,
    "log1p": rules.log1p,
}
FUNCTIONS_OF_TWO = {"logaddexp": rules.logaddexp, "hypot": rules.hypot}
FINITENESS_TESTS = {"isnan": False, "isinf": False, "isfinite": True}


def _apply_elementary(name: str, entry: Any, carrier: Any) -> Any:
    """Apply an elementary function to one entry; plain numbers become elements first, and exp(-inf) is 0."""
    if isinstance(entry, REAL_TYPES):
        if name == "exp" and entry == -np.inf:
            return carrier.constant(0)
        if not np.isfinite(float(entry)):
            raise unsupported_error(f"{name} of {entry}")
        entry = carrier.constant(entry)
    if not hasattr(entry, name):
        raise unsupported_error(f"{name} of {type(entry).__name__}")
    return getattr(entry, name)()


def _to_plain(array: Any) -> Any:
    return np.asarray(array) if isinstance(array, np.ndarray) else array


def map_entries(function: Any, array: NDArray[Any]) -> NDArray[Any]:
    """Return a new object array of function(entry); numpy.vectorize would guess another dtype."""
    result = np.empty(array.shape, dtype=object)
    result.ravel()[:] = [function(entry) for entry in np.asarray(array).ravel()]
    return result


class ExactArray(np.ndarray[Any, np.dtype[Any]]):
    """An object array together with the carrier (a Field or a DecimalField) that its elements come from."""

    carrier: Any = None

    def __array_finalize__(self, source: Any) -> None:
        self.carrier = getattr(source, "carrier", None)

    @staticmethod
    def wrap(array: NDArray[Any], carrier: Any) -> "ExactArray":
        result = array.view(ExactArray)
        result.carrier = carrier
        return result

    def wrap_operand(self, operand: Any) -> "ExactArray":
        """Return an operand as an array of this carrier; plain numbers become constants when a function meets them."""
        return ExactArray.wrap(np.array(operand, dtype=object), self.carrier)

    def _rewrap(self, result: Any) -> Any:
        if isinstance(result, tuple | list):
            return type(result)(self._rewrap(r) for r in result)
        if isinstance(result, np.ndarray) and result.dtype == object and not isinstance(result, ExactArray):
            return ExactArray.wrap(result, self.carrier)
        return result

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        name, owner = ufunc.__name__, next(a for a in (*inputs, *(out or ())) if isinstance(a, ExactArray))
        plain: list[Any] = [_to_plain(a) for a in inputs]
        if name in FINITENESS_TESTS:
            return np.full(plain[0].shape, FINITENESS_TESTS[name])
        if name in ELEMENTARY_FUNCTIONS and not options:
            array = ExactArray.wrap(plain[0], owner.carrier)
            result = (
                DERIVED_FUNCTIONS[name](array)
                if name in DERIVED_FUNCTIONS
                else owner._rewrap(map_entries(lambda e: _apply_elementary(name, e, owner.carrier), array))
            )
            if out is None:
                return result
            out[0][...] = result
            return out[0]
        if name in FUNCTIONS_OF_TWO and method == "__call__" and not options and out is None:
            return FUNCTIONS_OF_TWO[name](*(owner.wrap_operand(a) for a in plain))
        if name == "divide" and isinstance(plain[1], np.ndarray):
            owner.carrier.prepare(plain[1].ravel().tolist())
        if out is not None:
            options["out"] = tuple(_to_plain(o) for o in out)
        if "where" in options:
            options["where"] = _to_plain(options["where"])
        result = getattr(ufunc, method)(*plain, **options)
        if out is not None:
            return out[0] if len(out) == 1 else out
        return owner._rewrap(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        result = super().__array_function__(function, types, args, kwargs)
        return self._rewrap(result)

    def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
        """Return the array unchanged: a cast changes no exact number.  The carrier notes a cast that rounds floats."""
        wanted = np.dtype(dtype)
        if wanted.kind != "f" or any(isinstance(e, ExactComplex) for e in np.asarray(self).flat):
            return super().astype(dtype, *args, **options)
        if wanted.itemsize < np.dtype(float).itemsize:
            self.carrier.narrow[locate_call()] = wanted.name
        return self.copy()

    def exp(self) -> Any:
        return np.exp(self)

    def log(self) -> Any:
        return np.log(self)

    def sqrt(self) -> Any:
        return np.sqrt(self)

    @property  # type: ignore[misc]
    def real(self) -> Any:
        return ExactArray.wrap(map_entries(lambda e: e.real, self), self.carrier)

    @property  # type: ignore[misc]
    def imag(self) -> Any:
        return ExactArray.wrap(map_entries(lambda e: e.imag, self), self.carrier)
