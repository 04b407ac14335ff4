"""A time line: what happened when, as rows with names, as stacked dots, or as a histogram, by how much there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from shahr.web.drawing.letters import fitted, foreign, width_of
from shahr.web.drawing.svg import frame, linked, number, series, tag, words

WIDTH, SIDE, SIZE = 960.0, 24.0, 13.0  # of the drawing, of its margin, of type
FOOT = 30.0  # below the axis, for the ticks
ROW, THICK = 26.0, 9.0  # height of a row, of its bar
DOT, STEP = 5.0, 12.0  # radius of a dot, from one lane to the next
MOST_ROWS, MOST_DOTS, MOST_LANES = 24, 400, 16  # that can still be read
TALLEST = 180.0  # bar of a histogram
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000)  # that one of its bars may stand for
NARROWEST = 14.0  # of its bars


@dataclass(frozen=True)
class Moment:
    """Something that happened between two days (both inclusive, the same where the day is known).

    `kind` chooses the colour; `language` is that of the label where it is not that of the page.
    """

    earliest: date
    latest: date
    label: str
    href: str | None
    kind: str
    language: str = ""


@dataclass(frozen=True)
class Axis:
    """Where days lie on the drawing."""

    first: int
    last: int
    rtl: bool

    def at(self, day: int) -> float:
        """Give where a day (its ordinal) lies."""
        share = (day - self.first) / max(self.last - self.first, 1)
        return SIDE + (1 - share if self.rtl else share) * (WIDTH - 2 * SIDE)

    def stretch(self, start: int, end: int, least: float) -> tuple[float, float]:
        """Give the left and the right end of a time on the drawing, at least so wide, and within it."""
        left, right = sorted((self.at(start), self.at(end)))
        middle, half = (left + right) / 2, max((right - left) / 2, least / 2)
        return middle - half, middle + half


def draw_timeline(
    moments: Sequence[Moment],
    ticks: Sequence[tuple[date, str]],
    title: str,
    description: str,
    name: str,
    rtl: bool,
    digits: Callable[[int], str] = str,
) -> Markup:
    """Draw moments over an axis with the ticks given: (day, text), e.g. years of either calendar.

    Up to 24 moments have a row and a name each; more are stacked dots that are links; more still are counted in bars.
    `name` is an id, once a page; `rtl` lets time run from right to left; `digits` writes a count for the reader. A
    moment that ends before it begins is turned round. Empty where there are no moments.
    """
    if not moments:
        return Markup("")
    ordered = sorted(moments, key=lambda moment: (*_days(moment), moment.label, moment.href or ""))
    days = [day for moment in ordered for day in _days(moment)] + [day.toordinal() for day, _ in ticks]
    axis = Axis(min(days), max(days), rtl)
    colours = series({moment.kind for moment in ordered})
    drawn, height = _drawn(ordered, axis, colours, digits)
    parts = (_ticks(ticks, axis, height), drawn)
    return frame("timeline", name, title, description, (WIDTH, height + FOOT), *parts)


def _drawn(
    moments: Sequence[Moment], axis: Axis, colours: dict[str, str], digits: Callable[[int], str]
) -> tuple[Markup, float]:
    """Draw the moments above the axis in the way that suits their number; with the height that they take."""
    if len(moments) <= MOST_ROWS:
        return _rows(moments, axis, colours), len(moments) * ROW + 8
    lanes = _lanes(moments, axis)
    if len(moments) <= MOST_DOTS and max(lanes) < MOST_LANES:
        return _dots(moments, lanes, axis, colours), (max(lanes) + 1) * STEP + 12
    return _histogram(moments, axis, colours, digits), TALLEST + SIZE + 12


def _language(moment: Moment, axis: Axis) -> str:
    """Give the language of a moment's label where it is not that of the page."""
    return moment.language or foreign(moment.label, axis.rtl)


def _days(moment: Moment) -> tuple[int, int]:
    """Give the first and the last day of a moment as ordinals."""
    one, other = moment.earliest.toordinal(), moment.latest.toordinal()
    return min(one, other), max(one, other)


def _ticks(ticks: Sequence[tuple[date, str]], axis: Axis, height: float) -> Markup:
    """Draw the axis, and those ticks whose text has room beside the one before."""
    parts = [tag("path", class_="axis", d=f"M0 {number(height)}H{number(WIDTH)}")]
    taken: list[tuple[float, float]] = []
    for day, whole in sorted(ticks):
        text = fitted(whole, SIZE, WIDTH / 8)
        x, half = axis.at(day.toordinal()), width_of(text, SIZE) / 2 + 4
        ends = (x - half, x + half)
        if all(ends[1] <= left or ends[0] >= right for left, right in taken):
            taken.append(ends)
            middle = min(max(x, half), WIDTH - half)
            parts.append(tag("path", class_="tick", d=f"M{number(x)} 0V{number(height + 5)}"))
            parts.append(words(middle, height + 20, text, "middle", font_size=SIZE, class_="year"))
    return tag("g", *parts)


