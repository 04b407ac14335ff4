"""The atlas: how TopoJSON becomes outlines, and what of them a window shows."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drawn import LEFT, RIGHT, SHARED, atlas_of, topology
from shahr.errors import SourceError
from shahr.web.drawing.atlas import Atlas, Outline, Window

WORLD = Path(__file__).resolve().parent.parent / "node_modules" / "world-atlas"


EVERYWHERE = Window(-180, -90, 180, 90)


def rings(outline: Outline) -> Iterator[list[tuple[float, float]]]:
    """Give the rings of an outline as points (longitude, latitude)."""
    for ring in outline.path.split("z")[:-1]:
        steps = list(map(int, re.findall(r"-?\d+", ring)))
        points = list(zip(steps[::2], steps[1::2], strict=True))
        line = itertools.accumulate(points, lambda at, step: (at[0] + step[0], at[1] + step[1]))
        yield [(x / outline.per_degree, -y / outline.per_degree) for x, y in line]


def on_land(outline: Outline, lat: float, long: float) -> bool:
    """Tell whether a place is within an odd number of rings."""
    crossed = 0
    for ring in rings(outline):
        for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (y > lat) != (to_y > lat) and long < x + (to_x - x) * (lat - y) / (to_y - y):
                crossed += 1
    return crossed % 2 == 1


def around(atlas: Atlas, lat: float, long: float) -> Outline:
    return atlas.outlines(Window(long - 1, lat - 1, long + 1, lat + 1))


def test_rings_are_stitched_from_shared_arcs_of_either_direction(tmp_path: Path) -> None:
    left, right = rings(atlas_of(tmp_path, topology(SHARED, LEFT, RIGHT)).outlines(EVERYWHERE))
    assert left == [(10, 0), (10, 10), (0, 10), (0, 0), (10, 0)]
    assert right == [(10, 0), (20, 0), (20, 10), (10, 10), (10, 0)]


def test_positions_without_a_transform_are_degrees(tmp_path: Path) -> None:
    arcs = [[[0, 0], [10, 0], [10, 10], [0, 0]]]
    (ring,) = rings(atlas_of(tmp_path, topology(arcs, [[0]], quantised=False)).outlines(EVERYWHERE))
    assert ring == [(0, 0), (10, 0), (10, 10), (0, 0)]


def test_a_window_shows_only_what_it_meets(tmp_path: Path) -> None:
    atlas = atlas_of(tmp_path, topology(SHARED, LEFT, RIGHT))
    assert len(list(rings(atlas.outlines(Window(12, 2, 30, 8))))) == 1
    assert len(list(rings(atlas.outlines(Window(8, 2, 30, 8))))) == 2
    assert atlas.outlines(Window(30, 2, 60, 8)).path == ""
    assert atlas.outlines(Window(2, 20, 18, 40)).path == ""


def test_a_country_across_the_date_line_is_drawn_at_both_edges_and_does_not_smear(tmp_path: Path) -> None:
    arcs = [[[350, 90], [-340, 0], [0, 10], [340, 0], [0, -10]]]  # from 170° east to 170° west
    found = list(rings(atlas_of(tmp_path, topology(arcs, [[0]])).outlines(EVERYWHERE)))
    spans = sorted((min(x for x, _ in ring), max(x for x, _ in ring)) for ring in found)
    assert spans == [(-190, -170), (170, 190)]


def test_a_country_around_the_pole_is_closed_over_the_pole(tmp_path: Path) -> None:
    arcs = [[[0, 10], *[[90, 0]] * 3, [90, 0]]]
    outline = atlas_of(tmp_path, topology(arcs, [[0]])).outlines(Window(-60, -90, 60, -60))
    assert on_land(outline, -85, 0)
    assert not on_land(outline, -75, 0)


def test_points_too_near_to_be_told_apart_are_left_out(tmp_path: Path) -> None:
    fine = [[0, 0], *[[n / 100, 0] for n in range(1, 1000)], [10, 10], [0, 0]]
    (ring,) = rings(atlas_of(tmp_path, topology([fine], [[0]], quantised=False)).outlines(EVERYWHERE))
    gaps = [math.dist(one, other) for one, other in itertools.pairwise(ring)]
    assert len(ring) < 50
    assert min(gaps) > 0.3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"objects": {}, "arcs": []}',
        topology([], [[7]]),
        topology([[]], [[0]]),
        topology([[[1]]]),
    ],
)
def test_a_file_that_is_no_atlas_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"countries\.json"):
        atlas_of(tmp_path, text)


def test_an_atlas_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        Atlas.read(tmp_path / "none.json")


@pytest.mark.parametrize("name", ["countries-110m.json", "countries-50m.json"])
def test_the_real_world_is_where_it_should_be(name: str) -> None:
    if not (WORLD / name).is_file():
        pytest.skip("the outlines of the world are not installed (make setup)")
    atlas = Atlas.read(WORLD / name)
    world, iran = atlas.outlines(EVERYWHERE), atlas.outlines(Window(30, 20, 70, 45))
    assert world.per_degree < iran.per_degree
    assert len(iran.path) < 90_000
    for lat, long in [(32.65, 51.67), (48.85, 2.35), (67.0, 177.0), (66.5, -173.0), (-80.0, 90.0), (-29.5, 28.3)]:
        assert on_land(around(atlas, lat, long), lat, long), (lat, long)
    for lat, long in [(0.0, -30.0), (40.0, 51.0), (50.0, -170.0), (26.5, 52.0)]:
        assert not on_land(around(atlas, lat, long), lat, long), (lat, long)
    longest = max(abs(to[0] - at[0]) for ring in rings(world) for at, to in itertools.pairwise(ring) if at[1] > -88)
    assert longest < 30  # no line runs across the whole map
