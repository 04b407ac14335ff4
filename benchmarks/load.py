"""Putting load on a server with wrk, and reading what wrk saw."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.classes import Workload, encode

ACCEPT = "application/sparql-results+json"
_STRIDE = 1_000_000  # more requests than one run sends


@dataclass(frozen=True)
class Load:
    """How much load: seconds, connections, threads of wrk."""

    seconds: int = 5
    connections: int = 16
    threads: int = 2


@dataclass(frozen=True)
class Sight:
    """What one run saw: answers a second, refusals (a status over 399), broken connections, ms at p50 and p99."""

    rate: float
    refused: int
    broken: int
    p50: float
    p99: float


def write_requests(folder: Path, workload: Workload) -> Path:
    """Write the list of a workload for wrk, one encoded query a line."""
    path = folder / f"{workload.name}.txt"
    path.write_text("".join(f"{encode(query)}\n" for query in workload.queries), encoding="ascii")
    return path


def put_load(endpoint: str, requests: Path, unique: bool, run: int, load: Load) -> Sight:
    """Ask `endpoint` from a list for some seconds; runs of different number never send the same unique request."""
    parts = urlsplit(endpoint)
    wrk = ["wrk", "--connections", str(load.connections), "--threads", str(min(load.threads, load.connections))]
    wrk += ["--duration", f"{load.seconds}s", "--timeout", "60s", "--script", str(Path(__file__).with_name("load.lua"))]
    script = [str(requests), f"{parts.path}?{parts.query}", str(run * _STRIDE), "1" if unique else "0", ACCEPT]
    command = [*wrk, f"{parts.scheme}://{parts.netloc}", "--", *script]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    return _read(finished.stdout)


def _read(output: str) -> Sight:
    line = next(line for line in output.splitlines() if line.startswith("FIGURES "))
    seen = json.loads(line.removeprefix("FIGURES "))
    rate = seen["requests"] / (seen["microseconds"] / 1e6)
    return Sight(rate, seen["refused"], seen["broken"], seen["p50"] / 1000, seen["p99"] / 1000)


def median(values: Sequence[float]) -> float:
    """Give the middle of the values in order, or the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
