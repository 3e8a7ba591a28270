"""The verdict on every unit by the command line, and what it takes to start.

    python benchmarks/library.py [--quick] [--json FILE]

Seconds by the clock of `gradcheck verify` with 200 cases a unit and two processes, exact arithmetic and eight planted
faults a unit included; of eight units by turns with one process and with two; and, interleaved, of
`gradcheck --help` and `import gradcheck` beside a Python that does nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
STARTS = {
    "gradcheck --help": ("-m", "gradcheck", "--help"),
    "import gradcheck": ("-c", "import gradcheck"),
    "python": ("-c", "pass"),
}
FEW = ("lstm", "gru", "rnn", "linear_rnn", "activation", "squared_error", "deep_lstm", "min_gru")


def python(*arguments: str) -> float:
    started = time.perf_counter()
    environment = {**os.environ, **THREADS, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def verify(jobs: int, cases: int, *units: str) -> float:
    seconds = python("-m", "gradcheck", "verify", *units, "--cases", str(cases), "-j", str(jobs))
    print(f"  {len(units) or 'all'} units, {cases} cases a unit, -j {jobs}: {seconds:.1f} s", flush=True)
    return seconds


def main() -> None:
    from benchmarks._side_by_side import medians

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one unit instead of all, once")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    print("gradcheck verify, and its start", flush=True)
    starts = medians({n: lambda a=a: python(*a) for n, a in STARTS.items()}, 1 if options.quick else 9)
    for name, seconds in starts.items():
        print(f"  {name:<18}{seconds:.2f} s", flush=True)
    few, cases, rounds = (FEW[5:6], 5, 1) if options.quick else (FEW, 100, 3)
    pairs = [(verify(1, cases, *few), verify(2, cases, *few)) for _ in range(rounds)]
    scaling = statistics.median(alone / (2 * both) for alone, both in pairs)
    found = {"starts": starts, "few": {"units": few, "cases": cases, "-j 1, -j 2": pairs, "scaling": scaling}}
    if not options.quick:
        found["library"] = {"cases": 200, "-j 2": verify(2, 200)}
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
