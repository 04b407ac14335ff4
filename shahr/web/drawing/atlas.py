"""Outlines of the countries of the world, from TopoJSON (specification, 2.1: quantised, delta-encoded, shared arcs).

Everything that does not depend on the view is done once, when the file is read; a window then only chooses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from shahr.errors import SourceError

# How many degrees wide a view may be, and the lines a degree of the grid that is fine enough for it: about one a unit.
GRIDS = ((60.0, 30), (130.0, 12), (360.0, 5))

Point = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """A part of the world in degrees; `east` is larger than `west`, above 180 where the date line lies between."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Outline:
    """SVG path data on a grid of `per_degree` lines a degree: x grows eastward from Greenwich, y southward from 0°."""

    path: str
    per_degree: int


@dataclass(frozen=True)
class Ring:
    """One closed line: where it starts, its steps as relative path data, and its box (west, south, east, north)."""

    start: Point
    steps: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Atlas:
    """The rings of all countries on each grid, ready to be put together for any window."""

    grids: Mapping[int, Sequence[Ring]]

    @classmethod
    def read(cls, path: Path) -> Atlas:
        """Decode a TopoJSON file with an object `countries`; SourceError where it is none."""
        try:
            topology = json.loads(path.read_bytes())
            arcs = list(_arcs(topology))
            rings = list(_rings(topology["objects"]["countries"]))
            return cls({scale: _stitched(arcs, rings, scale) for _, scale in GRIDS})
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise SourceError(path, None, f"no TopoJSON with the countries of the world ({error})") from error

    def outlines(self, window: Window) -> Outline:
        """Give the outlines of what meets the window, on the grid that suits its width."""
        width = window.east - window.west
        scale = next((lines for widest, lines in GRIDS if width <= widest), GRIDS[-1][1])
        west, south, east, north = (side * scale for side in (window.west, window.south, window.east, window.north))
        found = [
            f"M{ring.start[0] + shift} {ring.start[1]}l{ring.steps}z"
            for ring in self.grids[scale]
            if ring.box[1] <= north and ring.box[3] >= south
            for shift in (-360 * scale, 0, 360 * scale)  # the world goes round
            if ring.box[0] + shift <= east and ring.box[2] + shift >= west
        ]
        return Outline("".join(found), scale)


def _arcs(topology: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """Decode the arcs to degrees: with a transform, positions are steps from the one before, to be scaled and moved."""
    transform = topology.get("transform")
    if transform is None:
        yield from ([(x, y) for x, y, *_ in arc] for arc in topology["arcs"])
        return
    (x_scale, y_scale), (x_start, y_start) = transform["scale"], transform["translate"]
    for arc in topology["arcs"]:
        steps = ((x, y) for x, y, *_ in arc)
        places = accumulate(steps, lambda place, step: (place[0] + step[0], place[1] + step[1]))
        yield [(x * x_scale + x_start, y * y_scale + y_start) for x, y in places]


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[int]]:
    """Give the rings of a geometry and all within, each as indexes of arcs."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _rings(part)
    elif kind == "Polygon":
        yield from geometry["arcs"]
    elif kind == "MultiPolygon":
        for polygon in geometry["arcs"]:
            yield from polygon


def _stitched(arcs: Sequence[Sequence[tuple[float, float]]], rings: Iterable[Sequence[int]], scale: int) -> list[Ring]:
    """Put the rings together on a grid, without those too small to be seen on it."""
    lines = [_thinned([(round(x * scale), round(-y * scale)) for x, y in arc]) for arc in arcs]
    drawn = (_ring(_unrolled(_joined(lines, ring), scale), scale) for ring in rings)
    return [ring for ring in drawn if ring]


def _thinned(points: Sequence[Point]) -> list[Point]:
    """Leave out points less than two lines of the grid from the one before, but neither end."""
    kept = [points[0]]
    for point in points[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) > 2:
            kept.append(point)
    return [*kept, *points[1:][-1:]]


def _joined(lines: Sequence[list[Point]], ring: Sequence[int]) -> list[Point]:
    """Join arcs end to end; an index below zero is the complement of an arc to be walked backwards."""
    points: list[Point] = []
    for index in ring:
        arc = lines[index] if index >= 0 else lines[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _unrolled(points: Sequence[Point], scale: int) -> list[Point]:
    """Let a line that crosses the date line run on beyond 180°; one around a pole is closed over the pole."""
    turn, shift, before = 360 * scale, 0, points[0][0]
    line = []
    for x, y in points:
        shift += turn if x - before < -turn // 2 else -turn if x - before > turn // 2 else 0
        before = x
        line.append((x + shift, y))
    if abs(line[-1][0] - line[0][0]) > turn // 2:
        pole = 90 * scale if line[0][1] > 0 else -90 * scale
        line += [(line[-1][0], pole), (line[0][0], pole)]
    return line


def _ring(points: Sequence[Point], scale: int) -> Ring | None:
    """Make a ring of points on the grid; None where it is smaller than three lines of the grid."""
    across, down = [x for x, _ in points], [y for _, y in points]
    if max(across) - min(across) < 3 and max(down) - min(down) < 3:
        return None
    steps = " ".join(f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(points) if a != b).replace(" -", "-")
    return Ring(points[0], steps, (min(across), -max(down), max(across), -min(down)))
