"""The real server as a process of its own, on a free port of loopback."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SHAHR = Path(sys.executable).with_name("shahr")


@dataclass(frozen=True)
class Server:
    """A running server: its address, its first process, the file its log goes to."""

    address: str
    process: subprocess.Popen[str]
    log_file: Path

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.address.rpartition(":")[2])

    def log(self) -> str:
        """What it has written to standard error so far."""
        return self.log_file.read_text(encoding="utf-8")

    def pids(self) -> list[int]:
        """All living processes of the service, the first one first."""
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                after = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(after[1]), []).append(int(stat.parent.name))
        found = [self.process.pid]
        for pid in found:
            found.extend(children.get(pid, []))
        return found


@contextmanager
def serving(*options: str, dataset: Path | None = None, project: Path | None = None) -> Iterator[Server]:
    """Run `shahr serve` over a file, a project or the checkout until the block ends."""
    place = ["--project", str(project)] if project else []
    what = ["--dataset", str(dataset)] if dataset else []
    command = [str(SHAHR), *place, "serve", "--port", "0", *what, *options]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            yield Server(_address(process, log), process, log)
        finally:
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    """Wait for the line that names the address, and for the first answer."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert "http://" in line, f"the server did not start: {line}{log.read_text()}"
    address = line.split()[-1].rstrip("/")
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5) as answer:
                assert answer.status == 200
            return address
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server does not answer: {log.read_text()}")
