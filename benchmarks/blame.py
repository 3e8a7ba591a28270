"""How often blame is right, over every single-edit fault of units.

    python benchmarks/blame.py [UNIT ...] [--every N]

The truth is found by another route: the Jacobians of manual and reference, entry by entry, from one-hot upstream
gradients in float64, at a case of its own.  Counted are the faults that make a random case fall: how often the wrong
inputs and their gates are named, how often the lags t-s (of each output to each input that has steps), how often a
pattern is named, and how often a pattern named is wrong: it does not hold at fresh random cases.
"""

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from gradcheck import Case, DeclarationError, Subject, discover
from gradcheck.blame import Blame, blame
from gradcheck.blame.conclusions import first_wrong_lag
from gradcheck.blame.evidence import Evidence
from gradcheck.blame.patterns import looks_like
from gradcheck.discovery import choose
from gradcheck.edits import Live, NotCode, backward_of, mutants
from gradcheck.finding import Fall
from gradcheck.run import Crash, Run
from gradcheck.rungs import NUMERIC

OFF = 1e-9
HOT = 1.7
"""Not 1, which is its own square."""


def main() -> None:
    arguments = sys.argv[1:]
    every = int(arguments[arguments.index("--every") + 1]) if "--every" in arguments else 1
    names = [a for a in arguments if not a.startswith("--") and not a.isdigit()] or ["lstm", "gru"]
    for pair in choose(discover(), names):
        report(pair.load(), every)


def report(subject: Subject, every: int) -> None:
    regions = backward_of(subject)
    edits, live, count = mutants(regions).edits[::every], Live(regions), Counter[str]()
    for k, edit in enumerate(edits):
        print(f"\r{subject.name} {k + 1}/{len(edits)} {dict(count)}", end="", file=sys.stderr, flush=True)
        try:
            with live.edited(edit):
                judged(subject, edit.line(live.sources[edit.file].text), edit.kind, count)
        except NotCode:
            count["no code"] += 1
    print(file=sys.stderr)
    seen = count["fell"]
    print(f"{subject.name}: {len(edits)} faults, {seen} judged ({count['no gradient']} more give no gradient)")
    for what in ("inputs and gates", "lags", "pattern named", "pattern wrong"):
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


def judged(subject: Subject, line: int, kind: str, count: Counter[str]) -> None:
    for case in cases(subject):
        for rung in NUMERIC:
            try:
                rung.climb(Run(subject, case))
            except Fall:
                compare(subject, blame(subject, rung.name, case), f"{kind}, line {line}", count)
                return
            except (Crash, DeclarationError):
                count["no gradient"] += 1
                return
            except Exception:
                continue
    count["none fell"] += 1


def compare(subject: Subject, found: Blame, what: str, count: Counter[str]) -> None:
    try:
        gates, lags = truth(Evidence(subject, replace(found.case, seed=found.case.seed + 77)))
    except (Crash, TypeError, ValueError):
        count["no gradient"] += 1
        return
    count["fell"] += 1
    said = found.conclusions
    right = said is not None and {n: set(labels) for n, labels in said.wrong.items()} == gates
    count["inputs and gates"] += right
    wrong_lags = {} if said is None else {(o, k) for o, of in said.lags.items() for k, s in of.items() if s != "right"}
    count["lags"] += wrong_lags == lags
    count["pattern named"] += bool(found.looks_like)
    if found.looks_like and said is not None:
        afresh = Evidence(subject, replace(found.case, seed=found.case.seed + 1000))
        count["pattern wrong"] += looks_like(afresh, first_wrong_lag(said)) != found.looks_like
    if not right or wrong_lags != lags or "--show" in sys.argv:
        print(f"\n{what}: {found.case}: {found.where} | {found.looks_like}\n   due {gates} {lags}", file=sys.stderr)


def truth(e: Evidence) -> tuple[dict[str, set[str]], set[tuple[str, int]]]:
    """The wrong blocks of each wrong input, none where all are, and the wrong lags of each output, entry by entry."""
    bad: set[tuple[str, str]] = set()
    lags: set[tuple[str, int]] = set()
    everything = {(b.name, b.label) for b in e.columns}
    for row in e.rows:
        entries = np.argwhere(row.of(np.ones_like(e.upstream[row.name])))
        for index in entries:
            upstream = np.zeros_like(e.upstream[row.name])
            row.of(upstream)[tuple(index)] = HOT
            found, due = e.pull({row.name: upstream}), e.due({row.name: upstream})
            for block in e.columns:
                a, b = block.of(found[block.name]), block.of(due[block.name])
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
