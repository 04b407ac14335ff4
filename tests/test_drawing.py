"""Drawings: what lies where, what is a link, and that nothing a label says can break out of it."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from shahr.errors import SourceError
from shahr.web.drawing.atlas import Atlas, Outline, Window
from shahr.web.drawing.classes import ClassBox, Edge, draw_classes
from shahr.web.drawing.letters import width_of
from shahr.web.drawing.maps import Place, Tie, draw_map
from shahr.web.drawing.placing import Box
from shahr.web.drawing.svg import draw_key
from shahr.web.drawing.timeline import Moment, draw_timeline

ROOT = Path(__file__).resolve().parent.parent
WORLD = ROOT / "node_modules" / "world-atlas"
EVERYWHERE = Window(-180, -90, 180, 90)
CLUSTER = [("Tabriz", 38.1, 46.3), ("Tehran", 35.7, 51.4), ("Qazvin", 36.3, 50.0), ("Hamedan", 34.8, 48.5),
           ("Isfahan", 32.7, 51.7), ("Shiraz", 29.6, 52.5), ("Doha", 25.3, 51.5), ("Mashhad", 36.3, 59.6),
           ("Bandar Abbas", 27.2, 56.3), ("Montréal", 45.5, -73.6), ("Seoul", 37.6, 127.0)]  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eevil\u2066\u200f",
    "a\x00b\x1b\ud800\u2028c",
    "x" * 10_000,
    "",
    "&lt;]]>-->",
]


def parsed(drawing: Markup) -> ET.Element:
    """Give the svg element of a drawing, which must be well-formed."""
    found = ET.fromstring(drawing).find("svg")
    assert found is not None
    return found


def size_of(svg: ET.Element) -> tuple[float, float]:
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    return width, height


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [each for each in svg.iter() if name in each.get("class", "").split()]


def box_of(text: ET.Element) -> Box:
    """Give the ground of a line of text, as wide as its letters are likely to be."""
    x, y, size = (float(text.attrib[key]) for key in ("x", "y", "font-size"))
    width = width_of(text.text or "", size)
    anchor = text.attrib["text-anchor"]
    if text.attrib["direction"] == "rtl":
        anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return Box(left, y - size * 0.8, left + width, y + size * 0.2)


def rect_of(rect: ET.Element) -> Box:
    x, y, width, height = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


def apart(boxes: Sequence[Box]) -> bool:
    return not any(one.meets(other) for one, other in itertools.combinations(boxes, 2))


def places(*named: tuple[str, float, float]) -> list[Place]:
    return [Place(name, name, lat, long, f"/city/{name}.html") for name, lat, long in named]


def mapped(where: Sequence[Place], ties: Sequence[Tie] = (), atlas: Atlas | None = None) -> ET.Element:
    return parsed(draw_map(where, ties, atlas, "Cities", "Where they are", "cities"))


def dots(svg: ET.Element) -> dict[str, tuple[float, float]]:
    """Give where the dots of a map are, by the names of their places."""
    found = {}
    for place in of_class(svg, "place"):
        circle, title = place.find("circle"), place.find("title")
        assert circle is not None
        assert title is not None
        found[title.text or ""] = float(circle.attrib["cx"]), float(circle.attrib["cy"])
    return found


def topology(arcs: object, *polygons: object, quantised: bool = True) -> str:
    """Write a TopoJSON whose grid is one degree, from -180 and -90 on, or one of plain degrees."""
    geometries = [{"type": "MultiPolygon", "arcs": polygons}, {"type": None}]
    countries = {"type": "GeometryCollection", "geometries": geometries}
    transform = {"transform": {"scale": [1, 1], "translate": [-180, -90]}} if quantised else {}
    return json.dumps({"type": "Topology", "objects": {"countries": countries}, "arcs": arcs, **transform})


def atlas_of(folder: Path, text: str) -> Atlas:
    path = folder / "countries.json"
    path.write_text(text, encoding="utf-8")
    return Atlas.read(path)


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


# Two squares side by side, 10 degrees wide, east of Greenwich and north of the equator: arc 0 is what they share.
SHARED = [[[190, 90], [0, 10]], [[190, 100], [-10, 0], [0, -10], [10, 0]], [[190, 100], [10, 0], [0, -10], [-10, 0]]]
LEFT, RIGHT = [[0, 1]], [[~2, ~0]]


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


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=12), st.booleans())
def test_every_place_on_earth_lies_inside_the_view(points: list[tuple[float, float]], small: bool) -> None:
    where = places(*((str(index), lat, long) for index, (lat, long) in enumerate(points)))
    svg = parsed(draw_map(where, [], None, "Cities", "Where they are", "cities", small))
    width, height = size_of(svg)
    found = dots(svg)
    assert len(found) == len(points)
    assert all(0 <= x <= width and 0 <= y <= height for x, y in found.values())


def test_north_is_above_and_east_is_right() -> None:
    found = dots(mapped(places(*CLUSTER)))
    assert found["Tabriz"][1] < found["Tehran"][1] < found["Isfahan"][1] < found["Shiraz"][1]
    assert found["Montréal"][0] < found["Tabriz"][0] < found["Mashhad"][0] < found["Seoul"][0]


def test_a_map_of_one_city_is_forty_degrees_wide_with_the_city_in_the_middle() -> None:
    svg = mapped(places(CLUSTER[4]))
    (net,) = of_class(svg, "net")
    meridians = [float(x) for x in re.findall(r"M([\d.]+) 0V", net.attrib["d"])]
    width, height = size_of(svg)
    assert [round(b - a) for a, b in itertools.pairwise(meridians)] == [round(width / 4)] * 3
    assert dots(svg)["Isfahan"] == pytest.approx((width / 2, height / 2), abs=0.1)


def test_a_small_map_is_narrower_so_that_its_names_are_larger_beside_a_text() -> None:
    small = parsed(draw_map(places(CLUSTER[4]), [], None, "Cities", "Where they are", "cities", small=True))
    assert size_of(small)[0] < 0.6 * size_of(mapped(places(CLUSTER[4])))[0]
    assert {text.attrib["font-size"] for text in small.iter("text")} == {"12"}


def test_a_degree_is_as_long_eastward_as_northward_in_the_middle_of_the_map() -> None:
    found = dots(mapped(places(("a", 60, 10), ("b", 60, 12), ("c", 61, 10))))
    assert found["b"][0] - found["a"][0] == pytest.approx(found["a"][1] - found["c"][1], rel=0.05)


def test_neighbours_across_the_date_line_are_drawn_as_neighbours() -> None:
    found = dots(mapped(places(("Suva", -18.1, 178.4), ("Apia", -13.8, -171.8))))
    assert 0 < found["Apia"][0] - found["Suva"][0] < 300


def test_names_in_a_crowd_do_not_touch_and_none_is_lost() -> None:
    svg = mapped(places(*CLUSTER))
    texts = list(svg.iter("text"))
    assert len(texts) == len(CLUSTER)
    assert apart([box_of(text) for text in texts])
    width, height = size_of(svg)
    assert all(box_of(text).within(Box(0, 0, width, height)) for text in texts)


def test_a_name_without_room_is_the_name_of_its_link_still() -> None:
    crowd = places(*((f"The city with number {index}", 35, 51 + index / 1000) for index in range(90)))
    svg = mapped(crowd)
    texts = [text.text for text in svg.iter("text")]
    assert 1 < len(texts) < 90
    assert apart([box_of(text) for text in svg.iter("text")])
    spoken = {link.get("aria-label") for link in svg.iter("a")} - {None}
    assert spoken | set(texts) == {place.label for place in crowd}


def test_a_place_leads_to_its_page_and_an_emphasised_one_is_larger() -> None:
    svg = mapped([Place("a", "Isfahan", 32.7, 51.7, "/city/isfahan.html", emphasis=True), *places(("b", 30, 50))])
    big, small = (
        of_class(svg, "emphasis")[0],
        next(each for each in of_class(svg, "place") if each.get("href") == "/city/b.html"),
    )
    assert big.attrib["href"] == "/city/isfahan.html"
    assert float(big.find("circle").attrib["r"]) > float(small.find("circle").attrib["r"])  # type: ignore[union-attr]


def test_a_persian_name_reads_from_the_right_and_stands_beside_its_dot() -> None:
    svg = mapped([Place("a", "اصفهان", 32.7, 51.7, "/a", language="fa")])
    (text,) = svg.iter("text")
    assert (text.attrib["direction"], of_class(svg, "place")[0].attrib["lang"]) == ("rtl", "fa")
    assert text.attrib["text-anchor"] == "end"  # in a text from the right, the end is at the left
    assert box_of(text).left > dots(svg)["اصفهان"][0]


def test_ties_join_the_dots_of_their_places_and_two_of_the_same_pair_are_told_apart() -> None:
    ties = [Tie("Isfahan", "Seoul", "sister", "one"), Tie("Seoul", "Isfahan", "partner", "two"),
            Tie("Isfahan", "Atlantis", "sister", "none"), Tie("Doha", "Doha", "sister", "self")]  # fmt: skip
    svg = mapped(places(*CLUSTER), ties)
    found = dots(svg)
    arcs = of_class(svg, "tie")
    assert [arc.find("title").text for arc in arcs] == ["one", "two"]  # type: ignore[union-attr]
    for arc in arcs:
        x, y, *_, to_x, to_y = map(float, re.findall(r"-?[\d.]+", arc.attrib["d"]))
        assert [(x, y), (to_x, to_y)] == [found["Isfahan"], found["Seoul"]]
    assert arcs[0].attrib["d"] != arcs[1].attrib["d"]
    assert {arc.attrib["class"] for arc in arcs} == {"tie series-1", "tie series-2"}


def test_the_key_has_the_colours_of_the_drawing() -> None:
    svg = mapped(places(*CLUSTER), [Tie("Isfahan", "Doha", "sister", "x"), Tie("Isfahan", "Seoul", "partner", "y")])
    key = ET.fromstring(draw_key([("sister", "Sister cities"), ("partner", "Partner <cities>")]))
    shown = {"".join(row.itertext()): row.find("svg").attrib["class"] for row in key}  # type: ignore[union-attr]
    drawn = {arc.find("title").text: arc.attrib["class"] for arc in of_class(svg, "tie")}  # type: ignore[union-attr]
    assert shown == {"Sister cities": drawn["x"].split()[1], "Partner <cities>": drawn["y"].split()[1]}


def test_the_outlines_lie_under_the_places(tmp_path: Path) -> None:
    atlas = atlas_of(tmp_path, topology(SHARED, LEFT, RIGHT))
    svg = mapped(places(("corner", 10, 10)), atlas=atlas)
    (land,) = of_class(svg, "land")
    left, top, across, down = map(float, re.findall(r"-?[\d.]+", land.attrib["transform"]))
    x, y = 10 * 30 * across + left, -10 * 30 * down + top  # the fine grid has 30 lines a degree
    assert dots(svg)["corner"] == pytest.approx((x, y), abs=0.3)


@pytest.mark.parametrize("degrees", [(91, 0), (0, 181), (math.nan, 0), (0, math.inf), (-math.inf, math.nan)])
def test_impossible_degrees_are_left_out(degrees: tuple[float, float]) -> None:
    assert list(dots(mapped(places(("good", 30, 50), ("bad", *degrees))))) == ["good"]


def moments(count: int, days: int = 3000, kinds: int = 3) -> list[Moment]:
    first = date(2014, 1, 1)
    starts = [first + timedelta(days=index * 7919 % days) for index in range(count)]
    return [
        Moment(day, day, f"Event {index}", f"/fact/{index}.html", str(index % kinds))
        for index, day in enumerate(starts)
    ]


def timed(given: Sequence[Moment], rtl: bool = False, years: Sequence[int] = range(2014, 2024)) -> ET.Element:
    ticks = [(date(year, 1, 1), str(year)) for year in years]
    return parsed(draw_timeline(given, ticks, "Events", "When they were", "events", rtl, lambda count: f"n{count}"))


def bars(svg: ET.Element) -> list[Box]:
    return [rect_of(rect) for rect in svg.iter("rect")]


def test_few_moments_have_a_row_and_a_name_each_in_order_of_time() -> None:
    given = moments(12)
    svg = timed(given)
    names = [text for text in svg.iter("text") if text.get("class") != "year"]
    ordered = sorted(given, key=lambda moment: moment.earliest)
    assert [name.text for name in names] == [moment.label for moment in ordered]
    assert [link.attrib["href"] for link in svg.iter("a")] == [moment.href for moment in ordered]
    assert [box.left for box in bars(svg)] == sorted(box.left for box in bars(svg))
    assert apart([*bars(svg), *map(box_of, names)])


def test_a_bar_is_as_long_as_what_it_stands_for_whichever_day_comes_first() -> None:
    one = Moment(date(2015, 1, 1), date(2017, 1, 1), "long", None, "a")
    other = Moment(date(2020, 1, 1), date(2018, 1, 1), "turned round", None, "a")
    first, second = bars(timed([one, other]))
    assert first.right - first.left == pytest.approx(second.right - second.left, abs=0.5)
    assert first.right < second.left


def test_time_runs_from_right_to_left_where_the_page_does() -> None:
    given = moments(12)
    svg, mirrored = timed(given), timed(given, rtl=True)
    width, _ = size_of(svg)
    for box, other in zip(bars(svg), bars(mirrored), strict=True):
        assert (box.left, box.right) == pytest.approx((width - other.right, width - other.left), abs=0.2)


def test_names_stay_within_the_drawing_however_long() -> None:
    given = [Moment(date(2014 + index, 1, 1), date(2014 + index, 6, 1), "name " * 60, None, "a") for index in range(10)]
    for rtl in (False, True):
        svg = timed(given, rtl)
        width, height = size_of(svg)
        assert all(box_of(text).within(Box(0, 0, width, height)) for text in svg.iter("text"))
        assert apart([*bars(svg), *map(box_of, svg.iter("text"))])


@pytest.mark.parametrize("rtl", [False, True])
def test_many_moments_are_dots_that_do_not_touch_and_lead_to_their_pages(rtl: bool) -> None:
    given = moments(300)
    svg = timed(given, rtl)
    assert {link.attrib["href"] for link in svg.iter("a")} == {moment.href for moment in given}
    assert {link.attrib["aria-label"] for link in svg.iter("a")} == {moment.label for moment in given}
    assert apart(bars(svg))
    width, height = size_of(svg)
    assert all(box.within(Box(0, 0, width, height)) for box in bars(svg))


def test_too_many_moments_are_counted_and_none_is_missed() -> None:
    svg = timed(moments(900, kinds=3))
    counts = [int((text.text or "").removeprefix("n")) for text in of_class(svg, "count")]
    assert sum(counts) == 900
    assert not list(svg.iter("a"))
    width, height = size_of(svg)
    assert all(box.within(Box(0, 0, width, height)) for box in bars(svg))
    assert apart(bars(svg))
    assert len({rect.get("class") for rect in svg.iter("rect")}) == 3


def test_years_stand_apart_even_where_there_are_too_many() -> None:
    years = [text for text in timed(moments(3), years=range(1900, 2030)).iter("text") if text.get("class") == "year"]
    assert 10 < len(years) < 40
    assert apart([box_of(year) for year in years])


def test_a_single_day_makes_a_drawing_and_no_moments_make_none() -> None:
    assert len(bars(timed(moments(1), years=[]))) == 1
    assert sum(int((text.text or "")[1:]) for text in of_class(timed(moments(900, days=1), years=[]), "count")) == 900
    assert draw_timeline([], [], "t", "d", "n", False) == ""


def test_all_days_that_dates_know_can_be_drawn() -> None:
    given = [Moment(day, day, "x", None, "a") for day in (date.min, date.max) for _ in range(60)]
    assert len(of_class(timed(given, years=[]), "count")) == 2


CLASSES = [
    ClassBox("Entity", "entity", "/ns.html#Entity", None),
    ClassBox("Place", "place", "/ns.html#Place", "Entity", [("located in", "place")]),
    ClassBox("City", "city", "/ns.html#City", "Place", [("twinned with", "city"), ("country", "country")]),
    ClassBox("Agent", "agent", "/ns.html#Agent", "Entity"),
    ClassBox("Fact", "fact", "/ns.html#Fact", None, [("about", "entity")]),
    ClassBox("Claim", "claim", "/ns.html#Claim", "Fact"),
    ClassBox("Passage", "passage", "/ns.html#Passage", None),
]
EDGES = [Edge("Fact", "Entity", "about"), Edge("Fact", "Passage", "evidence"), Edge("Claim", "Fact", "contests"),
         Edge("Claim", "Nowhere", "none"), Edge("Passage", "Agent", "speaker")]  # fmt: skip


def diagram(boxes: Sequence[ClassBox], edges: Sequence[Edge] = (), rtl: bool = False) -> ET.Element:
    return parsed(draw_classes(boxes, edges, "Classes", "How they hang together", "classes", rtl))


def shapes(svg: ET.Element) -> dict[str, Box]:
    """Give the boxes of a diagram by the addresses they lead to."""
    return {link.attrib["href"].split("#")[1]: rect_of(link.find("rect")) for link in svg.iter("a")}  # type: ignore[arg-type]


def test_a_class_stands_below_its_parent_and_to_the_side_and_no_two_touch() -> None:
    found = shapes(diagram(CLASSES))
    assert set(found) == {box.name for box in CLASSES}
    assert apart(list(found.values()))
    for box in CLASSES:
        if box.parent:
            assert found[box.name].top >= found[box.parent].bottom
            assert found[box.name].left > found[box.parent].left


def test_the_roots_begin_columns_of_their_own() -> None:
    found = shapes(diagram(CLASSES))
    assert found["Entity"].right < found["Fact"].left
    assert found["Fact"].right < found["Passage"].left
    assert found["Entity"].top == found["Fact"].top == found["Passage"].top


def test_a_diagram_from_the_right_is_the_mirror_of_one_from_the_left() -> None:
    svg, mirrored = diagram(CLASSES), diagram(CLASSES, rtl=True)
    width, _ = size_of(svg)
    there = shapes(mirrored)
    for name, box in shapes(svg).items():
        assert (box.left, box.right) == pytest.approx((width - there[name].right, width - there[name].left), abs=0.2)


@pytest.mark.parametrize("rtl", [False, True])
def test_an_edge_runs_from_the_side_of_one_box_to_the_side_of_the_other(rtl: bool) -> None:
    svg = diagram(CLASSES, EDGES, rtl)
    found = shapes(svg)
    drawn = {edge.find("title").text: edge.find("path").attrib["d"] for edge in of_class(svg, "edge")}  # type: ignore[union-attr]
    assert set(drawn) == {"about", "evidence", "contests", "speaker"}
    for edge in EDGES:
        if edge.label in drawn:
            x, y, _, to_y, to_x = map(float, re.findall(r"-?[\d.]+", drawn[edge.label])[:5])
            source, target = found[edge.source], found[edge.target]
            assert min(abs(x - source.left), abs(x - source.right)) < 0.2
            assert min(abs(to_x - target.left), abs(to_x - target.right)) < 0.2
            assert source.top < y < source.bottom
            assert target.top < to_y < target.bottom
    names = [box_of(text) for edge in of_class(svg, "edge") for text in edge.iter("text")]
    assert len(names) == 4
    assert apart(names)
    assert not any(name.meets(box) for name in names for box in found.values())


@pytest.mark.parametrize("rtl", [False, True])
def test_texts_of_a_class_stay_within_its_box_however_long(rtl: bool) -> None:
    long = [ClassBox("a", "organisation " * 9, "/ns.html#a", None, [("property " * 9, "range " * 9)] * 3)]
    svg = diagram(long, rtl=rtl)
    texts = [box_of(text) for text in svg.iter("text")]
    assert len(texts) == 7
    assert apart(texts)
    assert all(text.within(shapes(svg)["a"]) for text in texts)


def test_classes_below_themselves_or_below_nothing_are_roots() -> None:
    parents = {"a": "b", "b": "a", "c": "nowhere", "d": "d", "e": "d"}
    boxes = [ClassBox(name, name, f"/ns.html#{name}", parent) for name, parent in parents.items()]
    found = shapes(diagram(boxes))
    assert set(found) == set("abcde")
    assert apart(list(found.values()))


def test_a_text_of_the_other_language_says_so() -> None:
    boxes = [ClassBox("a", "شهر", "/ns.html#a", None, [("مفهوم", "Concept"), ("نشانی", "شهر")])]
    marked = {text.text: text.get("lang") for text in diagram(boxes, rtl=True).iter("text")}
    assert marked == {"شهر": None, "مفهوم": None, "Concept": "en", "نشانی": None}


def all_drawings(label: str, href: str | None) -> list[Markup]:
    """Draw everything that can be drawn with one label and one address."""
    days = [Moment(date(2020, 1, day), date(2020, 2, 1), label, href, label) for day in range(1, 29)]
    where = [Place("a", label, 30, 50, href), Place("b", label, 40, 60, href, emphasis=True, language=label[:20])]
    boxes = [ClassBox("a", label, href or "", None, [(label, label)]), ClassBox("b", label, href or "", "a")]
    ticks = [(date(2020, 1, 1), label)]
    return [
        draw_map(where, [Tie("a", "b", label, label)], None, label, label, "m"),
        *(
            draw_timeline(some, ticks, label, label, "t", rtl)
            for some in (days[:5], days, days * 9)
            for rtl in (True, False)
        ),
        draw_classes(boxes, [Edge("a", "b", label)], label, label, "c", False),
    ]


@pytest.mark.parametrize("label", HOSTILE)
def test_no_label_breaks_out_of_a_drawing(label: str) -> None:
    known = {"div", "svg", "title", "desc", "g", "a", "rect", "circle", "path", "text", "clipPath"}
    for drawing in all_drawings(label, "/x?a=1&b=<'\">"):
        root = ET.fromstring(drawing.encode().decode())
        assert {element.tag for element in root.iter()} <= known
        assert not any(key.startswith("on") or key == "style" for element in root.iter() for key in element.attrib)
        assert not re.search("[\x00-\x1f\u200e\u200f\u202a-\u202e\u2028\u2066-\u2069]", drawing)
        assert all(len(text.text or "") < 500 for text in root.iter("text"))


@pytest.mark.parametrize(
    "href",
    [
        None,
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//[x",
        "\x01javascript:1",
    ],
)
def test_an_address_that_runs_something_is_no_link(href: str | None) -> None:
    for drawing in all_drawings("name", href)[:-1]:
        assert not list(ET.fromstring(drawing).iter("a"))


def test_drawings_are_named_and_their_numbers_are_short_and_the_same_every_time() -> None:
    for drawing, again in zip(all_drawings("name", "/x"), all_drawings("name", "/x"), strict=True):
        assert drawing == again
        svg = parsed(drawing)
        ids = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
        assert {ids[svg.attrib["aria-labelledby"]], ids[svg.attrib["aria-describedby"]]} == {"name"}
        assert not re.search(r"\d\.\d\d|-0(?![.\d])|\d\.0\b|e-\d", drawing)


def colours(css: str) -> list[dict[str, str]]:
    """Give the colours of a style sheet by name, as they are in the light and in the dark."""
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", part)) for part in (light, dark)]
    return [found[0], found[0] | found[1]]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_told_from_their_grounds_in_the_light_and_in_the_dark() -> None:
    static = ROOT / "shahr" / "web" / "static"
    sheets = [colours((static / f"{name}.css").read_text(encoding="utf-8")) for name in ("shahr", "drawing")]
    for site, own in zip(*sheets, strict=True):
        for number in range(1, 7):
            for ground in (own["--sea"], own["--land"], site["--paper"]):
                assert contrast(own[f"--series-{number}"], ground) >= 3, (number, ground)
        assert contrast(own["--series-5"], site["--paper"]) >= 4.5  # the names of edges
        assert contrast(own["--frame"], site["--paper"]) >= 3
        for ground in (own["--sea"], own["--land"], site["--paper"], site["--sheet"]):
            assert contrast(site["--ink"], ground) >= 4.5
        assert contrast(site["--soft"], site["--paper"]) >= 4.5
