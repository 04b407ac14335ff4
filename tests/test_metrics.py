"""Numbers for Prometheus, of one process and of several."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shahr.web.metrics import BUCKETS, Metrics, Outcome

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
WORKER = """
import sys
from shahr.web.metrics import Metrics
metrics = Metrics()
metrics.query("ok", 0.004, 100)
metrics.query("time", 10.2, 0)
metrics.hit()
metrics.kill("time")
metrics.queue(3)
metrics.busy(2)
print(metrics.render()[1].decode(), end="", flush=True)
print("---", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> Metrics:
    monkeypatch.delenv(FOLDER, raising=False)
    return Metrics()


def samples(text: str) -> dict[str, float]:
    """Give the value of each sample, by its name and labels as they are written."""
    return {
        sample.name + "".join(f"{{{name}={value}}}" for name, value in sample.labels.items()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def rendered(metrics: Metrics) -> dict[str, float]:
    return samples(metrics.render()[1].decode())


def test_queries_are_counted_by_outcome(metrics: Metrics) -> None:
    metrics.query("ok", 0.004, 100)
    metrics.query("ok", 0.004, 100)
    metrics.query("busy", 0.0001, 0)
    found = rendered(metrics)
    assert found["shahr_queries_total{outcome=ok}"] == 2
    assert found["shahr_queries_total{outcome=busy}"] == 1
    assert found["shahr_queries_total{outcome=fault}"] == 0


def test_every_outcome_is_there_from_the_start_and_can_be_counted(metrics: Metrics) -> None:
    for outcome in get_args(Outcome):
        assert rendered(metrics)[f"shahr_queries_total{{outcome={outcome}}}"] == 0
        metrics.query(outcome, 0.1, 1)
        assert rendered(metrics)[f"shahr_queries_total{{outcome={outcome}}}"] == 1


def test_seconds_go_into_buckets_from_one_millisecond_to_ten_seconds(metrics: Metrics) -> None:
    metrics.query("ok", 0.004, 100)
    metrics.query("time", 10.2, 0)
    found = rendered(metrics)
    assert (BUCKETS[0], BUCKETS[-1]) == (0.001, 10.0)
    assert found["shahr_query_seconds_bucket{le=0.0025}"] == 0
    assert found["shahr_query_seconds_bucket{le=0.005}"] == 1
    assert found["shahr_query_seconds_bucket{le=10.0}"] == 1
    assert found["shahr_query_seconds_bucket{le=+Inf}"] == found["shahr_query_seconds_count"] == 2
    assert found["shahr_query_seconds_sum"] == pytest.approx(10.204)


def test_bytes_hits_misses_and_kills_are_counted(metrics: Metrics) -> None:
    metrics.query("ok", 0.1, 70)
    metrics.query("cached", 0.1, 30)
    metrics.hit()
    metrics.miss()
    metrics.miss()
    metrics.kill("time")
    metrics.kill("gone")
    metrics.kill("gone")
    found = rendered(metrics)
    assert found["shahr_result_bytes_total"] == 100
    assert (found["shahr_cache_hits_total"], found["shahr_cache_misses_total"]) == (1, 2)
    assert (found["shahr_kills_total{reason=time}"], found["shahr_kills_total{reason=gone}"]) == (1, 2)


def test_queue_and_busy_tell_the_last_state(metrics: Metrics) -> None:
    metrics.queue(5)
    metrics.queue(2)
    metrics.busy(3)
    metrics.busy(0)
    found = rendered(metrics)
    assert (found["shahr_queue_length"], found["shahr_children_busy"]) == (2, 0)


def test_two_services_in_one_process_count_apart(metrics: Metrics) -> None:
    other = Metrics()
    other.hit()
    assert rendered(metrics)["shahr_cache_hits_total"] == 0


def test_the_page_is_the_text_format_that_every_prometheus_reads(metrics: Metrics) -> None:
    media_type, body = metrics.render()
    assert media_type == "text/plain; version=0.0.4; charset=utf-8"
    assert b"# TYPE shahr_queries_total counter\n" in body
    assert b"# TYPE shahr_query_seconds histogram\n" in body
    assert b"# TYPE shahr_queue_length gauge\n" in body


def worker(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, FOLDER: str(folder)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdin=pipe, stdout=pipe, text=True)


def page(process: subprocess.Popen[str]) -> dict[str, float]:
    """Give the page that a worker printed, once it has done all its counting."""
    assert process.stdout is not None
    return samples("".join(iter(process.stdout.readline, "---\n")))


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("", timeout=30)


def test_any_worker_tells_the_sums_over_all(tmp_path: Path) -> None:
    first = worker(tmp_path)
    page(first)
    second = worker(tmp_path)
    found = page(second)
    end(first)
    end(second)
    assert found["shahr_queries_total{outcome=ok}"] == 2
    assert found["shahr_queries_total{outcome=fault}"] == 0
    assert found["shahr_query_seconds_bucket{le=0.005}"] == 2
    assert found["shahr_query_seconds_count"] == 4
    assert found["shahr_kills_total{reason=time}"] == 2
    assert found["shahr_result_bytes_total"] == 200
    assert (found["shahr_queue_length"], found["shahr_children_busy"]) == (6, 4)


def test_a_worker_that_is_gone_leaves_its_counts_but_not_its_queue(tmp_path: Path) -> None:
    first = worker(tmp_path)
    page(first)
    first.kill()
    end(first)
    second = worker(tmp_path)
    found = page(second)
    end(second)
    assert found["shahr_queries_total{outcome=ok}"] == 2
    assert (found["shahr_queue_length"], found["shahr_children_busy"]) == (3, 2)


def test_a_file_that_a_starting_worker_has_not_filled_yet_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").touch()
    (tmp_path / "gauge_livesum_1.db").touch()
    process = worker(tmp_path)
    found = page(process)
    end(process)
    assert found["shahr_queries_total{outcome=ok}"] == 1
