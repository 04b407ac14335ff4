"""Reading drawings back: elements by class, the ground that rectangles and texts take; and an atlas of two squares."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from markupsafe import Markup

from shahr.web.drawing.atlas import Atlas
from shahr.web.drawing.letters import width_of
from shahr.web.drawing.placing import Box


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


# Two squares side by side, 10 degrees wide, east of Greenwich and north of the equator: arc 0 is what they share.
SHARED = [[[190, 90], [0, 10]], [[190, 100], [-10, 0], [0, -10], [10, 0]], [[190, 100], [10, 0], [0, -10], [-10, 0]]]
LEFT, RIGHT = [[0, 1]], [[~2, ~0]]
