"""Class diagrams: trees in columns, edges beside them, texts within their boxes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from drawn import apart, box_of, of_class, parsed, rect_of, size_of
from shahr.web.drawing.classes import ClassBox, Edge, draw_classes
from shahr.web.drawing.placing import Box

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
