"""Edges between boxes in columns: over a lane in the gutter beside them, each with its name where there is room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from shahr.web.drawing.letters import fitted, foreign, plain, width_of
from shahr.web.drawing.placing import RISE, Box
from shahr.web.drawing.svg import number, tag, words

SIZE = 12.0  # of type
LANE, PORT = 10.0, 7.0  # from one lane to the next, from where one edge meets a box to the next


@dataclass(frozen=True)
class Stop:
    """A box that an edge begins or ends at: its name, its column, and the box itself."""

    name: str
    column: int
    box: Box


@dataclass(frozen=True)
class Sheet:
    """What the edges are drawn on: its width, the width of a gutter, and whether it begins at the right."""

    width: float
    gutter: float
    rtl: bool

    def side(self, x: float) -> float:
        """Give where something lies that lies at x where a sheet begins at the left."""
        return self.width - x if self.rtl else x


@dataclass(frozen=True)
class Course:
    """The way of an edge: out of one box, along a lane, into the other; x and y where a sheet begins at the left."""

    start: tuple[float, float]
    turn: float
    end: tuple[float, float]
    middle: float  # of the gutter


def draw_edges(edges: Sequence[tuple[Stop, Stop, str]], sheet: Sheet) -> Markup:
    """Draw edges from the first to the second stop, with the text given; a text that finds no room is a title only."""
    ports: Counter[tuple[str, bool]] = Counter()
    lanes: Counter[int] = Counter()
    taken: list[Box] = []
    drawn = []
    for source, target, label in edges:
        course = _course(source, target, sheet, ports, lanes)
        title = tag("title", escape(plain(label)))
        language = foreign(label, sheet.rtl) or None
        parts = (title, _path(course, sheet), _name(label, course, sheet, taken))
        drawn.append(tag("g", *parts, class_="edge", lang=language))
    return tag("g", *drawn)


def _course(source: Stop, target: Stop, sheet: Sheet, ports: Counter[tuple[str, bool]], lanes: Counter[int]) -> Course:
    """Find the way of the next edge, with a port at each box and a lane in the gutter of its own."""
    leaves, meets = source.column <= target.column, source.column >= target.column  # by the far side?
    start = source.box.right if leaves else source.box.left, _port(source, leaves, ports)
    end = target.box.right if meets else target.box.left, _port(target, meets, ports)
    column = min(source.column, target.column)
    near = source if source.column <= target.column else target
    middle = near.box.right + sheet.gutter / 2
    count = lanes[column]
    lanes[column] += 1
    offset = (count + 1) // 2 % 4 * LANE * (1 if count % 2 else -1)
    return Course(start, middle + offset, end, middle)


def _port(stop: Stop, far: bool, ports: Counter[tuple[str, bool]]) -> float:
    """Give the height at which the next edge meets one side of a box."""
    count = ports[stop.name, far]
    ports[stop.name, far] += 1
    room = max(int((stop.box.bottom - stop.box.top - 12) / PORT), 1)
    return stop.box.top + 9 + count % room * PORT


def _path(course: Course, sheet: Sheet) -> Markup:
    """Draw the line of an edge, with an arrow head at its end."""
    (x, y), (to_x, to_y) = course.start, course.end
    head = 6 if sheet.side(to_x) > sheet.side(course.turn) else -6
    start, turn, end = (number(sheet.side(each)) for each in (x, course.turn, to_x))
    return tag("path", d=f"M{start} {number(y)}H{turn}V{number(to_y)}H{end}m{-head} -4l{head} 4l{-head} 4")


def _name(label: str, course: Course, sheet: Sheet, taken: list[Box]) -> Markup:
    """Write the name of an edge on its lane, within the gutter, at the free height nearest to its middle."""
    text = fitted(label, SIZE, sheet.gutter - 16)
    half = width_of(text, SIZE) / 2
    slack = max(sheet.gutter / 2 - 4 - half, 0.0)
    x = min(max(course.turn, course.middle - slack), course.middle + slack)
    for step in range(40):
        y = max((course.start[1] + course.end[1]) / 2 + (step + 1) // 2 * (8 if step % 2 else -8), 10)
        box = Box(x - half, y - 8, x + half, y + 8)
        if not any(box.meets(other) for other in taken):
            taken.append(box)
            return words(sheet.side(x), y + SIZE * RISE, text, "middle", font_size=SIZE)
    return Markup("")
