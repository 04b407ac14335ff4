"""A strip: a text from its first character to its last, and where passages lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shahr.web.drawing.svg import frame, linked, tag

WIDTH, LANE, THICK = 960.0, 14.0, 9.0  # of the drawing; from one lane to the next, and the height of a passage
LEAST = 4.0  # width of a passage, so that a reader can point at it


@dataclass(frozen=True)
class Span:
    """A passage: offsets in characters, half-open, what it is called, and where its page is."""

    start: int
    end: int
    label: str
    href: str | None


def draw_strip(spans: Sequence[Span], length: int, title: str, name: str, rtl: bool) -> Markup:
    """Draw passages of a text of `length` characters, each a link, those that overlap below each other.

    The text runs from right to left where `rtl`; `name` is an id, once a page. Empty where there is nothing to draw.
    """
    if not spans or length <= 0:
        return Markup("")
    scale = WIDTH / max(length, *(span.end for span in spans))
    ends: list[float] = []  # of each lane
    parts = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        width = max((span.end - span.start) * scale, LEAST)
        left = span.start * scale
        lane = next((index for index, end in enumerate(ends) if end <= left), len(ends))
        ends[lane : lane + 1] = [left + width + 1]
        x = WIDTH - left - width if rtl else left
        box = tag("rect", x=round(x, 1), y=lane * LANE + 2, width=round(width, 1), height=THICK, rx=2, class_="span")
        parts.append(linked(span.href, span.label, box))
    height = len(ends) * LANE + 6
    line = tag("path", class_="axis", d=f"M0 {height - 1:g}H{WIDTH:g}")
    return frame("strip", name, title, title, (WIDTH, height), line, *parts)
