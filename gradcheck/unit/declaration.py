"""Reads what a unit declares: the names, shapes and kinds of its inputs and outputs, from its annotations."""

import inspect
import itertools
import types
import typing
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..errors import DeclarationError
from .dimension import Dimension, ValueRange
from .partials import get_partial_arguments, get_unit_name, unwrap_partial
from .user_modules import find_user_modules

ARRAY_KINDS = ("float", "complex", "int", "bool")
DTYPES = ("float64", "float32")
RESERVED_OPTIONS = ("seed", "dtype", "layout", "upstream", "none", "absent", "scale", "values", "same", "calls")


@dataclass(frozen=True)
class ArraySpec:
    """An array argument; `scalar` marks a plain Python int (shape ()), `missing` one whose gradient is not given."""

    name: str
    kind: str
    dimensions: tuple[Dimension, ...]
    optional: bool = False
    range: ValueRange | None = None
    scalar: bool = False
    missing: bool = False

    @property
    def floating(self) -> bool:
        return self.kind in ("float", "complex")

    @property
    def differentiable(self) -> bool:
        return self.floating and not self.missing

    @property
    def counts_steps(self) -> bool:
        """Whether it is an integer, such as a length, whose range depends on the number of steps."""
        return self.counts("T")

    def counts(self, letter: str) -> bool:
        """Whether it is an integer whose range depends on the size of a letter."""
        return self.range is not None and letter in (*self.range.low.letters, *self.range.high.letters)

    def has_other_axes(self, letter: str) -> bool:
        """Whether its shape depends on a letter otherwise than by one axis of that size, as `B B` and `2*B` do."""
        axes = [d.text for d in self.dimensions if letter in d.letters]
        return axes not in ([], [letter])

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        return tuple(d.size(sizes) for d in self.dimensions)

    def axis(self, letter: str) -> int | None:
        """The axis whose size is exactly this letter, or None."""
        texts = [d.text for d in self.dimensions]
        return texts.index(letter) if letter in texts else None

    def __str__(self) -> str:
        return f"{self.kind}[{' '.join(d.text for d in self.dimensions)}]"