def _rows(moments: Sequence[Moment], axis: Axis, colours: dict[str, str]) -> Markup:
    """Draw a row for each moment: a bar as long as it may have lasted, and its name beside it."""
    rows = (_row(moment, axis, colours[moment.kind], 4 + index * ROW) for index, moment in enumerate(moments))
    return tag("g", *rows)


def _row(moment: Moment, axis: Axis, colour: str, top: float) -> Markup:
    """Draw one row; the name stands after the bar, or before it where there is more room."""
    left, right = axis.stretch(*_days(moment), THICK)
    bar = tag("rect", x=left, y=top + (ROW - THICK) / 2, width=right - left, height=THICK, rx=THICK / 2)
    room = {"start": WIDTH - right - 10, "end": left - 10}
    after, before = ("end", "start") if axis.rtl else ("start", "end")
    side = after if width_of(moment.label[:200], SIZE) <= room[after] or room[after] >= room[before] else before
    label = fitted(moment.label, SIZE, room[side])
    x = right + 7 if side == "start" else left - 7
    text = words(x, top + ROW / 2 + SIZE * 0.36, label, side, font_size=SIZE)
    return linked(moment.href, moment.label, bar, text, language=_language(moment, axis), class_=f"moment {colour}")


def _lanes(moments: Sequence[Moment], axis: Axis) -> list[int]:
    """Give each moment, in order of time, the lowest lane where it touches none before it."""
    ends: list[float] = []
    lanes = []
    for moment in moments:
        left, right = axis.stretch(*_days(moment), 2 * DOT)
        start, end = (WIDTH - right, WIDTH - left) if axis.rtl else (left, right)
        lane = next((index for index, taken in enumerate(ends) if taken + 1 <= start), len(ends))
        ends[lane : lane + 1] = [end]
        lanes.append(lane)
    return lanes


def _dots(moments: Sequence[Moment], lanes: Sequence[int], axis: Axis, colours: dict[str, str]) -> Markup:
    """Draw each moment as a dot, or a bar where it may have lasted, stacked upon the axis."""
    bottom = (max(lanes) + 1) * STEP + 12
    drawn = []
    for moment, lane in zip(moments, lanes, strict=True):
        left, right = axis.stretch(*_days(moment), 2 * DOT)
        top = bottom - 4 - lane * STEP - 2 * DOT
        bar = tag("rect", x=left, y=top, width=right - left, height=2 * DOT, rx=DOT)
        kind = f"moment {colours[moment.kind]}"
        drawn.append(linked(moment.href, moment.label, bar, language=_language(moment, axis), mute=True, class_=kind))
    return tag("g", *drawn)


def _histogram(moments: Sequence[Moment], axis: Axis, colours: dict[str, str], digits: Callable[[int], str]) -> Markup:
    """Draw counts of moments, by the month or more in whose middle they lie, with a colour for each kind."""
    width = _months(axis)
    counts: dict[int, Counter[str]] = {}
    for moment in moments:
        middle = date.fromordinal(sum(_days(moment)) // 2)
        counts.setdefault((middle.year * 12 + middle.month - 1) // width, Counter())[moment.kind] += 1
    most = max(sum(counter.values()) for counter in counts.values())
    bars = (_bar(place * width, width, counts[place], axis, colours, most, digits) for place in sorted(counts))
    return tag("g", *bars)


def _months(axis: Axis) -> int:
    """Give how many months a bar must stand for, to be wide enough."""
    month = (WIDTH - 2 * SIDE) * 30.4 / max(axis.last - axis.first, 1)
    return next((months for months in MONTHS if months * month >= NARROWEST), MONTHS[-1])


def _bar(
    month: int,
    width: int,
    counter: Counter[str],
    axis: Axis,
    colours: dict[str, str],
    most: int,
    digits: Callable[[int], str],
) -> Markup:
    """Draw one bar, its kinds upon each other, with its count above."""
    first, last = axis.first, axis.last
    ends = [min(max(_first_day(each), first), last) for each in (month, month + width)]
    left, right = axis.stretch(ends[0], ends[1], NARROWEST - 2)
    y = TALLEST + SIZE + 12
    parts = []
    for kind in sorted(counter):
        high = counter[kind] / most * TALLEST
        y -= high
        parts.append(tag("rect", x=left + 1, y=y, width=right - left - 2, height=high, class_=colours[kind]))
    count = words(
        (left + right) / 2, y - 4, digits(sum(counter.values())), "middle", font_size=SIZE - 2, class_="count"
    )
    return tag("g", *parts, count, class_="moment")


def _first_day(month: int) -> int:
    """Give the ordinal of the first day of a month that is counted from the year 0, within what dates can say."""
    year = min(max(month // 12, date.min.year), date.max.year)
    return date(year, month % 12 + 1, 1).toordinal()
