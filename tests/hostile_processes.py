"""What the processes of a running service are and take, as the kernel tells."""

from __future__ import annotations

import time
from pathlib import Path

from serving import Server


def command_line(pid: int) -> str:
    """Give the command line of a process, "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def parent(pid: int) -> int:
    """Give the parent of a process, 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def engine_processes(server: Server) -> list[int]:
    """Give the processes that hold the server's dataset: they may outlive the one that started them."""
    arguments = server.process.args
    assert isinstance(arguments, list)
    dataset = str(arguments[arguments.index("--dataset") + 1])
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if "shahr.engine.zygote" in (line := command_line(pid)) and dataset in line]


def zygotes(server: Server) -> list[int]:
    """Give the processes that fork the children."""
    pids = engine_processes(server)
    return [pid for pid in pids if parent(pid) not in pids]


def children(server: Server) -> list[int]:
    """Give the processes that answer queries."""
    pids = engine_processes(server)
    return [pid for pid in pids if parent(pid) in pids]


def processor_seconds(server: Server) -> float:
    """Give the seconds of processor time that the living processes of the service have had."""
    total = 0
    for pid in server.pids():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / 100


def is_idle(server: Server) -> bool:
    """Tell whether the service used less than a fifth of a processor over half a second."""
    before, pids = processor_seconds(server), server.pids()
    time.sleep(0.5)
    return server.pids() == pids and processor_seconds(server) - before < 0.1
