"""Every fault, by kind."""

from tests.verdicts.wrong import (
    combinations,
    digits,
    identity,
    layouts,
    masks,
    public,
    sentinels,
    sizes,
    steps,
    tails,
    unreachable,
    upstreams,
    zeros,
)

KINDS = (
    sizes,
    steps,
    zeros,
    tails,
    identity,
    layouts,
    sentinels,
    masks,
    combinations,
    upstreams,
    digits,
    public,
    unreachable,
)
FAULTS = tuple(fault for kind in KINDS for fault in kind.FAULTS)
BASES = tuple(sorted({fault.base for fault in FAULTS}))
