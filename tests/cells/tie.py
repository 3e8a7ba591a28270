"""Ties two inputs of any unit: one array is given for both, and its gradient is the sum of theirs."""

import inspect
import re
import types
import typing
from itertools import combinations
from typing import Annotated, NamedTuple

import jaxtyping

from gradcheck import Subject

KEPT_LETTERS = ("T", "B")


def pairs(declaration):
    """The names of two inputs of one kind that one array can stand for, and the letters that must be the same."""
    for kept, dropped in combinations(declaration.differentiable, 2):
        if declaration.inputs[kept].kind != declaration.inputs[dropped].kind:
            continue
        texts = [[d.text for d in declaration.inputs[n].dimensions] for n in (kept, dropped)]
        renamed = unified(*texts)
        if renamed is not None:
            yield kept, dropped, renamed


def unified(left, right):
    """The letters to be renamed so that two shapes are equal; None where no renaming makes them so."""
    renamed = {}

    def last(text):
        return last(renamed[text]) if text in renamed else text

    if len(left) != len(right):
        return None
    for a, b in zip(map(last, left), map(last, right), strict=True):
        if a != b and not (a.isalpha() and b.isalpha() and not {a, b} & set(KEPT_LETTERS)):
            return None
        if last(a) != last(b):
            renamed[last(b)] = last(a)
    return {letter: last(letter) for letter in renamed}


def tied(subject, kept, dropped, renamed):
    """The unit and its reference as functions without `dropped`, which is given what `kept` is given."""

    def unit(**inputs):
        outputs, backward = subject.unit(**inputs, **{dropped: inputs[kept]})

        def tied_backward(d):
            gradients = backward(d)
            return {kept: gradients.pop(kept) + gradients.pop(dropped), **gradients}

        return outputs, tied_backward

    def reference(**inputs):
        return subject.reference(**inputs, **{dropped: inputs[kept]})

    for function, of in ((unit, subject.unit), (reference, subject.reference)):
        declare_without(function, of, kept, dropped, renamed)
    return Subject(f"{subject.name} with {dropped} = {kept}", unit, reference)


def declare_without(function, of, kept, dropped, renamed):
    hints = typing.get_type_hints(of, include_extras=True)
    parameters, annotations = [], {"return": rewritten_outputs(hints.pop("return"), renamed)}
    for name, parameter in inspect.signature(of).parameters.items():
        if name != dropped:
            annotations[name] = rewritten(without_none(hints[name]) if name == kept else hints[name], renamed)
            default = inspect.Parameter.empty if name == kept else parameter.default
            parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default))
    function.__signature__ = inspect.Signature(parameters)
    function.__annotations__ = annotations


def without_none(hint):
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(hint) if a is not type(None))
    return hint


def rewritten(hint, renamed):
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return rewritten(without_none(hint), renamed) | None
    if typing.get_origin(hint) is Annotated:
        inner, text = typing.get_args(hint)
        return Annotated[rewritten(inner, renamed), letters_renamed(text, renamed)]
    if not hasattr(hint, "dim_str"):
        return hint
    kind = getattr(jaxtyping, hint.__name__.partition("[")[0])
    return kind[hint.array_type, " " + letters_renamed(hint.dim_str, renamed)]


def rewritten_outputs(hint, renamed):
    if typing.get_origin(hint) is tuple:
        outputs, backward = typing.get_args(hint)
        return tuple[rewritten_outputs(outputs, renamed), backward]
    fields = typing.get_type_hints(hint, include_extras=True)
    return NamedTuple(hint.__name__, [(name, rewritten(field, renamed)) for name, field in fields.items()])


def letters_renamed(text, renamed):
    return re.sub(r"\b[A-Z]\b", lambda match: renamed.get(match[0], match[0]), text)