@dataclass(frozen=True)
class Declaration:
    """The declaration of a unit, read from its signature.

    `options` maps a keyword to its choices, the default first; `dtypes` are the precisions that the unit computes in;
    `fixed` are arguments that `functools.partial` fixes.
    """

    name: str
    inputs: Mapping[str, ArraySpec]
    options: Mapping[str, tuple[Any, ...]]
    outputs: Mapping[str, ArraySpec]
    output_type: type[Any]
    letters: tuple[str, ...] = field(default=())
    dtypes: tuple[str, ...] = DTYPES
    fixed: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Float inputs that the unit gives no gradient for."""
        return tuple(n for n, i in self.inputs.items() if i.missing)

    @cached_property
    def differentiable(self) -> tuple[str, ...]:
        return tuple(n for n, i in self.inputs.items() if i.differentiable)

    @cached_property
    def initial_states(self) -> tuple[str, ...]:
        """Float inputs NAME_0, whether or not the unit returns the last state."""
        return tuple(n for n, i in self.inputs.items() if i.floating and n.endswith("_0"))

    @cached_property
    def states(self) -> Mapping[str, str]:
        """By the name of an initial state NAME_0, the output NAME_T that it becomes."""
        ends = {n: f"{name_state(n)}_T" for n in self.initial_states}
        return {start: end for start, end in ends.items() if end in self.outputs}

    @cached_property
    def counts_steps(self) -> bool:
        """Whether an input counts steps, so that a part of a sequence would need counts of its own."""
        return any(i.counts_steps for i in self.inputs.values())

    def can_slice(self, letter: str) -> bool:
        """Whether a part of this axis makes a case of its own: shapes and ranges have the letter as an axis only."""
        specs = (*self.inputs.values(), *self.outputs.values())
        return not any(spec.has_other_axes(letter) or spec.counts(letter) for spec in specs)

    @property
    def choices(self) -> list[dict[str, Any]]:
        """List every choice of options, without those that are the default."""
        products = itertools.product(*self.options.values())
        named = (dict(zip(self.options, chosen, strict=True)) for chosen in products)
        return [{n: v for n, v in options.items() if v != self.options[n][0]} for options in named]

    @cached_property
    def optional(self) -> tuple[str, ...]:
        return tuple(n for n, i in self.inputs.items() if i.optional)


def name_state(initial: str) -> str:
    """The name of a state without the `_0` of its initial value."""
    return initial.removesuffix("_0")


def declare(unit: Callable[..., Any], *, returns_backward: bool = True, rest: Declaration | None = None) -> Declaration:
    """Read the declaration of a unit, or of a reference, which returns only its outputs.

    If `rest` is given, `**inputs` stands for all arguments of it that are not named, and the annotation None for one
    that is not accepted.  Arguments that a `functools.partial` fixes are left out.  A unit may have its declaration as
    an attribute, `unit.declaration`.

    Raise DeclarationError if an annotation is missing, or does not say how to draw the argument.
    """
    name, given = get_unit_name(unit), get_partial_arguments(unit)
    brought = getattr(unwrap_partial(unit), "declaration", None)
    if isinstance(brought, Declaration):
        return fix_arguments(brought, given)
    function = unwrap_partial(unit)
    hints = read_annotations(function, name)
    for n, value in given.items():
        if getattr(value, "ndim", 0) and n in hints:
            check_partial_value(read_input(n, hints[n], f"{name}: argument {n}"), value, f"{name}: argument {n}")
    inputs: dict[str, ArraySpec] = {}
    options: dict[str, tuple[Any, ...]] = {}
    parameters = {n: p for n, p in inspect.signature(unit).parameters.items() if n not in given}
    for parameter in parameters.values():
        if rest is not None and parameter.kind is parameter.VAR_KEYWORD:
            inputs |= {n: i for n, i in rest.inputs.items() if n not in parameters}
            options |= {n: o for n, o in rest.options.items() if n not in parameters}
            continue
        if rest is not None and hints.get(parameter.name) is types.NoneType:
            continue
        where = f"{name}: argument {parameter.name}"
        hint = get_hint(parameter, hints, where)
        if typing.get_origin(hint) is typing.Literal:
            options[parameter.name] = read_choices(parameter, hint, where)
        else:
            inputs[parameter.name] = read_input(parameter.name, hint, where)
    output_type = read_output_type(hints.get("return"), name, returns_backward)
    output_hints = read_annotations(output_type, name, function)
    outputs = {n: read_input(n, output_hints[n], f"{name}: output {n}") for n in output_type._fields}
    letters = tuple(dict.fromkeys(x for i in inputs.values() for d in i.dimensions for x in d.letters))
    declaration = Declaration(name, inputs, options, outputs, output_type, letters, fixed=tuple(given))
    check_letters(declaration)
    return declaration


def fix_arguments(declaration: Declaration, given: Mapping[str, Any]) -> Declaration:
    """Return the declaration with the given arguments fixed."""
    for n in given:
        if n in declaration.inputs:
            check_partial_value(declaration.inputs[n], given[n], f"{declaration.name}: argument {n}")
    inputs = {n: i for n, i in declaration.inputs.items() if n not in given}
    options = {n: o for n, o in declaration.options.items() if n not in given}
    letters = tuple(dict.fromkeys(x for i in inputs.values() for d in i.dimensions for x in d.letters))
    result = replace(declaration, inputs=inputs, options=options, letters=letters, fixed=tuple(given))
    check_letters(result)
    return result


def check_partial_value(spec: ArraySpec, value: Any, where: str) -> None:
    letters = [x for d in spec.dimensions for x in d.letters]
    if letters and value is not None:
        reason = f"it is fixed to an array, but the size {letters[0]} changes from case to case"
        raise DeclarationError(where, reason, "do not fix it: it is an input")


def read_annotations(thing: Any, name: str, function: Any = None) -> dict[str, Any]:
    """Read the annotations of a function, or of the class of its outputs."""
    own = find_user_modules(getattr(inspect.unwrap(function or thing), "__globals__", {}))
    try:
        # Annotations that are strings are evaluated in the module of the class, which is looked for in sys.modules.
        with nullcontext() if own is None else own.visible():
            return typing.get_type_hints(thing, include_extras=True)
    except Exception as error:
        raise DeclarationError(name, f"its annotations do not evaluate ({error})", "import what they name") from error


def get_hint(parameter: inspect.Parameter, hints: Mapping[str, Any], where: str) -> Any:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
        raise DeclarationError(where, "inputs are passed by name", "write it as a parameter with a name")
    if parameter.name not in hints:
        raise DeclarationError(where, "it has no annotation", 'annotate it, for example Float[Array, "T B I"]')
    return hints[parameter.name]


def read_choices(parameter: inspect.Parameter, hint: Any, where: str) -> tuple[Any, ...]:
    if parameter.name in RESERVED_OPTIONS:
        raise DeclarationError(where, "case ids already use this name", "choose another name for the option")
    values = typing.get_args(hint)
    if parameter.default is parameter.empty:
        return values
    if parameter.default not in values:
        raise DeclarationError(
            where, f"its default {parameter.default!r} is not one of {values}", "add it to the Literal"
        )
    return (parameter.default, *(v for v in values if v != parameter.default))


def read_input(name: str, hint: Any, where: str) -> ArraySpec:
    hint, optional = strip_none(hint)
    metadata: tuple[Any, ...] = ()
    if typing.get_origin(hint) is typing.Annotated:
        hint, *rest = typing.get_args(hint)
        metadata = tuple(rest)
    bounds = read_range(name, metadata, where)
    if hint is int:
        result = ArraySpec(name, "int", (), optional, bounds, scalar=True)
    else:
        result = ArraySpec(name, read_kind(hint, where), read_dimensions(hint, where), optional, bounds)
    if result.kind == "int" and bounds is None:
        text = f'write Annotated[..., "0 <= {name} < V"]'
        raise DeclarationError(where, "an integer input needs the range of its values", text)
    return result


def strip_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(hint) if a is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return hint, False


def read_range(name: str, metadata: tuple[Any, ...], where: str) -> ValueRange | None:
    texts = [m for m in metadata if isinstance(m, str)]
    if not texts:
        return None
    try:
        return ValueRange.parse(texts[0], name)
    except ValueError as error:
        raise DeclarationError(where, str(error), f'write the range as "0 <= {name} < V"') from error


def read_kind(hint: Any, where: str) -> str:
    dtypes = getattr(hint, "dtypes", None)
    if isinstance(dtypes, tuple) and hasattr(hint, "dim_str"):
        for kind in ARRAY_KINDS:
            if all(str(d).startswith((kind, "b" + kind)) for d in dtypes):
                return kind
    shown = getattr(hint, "__name__", str(hint))
    remedy = 'use Float, Complex, Int or Bool of jaxtyping with a shape, for example Float[Array, "T B I"]'
    raise DeclarationError(where, f"its annotation {shown} does not say its kind and shape", remedy)


def read_dimensions(hint: Any, where: str) -> tuple[Dimension, ...]:
    try:
        return tuple(Dimension.parse(text) for text in hint.dim_str.split())
    except ValueError as error:
        remedy = 'write sizes as letters, for example "4*H I", or "ifgo=4*H I" with a name for each of the four blocks'
        raise DeclarationError(where, str(error), remedy) from error


def read_output_type(hint: Any, name: str, returns_backward: bool) -> type[Any]:
    if returns_backward:
        hint = next(iter(typing.get_args(hint)), None) if typing.get_origin(hint) is tuple else None
    if not (isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")):
        wanted = "tuple[Output, Callable[[Output], Gradients]]" if returns_backward else "Output"
        remedy = f"annotate it as {wanted}, where Output is a NamedTuple of annotated arrays"
        raise DeclarationError(f"{name}: return value", "it does not name the outputs", remedy)
    return hint


def check_letters(declaration: Declaration) -> None:
    used = [(f"output {n}", d) for n, o in declaration.outputs.items() for d in o.dimensions]
    for n, i in declaration.inputs.items():
        used += [(f"the range of {n}", d) for d in ((i.range.low, i.range.high) if i.range else ())]
    for where, dimension in used:
        for letter in dimension.letters:
            if letter not in declaration.letters:
                known = ", ".join(declaration.letters) or "none"
                remedy = f"use the letters of the inputs ({known}), or add an input that has it"
                raise DeclarationError(f"{declaration.name}: {where}", f"no input has the size {letter}", remedy)
