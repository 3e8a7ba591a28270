"""The cases that show which functions a backward calls."""

from collections.abc import Iterator

from ..unit.declaration import Declaration
from .case import Case
from .fitting import fit_case_sizes


def list_trace_cases(declaration: Declaration) -> Iterator[Case]:
    """Small cases that reach every branch that a declaration can ask for, of sizes at which every array has a shape."""
    return (fit_case_sizes(declaration, case) for case in list_plain_trace_cases(declaration))


def list_plain_trace_cases(declaration: Declaration) -> Iterator[Case]:
    """The same, of sizes that tell the letters apart."""
    letters, optional = declaration.letters, declaration.optional
    one = dict.fromkeys(letters, 1)
    up = {letter: 2 + k for k, letter in enumerate(letters)}
    down = {letter: 1 + len(letters) - k for k, letter in enumerate(letters)}
    outputs = [n for n, o in declaration.outputs.items() if o.differentiable]
    for options in declaration.choices:
        yield Case(one, options=options)
        yield Case(up, options=options)
        yield Case(down, options=options, absent=optional)
        for name in optional if len(optional) > 1 else ():
            yield Case(up, options=options, absent=(name,))
        for name in outputs if len(outputs) > 1 else ():
            yield Case(down, options=options, none=(name,))
