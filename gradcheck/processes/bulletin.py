"""Progress messages in memory that a worker shares with its parent, who can read the last one after a crash."""

import mmap
import pickle
import struct
from typing import Any

MESSAGE_BYTES = 4096
"""The size of a message, pickled; a longer one is dropped."""
LENGTH_HEADER = struct.Struct("=Q")


class SharedMessage:
    """The last message that was written, any picklable object.

    There are two slots: a message is written to the unused one, then one byte is changed to say which one is valid.
    A reader never sees a message that is half written.
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
        """Return the message that was written last; None before the first."""
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
