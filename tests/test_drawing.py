"""What holds of every drawing: nothing a label says can break out of it, it has a name, its colours can be seen."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from drawn import parsed
from shahr.web.drawing.classes import ClassBox, Edge, draw_classes
from shahr.web.drawing.maps import Place, Tie, draw_map
from shahr.web.drawing.timeline import Moment, draw_timeline

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eevil\u2066\u200f",
    "a\x00b\x1b\ud800\u2028c",
    "x" * 10_000,
    "",
    "&lt;]]>-->",
]


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
        root, svg = ET.fromstring(drawing), parsed(drawing)
        ids = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
        assert {ids[root.attrib["aria-labelledby"]], ids[root.attrib["aria-describedby"]]} == {"name"}
        assert (root.get("role"), root.get("tabindex"), svg.get("role")) == ("group", "0", "none")
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
