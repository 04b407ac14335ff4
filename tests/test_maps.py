"""Maps: where places and their names lie, how ties join them, and what is left out."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import LEFT, RIGHT, SHARED, apart, atlas_of, box_of, of_class, parsed, size_of, topology
from shahr.web.drawing.atlas import Atlas
from shahr.web.drawing.maps import Place, Tie, draw_map
from shahr.web.drawing.placing import Box
from shahr.web.drawing.svg import draw_key

CLUSTER = [("Tabriz", 38.1, 46.3), ("Tehran", 35.7, 51.4), ("Qazvin", 36.3, 50.0), ("Hamedan", 34.8, 48.5),
           ("Isfahan", 32.7, 51.7), ("Shiraz", 29.6, 52.5), ("Doha", 25.3, 51.5), ("Mashhad", 36.3, 59.6),
           ("Bandar Abbas", 27.2, 56.3), ("Montréal", 45.5, -73.6), ("Seoul", 37.6, 127.0)]  # fmt: skip


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
