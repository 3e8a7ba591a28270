"""Cases a second of a campaign with one worker and with two.

    python benchmarks/campaign.py [--quick] [--json FILE]

Both clusters are started first, and judge batches of the same size alternately.  The scaling is the median of cases a
second with two workers over twice those with one.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gradcheck.campaign.batch import Batch
from gradcheck.campaign.cluster import Cluster
from gradcheck.campaign.fingerprint import compute_digests
from gradcheck.campaign.tasks import UnitJob, judge_batch
from gradcheck.unit.discovery import choose_units, discover

UNITS = ("lstm", "gru", "rnn", "squared_error")
CASES, BATCHES, ROUNDS = 25, 4, 6


def rate(cluster: Cluster, jobs: dict[str, UnitJob], batches: int) -> float:
    """Cases a second over so many batches of each unit."""
    todo = [Batch(unit, "drawn", CASES * number, CASES) for number in range(batches) for unit in jobs]
    started = time.perf_counter()
    for batch in todo:
        cluster.submit(batch, judge_batch, jobs[batch.unit], batch)
    done = 0
    while done < len(todo):
        done += len(cluster.collect(1.0))
    return CASES * len(todo) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two units, once")
    parser.add_argument("--json", metavar="FILE", type=Path)
    options = parser.parse_args()
    pairs = choose_units(discover(), UNITS[-2:] if options.quick else UNITS)
    batches, rounds = (1, 1) if options.quick else (BATCHES, ROUNDS)
    same = tuple(compute_digests(pairs).items())
    jobs = {pair.name: UnitJob(pair, 0, same) for pair in pairs}
    rates: dict[int, list[float]] = {1: [], 2: []}
    print("a campaign's cluster, cases a second", flush=True)
    with Cluster(None, 1) as one, Cluster(None, 2) as two:
        clusters = {1: one, 2: two}
        for cluster in clusters.values():
            rate(cluster, jobs, 1)
        for _ in range(rounds):
            for workers, cluster in clusters.items():
                rates[workers].append(rate(cluster, jobs, batches))
                print(f"  {workers} of them: {rates[workers][-1]:.1f}", flush=True)
    medians = {f"{workers}": statistics.median(found) for workers, found in rates.items()}
    scaling = statistics.median(b / (2 * a) for a, b in zip(rates[1], rates[2], strict=True))
    print(f"  scaling {scaling:.2f}", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps({"cases a second": medians, "scaling": scaling}, indent=2) + "\n")


if __name__ == "__main__":
    main()
