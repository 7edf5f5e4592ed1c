"""Many sends in one system call: what a message costs is mostly the way into the kernel.

A message for thousands is thousands of small sends on as many sockets. The kernel has no call
for that but io_uring: the sends are written into memory that it shares with us, and one call
has them done, in their order, before it returns. Nothing waits: a socket that is full says so,
as `write` would. There is no well-kept library of it for Python, and what is needed of it is
the layout below, which is part of the kernel's interface to programs and never changes.

Where the kernel has none, or an administrator allows it to nobody (`kernel.io_uring_disabled`,
most containers), there are no `Sends` and each socket is written to by itself.
"""

import ctypes
import errno
import mmap
import os
import struct
from array import array
from itertools import accumulate
from typing import Final

AT_ONCE: Final = 512
"""Sends in one call: a turn of a round and some."""
ROOM: Final = 1 << 21
"""Bytes of frames in one call."""
SETUP, ENTER = 425, 426
"""The two system calls, numbered alike on every processor."""
SUBMIT_ALL: Final = 1 << 7
"""What can't be begun is answered like the rest instead of ending the call (Linux 5.18)."""
GET_EVENTS: Final = 1
SEND: Final = 26
DONT_WAIT: Final = 0x40 | 0x4000
"""MSG_DONTWAIT and MSG_NOSIGNAL."""
PARAMS: Final = struct.Struct("10I 8IQ 8IQ")
"""Of the first call: what is asked for, and where in the shared memory the two queues are: head,
tail, mask, entries, flags, dropped and order of what is asked, then head, tail, mask, entries,
overflow and completions of what is done."""
ASKED: Final = struct.Struct("<BBHiQQIIQQQQ")
"""One send: operation, flags, priority, descriptor, offset, address, length, flags of send,
our own number, and what no send needs. 64 bytes."""
QUEUES, ENTRIES = 0, 0x10000000
"""Where the shared memory is mapped from."""
WORD: Final = 0xFFFFFFFF
"""The queues' counters go round at 32 bits."""
IN_ORDER: Final = memoryview(array("I", range(AT_ONCE)))
AGAIN: Final = frozenset({errno.EAGAIN, errno.EBUSY, errno.EINTR})
TRIES: Final = 1_000
"""A call is interrupted, or finds no memory, now and then; not so often in a row."""

_CALL: Final = ctypes.CDLL(None, use_errno=True).syscall
_CALL.restype = ctypes.c_long
_CALL.argtypes = (ctypes.c_long,) * 5 + (ctypes.c_void_p, ctypes.c_long)


class Sends:
    """One queue of sends to the kernel, for one thread."""

    def __init__(self) -> None:
        """Set the queue up. Raises OSError where the kernel refuses."""
        params = ctypes.create_string_buffer(PARAMS.size)
        PARAMS.pack_into(params, 0, 0, 0, SUBMIT_ALL, *([0] * 25))
        self._queue = _call(SETUP, AT_ONCE, ctypes.addressof(params))
        told = PARAMS.unpack(params)
        completed, asked, done = told[1], told[10:18], told[19:27]
        size = max(asked[6] + AT_ONCE * 4, done[5] + completed * 16)
        queues = mmap.mmap(self._queue, size, offset=QUEUES)
        self._words = memoryview(queues).cast("I")
        self._tail, self._order = asked[1] // 4, asked[6] // 4
        self._done_head, self._done_tail = done[0] // 4, done[1] // 4
        results = memoryview(queues)[done[5] : done[5] + completed * 16]
        self._who, self._results = results.cast("I")[0::4], results.cast("i")[2::4]
        self._completed = completed
        self._columns(mmap.mmap(self._queue, AT_ONCE * ASKED.size, offset=ENTRIES))
        self._frames = bytearray(ROOM)
        self._pinned = ctypes.c_char.from_buffer(self._frames)
        self._address = ctypes.addressof(self._pinned)

    def _columns(self, entries: mmap.mmap) -> None:
        """Write what is the same in every send; keep the columns that are not."""
        for number in range(AT_ONCE):
            one = (SEND, 0, 0, -1, 0, 0, 0, DONT_WAIT, number, 0, 0, 0)
            ASKED.pack_into(entries, number * ASKED.size, *one)
        words, longs = memoryview(entries).cast("i"), memoryview(entries).cast("Q")
        self._descriptors, self._lengths = words[1::16], words[6::16]
        self._addresses = longs[2::8]

    def send(
        self, descriptors: "array[int]", frames: bytes, lengths: "array[int]"
    ) -> dict[int, int]:
        """Send a frame to each descriptor, the frames given in one piece and each one's length.

        Return the places of those that were not taken whole, with how many bytes were; below zero
        is why none was: full, or broken. Each has a connection of its own, for what a full one
        takes a part of can't be followed by another frame. They have to fit (`fits`). Raises
        OSError when the queue itself fails: then nobody knows what was sent, and it is of no use.
        """
        count = len(descriptors)
        assert fits(count, len(frames)), (count, len(frames))
        self._frames[: len(frames)] = frames
        starts = array("Q", accumulate(lengths, initial=self._address))
        self._descriptors[:count] = descriptors
        self._lengths[:count] = lengths
        self._addresses[:count] = starts[:count]
        self._submit(count)
        return self._short(memoryview(lengths))

    def _submit(self, count: int) -> None:
        """Have the first so many entries done."""
        words, start = self._words, self._words[self._tail] % AT_ONCE
        first = min(count, AT_ONCE - start)
        words[self._order + start : self._order + start + first] = IN_ORDER[:first]
        words[self._order : self._order + count - first] = IN_ORDER[first:count]
        words[self._tail] = (words[self._tail] + count) & WORD
        left = count
        for _ in range(TRIES):
            try:
                left -= _call(ENTER, self._queue, left, count, GET_EVENTS)
            except OSError as error:
                if error.errno not in AGAIN:
                    raise
            if not left and self._done() >= count:
                return
        raise OSError(errno.EBUSY, "the kernel does not come to an end with a queue of sends")

    def _done(self) -> int:
        """Return how many completions wait to be read."""
        waiting: int = self._words[self._done_tail] - self._words[self._done_head]
        return waiting & WORD

    def _short(self, lengths: "memoryview[int]") -> dict[int, int]:
        """Read what became of the sends: usually all are done, whole and in their order."""
        head, count = self._words[self._done_head], len(lengths)
        start = head % self._completed
        first = min(count, self._completed - start)
        found: dict[int, int] = {}
        for low, begin, end in ((start, 0, first), (0, first, count)):
            who = self._who[low : low + end - begin]
            taken = self._results[low : low + end - begin]
            if who != IN_ORDER[begin:end] or taken != lengths[begin:end]:
                pairs = zip(who, taken, strict=True)
                found.update((one, size) for one, size in pairs if size != lengths[one])
        self._words[self._done_head] = (head + count) & WORD
        return found


def fits(count: int, size: int) -> bool:
    """Tell whether so many frames of so many bytes together can go in one call."""
    return count <= AT_ONCE and size <= ROOM


def _call(number: int, first: int, second: int, third: int = 0, fourth: int = 0) -> int:
    found: int = _CALL(number, first, second, third, fourth, None, 0)
    if found < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return found


def sends() -> Sends | None:
    """Return a new queue of sends; None where the kernel has none for us."""
    try:
        return Sends()
    except (OSError, ValueError, AttributeError):
        return None
