"""Tells functions that a unit's modules refer to from those that are only left over from an earlier call."""

import builtins
import gc
from collections.abc import Iterable
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

FOLLOWED = (FunctionType, MethodType, CellType, partial, dict, list, tuple, set, frozenset)


def find_held_functions(modules: Iterable[dict[str, Any]]) -> set[int]:
    """Return the ids of the functions that can be reached from the names of these modules.

    Decorated functions, tables of functions, partials, classes and instances of the modules' own classes are searched.
    A backward that an earlier call has returned is not found unless a module keeps it.
    """
    namespaces = list(modules)
    names = {namespace.get("__name__") for namespace in namespaces}
    queue = [value for namespace in namespaces for value in namespace.values()]
    seen, found = set[int](), set[int]()
    while queue:
        value = queue.pop()
        if id(value) in seen or not is_followed(value, names):
            continue
        seen.add(id(value))
        if isinstance(value, FunctionType):
            found.add(id(value))
        queue += gc.get_referents(value)
    return found


def is_followed(value: Any, names: set[Any]) -> bool:
    """Whether a value may refer to functions of the modules; the names of whole modules are not searched."""
    if isinstance(value, dict):
        return "__builtins__" not in value and value is not vars(builtins)
    kind = value if isinstance(value, type) else type(value)
    return isinstance(value, FOLLOWED) or kind.__module__ in names
