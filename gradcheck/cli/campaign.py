"""`gradcheck campaign`: as many cases as you like, on one machine or many."""

import time
from pathlib import Path
from typing import Annotated

import typer

from ..processes.pool import count_cores
from ..reporting.json_file import check_writable, write_json
from ..unit.discovery import UsageError
from .interrupts import catch_interrupts
from .options import JobsOption, JsonOption, SeedOption, UnitsArgument, require_at_least, select_units


def campaign(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    units: UnitsArgument = None,
    cases: Annotated[int, typer.Option("--cases", help="Number of cases, all units together.")] = 1_000_000,
    hours: Annotated[float | None, typer.Option(metavar="N", help="Stop after this many hours.")] = None,
    seed: SeedOption = 0,
    jobs: JobsOption = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="Use the workers of this Dask scheduler.")
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Judge very many cases by the numeric checks, and keep every failure and the cases that came closest to failing.

    Four of five cases are drawn at random; for the fifth, Hypothesis searches where error over tolerance is large.
    Exact arithmetic and planted faults are left to `gradcheck verify`, because more cases of them say little more.

    Results are written to --out as they come.  Started again with the same --out, even after a kill, the campaign
    continues: no case is lost or counted twice.  Give more --cases or --hours to make it longer.

    Exit codes: 0 no case failed; 1 a case failed; 2 a unit cannot be judged, or wrong usage; 130 Ctrl-C: results so
    far are kept and shown.

    Example: gradcheck campaign --cases 100000 --hours 8 --out campaigns/first lstm gru
    """
    require_at_least(1, cases=cases, **({} if jobs is None else {"jobs": jobs}))
    require_at_least(0, seed=seed)
    if hours is not None and not 0 < hours < float("inf"):
        raise UsageError(f"--hours {hours:g}", "it is not a positive number", "give a number of hours above 0")
    if jobs is not None and scheduler is not None:
        raise UsageError(f"--jobs {jobs}", "with --scheduler, its workers do the work", "leave one of them out")
    pairs = select_units(units or [])
    if cases < len(pairs):
        raise UsageError(f"--cases {cases}", f"there are {len(pairs)} units", "give at least one for each unit")
    check_writable(json_file)
    from ..campaign.cluster import Cluster
    from ..campaign.driver import CampaignDriver
    from ..campaign.fingerprint import compute_digests
    from ..campaign.plan import CampaignPlan
    from ..campaign.store import CampaignStore
    from ..campaign.summary import sum_by_unit, sum_campaign
    from ..reporting.campaign_table import CampaignDisplay

    deadline = time.monotonic() + (3600 * hours if hours is not None else float("inf"))
    names, found = [pair.name for pair in pairs], compute_digests(pairs)
    with CampaignStore(out, seed, names, found) as store:
        driver = CampaignDriver(pairs, seed, found, store)
        plan = CampaignPlan(names, cases, store.results)
        display = CampaignDisplay(cases, store.cases, to_stderr=str(json_file) == "-")
        with catch_interrupts() as interrupt, display, Cluster(scheduler, jobs or count_cores()) as cluster:
            driver.judge_plan(plan, cluster, deadline, display.show_progress, interrupt.check)
            driver.shrink_failures(cluster, display.show_progress, interrupt.check)
        units_found = sum_by_unit(pairs, store, driver.errors)
        why = "interrupted" if interrupt.code else "the time has run out" if time.monotonic() >= deadline else ""
        display.conclude(units_found, why)
    if json_file is not None:
        write_json("campaign", json_file, **vars(sum_campaign(units_found, cases)), interrupted=bool(interrupt.code))
    codes = {total.exit_code for total in units_found}
    raise typer.Exit(interrupt.code or (1 if 1 in codes else max(codes)))
