"""How often the diagnosis is right, over every single-edit fault of units, and over the defects of the zoo.

    python benchmarks/diagnosis/rate.py [UNIT ...] [zoo] [--every N]

The truth is found by another route: the Jacobians of manual and reference, entry by entry, from one-hot upstream
gradients in float64, at a case of its own.  Counted are the faults that make a random case fall: how often the wrong
inputs and their gates are named, how often the lags t-s (of each output to each input that has steps), how often a
pattern is named, and what claims.py, by a route of its own at fresh cases of other sizes, finds of those named.
"""

import contextlib
import os
import sys
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from claims import verify

from gradcheck import Case, DeclarationError, Subject, discover
from gradcheck.checks import NUMERIC_CHECKS
from gradcheck.checks.failure import CheckFailed
from gradcheck.diagnosis import Diagnosis, diagnose_fault
from gradcheck.diagnosis.evidence import Evidence
from gradcheck.edits import LoadedCode, NotCompilable, find_backward_functions, generate_mutants
from gradcheck.execution.run import Run, UnitRaised
from gradcheck.unit.discovery import choose_units
from gradcheck.zoo import find_defects

OFF = 1e-9
HOT = 1.7
"""Not 1, which is its own square."""


def main() -> None:
    arguments = sys.argv[1:]
    every = int(arguments[arguments.index("--every") + 1]) if "--every" in arguments else 1
    names = [a for a in arguments if not a.startswith("--") and not a.isdigit()] or ["lstm", "gru"]
    if "zoo" in names:
        names.remove("zoo")
        defects = [d for d in find_defects() if d.at_fault == "backward"][::every]
        report("zoo", [(d.name, d.subject, contextlib.nullcontext()) for d in defects])
    for pair in choose_units(discover(), names) if names else ():
        subject = pair.load()
        regions = find_backward_functions(subject)
        live = LoadedCode(regions)
        edits = generate_mutants(regions).edits[::every]
        texts = {e: f"{e.kind}, line {e.line(live.sources[e.file].text)}" for e in edits}
        report(subject.name, [(texts[e], subject, live.make_edits(e)) for e in edits])


def report(name: str, faults: list[tuple[str, Subject, AbstractContextManager[None]]]) -> None:
    count = Counter[str]()
    for k, (what, subject, planted) in enumerate(faults):
        print(f"\r{name} {k + 1}/{len(faults)} {dict(count)}", end="", file=sys.stderr, flush=True)
        try:
            with planted:
                judged(subject, what, count)
        except NotCompilable:
            count["no code"] += 1
    print(file=sys.stderr)
    seen = count["failed"]
    print(f"{name}: {len(faults)} faults, {seen} judged ({count['no gradient']} more give no gradient)")
    for what in ("inputs and gates", "lags", "pattern named", "pattern true", "pattern false", "pattern unchecked"):
        print(f"  {what:<18}{count[what]:>6} {100 * count[what] / max(seen, 1):7.2f} %")


def cases(subject: Subject) -> list[Case]:
    """Cases of a few lengths, with and without the optional inputs and an upstream gradient."""
    declaration = subject.declaration
    sizes = {letter: 2 + k % 2 for k, letter in enumerate(declaration.letters)}
    plain = [Case({**sizes, "T": T} if "T" in sizes else sizes, seed=k) for k, T in enumerate((1, 2, 4))]
    options = [{n: v} for n, values in declaration.options.items() for v in values[1:]]
    return [
        *plain,
        *(replace(plain[-1], options=o) for o in options),
        replace(plain[-1], absent=declaration.optional),
        *(replace(plain[-1], none=(n,)) for n in declaration.outputs if len(declaration.outputs) > 1),
    ]


def judged(subject: Subject, what: str, count: Counter[str]) -> None:
    for case in cases(subject):
        for check in NUMERIC_CHECKS:
            try:
                check.run(Run(subject, case))
            except CheckFailed:
                compare(subject, diagnose_fault(subject, check.name, case), what, count)
                return
            except (UnitRaised, DeclarationError):
                count["no gradient"] += 1
                return
            except Exception:
                continue
    count["none failed"] += 1


def compare(subject: Subject, found: Diagnosis, what: str, count: Counter[str]) -> None:
    try:
        gates, lags = truth(Evidence(subject, replace(found.case, seed=found.case.seed + 77)))
    except (UnitRaised, DeclarationError):
        count["no gradient"] += 1
        return
    count["failed"] += 1
    said = found.conclusions
    right = said is not None and {n: set(labels) for n, labels in said.wrong_blocks.items()} == gates
    count["inputs and gates"] += right
    wrong_lags = {} if said is None else {(o, k) for o, of in said.lags.items() for k, s in of.items() if s != "right"}
    count["lags"] += wrong_lags == lags
    count["pattern named"] += bool(found.pattern)
    verified = "" if found.explanation is None else verify(subject, found.case, found.explanation)
    count[f"pattern {verified}"] += bool(verified)
    if not right or wrong_lags != lags or verified in ("false", "unchecked") or "--show" in sys.argv:
        print(
            f"\n{what}: {found.case}: {found.location} | {found.pattern} ({verified})\n   due {gates} {lags}",
            file=sys.stderr,
        )


def truth(e: Evidence) -> tuple[dict[str, set[str]], set[tuple[str, int]]]:
    """The wrong blocks of each wrong input, none where all are, and the wrong lags of each output, entry by entry."""
    bad: set[tuple[str, str]] = set()
    lags: set[tuple[str, int]] = set()
    everything = {(b.name, b.label) for b in e.columns}
    for row in e.rows:
        entries = np.argwhere(row.select(np.ones_like(e.upstream[row.name])))
        for index in entries:
            upstream = np.zeros_like(e.upstream[row.name])
            row.select(upstream)[tuple(index)] = HOT
            found, due = e.pull_back({row.name: upstream}), e.compute_expected({row.name: upstream})
            for block in e.columns:
                a, b = block.select(found[block.name]), block.select(due[block.name])
                if not np.abs(a - b).max() <= OFF * np.abs(due[block.name]).max():
                    bad.add((block.name, block.label))
                    if block.step is not None and block.label and row.step is not None:
                        lags.add((row.name, row.step - block.step))
    stepless = {b.name for b in e.columns if b.step is None}
    gates: dict[str, set[str]] = {}
    for name in {n for n, _ in bad}:
        wrong = {label for n, label in bad if n == name}
        all_of_it = {label for n, label in everything if n == name}
        gates[name] = wrong if name in stepless and wrong != all_of_it else set()
    return gates, lags


if __name__ == "__main__":
    main()
