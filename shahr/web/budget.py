"""What each client has used of its minute: seconds of query time and errors, in a file that the workers share.

The window slides: what was used in the minute before counts for the part of it that lies less than 60 s back, so
that nobody gets two minutes' worth around the turn of a minute. The file has room for SLOTS clients; when the few
places that one may take are full, the one that was seen longest ago is forgotten, and nobody is refused for that.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import secrets
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, isfinite
from pathlib import Path

from shahr.errors import ShahrError

SLOTS = 16384
PROBES = 8
MINUTE = 60.0
_MAGIC = b"shahr budget 1\n\0"
_HEAD = struct.Struct("<16s16s32x")  # what the file is, the secret of its hashes
_SLOT = struct.Struct("<QQddII")
_SIZE = _HEAD.size + SLOTS * _SLOT.size
_MOST = 2**32 - 1
_FREE = 0


@dataclass(slots=True)
class _Use:
    """A client's use in the minute with number `minute`, and in the one before."""

    client: int
    minute: int
    seconds: float = 0.0
    seconds_before: float = 0.0
    errors: int = 0
    errors_before: int = 0

    def at(self, minute: int) -> _Use:
        """Give it as seen from a minute; one in the future is of another run of the clock."""
        if minute == self.minute:
            return self
        if minute == self.minute + 1:
            return _Use(self.client, minute, 0.0, self.seconds, 0, self.errors)
        return _Use(self.client, minute)


class LedgerError(ShahrError):
    """A file of budgets cannot be used."""


class Ledger:
    """The shared file of budgets, made by Ledger.create; one object a process, used by one thread of it.

    `clock` gives seconds that all processes share, from any start. LedgerError where the file cannot be used.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._file = _open(path)
        self._lock = _Lock(self._file)
        self._map = mmap.mmap(self._file, _SIZE)
        self._secret: bytes = _HEAD.unpack_from(self._map)[1]
        with self._lock:
            self._check_numbers()

    @staticmethod
    def create(path: Path) -> None:
        """Make an empty file, whole at once; one that is there stays. OSError where there is no room."""
        new = path.with_name(f"{path.name}.{os.getpid()}")
        new.unlink(missing_ok=True)
        try:
            _fill(new)
            with suppress(FileExistsError):  # another process was quicker
                os.link(new, path)
        finally:
            new.unlink(missing_ok=True)

    def charge(self, client: str, seconds: float, error: bool = False) -> None:
        """Count a query of so many seconds, and an error or none, for a client."""
        key = self._key(client)
        with self._lock:
            minute = int(self._clock() // MINUTE)  # not earlier: another process may have begun the next one
            place, use = self._find(key, minute)
            use.seconds += max(0.0, seconds)
            use.errors = min(use.errors + error, _MOST)
            fields = (key, minute, use.seconds, use.seconds_before, use.errors, use.errors_before)
            _SLOT.pack_into(self._map, place, *fields)

    def retry_after(self, client: str, most_seconds: float, most_errors: int) -> int | None:
        """Give the whole seconds until a client is within its budget again, None where it is now.

        The budgets are those of a minute; 0 means that there is none. At most 120.
        """
        key = self._key(client)
        with self._lock:
            minute, elapsed = divmod(self._clock(), MINUTE)
            use = self._find(key, int(minute))[1]
        waits = (
            _wait(use.seconds, use.seconds_before, most_seconds, elapsed),
            _wait(use.errors, use.errors_before, most_errors, elapsed),
        )
        return max(1, ceil(max(waits))) if max(waits) > 0 else None

    def close(self) -> None:
        """Give the file back."""
        self._map.close()
        os.close(self._file)

    def _check_numbers(self) -> None:
        slots = _SLOT.iter_unpack(self._map[_HEAD.size :])
        if not all(isfinite(seconds) and isfinite(before) for _, _, seconds, before, _, _ in slots):
            raise LedgerError("the file of budgets holds what is no number: make a new one")

    def _key(self, client: str) -> int:
        data = client.encode("utf-8", "surrogatepass")
        digest = blake2b(data, digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest, "little") or 1  # _FREE is nobody's

    def _find(self, key: int, minute: int) -> tuple[int, _Use]:
        """Give a client's place and use, or else the place that it may take: free, or seen longest ago."""
        oldest, oldest_minute = 0, _MOST**2
        for probe in range(PROBES):
            place = _HEAD.size + (key + probe) % SLOTS * _SLOT.size
            found, *rest = _SLOT.unpack_from(self._map, place)
            if found == key:
                return place, _Use(key, *rest).at(minute)
            if found == _FREE:  # a place once taken is never free again, so the client has none further on
                return place, _Use(key, minute)
            seen = rest[0] if rest[0] <= minute else 0
            if seen < oldest_minute:
                oldest, oldest_minute = place, seen
        return oldest, _Use(key, minute)


class _Lock:
    """The lock on a file, for `with`; the kernel takes it back from a process that dies."""

    def __init__(self, file: int) -> None:
        self._file = file

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)


def _wait(used: float, before: float, most: float, elapsed: float) -> float:
    """Give the seconds until the use in the sliding minute is below `most`, 0 where it is."""
    if most <= 0 or used + before * (1 - elapsed / MINUTE) < most:
        return 0.0
    if used < most:  # it falls below in this minute, as the one before slides out
        return MINUTE * (1 - (most - used) / before) - elapsed
    return MINUTE - elapsed + MINUTE * (1 - most / used)


def _fill(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, _SIZE)  # a page that the disk has no room for would end the process later
        os.pwrite(file, _HEAD.pack(_MAGIC, secrets.token_bytes(16)), 0)
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise LedgerError(f"the file of budgets cannot be opened: {error.strerror}") from error
    head = os.pread(file, _HEAD.size, 0)
    if len(head) < _HEAD.size or not head.startswith(_MAGIC) or os.fstat(file).st_size != _SIZE:
        os.close(file)
        raise LedgerError("the file of budgets is cut short or not one of ours: make a new one")
    return file
