"""The subject of a judgement: a manual unit, its reference, and the declarations of both."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .declaration import Declaration, declare
from .matching import check_same_declaration
from .partials import get_unit_name, unwrap_partial
from .user_modules import find_module

UnitFunction = Callable[..., Any]


@dataclass(frozen=True)
class OwnForward:
    """Stands for the reference of a unit that has none: its own forward."""

    unit: UnitFunction

    def __call__(self, **given: Any) -> Any:
        return self.unit(**given)[0]


@dataclass(frozen=True)
class Subject:
    """A unit with its reference, or None; `third_party` is an implementation by someone else, or None.

    `rerun_command` is the command that judges the unit; `command` adds a case to it.
    """

    name: str
    unit: UnitFunction
    reference: UnitFunction | None = None
    third_party: UnitFunction | None = None
    rerun_command: str = ""
    declaration: Declaration = field(init=False)
    third_party_declaration: Declaration | None = field(init=False)

    @property
    def oracle(self) -> UnitFunction:
        """The reference, or what stands for it."""
        return self.reference if self.reference is not None else OwnForward(self.unit)

    @property
    def adapted(self) -> bool:
        """Whether an adapter made the unit from code with another interface."""
        return hasattr(unwrap_partial(self.unit), "notes")

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for every report on the unit, such as which gradients it does not compute."""
        return tuple(getattr(unwrap_partial(self.unit), "notes", ()))

    def __post_init__(self) -> None:
        """Raise DeclarationError if the unit cannot be judged as it is declared."""
        declaration = declare(self.unit)
        reference = declaration
        if self.reference is not None:
            reference = declare(self.reference, returns_backward=False)
            check_same_declaration(declaration, reference)
        third_party = (
            None if self.third_party is None else declare(self.third_party, returns_backward=False, rest=reference)
        )
        if third_party is not None:
            check_same_declaration(declaration, third_party, partial=True)
        object.__setattr__(self, "declaration", declaration)
        object.__setattr__(self, "third_party_declaration", third_party)

    @property
    def derivation(self) -> str:
        """The derivation of the unit: the header of its file, if that has the unit's name, and its docstring."""
        unit: Any = inspect.unwrap(unwrap_partial(self.unit))
        module = find_module(getattr(unit, "__module__", None), getattr(unit, "__globals__", {}))
        named = module is not None and module.__name__.rpartition(".")[2] == getattr(unit, "__name__", None)
        header = inspect.getdoc(module) if named else None
        return "\n\n".join(filter(None, (header, inspect.getdoc(unit))))

    def command(self, case: object) -> str:
        """Return the command that judges the unit again in a case."""
        if self.rerun_command:
            return f"{self.rerun_command} --case {case}"
        names = ", ".join(get_unit_name(f) for f in (self.unit, self.reference) if f is not None)
        return f'gradcheck.check({names}, case="{case}")'
