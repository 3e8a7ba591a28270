"""The long run: `python -m tests.harness.fuzz --units 20000 --seed 1`."""

import argparse
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.harness.fuzz.judge import judge_all, write_units

GROUP = 100
"""Units of one folder."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    verdicts, wrong, started = Counter[str](), 0, time.monotonic()
    for first in range(asked.first, asked.first + asked.units, GROUP):
        with tempfile.TemporaryDirectory() as place:
            numbers = range(first, min(first + GROUP, asked.first + asked.units))
            for report, complaint in judge_all(write_units(Path(place), asked.seed, numbers)):
                verdicts[report.verdict] += 1
                if complaint:
                    wrong += 1
                    print(f"{report.name}: {complaint}\n", flush=True)
                    keep_files(Path(place), report.name, asked.keep)
        counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
        print(f"{verdicts.total()} units, {wrong} complaints, {time.monotonic() - started:.0f} s: {counts}", flush=True)
    return 1 if wrong else 0


def keep_files(place: Path, name: str, where: Path | None) -> None:
    for side in ("manual", "reference") if where is not None else ():
        (where / side).mkdir(parents=True, exist_ok=True)
        shutil.copy(place / side / f"{name}.py", where / side)


raise SystemExit(main())
