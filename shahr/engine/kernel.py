"""Limits that the kernel keeps, so that no query can talk its way around them (setrlimit, unshare, prctl: Linux)."""

from __future__ import annotations

import ctypes
import resource
import signal
from pathlib import Path

STACK = 256 * 1024**2  # bytes: the engine descends a level for each link of a long chain
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def leave_network() -> bool:
    """Move this process, and all it forks, to a network of its own without any device; False where not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def bind_to_parent() -> None:
    """Die with the process that forked this one, and never gain a right."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def confine(memory: int, open_files: int | None) -> None:
    """Bound what this process may take from now on: `memory` bytes more, no file, no core.

    `open_files` None leaves the number of open files as it is; 0 forbids a new file or socket.
    """
    _bound(resource.RLIMIT_AS, address_space() + memory)
    _bound(resource.RLIMIT_FSIZE, 0)
    _bound(resource.RLIMIT_CORE, 0)
    if open_files is not None:
        _bound(resource.RLIMIT_NOFILE, open_files)


def allow_cpu(seconds: int) -> None:
    """Let this process use so many seconds of CPU time in all; then SIGXCPU ends it."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def address_space() -> int:
    """Give the size of this process's address space in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def peak_memory() -> int:
    """Give the largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _bound(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
