"""Checks that a unit and its reference declare the same names, kinds, shapes and options."""

from collections.abc import Mapping

from ..errors import DeclarationError
from .declaration import ArraySpec, Declaration


def check_same_declaration(manual: Declaration, reference: Declaration, *, partial: bool = False) -> None:
    """Raise DeclarationError unless both declare the same names, kinds and shapes.

    With `partial`, the second may leave out optional inputs and choices of options.
    """
    compare_names(manual, "argument", manual.inputs, reference.inputs, partial)
    compare_names(manual, "output", manual.outputs, reference.outputs, partial=False)
    for what, ours, theirs in (
        ("argument", manual.inputs, reference.inputs),
        ("output", manual.outputs, reference.outputs),
    ):
        for n in theirs:
            if str(ours[n]) != str(theirs[n]):
                reason = f"manual declares {ours[n]}, reference {theirs[n]}"
                raise DeclarationError(f"{manual.name}: {what} {n}", reason, "give both the same annotation")
    for n, values in reference.options.items():
        ours_values = set(manual.options.get(n, ()))
        if not (set(values) <= ours_values if partial else set(values) == ours_values):
            reason = f"manual offers {sorted(ours_values, key=str)}, reference {sorted(values, key=str)}"
            raise DeclarationError(f"{manual.name}: option {n}", reason, "give both the same Literal")
    for n in manual.options:
        if n not in reference.options and not partial:
            raise DeclarationError(f"{manual.name}: option {n}", "the reference does not take it", "add it there")


def compare_names(
    manual: Declaration, what: str, ours: Mapping[str, ArraySpec], theirs: Mapping[str, ArraySpec], partial: bool
) -> None:
    missing = [n for n in ours if n not in theirs and not (partial and ours[n].optional)]
    unknown = [n for n in theirs if n not in ours]
    if missing or unknown:
        parts = [f"{', '.join(missing)} only in manual"] if missing else []
        parts += [f"{', '.join(unknown)} only in reference"] if unknown else []
        value = f"{manual.name}: {what}s"
        raise DeclarationError(value, "; ".join(parts), "use the same names on both sides")
