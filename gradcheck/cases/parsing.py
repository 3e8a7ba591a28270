"""Reads the fields of a case id; raises CaseIdError if one cannot be read or does not fit the declaration."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from ..errors import CaseIdError
from ..unit.declaration import RESERVED_OPTIONS, Declaration
from .vocabulary import CASE_ID_REMEDY, LAYOUTS, LIKE, SWITCHES, UPSTREAM_OF, is_value, value_names


def parse_fields(case_id: str, declaration: Declaration) -> dict[str, Any]:
    """Read the fields of a case by name, without options that have their default."""
    sizes: dict[str, int] = {}
    options: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    for part in filter(None, case_id.replace(" ", "").split(",")):
        name, equals, value = part.partition("=")
        if not equals:
            raise CaseIdError(f"case {part!r}", "it has no '='", CASE_ID_REMEDY)
        if name in (*sizes, *options, *fields):
            raise CaseIdError(f"case {part!r}", f"{name} is given twice", CASE_ID_REMEDY)
        if name in declaration.letters:
            sizes[name] = parse_natural(part, value)
        elif name in declaration.options:
            options[name] = parse_choice(part, value, declaration.options[name])
        else:
            fields[name] = parse_field(part, name, value, declaration)
    missing = [letter for letter in declaration.letters if letter not in sizes]
    if missing:
        raise CaseIdError(f"case {case_id!r}", f"the size of {', '.join(missing)} is missing", CASE_ID_REMEDY)
    ordered = {letter: sizes[letter] for letter in declaration.letters}
    chosen = {n: v for n, v in options.items() if v != declaration.options[n][0]}
    return {"sizes": ordered, "options": chosen, **fields}


def parse_natural(part: str, value: str) -> int:
    if not value.isdecimal():
        raise CaseIdError(f"case {part!r}", f"{value!r} is not a whole number of at least 0", CASE_ID_REMEDY)
    return int(value)


def require_below(part: str, value: int, limit: int) -> int:
    if value >= limit:
        raise CaseIdError(f"case {part!r}", f"{value} is not below {limit}", "take a smaller one")
    return value


def parse_choice(part: str, value: str, values: tuple[Any, ...]) -> Any:
    for candidate in values:
        if str(candidate) == value:
            return candidate
    raise CaseIdError(f"case {part!r}", f"{value!r} is not one of {', '.join(map(str, values))}", "choose one of them")


def parse_field(part: str, name: str, value: str, declaration: Declaration) -> Any:
    if name == "seed":
        return require_below(part, parse_natural(part, value), 2**64)
    if name == "layout" and ":" in value:
        return parse_layouts(part, value, declaration)
    if name in SWITCHES:
        return parse_choice(part, value, SWITCHES[name])
    if name in LISTS:
        return LISTS[name](part, value, declaration)
    letters = ", ".join((*declaration.letters, *declaration.options))
    near = get_close_matches(name, (*declaration.letters, *declaration.options, *RESERVED_OPTIONS), 1, 0.5)
    meant = f"did you mean {near[0]}? " if near else ""
    remedy = f"{meant}it has {letters}; {CASE_ID_REMEDY}"
    raise CaseIdError(f"case {part!r}", f"{declaration.name} has no {name!r}", remedy)


def parse_names(part: str, value: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(parse_choice(part, n, known) for n in value.split("+"))
    require_once(part, names)
    return names


def require_once(part: str, names: tuple[str, ...]) -> None:
    twice = [n for n in names if names.count(n) > 1]
    if twice:
        raise CaseIdError(f"case {part!r}", f"{twice[0]} is given twice", CASE_ID_REMEDY)


def parse_pairs(part: str, value: str, known: tuple[str, ...], example: str) -> tuple[tuple[str, str], ...]:
    """Read pairs that are written `name:word`, joined by `+`."""
    pairs = []
    for text in value.split("+"):
        name, colon, word = text.partition(":")
        if not colon:
            raise CaseIdError(f"case {part!r}", f"{text!r} names no array", f"write {example}")
        pairs.append((parse_choice(part, name, known), word))
    require_once(part, tuple(name for name, _ in pairs))
    return tuple(pairs)


def parse_layouts(part: str, value: str, declaration: Declaration) -> str:
    known = tuple(dict.fromkeys((*declaration.inputs, *declaration.outputs)))
    for _, layout in parse_pairs(part, value, known, "layout=x:reversed"):
        parse_choice(part, layout, LAYOUTS)
    return value


def parse_values(part: str, value: str, declaration: Declaration) -> tuple[tuple[str, str], ...]:
    specs = {**declaration.inputs, **{f"{UPSTREAM_OF}{n}": o for n, o in declaration.outputs.items()}}
    pairs = parse_pairs(part, value, tuple(specs), "values=h_0:zero")
    for name, kind in pairs:
        spec = specs[name]
        if not is_value(kind, spec):
            raise CaseIdError(f"case {part!r}", f"{kind!r} is not one of {', '.join(value_names(spec))}", "choose one")
        if kind.startswith(LIKE):
            parse_choice(part, kind.removeprefix(LIKE), tuple(declaration.inputs))
    return pairs


LISTS: dict[str, Callable[[str, str, Declaration], Any]] = {
    "none": lambda part, value, d: parse_names(part, value, tuple(d.outputs)),
    "absent": lambda part, value, d: parse_names(part, value, d.optional),
    "same": lambda part, value, d: parse_names(part, value, tuple(d.inputs)),
    "values": parse_values,
}
