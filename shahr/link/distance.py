"""How far two points on Earth are from each other."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

_RADIUS = 6371.0  # km


class Point(NamedTuple):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        """Write it as people do: latitude, longitude."""
        return f"{self.latitude:.3f}, {self.longitude:.3f}"


def kilometres(one: Point, other: Point) -> float:
    """Give the distance along the surface (haversine formula)."""
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return 2 * _RADIUS * asin(sqrt(min(1.0, half)))
