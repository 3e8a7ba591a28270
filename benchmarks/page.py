"""Writes docs/performance.md from docs/performance.json:  python -m benchmarks.page"""

import json
from pathlib import Path

from benchmarks.aims import AIMS, EXPLANATIONS, Record

ROOT = Path(__file__).resolve().parent.parent
RECORD, PAGE = ROOT / "docs" / "performance.json", ROOT / "docs" / "performance.md"
HOW = """# Performance

    make bench                                        # shows progress and figures
    make bench ARGS=--quick                           # runs each part once, at its smallest size
    make bench ARGS="--json docs/performance.json"    # writes the record
    python -m benchmarks.page                         # writes this page from the record

Each ratio is one of medians, of runs that alternate in one process. If it is below 1, the first of the two is faster.
The number of threads is that of BLAS and of PyTorch. The *floor* is the time of the matrix products of a step alone,
with the same NumPy and BLAS. A training step is a forward and a backward with every gradient. Means are geometric, over
RNN, LSTM and GRU and all sizes."""


def page(record: Record) -> str:
    machine = "; ".join(f"{name} {value}" for name, value in record["machine"].items())
    parts = [HOW, f"Measured on: {machine}.", "## Aims", aims(record)]
    for name in ("training, 1 thread", "training, 2 threads"):
        parts += [f"## {name[0].upper()}{name[1:]}", training(record[name]["steps"])]
    parts += ["## One LSTM case, B=2, I=H=4", verdict(record["verdict"]["lstm"])]
    memory = record["memory"]
    parts += ["## Peak memory, MB, of a training step", training_memory(memory["training"])]
    parts += ["## Peak memory, MB, of a verdict", verdict_memory(memory["verdict"])]
    return "\n\n".join(parts) + "\n"


def aims(record: Record) -> str:
    rows, missed = [], []
    for aim in AIMS:
        figure = aim.figure(record)
        met, word = aim.met(figure), "at least" if aim.at_least else "at most"
        rows.append((aim.name, f"{figure:.3f} {aim.unit}", f"{word} {aim.limit:g} {aim.unit}", "yes" if met else "no"))
        if not met:
            missed.append(f"**{aim.name}**: {EXPLANATIONS.get(aim.name, 'not explained yet')}")
    return "\n\n".join([table(("figure", "measured", "aim", "met"), rows), *missed])


def training(steps: list[Record]) -> str:
    rivals = list(steps[0]["over"])
    rows = [
        (
            f"{s['unit']} {s['dtype']}",
            ", ".join(str(s[n]) for n in "TBIH"),
            f"{s['seconds']['manual'] * 1e3:.2f}",
            *(f"{s['over'][r]:.2f}" for r in rivals),
        )
        for s in steps
    ]
    return table(("unit", "T, B, I, H", "manual, ms", *(f"over {r}" for r in rivals)), rows)


def verdict(cases: list[Record]) -> str:
    rows = [
        (
            str(c["T"]),
            f"{c['seconds']['verdict'] * 1e3:.1f}",
            *(f"{c['gradcheck over verdict'][who]:.1f}" for who in ("fast", "slow")),
            f"{c['own share']:.2f}",
        )
        for c in cases
    ]
    return table(("T", "verdict, ms", "gradcheck fast over it", "slow over it", "own share"), rows)


def training_memory(found: list[Record]) -> str:
    names = list(found[0]["MB"])
    return table(("T", "H", *names), [(str(r["T"]), str(r["H"]), *(f"{r['MB'][n]:.1f}" for n in names)) for r in found])


def verdict_memory(found: list[Record]) -> str:
    return table(("T", "H", "peak"), [(str(r["T"]), str(r["H"]), f"{r['MB']:.1f}") for r in found])


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cell.strip() for cell in row)} |" for row in lines)


def main() -> None:
    PAGE.write_text(page(json.loads(RECORD.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
