"""How far a task is, in memory that a worker shares with its parent: it is there when the worker has died."""

import mmap
import pickle
import struct
from typing import Any

MESSAGE_BYTES = 4096
"""Bytes for a message; one that is longer is left out."""
LENGTH_HEADER = struct.Struct("=Q")


class SharedMessage:
    """The last message posted, any picklable object.

    There are two places: a message is written to the one that is not shown, then shown by the change of one byte.
    """

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, 1 + 2 * MESSAGE_BYTES)

    def write(self, message: Any) -> None:
        data = pickle.dumps(message)
        if LENGTH_HEADER.size + len(data) > MESSAGE_BYTES:
            return
        place = 1 if self.memory[0] == 2 else 2
        start = 1 + (place - 1) * MESSAGE_BYTES
        self.memory[start : start + LENGTH_HEADER.size + len(data)] = LENGTH_HEADER.pack(len(data)) + data
        self.memory[0] = place

    def read(self) -> Any:
        """The message that was posted last; None before the first."""
        place = self.memory[0]
        if place == 0:
            return None
        start = 1 + (place - 1) * MESSAGE_BYTES
        (size,) = LENGTH_HEADER.unpack(self.memory[start : start + LENGTH_HEADER.size])
        return pickle.loads(self.memory[start + LENGTH_HEADER.size : start + LENGTH_HEADER.size + size])

    def clear(self) -> None:
        self.memory[0] = 0

    def close(self) -> None:
        self.memory.close()
