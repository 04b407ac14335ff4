"""Servers as processes: started, waited for, watched and stopped, always by their own number."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from click import ClickException

JSON = "application/sparql-results+json"


class StartError(ClickException):
    """A server did not start: the message ends with its last words."""


def free_port() -> int:
    """Give a port of loopback that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(command: Sequence[str], log: Path, folder: Path | None = None) -> Iterator[int]:
    """Run a command, its words in the file `log`, until the block ends; give its process number.

    It has a session of its own, so that Ctrl-C reaches us first and we end it in order.
    """
    with log.open("ab") as words:
        process = subprocess.Popen(command, stdout=words, stderr=words, cwd=folder, start_new_session=True)
    try:
        yield process.pid
    except StartError as error:
        raise StartError(f"{error.message}: {log.read_text(errors='replace')[-500:]}") from error
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    rest = descendants(process.pid)
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in rest[1:]:
        if _parent(pid) == 1:  # left behind
            os.kill(pid, 9)


def await_answer(endpoint: str, pid: int, seconds: float = 120) -> float:
    """Wait until a SPARQL endpoint answers; give the seconds it took. StartError where it does not."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        try:
            if ask(endpoint, "ASK {}")[0] == 200:
                return time.monotonic() - start
        except OSError:
            pass
        time.sleep(0.01)
        if _parent(pid) is None:
            break
    raise StartError(f"{endpoint} does not answer")


def ask(endpoint: str, query: str, seconds: float = 120) -> tuple[int, bytes]:
    """Send a query to an address that ends in `query=`; give status and body. OSError where there is no answer."""
    request = Request(endpoint + quote(query, safe=""), headers={"Accept": JSON})
    try:
        with urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def descendants(pid: int) -> list[int]:
    """Give a process and all that came of it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parent = _parent(int(folder.name))
        if parent is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def processor_share(pid: int, seconds: float) -> float:
    """Watch a server for some seconds; give how much of one processor it and what came of it used."""
    before = _ticks(pid)
    time.sleep(seconds)
    used = sum(ticks - before.get(one, 0) for one, ticks in _ticks(pid).items())
    return used / os.sysconf("SC_CLK_TCK") / seconds


def memory(pids: Sequence[int]) -> int:
    """Give the memory of processes in bytes, what they share counted once (PSS)."""
    return sum(_pss(pid) for pid in pids)


def settle(pid: int, seconds: float = 60) -> bool:
    """Wait until a server does nothing any more, so that it does not slow down the next; False where it goes on."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if processor_share(pid, 0.2) < 0.15:
            return True
    return False


def _ticks(pid: int) -> dict[int, int]:
    """Give the processor time of a process and of each that came of it."""
    stats = {one: _stat(one) for one in descendants(pid)}
    return {one: int(stat[11]) + int(stat[12]) for one, stat in stats.items() if stat}


def _parent(pid: int) -> int | None:
    stat = _stat(pid)
    return int(stat[1]) if stat and stat[0] != "Z" else None


def _stat(pid: int) -> list[str]:
    """Give the fields of /proc/PID/stat from the state on (proc(5)); none where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
