"""Random numbers of a case: a stream for each name, the same on every machine.

The key of a stream is the seed of the case and the name.  Only the raw words of the bit generator are used, which NumPy
never changes; its normal distribution may differ between versions and machines.  The sum of four 16-bit integers,
scaled, is near enough to a normal number.
"""

import math
import zlib

import numpy as np

from .case import Case
from .layouts import Array

KINK_MARGIN = 2.0**-10
"""No drawn number is closer to 0 than this, because a unit may have a kink at 0."""
RANDOM_STREAM = np.random.Philox(key=0)
STREAM_START = np.zeros(4, np.uint64)


def draw_words(case: Case, name: str, count: int) -> Array:
    """Draw 64-bit words from the stream of a name.

    One generator is set to the start of the stream: to make a new one would take ten times as long.
    """
    with RANDOM_STREAM.lock:
        RANDOM_STREAM.state = {
            "bit_generator": "Philox",
            "state": {"counter": STREAM_START, "key": np.array([case.seed, zlib.crc32(name.encode())], np.uint64)},
            "buffer": STREAM_START,
            "buffer_pos": len(STREAM_START),
            "has_uint32": 0,
            "uinteger": 0,
        }
        return np.asarray(RANDOM_STREAM.random_raw(count), np.uint64)


def draw_normal(case: Case, name: str, shape: tuple[int, ...]) -> Array:
    """Draw near-normal numbers of mean 0 and standard deviation 1.01: multiples of 7/2^18, none of them 0."""
    words = draw_words(case, name, math.prod(shape)).view(np.uint16).reshape(-1, 4)
    values = (words.sum(axis=1, dtype=np.int64) - 2 * 65535) * (7 / 2**18)
    values = np.where(np.abs(values) < KINK_MARGIN, np.where(values < 0, -KINK_MARGIN, KINK_MARGIN), values)
    result: Array = values.reshape(shape)
    return result
