"""How often `gradcheck repair` repairs what one edit broke, and how long it takes.

    python benchmarks/repair.py [UNIT]... [--sample N | --all] [--jobs N] [--json FILE]

Every single-edit mutant of rnn, lstm and gru, or N of them evenly spread (40 of each unit by default), is written into
a copy of manual/ and repaired there.  A mutant that is not wrong (it computes the same) is left out.  A patch counts
when every check passes; the time is that of `repair` alone, imports left out, up to its last patch; beside it
the processor time of all its processes, which another load of the machine does not change.
"""

import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis  # noqa: F401, before the mutants are forked
import torch  # noqa: F401
from rich.progress import track

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gradcheck.edits import Edit, find_backward_functions, generate_mutants
from gradcheck.processes.pool import TaskLost, run_tasks
from gradcheck.repair import repair
from gradcheck.unit.discovery import UnitFiles

ROOT = Path(__file__).resolve().parent.parent
UNITS = ("rnn", "lstm", "gru")
SAMPLE = 40
PATIENCE = 240.0


def pair(root: Path, name: str) -> UnitFiles:
    manual, reference = root / "manual", ROOT / "reference"
    place = Path("recurrent") / f"{name}.py"
    return UnitFiles(name, manual / place, reference / place, "", (manual, reference))


def listed(name: str, root: Path) -> list[tuple[Edit, str]]:
    """Every mutant with the text of its file."""
    regions = find_backward_functions(pair(root, name).load())
    texts = {r.source.file: r.source.text for r in regions}
    return [(edit, texts[edit.file]) for edit in generate_mutants(regions).edits]


def repair_mutant(root: Path, name: str, edit: Edit, text: str, workers: int) -> dict[str, Any]:
    """Break the unit in a folder of its own, repair it, and return what was found."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root / "manual", Path(folder) / "manual", ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / Path(edit.file).relative_to(root)).write_text(edit.apply(text), encoding="utf-8")
        subject, before = pair(Path(folder), name).load(), processor()
        outcome = repair(subject, workers=workers)
    return {
        "unit": name,
        "kind": edit.kind,
        "planted": edit.diff(text, 0).partition("@@")[2],
        "status": outcome.status,
        "reason": outcome.reason,
        "tried": outcome.tried,
        "seconds": round(outcome.seconds, 2),
        "processor": round(processor() - before, 2),
        "restored": any(text in m.texts for m in outcome.patches),
        "patches": [m.diff(0).partition("@@")[2] for m in outcome.patches],
    }


def processor() -> float:
    """The processor time of this process and of those it has waited for, in seconds."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usages)


def measured(name: str, sample: int | None, workers: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "manual", Path(folder) / "manual", ignore=shutil.ignore_patterns("__pycache__"))
        root = Path(folder)
        found = next(answer for _, answer in run_tasks([name], lambda n: listed(n, root), 1, 60.0))
        assert not isinstance(found, TaskLost), found
        count = len(found) if sample is None else min(sample, len(found))
        picked = [found[k * len(found) // count] for k in range(count)]
        tasks = run_tasks(picked, lambda task: repair_mutant(root, name, *task, workers), 1, PATIENCE)
        results = []
        for index, result in track(tasks, f"{name:5}", total=count, disable=not sys.stderr.isatty()):
            if isinstance(result, TaskLost):
                edit, text = picked[index]
                planted = edit.diff(text, 0).partition("@@")[2]
                result = {
                    "unit": name,
                    "kind": edit.kind,
                    "planted": planted,
                    "status": result.reason,
                    "seconds": 0.0,
                    "processor": 0.0,
                }
            results.append(result)
            if not sys.stderr.isatty():
                print(
                    f"{name} {index + 1}/{count} {result['status']} {result['seconds']} s {result['kind']}", flush=True
                )
        return results


def table(results: list[dict[str, Any]]) -> None:
    columns = {
        "mutants": 9,
        "repaired": 9,
        "restored": 10,
        "median s": 10,
        "90 % s": 9,
        "worst s": 9,
        "median CPU s": 14,
    }
    print(f"{'unit':8}" + "".join(f"{title:>{width}}" for title, width in columns.items()))
    for name in dict.fromkeys(r["unit"] for r in results):
        wrong = [r for r in results if r["unit"] == name and r["status"] != "right"]
        repaired = [r for r in wrong if r["status"] == "repaired"]
        seconds = sorted(r["seconds"] for r in repaired) or [0.0]
        restored = sum(r["restored"] for r in repaired)
        times = f"{statistics.median(seconds):10.1f}{seconds[len(seconds) * 9 // 10]:9.1f}{seconds[-1]:9.1f}"
        spent = statistics.median(r["processor"] for r in repaired) if repaired else 0.0
        print(f"{name:8}{len(wrong):9}{len(repaired):9}{restored:10}{times}{spent:14.1f}")
    failed = [r for r in results if r["status"] not in ("right", "repaired")]
    for kind, count in Counter(r["kind"] for r in failed).most_common():
        print(f"  not repaired: {count} of kind '{kind}'")


def option(name: str, default: str) -> str:
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else default


def main() -> None:
    given = [a for a in sys.argv[1:] if a in UNITS]
    sample = None if "--all" in sys.argv else int(option("--sample", str(SAMPLE)))
    started, results = time.perf_counter(), []
    for name in given or UNITS:
        results += measured(name, sample, int(option("--jobs", "2")))
    table(results)
    print(f"{len(results)} mutants in {time.perf_counter() - started:.0f} s")
    if "--json" in sys.argv:
        Path(option("--json", "")).write_text(json.dumps({"schema": 1, "mutants": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
