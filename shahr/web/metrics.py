"""What happened to the queries, for Prometheus.

With PROMETHEUS_MULTIPROC_DIR set before this module is first imported, each process writes its numbers into that
folder and any of them gives the sums over all. The names are those of the text format 0.0.4.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client import Counter as Total
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

Outcome = Literal[
    "ok",
    "cached",
    "not-modified",  # 304
    "refused",  # 4xx
    "time",
    "memory",
    "size",
    "busy",
    "budget",
    "gone",  # the client left
    "fault",
]
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """Counters, gauges and a histogram of one service, in a registry of their own."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._folder = os.environ.get(_FOLDER)
        registry = self._registry = CollectorRegistry()
        queries = Total("shahr_queries", "Queries, by what became of them.", ["outcome"], registry=registry)
        self._counters = {outcome: queries.labels(outcome) for outcome in get_args(Outcome)}
        self._seconds = Histogram(
            "shahr_query_seconds", "Seconds from a query's arrival to its answer.", buckets=BUCKETS, registry=registry
        )
        self._counters["bytes"] = Total(
            "shahr_result_bytes", "Bytes of answers before content coding.", registry=registry
        )
        self._counters["hit"] = Total("shahr_cache_hits", "Answers from the cache.", registry=registry)
        self._counters["miss"] = Total("shahr_cache_misses", "Answers that the cache did not have.", registry=registry)
        self._kills = Total("shahr_kills", "Query processes killed, by reason.", ["reason"], registry=registry)
        self._queue = _gauge("shahr_queue_length", "Queries that wait for a process.", registry)
        self._busy = _gauge("shahr_children_busy", "Query processes at work.", registry)

    def query(self, outcome: Outcome, seconds: float, size: int) -> None:
        """Count a query: what became of it, its seconds, the bytes of its answer (0 for none).

        The histogram holds those that the engine worked on: an answer from the cache takes no time to speak of.
        """
        self._counts[outcome] += 1
        self._counts["bytes"] += size
        if outcome not in ("cached", "not-modified"):
            self._seconds.observe(seconds)

    def hit(self) -> None:
        """Count an answer from the cache."""
        self._counts["hit"] += 1

    def miss(self) -> None:
        """Count an answer that the cache did not have."""
        self._counts["miss"] += 1

    def flush(self) -> None:
        """Hand on what was counted since the last time: a counter shared by processes costs a microsecond a step."""
        counts, self._counts = self._counts, Counter()
        for name, count in counts.items():
            if count:
                self._counters[name].inc(count)

    def kill(self, reason: str) -> None:
        """Count the killing of a query process; `reason` is one word of a few, such as "time" or "gone"."""
        self._kills.labels(reason).inc()

    def queue(self, length: int) -> None:
        """Set how many queries wait in this process."""
        self._queue.set(length)

    def busy(self, children: int) -> None:
        """Set how many query processes of this process are at work."""
        self._busy.set(children)

    def render(self) -> tuple[str, bytes]:
        """Give the Content-Type and the page of all numbers, of all processes where they share a folder."""
        self.flush()
        registry = self._registry
        if self._folder:
            registry = CollectorRegistry()
            registry.register(_Sums(Path(self._folder)))
        return CONTENT_TYPE_PLAIN_0_0_4, generate_latest(registry)


def _gauge(name: str, text: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, text, registry=registry, multiprocess_mode="livesum")


class _Sums(Collector):
    """The sums over the files of all processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Give each metric once; a file still empty, of a process that just starts, cannot be read yet."""
        files = [path for path in self._folder.glob("*.db") if not _is_of_dead_gauge(path) and _size(path)]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return metrics


def _is_of_dead_gauge(path: Path) -> bool:
    """A worker that was killed took its queue with it; its counts stay."""
    pid = path.stem.rpartition("_")[2]
    return path.name.startswith("gauge_live") and not Path("/proc", pid).exists()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # taken away since it was listed
        return 0
