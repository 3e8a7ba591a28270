"""Real reports of every kind, as JSON holds them, each made once: for what reads reports."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck import CaseArrays, Subject, UnitFiles, examine
from gradcheck.mutation import Mutant, MutationScore
from gradcheck.mutation.trial import MutantOutcome
from gradcheck.records import UnitRecord, fill, format_json
from gradcheck.verdict.report import Report
from gradcheck.verification.api import attempt
from tests.harness import elman, elman_reference
from tests.harness.plant import planted, planted_reference

CASE = "T=3,B=2,I=2,H=2,seed=1"
CARRY = ("dh = dz @ weight_hh\n", "dh = dz @ weight_hh * 2\n")
SHAPES = {"x": (2, 1, 2), "weight_ih": (3, 2), "weight_hh": (3, 3), "bias_ih": (3,), "bias_hh": (3,)}
PLANTED = "<script>document.title = 'planted'</script>"
"""A name that must be shown and not run."""


@cache
def every_report() -> dict[str, Report]:
    """By what each shows; the unit has that name."""
    return {
        "proved": examine(subject("proved"), cases=4, mutants=3),
        "agrees": examine(subject("agrees"), cases=2, exact=False),
        "wrong": examine(subject("wrong", CARRY), case=CASE),
        PLANTED: examine(subject(PLANTED, ('"x": dx', '"x": dx * 2')), case=CASE, diagnose=False),
        "forward": examine(subject("forward", ("np.tanh(", "np.sin(")), case=CASE),
        "a law": examine(subject("a law", ("dbias += dz.sum(axis=0)", "dbias += dz.sum(axis=0) + 1e-300")), case=CASE),
        "a crash": examine(subject("a crash", ("dys = ", "raise ValueError('no'); dys = ")), case=CASE),
        "split": examine(split(), case=CASE),
        "third party": examine(odd_third_party(), case=CASE),
        "bad": examine(subject("bad", ('"x": dx', '"x": dx[0]')), case=CASE),
        "not there": attempt(UnitFiles("not there", Path("no.py"), Path("no.py"), "gradcheck verify no"), examine),
        "given": examine(subject("given"), at=arrays()),
        "survivor": survivor(),
        "imprecise": Report("imprecise", verdict="imprecise", reason="digits are lost", cases=1),
        "printing": Report("printing", verdict="not judged", error="it ended", printed="so far", notes=("no dx",)),
    }


@cache
def every_kind() -> dict[str, dict[str, Any]]:
    """Those as JSON has them."""
    return {name: as_json(report) for name, report in every_report().items()}


def as_json(report: Report) -> dict[str, Any]:
    return json.loads(format_json(fill(report, UnitRecord)))


def subject(name: str, *edits: tuple[str, str]) -> Subject:
    return Subject(name, planted(*edits), elman_reference.elman, elman_reference.third_party, "gradcheck verify elman")


def split() -> Subject:
    return Subject("split", elman.elman, planted_reference(("h @ weight_hh.T", "h.detach() @ weight_hh.T")))


def odd_third_party() -> Subject:
    edit = ("return Output(ys, h_T[0])", "return Output(2 * ys, h_T[0])")
    third_party = planted(edit, module=elman_reference, name="third_party")
    return Subject("third party", elman.elman, elman_reference.elman, third_party)


def arrays() -> CaseArrays:
    rng = np.random.default_rng(0)
    return CaseArrays({name: rng.normal(size=shape) for name, shape in SHAPES.items()})


def survivor() -> Report:
    """No unit of this repository has a survivor, so one is made up."""
    found = Mutant("small.py", 25, "drop operand", "-a * b\n+a\n", MutantOutcome("survived", reason="nothing saw it"))
    same = Mutant("small.py", 26, "transpose array", "-a.T\n+a\n", MutantOutcome("equivalent"))
    return Report(
        "survivor", verdict="agrees", mutation_score=MutationScore("survivor", mutants=9, results=[found, same])
    )
