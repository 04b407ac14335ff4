"""A plot of the rates as an SVG: a row of bars for each class, one bar a peer, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from xml.sax.saxutils import escape

from benchmarks.table import Cell

COLOURS = ("#0b6e6e", "#c8553d", "#7a7a7a", "#8a6fb0", "#d9a441")
LEFT, WIDTH, BAR, GAP, TOP = 90, 640, 16, 18, 76
DECADES = (-1, 5)  # from 0.1 to 100,000 answers a second


def plot(found: Mapping[tuple[str, str], Cell], title: str) -> str:
    """Draw the rates of all classes and peers; what failed has no bar."""
    names = list(dict.fromkeys(peer for _, peer in found))
    parts = [_legend(names), *_scale(title)]
    top = TOP
    for workload in dict.fromkeys(workload for workload, _ in found):
        bars = [(name, cell) for name in names if (cell := found.get((workload, name))) and not cell.failed]
        parts.append(_label(LEFT - 8, top + 12, workload, "end"))
        parts += [_bar(top + BAR * place, names.index(name), cell.rate) for place, (name, cell) in enumerate(bars)]
        top += BAR * len(bars) + GAP
    size = f'width="{LEFT + WIDTH + 90}" height="{top + 10}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n' + (
        f'<rect width="100%" height="100%" fill="#fff"/>\n{"".join(parts)}</svg>\n'
    )


def _x(rate: float) -> float:
    low, high = DECADES
    return LEFT + WIDTH * min(1.0, (log10(max(rate, 10**low)) - low) / (high - low))


def _bar(top: float, colour: int, rate: float) -> str:
    shape = f'x="{LEFT}" y="{top}" width="{_x(rate) - LEFT:.1f}" height="{BAR - 2}"'
    shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
    return f'<rect {shape} fill="{COLOURS[colour % len(COLOURS)]}"/>\n' + _label(_x(rate) + 4, top + 12, shown)


def _scale(title: str) -> list[str]:
    marks = [10.0**power for power in range(DECADES[0], DECADES[1] + 1)]
    lines = [f'<path d="M{_x(mark):.1f} {TOP - 6}V10000" stroke="#ddd"/>\n' for mark in marks]
    numbers = [_label(_x(mark), TOP - 10, f"{mark:,g}", "middle") for mark in marks]
    return [_label(LEFT, 16, title), *lines, *numbers]


def _legend(names: list[str]) -> str:
    pieces = []
    for place, name in enumerate(names):
        left = LEFT + 16 + 125 * place
        pieces.append(f'<rect x="{left - 16}" y="30" width="12" height="12" fill="{COLOURS[place % len(COLOURS)]}"/>\n')
        pieces.append(_label(left, 40, name))
    return "".join(pieces)


def _label(left: float, top: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{escape(text)}</text>\n'
