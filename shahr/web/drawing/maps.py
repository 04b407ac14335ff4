"""Maps of places and the ties between them, on the outlines of the world where there is an atlas."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from shahr.web.drawing.atlas import Atlas
from shahr.web.drawing.letters import plain, shortened
from shahr.web.drawing.placing import Box, Spot, Standing, stand
from shahr.web.drawing.svg import frame, linked, number, series, tag, words
from shahr.web.drawing.view import LARGE, SMALL, View, fit

SIZE = 12.0  # of type
LONGEST = 28  # letters of a name
BEND = 0.14  # of the length of a tie: how far its arc stands off


@dataclass(frozen=True)
class Place:
    """A place on the map: decimal degrees, north and east positive; `language` is that of the label."""

    iri: str
    label: str
    lat: float
    long: float
    href: str | None
    emphasis: bool = False
    language: str = "en"

    @property
    def known(self) -> bool:
        """Whether the degrees are somewhere on Earth."""
        return abs(self.lat) <= 90 and abs(self.long) <= 180

    @property
    def radius(self) -> float:
        """Of its dot."""
        return 5.0 if self.emphasis else 4.0


@dataclass(frozen=True)
class Tie:
    """A tie between two places, both by IRI; `label` says it in words, `kind` chooses the colour."""

    a: str
    b: str
    kind: str
    label: str


def draw_map(
    places: Sequence[Place],
    ties: Sequence[Tie],
    atlas: Atlas | None,
    title: str,
    description: str,
    name: str,
    small: bool = False,
) -> Markup:
    """Draw the places, fitted to the view, each a link with its name where the name has room, and the ties as arcs.

    Without an atlas there is a net of degrees alone. Places with impossible degrees, and ties to places not given, are
    left out. `name` is an id, once a page. All texts are in the language of the page, but for the labels of places.
    A `small` map, of a few places, is for half a page or less.
    """
    shown = sorted((place for place in places if place.known), key=lambda place: not place.emphasis)
    view = fit([(place.lat, place.long) for place in shown], SMALL if small else LARGE)
    parts = (_ground(view, atlas, name), _ties(shown, ties, view), _places(shown, view))
    return frame("map small" if small else "map", name, title, description, (view.width, view.height), *parts)


def _ground(view: View, atlas: Atlas | None, name: str) -> Markup:
    """Draw the sea, the net of degrees and the countries, cut off at the edge."""
    edge = tag("rect", width=view.width, height=view.height, rx=8)
    cut = tag("clipPath", edge, id=f"{name}-edge")
    sea = tag("rect", class_="sea", width=view.width, height=view.height)
    rim = tag("rect", class_="rim", x=0.5, y=0.5, width=view.width - 1, height=view.height - 1, rx=8)
    return cut + tag("g", sea, _land(view, atlas), _net(view), clip_path=f"url(#{name}-edge)", aria_hidden="true") + rim


def _land(view: View, atlas: Atlas | None) -> Markup:
    """Draw the countries: the path is on the grid of the atlas, and scaled to the view."""
    if atlas is None:
        return Markup("")
    outline = atlas.outlines(view.window)
    left, top = -view.window.west * view.across, view.window.north * view.down
    scale = f"{view.across / outline.per_degree:.5f} {view.down / outline.per_degree:.5f}"
    return tag(
        "path", class_="land", d=outline.path, transform=f"translate({number(left)} {number(top)}) scale({scale})"
    )


def _net(view: View) -> Markup:
    """Draw meridians and parallels."""
    window = view.window
    step = 10 if window.east - window.west <= 60 else 20 if window.east - window.west <= 130 else 30
    across = [(long - window.west) * view.across for long in _multiples(step, window.west, window.east)]
    down = [(window.north - lat) * view.down for lat in _multiples(step, window.south, window.north)]
    lines = [f"M{number(x)} 0V{number(view.height)}" for x in across] + [
        f"M0 {number(y)}H{number(view.width)}" for y in down
    ]
    return tag("path", class_="net", d="".join(lines))


def _multiples(step: int, low: float, high: float) -> Iterable[int]:
    """Give the multiples of a number between two others."""
    return range(math.ceil(low / step) * step, math.floor(high) + 1, step)


def _ties(places: Sequence[Place], ties: Sequence[Tie], view: View) -> Markup:
    """Draw the ties; a second one between the same two places bends further."""
    points = {place.iri: view.point(place.lat, place.long) for place in places}
    colours = series({tie.kind for tie in ties})
    seen: dict[frozenset[str], int] = {}
    arcs = []
    for tie in ties:
        if tie.a in points and tie.b in points and tie.a != tie.b:
            pair = frozenset((tie.a, tie.b))
            seen[pair] = seen.get(pair, 0) + 1
            arc = _arc(points[tie.a], points[tie.b], BEND * seen[pair])
            arcs.append(tag("path", tag("title", escape(plain(tie.label))), class_=f"tie {colours[tie.kind]}", d=arc))
    return tag("g", *arcs)


def _arc(one: tuple[float, float], other: tuple[float, float], bend: float) -> str:
    """Give a gentle arc between two points, bent northward, the same in whichever order they come."""
    (x, y), (to_x, to_y) = sorted((one, other))
    across, down = (x + to_x) / 2 + (to_y - y) * bend * 2, (y + to_y) / 2 - (to_x - x) * bend * 2
    return f"M{number(x)} {number(y)}Q{number(across)} {number(max(down, 2.0))} {number(to_x)} {number(to_y)}"


def _places(places: Sequence[Place], view: View) -> Markup:
    """Draw dots and names, what is emphasised in front."""
    spots = [_spot(place, view) for place in places]
    standings = stand(spots, Box(4, 4, view.width - 4, view.height - 4))
    drawn = [_place(*each) for each in zip(places, spots, standings, strict=True)]
    return tag("g", *reversed(drawn))


def _spot(place: Place, view: View) -> Spot:
    """Give the dot of a place, with what can be shown of its name."""
    x, y = view.point(place.lat, place.long)
    return Spot(x, y, place.radius, shortened(place.label, LONGEST), SIZE + (1 if place.emphasis else 0))


def _place(place: Place, spot: Spot, standing: Standing | None) -> Markup:
    """Draw a place: leader, dot, name."""
    parts = [tag("circle", cx=spot.x, cy=spot.y, r=spot.radius)]
    if standing is not None:
        if standing.leader is not None:
            x, y = standing.leader
            line = f"M{number(spot.x)} {number(spot.y)}L{number(x)} {number(y)}"
            parts.insert(0, tag("path", class_="leader", d=line))
        parts.append(words(standing.x, standing.y, spot.text, standing.side, font_size=spot.size))
    kind = "place emphasis" if place.emphasis else "place"
    return linked(place.href, place.label, *parts, language=place.language, mute=standing is None, class_=kind)
