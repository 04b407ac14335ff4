"""What the measurements come to: medians, ratios, and the figures that were to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.load import median
from benchmarks.measure import Point

TARGETS = (  # class, other peer, least ratio, aim
    ("ask", "oxigraph", 0.4, None),
    ("small", "oxigraph", 0.6, 0.8),
    ("medium", "oxigraph", 0.9, 1.1),
    ("heavy", "oxigraph", 1.0, None),
    *((name, "rdflib-endpoint", 20.0, None) for name in ("ask", "small", "medium", "heavy")),
    ("cached", "nginx", 1.0, None),
    ("mixed", "oxigraph", 3.0, None),
)
OURS = "shahr"


@dataclass(frozen=True)
class Cell:
    """One class at one peer: median answers a second over the repeats, median of p50 and p99 in ms, what failed."""

    rate: float
    p50: float
    p99: float
    failed: int
    alone: bool


def cells(points: Iterable[Point]) -> dict[tuple[str, str], Cell]:
    """Give the medians by class and peer."""
    grouped: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        grouped.setdefault((point.workload, point.peer), []).append(point)
    return {key: _cell(group) for key, group in grouped.items()}


def _cell(points: Sequence[Point]) -> Cell:
    sights = [point.sight for point in points]
    failed = sum(sight.refused + sight.broken for sight in sights)
    rates, p50, p99 = ([getattr(sight, name) for sight in sights] for name in ("rate", "p50", "p99"))
    return Cell(median(rates), median(p50), median(p99), failed, any(point.alone for point in points))


def ratio(found: Mapping[tuple[str, str], Cell], workload: str, other: str) -> float | None:
    """Give our rate over another's; None where one is missing or failed to answer."""
    pair = [found.get((workload, name)) for name in (OURS, other)]
    valid = [cell for cell in pair if cell and not cell.failed and cell.rate]
    return valid[0].rate / valid[1].rate if len(valid) == 2 else None


def rates_table(found: Mapping[tuple[str, str], Cell]) -> str:
    """Write a Markdown table: answers a second, and median and 99th percentile of the latency in ms."""
    workloads = list(dict.fromkeys(workload for workload, _ in found))
    names = list(dict.fromkeys(peer for _, peer in found))
    rows = [[name, *(_text(found.get((name, peer))) for peer in names)] for name in workloads]
    return markdown(["class: answers/s (p50, p99 ms)", *names], rows)


def targets_table(found: Mapping[tuple[str, str], Cell]) -> str:
    """Write a Markdown table of the ratios that were to be reached."""
    rows = []
    for workload, other, least, aim in TARGETS:
        reached = ratio(found, workload, other)
        wanted = f"≥ {least:g}" + (f" (aim {aim:g})" if aim else "")
        shown = "not measured" if reached is None else f"{reached:.2f}"
        rows.append([workload, other, wanted, shown, _verdict(reached, least, aim)])
    return markdown(["class", "shahr over", "wanted", "reached", ""], rows)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _text(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if cell.failed:
        return f"invalid: {cell.failed} failed"
    note = ", one at a time" if cell.alone else ""
    rate = f"{cell.rate:,.0f}" if cell.rate >= 100 else f"{cell.rate:.3g}"
    return f"{rate} ({cell.p50:.3g}, {cell.p99:.3g}{note})"


def _verdict(reached: float | None, least: float, aim: float | None) -> str:
    if reached is None:
        return "–"
    if reached < least:
        return "FAIL"
    return "pass, aim met" if aim and reached >= aim else "pass"
