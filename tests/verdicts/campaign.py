"""Judge every right unit on many cases: `python -m tests.verdicts.campaign --cases 1000`.  None may be called wrong."""

import argparse
import sys
import time
from functools import partial

from gradcheck import Report, Subject, examine
from gradcheck.processes.pool import run_tasks
from tests.verdicts.right.catalog import CELLS, Cell

MEMORY = 2**33
FALSE_ALARMS = ("wrong", "judges split", "bad declaration", "not judged")


def judge_cell(cell: Cell, cases: int, seed: int) -> Report:
    report = examine(Subject(cell.name, cell.unit, cell.reference), cases=cases, seed=seed, diagnose=False)
    report.cause = None
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=3600.0, help="seconds of a unit")
    given = parser.parse_args()
    started, judged, alarms = time.perf_counter(), 0, 0
    work = partial(judge_cell, cases=given.cases, seed=given.seed)
    for index, report in run_tasks(CELLS, work, given.jobs, given.timeout, MEMORY):
        if not isinstance(report, Report):
            alarms += 1
            print(f"{CELLS[index]}: {report}", flush=True)
            continue
        judged += report.cases
        if report.verdict in FALSE_ALARMS:
            alarms += 1
            print(f"{report.message or report.verdict}\n", flush=True)
    print(f"{len(CELLS)} right units, {judged} cases, {alarms} false alarms, {time.perf_counter() - started:.0f} s")
    sys.exit(alarms > 0)


if __name__ == "__main__":
    main()
