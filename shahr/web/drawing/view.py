"""What part of the world a map shows, and where a place lies on it: equirectangular, true at its middle latitude."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shahr.web.drawing.atlas import Window

WIDTH = 760.0
FLATTEST, TALLEST = 0.42, 0.52  # height of a map, as a share of its width
LEAST = 40.0  # degrees that the narrowest map is wide
MARGIN = 0.08  # of the span, on either side, and three degrees more
HIGHEST = 90.0  # degrees of latitude, north and south


@dataclass(frozen=True)
class View:
    """A window on the world, drawn WIDTH units wide and `height` units high."""

    window: Window
    height: float

    @property
    def across(self) -> float:
        """Units a degree of longitude."""
        return WIDTH / (self.window.east - self.window.west)

    @property
    def down(self) -> float:
        """Units a degree of latitude."""
        return self.height / (self.window.north - self.window.south)

    def point(self, lat: float, long: float) -> tuple[float, float]:
        """Give where a place lies on the drawing."""
        east = (long - self.window.west) % 360
        return east * self.across, (self.window.north - lat) * self.down


def fit(points: Sequence[tuple[float, float]]) -> View:
    """Give the view that shows all points (lat, long), with a margin; the whole world where there are none."""
    if not points:
        return _shaped(0, 0, 360, 130)
    west, wide = _span([long for _, long in points])
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    width = max(wide * (1 + 2 * MARGIN) + 6, LEAST)
    return _shaped(west + wide / 2, (south + north) / 2, width, (north - south) * (1 + 2 * MARGIN) + 6)


def _span(longs: Sequence[float]) -> tuple[float, float]:
    """Give the west end and the width of the narrowest stretch that holds all longitudes, over the date line or not."""
    around = sorted(long % 360 for long in longs)
    gaps = [(after - before, after) for before, after in zip(around, [*around[1:], around[0] + 360], strict=True)]
    gap, west = max(gaps)
    return (west + 180) % 360 - 180, 360 - gap


def _shaped(long: float, lat: float, width: float, high: float) -> View:
    """Give a view around a middle, at least `width` by `high` degrees, neither too flat nor too tall."""
    stretch = 1 / max(math.cos(math.radians(lat)), 0.2)  # a degree of latitude is longer than one of longitude
    width = min(max(width, high * stretch / TALLEST), 360)
    shape = min(max(high * stretch / width, FLATTEST), TALLEST)
    high = min(shape * width / stretch, 2 * HIGHEST)
    middle = min(max(lat, high / 2 - HIGHEST), HIGHEST - high / 2)
    window = Window(long - width / 2, middle - high / 2, long + width / 2, middle + high / 2)
    return View(window, WIDTH * high * stretch / width)
