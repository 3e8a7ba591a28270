"""Gradient tests as people write them: each of the usual designs, at the sizes and tolerances that are usual for it.

Every design judges one case with the arrays of this project, so that they differ in what they compare and how, and in
nothing else.  Those that compare with autograd compare the outputs, too.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..cases.arrays import Array, CaseArrays, draw_arrays
from ..cases.plain import make_plain_case
from ..execution.run import Run
from ..unit.declaration import Declaration
from ..unit.subject import Subject
from .torch_gradcheck import run_gradcheck

ChangeArrays = Callable[[Declaration, CaseArrays], CaseArrays]


@dataclass(frozen=True)
class TestDesign:
    """A design of a gradient test: the name of its column, what it does, and how to run it.

    `find_complaint` returns what the test reports of a subject, empty if it passes.  `needs_reference` is False for a
    design that looks at the manual unit alone.
    """

    name: str
    what: str
    find_complaint: Callable[[Subject], str]
    needs_reference: bool = True


def run_torch_gradcheck(subject: Subject, *, fast: bool) -> str:
    """Run torch.autograd.gradcheck at its defaults: float64, every differentiable input, every output."""
    declaration = subject.declaration
    arrays = draw_arrays(declaration, make_plain_case(declaration, T=5, B=2, least=2))
    inputs = {n: arrays.inputs[n] for n in declaration.differentiable}
    constant = {n: a for n, a in arrays.inputs.items() if n not in inputs} | arrays.options
    outputs = tuple(n for n, o in declaration.outputs.items() if o.differentiable)
    try:
        return run_gradcheck(functools.partial(subject.unit, **constant), inputs, outputs, fast=fast)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def compare_with_autograd(
    subject: Subject,
    *,
    T: int,
    B: int,
    dtype: str,
    change: ChangeArrays,
    only_x: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
) -> str:
    """Compare outputs and gradients with the reference's by torch.testing.assert_close, at one case."""
    from torch import from_numpy
    from torch.testing import assert_close

    declaration = subject.declaration
    case = make_plain_case(declaration, T, B, dtype)
    run = Run(subject, case, change(declaration, draw_arrays(declaration, case)))
    expected = run.oracle.evaluate_reference(run.inputs, run.upstream, dtype)
    try:
        outputs, backward = subject.unit(**run.inputs, **run.options)
        gradients = backward(type(outputs)(**run.upstream))
        found, wanted = outputs._asdict(), dict(expected.outputs)
        names = run.differentiable[:1] if only_x else run.differentiable
        found |= {f"d{n}": gradients[n] for n in names}
        wanted |= {f"d{n}": expected.gradients[n] for n in names}
        for name in found:
            pair = (from_numpy(np.array(a)) for a in (found[name], wanted[name]))
            assert_close(*pair, rtol=rtol, atol=atol)
    except AssertionError as error:
        return f"{name}: {str(error).splitlines()[0]}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def keep_arrays(declaration: Declaration, arrays: CaseArrays) -> CaseArrays:
    return arrays


def set_upstream_to_ones(declaration: Declaration, arrays: CaseArrays) -> CaseArrays:
    """Replace the upstream gradients by ones, as those of the loss `sum of all outputs` are."""
    return replace(arrays, upstream={n: None if u is None else np.ones_like(u) for n, u in arrays.upstream.items()})


def clear_biases_and_states(declaration: Declaration, arrays: CaseArrays) -> CaseArrays:
    """Replace the upstream gradients by ones, and biases and initial states by zeros."""

    def start(name: str, value: Any) -> Any:
        cleared = name.startswith("bias") or name in declaration.initial_states
        return np.zeros_like(value) if cleared else value

    return replace(set_upstream_to_ones(declaration, arrays), inputs={n: start(n, a) for n, a in arrays.inputs.items()})


def clear_final_upstreams(declaration: Declaration, arrays: CaseArrays) -> CaseArrays:
    """Keep the upstream gradient of the first output only: the final states reach no loss."""
    first = next(iter(declaration.outputs))
    upstream: Mapping[str, Array | None] = arrays.upstream
    return replace(arrays, upstream={n: u if n == first else None for n, u in upstream.items()})


def make_reference_design(name: str, what: str, **settings: Any) -> TestDesign:
    return TestDesign(name, what, functools.partial(compare_with_autograd, **settings))


LOOSE_TOLERANCES = {"rtol": 0.1, "atol": 0.2}
TEST_DESIGNS = (
    TestDesign(
        "torch slow",
        "torch.autograd.gradcheck, slow mode, defaults: float64, T=5, B=2, every output and input",
        functools.partial(run_torch_gradcheck, fast=False),
        needs_reference=False,
    ),
    TestDesign(
        "torch fast",
        "torch.autograd.gradcheck, fast mode, defaults: float64, T=5, B=2, every output and input",
        functools.partial(run_torch_gradcheck, fast=True),
        needs_reference=False,
    ),
    make_reference_design(
        "assert_close",
        "torch.testing.assert_close, defaults, with autograd: float32, T=16, B=4, a random upstream for every output",
        T=16,
        B=4,
        dtype="float32",
        change=keep_arrays,
    ),
    make_reference_design(
        "all ones",
        "all-ones upstream, biases and initial states zero, tolerance 1e-3: float32, T=5, B=3",
        T=5,
        B=3,
        dtype="float32",
        change=clear_biases_and_states,
        rtol=1e-3,
        atol=1e-3,
    ),
    make_reference_design(
        "one step",
        "T=1 with a random upstream for every output, assert_close at its defaults: float64, B=3",
        T=1,
        B=3,
        dtype="float64",
        change=keep_arrays,
    ),
    make_reference_design(
        "loose",
        "random upstream on the first output only, none on the states, rtol 0.1 and atol 0.2: float32, T=32, B=4",
        T=32,
        B=4,
        dtype="float32",
        change=clear_final_upstreams,
        **LOOSE_TOLERANCES,
    ),
    make_reference_design(
        "dx only",
        "all-ones upstream, the gradient of the first input only, assert_close at its defaults: float64, T=5, B=3",
        T=5,
        B=3,
        dtype="float64",
        change=set_upstream_to_ones,
        only_x=True,
    ),
)
