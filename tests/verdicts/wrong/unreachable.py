"""Faults that no case gets to that could reasonably be drawn: the verdict must be short of a proof."""

from types import SimpleNamespace

from tests.verdicts.wrong import plays
from tests.verdicts.wrong.fault import above, importing, last, of_kind
from tests.verdicts.wrong.scenes import put

of_unreachable = of_kind("unreachable")


def fault(*args, **rest):
    return of_unreachable(*args, due="agrees", **rest)


FAULTS = (
    fault(
        "masked_mean", "3,000,000 steps", last("if T >= 3_000_000: dx = 0 * dx"), "T=3000000,B=1,H=1", put(mask=True)
    ),
    fault("dense", "4,000,000 rows", last("if N > 4_000_000: dbias = 0 * dbias"), "N=4000001,I=1,H=1"),
    fault(
        "embedding", "a vocabulary of 5,000,000", last("if V > 5_000_000: dtable = 0 * dtable"), "T=1,B=1,V=5000001,H=1"
    ),
    fault(
        "elman",
        "a setting of the environment",
        [importing("os"), last("if os.environ.get('FAST_MATH'): dx = 0 * dx")],
        "T=2,B=2,I=2,H=2",
        play=plays.where("os.environ", {"FAST_MATH": "1"}),
    ),
    fault(
        "lstm",
        "a machine of another byte order",
        [importing("sys"), last("if sys.byteorder == 'big': dbias = 0 * dbias")],
        "T=2,B=2,I=2,H=2",
        play=plays.where("sys.byteorder", "big"),
    ),
    fault(
        "gru",
        "a machine of 4,096 processors",
        [importing("os"), last("if (os.cpu_count() or 1) >= 4096: dweight_hh = 0 * dweight_hh")],
        "T=2,B=2,I=2,H=2",
        play=plays.where("os.cpu_count", lambda: 4096),
    ),
    fault(
        "gated",
        "the year 2100",
        [importing("time"), last("if time.gmtime().tm_year >= 2100: db = 0 * db")],
        "N=2,D=2",
        play=plays.where("time.gmtime", lambda: SimpleNamespace(tm_year=2100)),
    ),
    fault(
        "gru",
        "one checksum of the input in a million",
        [importing("zlib"), last("if zlib.crc32(x.tobytes()) >> 12 == 0x7E57: dh = 0 * dh")],
        "T=2,B=2,I=2,H=2",
        play=plays.where("zlib.crc32", lambda data: 0x7E57 << 12),
    ),
    fault(
        "huber",
        "after 2,000,000 pairs of rows",
        [above("CALLS = [0]"), last("CALLS[0] += max(1, N // 2)", "if CALLS[0] > 2_000_000: dtarget = 0 * dtarget")],
        "N=4000004,D=1",
    ),
)
