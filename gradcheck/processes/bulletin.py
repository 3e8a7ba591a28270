"""How far a task is, in memory that a worker shares with its parent: it is there when the worker has died."""

import mmap
import pickle
import struct
from typing import Any

ROOM = 4096
"""Bytes for a message; one that is longer is left out."""
HEAD = struct.Struct("=Q")


class Bulletin:
    """The last message posted, any picklable object.

    There are two places: a message is written to the one that is not shown, then shown by the change of one byte.
    """

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, 1 + 2 * ROOM)

    def post(self, message: Any) -> None:
        data = pickle.dumps(message)
        if HEAD.size + len(data) > ROOM:
            return
        place = 1 if self.memory[0] == 2 else 2
        start = 1 + (place - 1) * ROOM
        self.memory[start : start + HEAD.size + len(data)] = HEAD.pack(len(data)) + data
        self.memory[0] = place

    def read(self) -> Any:
        """The message that was posted last; None before the first."""
        place = self.memory[0]
        if place == 0:
            return None
        start = 1 + (place - 1) * ROOM
        (size,) = HEAD.unpack(self.memory[start : start + HEAD.size])
        return pickle.loads(self.memory[start + HEAD.size : start + HEAD.size + size])

    def clear(self) -> None:
        self.memory[0] = 0

    def close(self) -> None:
        self.memory.close()
