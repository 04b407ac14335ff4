"""How our server keeps its limits: `python -m benchmarks.limits`.

Times from a limit to the answer that says so, from a kill to the next answer, what a flood of hostile queries does
to others and to the memory, the start with a million triples, and what a lookup costs in a large graph. `shahr serve`
runs with a budget for no client, since all of this comes from one machine.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.classes import Workload, make_workloads, read_catalogue
from benchmarks.flood import COUNTING, Watch, flood, send, sparql
from benchmarks.load import Load, median, put_load, write_requests
from benchmarks.peers import ours
from benchmarks.processes import await_answer, descendants, free_port, memory, processor_share, running
from benchmarks.serve import make_data, need
from benchmarks.table import markdown

MEGABYTE = 1024**2
WORKERS, CHILDREN, QUERY_MEMORY, CACHE = 2, 3, 1024, 64  # as by default; megabytes


@dataclass(frozen=True)
class Server:
    """A running server of ours: port, first process, seconds from its start to its first answer."""

    port: int
    pid: int
    started: float

    @property
    def endpoint(self) -> str:
        """Its address up to a query."""
        return f"http://127.0.0.1:{self.port}/sparql?query="


Row = tuple[str, str, str, bool]


@click.command()
@click.option("--size", default=100_000, show_default=True, help="Quads of the generated data.")
@click.option("--large", default=1_000_000, show_default=True, help="Quads of the large data.")
@click.option("--hostile", default=50, show_default=True, help="Hostile queries at once.")
@click.option("--out", default="dist/bench", show_default=True, type=click.Path(path_type=Path, file_okay=False))
def main(size: int, large: int, hostile: int, out: Path) -> None:
    """Measure how our server keeps its limits."""
    need("wrk")
    out.mkdir(parents=True, exist_ok=True)
    small, big = (make_data(out, quads).absolute() for quads in (size, large))
    rows = [
        *_out_of_time(small),
        *_replacement(small, 50),
        *_replacement(big, 250),
        *_flood(small, hostile),
        *_large(small, big),
    ]
    shown = [[what, wanted, seen, "pass" if kept else "FAIL"] for what, wanted, seen, kept in rows]
    click.echo(markdown(["what", "wanted", "seen", ""], shown))


@contextmanager
def _serving(data: Path, *options: str) -> Iterator[Server]:
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(ours(data, "--port", str(port), *options), Path(folder) / "log") as pid,
    ):
        yield Server(port, pid, await_answer(f"http://127.0.0.1:{port}/sparql?query=", pid))


def _out_of_time(data: Path) -> Iterator[Row]:
    """From the limit of 1 s to the answer 503, ten times, and what the processors do half a second after it."""
    with _serving(data, "--timeout", "1") as server:
        replies = [send(server.port, sparql(f"{COUNTING}\n#{number}")) for number in range(10)]
        late = max(took for _, took in replies) / 1000 - 1
        right = all(status == 503 for status, _ in replies)
        busy = processor_share(server.pid, 0.5)
    yield "out of time: 503 after the limit of 1 s, latest of 10", "≤ 0.2 s", f"{late:.3f} s", right and late <= 0.2
    yield "out of time: processor used in the half second after", "≤ 5 %", f"{busy:.0%}", busy <= 0.05


def _replacement(data: Path, most: int) -> Iterator[Row]:
    """With one child in all, the next query waits for the one that replaces it; `most` is in milliseconds."""
    with _serving(data, "--timeout", "1", "--workers", "1", "--children", "1", "--cache", "0") as server:
        times = []
        for number in range(10):
            send(server.port, sparql(f"{COUNTING}\n#{number}"))
            status, took = send(server.port, sparql(f"ASK {{}}\n#{number}"))
            times.append(took if status == 200 else float("inf"))
    what = f"killed child replaced: next answer of the only child, {data.stem} quads, median and latest of 10"
    yield what, f"≤ {most} ms", f"{median(times):.1f} ms, {max(times):.1f} ms", max(times) <= most


def _flood(data: Path, amount: int) -> Iterator[Row]:
    question = make_workloads(read_catalogue(data))[1].queries[0]
    with _serving(data, "--timeout", "3", "--memory", str(QUERY_MEMORY)) as server:
        idle = memory(descendants(server.pid))
        watch = flood(server.port, server.pid, amount, question)
        yield from _flood_rows(watch, amount)
        busy = processor_share(server.pid, 0.5)
        yield "flood: processor used in the half second after", "≤ 5 %", f"{busy:.0%}", busy <= 0.05
        cap = idle + (WORKERS * (CHILDREN * QUERY_MEMORY + CACHE)) * MEGABYTE
        seen = f"{watch.peak / MEGABYTE:,.0f} MB (idle {idle / MEGABYTE:,.0f} MB)"
        yield "flood: peak of memory, shared pages once", f"≤ {cap / MEGABYTE:,.0f} MB", seen, watch.peak <= cap


def _flood_rows(watch: Watch, amount: int) -> Iterator[Row]:
    statuses = Counter(watch.statuses)
    shown = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    refused = all(400 <= status < 500 or status in (503, 507) for status in statuses)
    yield f"flood: answers to {amount} hostile queries, {watch.seconds:.1f} s", "4xx, 503, 507", shown, refused
    worst = max(watch.health, default=float("inf"))
    yield f"flood: /health, latest of {len(watch.health)}", "≤ 500 ms", f"{worst:.0f} ms", worst <= 500
    answered = [took for status, took in watch.ordinary if status == 200]
    part = f"{len(answered)} of {len(watch.ordinary)} answered"
    latest = f", latest {max(answered):.0f} ms" if answered else ""
    yield "flood: an ordinary question meanwhile", "(for information)", part + latest, True
    after = max(took if status == 200 else float("inf") for status, took in watch.after)
    yield "flood: an ordinary question when they are shed", "≤ 2000 ms", f"{after:.0f} ms", after <= 2000


def _large(small: Path, big: Path) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        places = [Path(folder) / data.stem for data in (small, big)]
        servers = [stack.enter_context(_serving(data, "--cache", "0")) for data in (small, big)]
        lists = [_small_requests(data, place) for data, place in zip((small, big), places, strict=True)]
        times = _lookups(servers, lists)
    started = servers[1].started
    yield f"start to first answer, {big.stem} quads", "≤ 15 s", f"{started:.1f} s", started <= 15
    ratio = times[1] / times[0]
    seen = f"{times[0]:.2f} ms, {times[1]:.2f} ms: {ratio:.2f} ×"
    yield f"small lookup, p50, {small.stem} and {big.stem} quads", "≤ 1.5 ×", seen, ratio <= 1.5


def _lookups(servers: Sequence[Server], lists: Sequence[Path]) -> list[float]:
    """Give the median latency in ms at each server, by one connection, of five interleaved runs of 2 s."""
    seen: list[list[float]] = [[] for _ in servers]
    for run in range(6):
        for server, requests, times in zip(servers, lists, seen, strict=True):
            sight = put_load(server.endpoint, requests, True, run, Load(2, 1, 1))
            times.append(sight.p50)
    return [median(times[1:]) for times in seen]  # the first run warms up


def _small_requests(data: Path, place: Path) -> Path:
    place.mkdir()
    workload: Workload = make_workloads(read_catalogue(data))[1]
    return write_requests(place, workload)


if __name__ == "__main__":
    main()
