"""What part of the world a map shows, and where a place lies on it: equirectangular, true at its middle latitude."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shahr.web.drawing.atlas import Window

LEAST = 40.0  # degrees that the narrowest map is wide
MARGIN = 0.08  # of the span, on either side, and three degrees more
HIGHEST = 90.0  # degrees of latitude, north and south


@dataclass(frozen=True)
class Format:
    """How wide a map is drawn, in units, and between which shares of its width its height is."""

    width: float
    flattest: float
    tallest: float


LARGE, SMALL = Format(760, 0.42, 0.52), Format(440, 0.6, 0.75)  # across a page, and beside a text


@dataclass(frozen=True)
class View:
    """A window on the world, drawn `width` by `height` units."""

    window: Window
    width: float
    height: float

    @property
    def across(self) -> float:
        """Units a degree of longitude."""
        return self.width / (self.window.east - self.window.west)

    @property
    def down(self) -> float:
        """Units a degree of latitude."""
        return self.height / (self.window.north - self.window.south)

    def point(self, lat: float, long: float) -> tuple[float, float]:
        """Give where a place lies on the drawing."""
        east = (long - self.window.west) % 360
        return east * self.across, (self.window.north - lat) * self.down


def fit(points: Sequence[tuple[float, float]], drawn: Format) -> View:
    """Give the view that shows all points (lat, long), with a margin; the whole world where there are none."""
    if not points:
        return _shaped((0, 0), 360, 130, drawn)
    west, wide = _span([long for _, long in points])
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    width = max(wide * (1 + 2 * MARGIN) + 6, LEAST)
    return _shaped(((south + north) / 2, west + wide / 2), width, (north - south) * (1 + 2 * MARGIN) + 6, drawn)


def _span(longs: Sequence[float]) -> tuple[float, float]:
    """Give the west end and the width of the narrowest stretch that holds all longitudes, over the date line or not."""
    around = sorted(long % 360 for long in longs)
    gaps = [(after - before, after) for before, after in zip(around, [*around[1:], around[0] + 360], strict=True)]
    gap, west = max(gaps)
    return (west + 180) % 360 - 180, 360 - gap


def _shaped(middle: tuple[float, float], width: float, high: float, drawn: Format) -> View:
    """Give a view around a middle (lat, long), at least `width` by `high` degrees, neither too flat nor too tall."""
    lat, long = middle
    stretch = 1 / max(math.cos(math.radians(lat)), 0.2)  # a degree of latitude is longer than one of longitude
    width = min(max(width, high * stretch / drawn.tallest), 360)
    shape = min(max(high * stretch / width, drawn.flattest), drawn.tallest)
    high = min(shape * width / stretch, 2 * HIGHEST)
    lat = min(max(lat, high / 2 - HIGHEST), HIGHEST - high / 2)
    window = Window(long - width / 2, lat - high / 2, long + width / 2, lat + high / 2)
    return View(window, drawn.width, drawn.width * high * stretch / width)
