"""Measuring every peer in every class: interleaved repeats in rotated order, one server under load at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.classes import Workload
from benchmarks.load import Load, Sight, put_load
from benchmarks.peers import Peer
from benchmarks.processes import ask, settle

PROCESSORS = 2  # that a query a connection may share before a peer counts as too slow
WARM_UP = 2  # seconds
SLOW = 3  # seconds at most for a peer known to be slow
Say = Callable[[str], None]


@dataclass(frozen=True)
class Point:
    """One measurement; `alone` where the peer is too slow for all connections and was asked one query at a time."""

    workload: str
    peer: str
    repeat: int
    alone: bool
    sight: Sight


def measure(
    peers: Sequence[Peer], workloads: Sequence[Workload], lists: Path, repeats: int, load: Load, say: Say
) -> list[Point]:
    """Measure all; `lists` is the folder with the requests of each workload, `say` is told what comes next."""
    points: list[Point] = []
    for repeat in range(repeats):
        for workload in workloads:
            takers = [peer for peer in peers if workload.name in peer.classes]
            first = repeat % len(takers)
            for peer in takers[first:] + takers[:first]:
                say(f"{repeat + 1}/{repeats} {workload.name}: {peer.name}")
                points.append(_point(peer, workload, lists / f"{workload.name}.txt", repeat, load))
    return points


def _point(peer: Peer, workload: Workload, requests: Path, repeat: int, load: Load) -> Point:
    settle(peer.pid)
    if peer.slow:
        load = replace(load, seconds=min(load.seconds, SLOW))
    if not peer.slow or _keeps_up(peer, workload, repeat, load):
        put_load(peer.endpoint, requests, workload.unique, 2 * repeat, replace(load, seconds=WARM_UP))
        settle(peer.pid)  # what the load generator left unanswered is still being worked on
        sight = put_load(peer.endpoint, requests, workload.unique, 2 * repeat + 1, load)
        if sight.rate:
            return Point(workload.name, peer.name, repeat, False, sight)
        settle(peer.pid)
    return Point(workload.name, peer.name, repeat, True, _one_by_one(peer, workload, repeat, load.seconds))


def _keeps_up(peer: Peer, workload: Workload, repeat: int, load: Load) -> bool:
    took = min(_time(peer, workload, 2 * repeat + number) for number in range(2))
    return took * load.connections < load.seconds * PROCESSORS


def _time(peer: Peer, workload: Workload, number: int) -> float:
    """Time one query; it ends in a comment that no other has."""
    query = workload.queries[number % len(workload.queries)]
    start = time.monotonic()
    status, _ = ask(peer.endpoint, f"{query}\n#t{number}" if workload.unique else query)
    return time.monotonic() - start if status == 200 else float("nan")


def _one_by_one(peer: Peer, workload: Workload, repeat: int, seconds: float) -> Sight:
    times: list[float] = []
    while not times or sum(times) < seconds:
        times.append(_time(peer, workload, 1000 * (repeat + 1) + len(times)))
    refused = sum(1 for took in times if took != took)
    ordered = sorted(times)
    return Sight(len(times) / sum(times), refused, 0, 1000 * ordered[len(times) // 2], 1000 * ordered[-1])


def disagreements(peers: Sequence[Peer], workloads: Sequence[Workload], amount: int = 3) -> list[str]:
    """Say where a peer's rows differ from those of oxigraph (or the first peer), in a few queries of each class."""
    found = []
    judge = next((peer for peer in peers if peer.name == "oxigraph"), peers[0])
    for workload in workloads:
        for query in workload.queries[:amount]:
            wanted = _rows(judge, query)
            takers = (peer for peer in peers if workload.name in peer.classes and peer is not judge)
            found += [f"{peer.name} in {workload.name}" for peer in takers if _rows(peer, query) != wanted]
    return sorted(set(found))


def _rows(peer: Peer, query: str) -> object:
    status, body = ask(peer.endpoint, query)
    if status != 200:
        return status
    answer = json.loads(body)
    if "boolean" in answer:
        return bool(answer["boolean"])
    rows = answer["results"]["bindings"]
    return sorted(sorted((name, term["value"]) for name, term in row.items()) for row in rows)
