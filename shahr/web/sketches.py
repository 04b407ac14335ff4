"""The drawings of the pages: what is read of the graph for a map or a time line, and what it is called."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask import Flask, current_app
from flask_babel import gettext as _
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from shahr.errors import SourceError
from shahr.namespaces import iri
from shahr.paths import Project
from shahr.solutions import Solutions, Term
from shahr.web.addresses import slug_of
from shahr.web.assets import outlines_file
from shahr.web.drawing.atlas import Atlas
from shahr.web.drawing.maps import Place, Tie, draw_map
from shahr.web.drawing.strip import Span, draw_strip
from shahr.web.drawing.svg import draw_key
from shahr.web.drawing.timeline import Moment, draw_timeline
from shahr.web.labels import Labels, offsets_of
from shahr.web.language import YEARS, digits, href_of, language, nowruz, read_day
from shahr.web.receipts import Fact
from shahr.web.resource import Resource
from shahr.web.state import page_query, state

EXTENSION = "shahr.outlines"
YEAR = 400  # days that a fact on the time line may span: what holds for longer tells little there
_LENGTH = re.compile("[0-9]{1,9}")  # characters of an article


class Outlines:
    """The outlines of the world, read when the first map is drawn; None where the npm part is not there, or broken."""

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def atlas(self) -> Atlas | None:
        """The coasts and borders at 1 : 50 million."""
        path = outlines_file(self._project, "countries-50m.json")
        try:
            return Atlas.read(path) if path else None
        except SourceError as error:
            logging.getLogger("shahr").error("maps are drawn without outlines: %s", error)
            return None


@dataclass(frozen=True)
class World:
    """Cities with their positions as (city, degrees north, degrees east, …), and the ties among them."""

    places: Solutions
    ties: Sequence[Tie]

    def iris(self) -> set[str]:
        """Give the cities, to read their labels."""
        return {row[0].value for row in self.places.rows if isinstance(row[0], NamedNode)}


@dataclass(frozen=True)
class Dated:
    """A fact of which the days are known, both inclusive."""

    fact: str
    earliest: date
    latest: date


def install(app: Flask, project: Project) -> None:
    """Give an app the outlines that its maps are drawn on."""
    app.extensions[EXTENSION] = Outlines(project)


def city_map(city: str, facts: Sequence[Fact], labels: Labels) -> Markup | None:
    """Draw where a place is, and its ties as its facts tell them; None where its position is not known."""
    ties = _ties_of(city, facts)
    found = state().select(page_query("places").filled(["place"], [[NamedNode(one)] for one in sorted({city, *ties})]))
    places = _places(found, labels, [city])
    if not any(place.iri == city for place in places):
        return None
    there = {place.iri for place in places}
    drawn = [Tie(city, other, kind, _tie_label(kind)) for other, kind in ties.items() if other in there]
    title = _("%(city)s and its ties on the map", city=labels.of(city).text)
    kinds = [(kind, _tie_label(kind)) for kind in sorted({tie.kind for tie in drawn})]
    return _map(places, drawn, title, title, small=True) + (draw_key(kinds) if kinds else Markup(""))


def read_world() -> World:
    """Read the cities of which the most is told, and the ties among them."""
    found = World(state().select(page_query("cities").text), ())
    rows = state().select(page_query("ties").text).rows
    triples = [tuple(term.value for term in row if isinstance(term, NamedNode)) for row in rows]
    ties = [Tie(row[0], row[1], _kind(row[2]), _tie_label(_kind(row[2]))) for row in triples if len(row) == 3]
    there = found.iris()
    return World(found.places, [tie for tie in ties if {tie.a, tie.b} <= there])


def world_map(world: World, labels: Labels) -> Markup:
    """Draw the cities and their ties."""
    places = _places(world.places, labels, {end for tie in world.ties for end in (tie.a, tie.b)})
    kinds = [(kind, _tie_label(kind)) for kind in sorted({tie.kind for tie in world.ties})]
    return _map(places, world.ties, _("Cities and their ties"), _("Each city leads to its page.")) + draw_key(kinds)


def read_dated() -> list[Dated]:
    """Read the facts for the time line: those that span no more than YEAR days."""
    rows = state().select(page_query("dated").text).rows
    found = [
        Dated(fact.value, first, last)
        for fact, earliest, latest in rows
        if isinstance(fact, NamedNode) and (first := _day(earliest)) and (last := _day(latest))
    ]
    return [one for one in found if 0 <= (one.latest - one.earliest).days <= YEAR]


def time_line(facts: Sequence[Dated], labels: Labels) -> Markup:
    """Draw when what the facts tell happened."""
    moments = [_moment(one, labels) for one in facts]
    years = range(min(one.earliest.year for one in facts), max(one.latest.year for one in facts) + 2) if facts else ()
    title, text = _("When it happened"), _("Facts by the days that are known of them.")
    key = draw_key([(kind, _group_label(kind)) for kind in sorted({moment.kind for moment in moments})])
    return draw_timeline(moments, _ticks(years), title, text, "timeline", language() == "fa", digits) + key


def article_strip(article: Resource, passages: Iterable[str], labels: Labels) -> Markup:
    """Draw an article from its first character to its last, and where its passages lie in it."""
    length = article.asserted.text(article.iri, "shahr:codePoints") or ""
    places = [(passage, offsets_of(passage)) for passage in passages]
    spans = [
        Span(*offsets, (labels.place(passage) or labels.of(passage)).text, href_of(passage))
        for passage, offsets in places
        if offsets
    ]
    title = _("Where the passages lie in the article")
    return draw_strip(spans, int(length) if _LENGTH.fullmatch(length) else 0, title, "strip", language() == "fa")


def _moment(one: Dated, labels: Labels) -> Moment:
    label = labels.of(one.fact)
    return Moment(one.earliest, one.latest, label.text, href_of(one.fact), _group(one.fact), label.language)


def _day(term: Term | None) -> date | None:
    return read_day(term.value) if isinstance(term, Literal) else None


def _group(fact: str) -> str:
    """Give the colour of a fact on the time line: there are fewer colours than kinds."""
    kind = (slug_of(fact) or ("statement", ""))[0]
    groups = dict.fromkeys(("tenure", "membership", "designation", "affiliation"), "role")
    return (groups | {"agreement": "agreement", "event": "event"}).get(kind, "word")


def _group_label(group: str) -> str:
    labels: dict[str, str] = {
        "agreement": _("Agreements"),
        "event": _("Meetings, visits and other events"),
        "role": _("Offices, memberships and titles"),
        "word": _("Statements, figures and claims"),
    }
    return labels[group]


def _ticks(years: Iterable[int]) -> list[tuple[date, str]]:
    """Give the beginnings of years in the calendar of the page, as far as both calendars know them."""
    known = [year for year in years if year in YEARS]
    if language() == "en":
        return [(date(year, 1, 1), str(year)) for year in known]
    return [(nowruz(year), digits(year - 621)) for year in known]


def _map(places: Sequence[Place], ties: Sequence[Tie], title: str, description: str, small: bool = False) -> Markup:
    outlines: Outlines = current_app.extensions[EXTENSION]
    return draw_map(places, ties, outlines.atlas, title, description, "map", small=small)


def _places(found: Solutions, labels: Labels, emphasised: Iterable[str]) -> list[Place]:
    bold = set(emphasised)
    places = []
    for place, lat, long, *_rest in found.rows:
        if isinstance(place, NamedNode) and isinstance(lat, Literal) and isinstance(long, Literal):
            label = labels.of(place.value)
            href = href_of(place.value)
            north, east = _degrees(lat.value, 90), _degrees(long.value, 180)
            if north is not None and east is not None:
                places.append(Place(place.value, label.text, north, east, href, place.value in bold, label.language))
    return places


def _degrees(text: str, most: int) -> float | None:
    """Read degrees; None for what is no number, or lies off the globe."""
    try:
        degrees = float(text)
    except ValueError:
        return None
    return degrees if abs(degrees) <= most else None


def _ties_of(city: str, facts: Iterable[Fact]) -> dict[str, str]:
    """Give the places that facts tie to a city, with the kind of tie; an agreement counts before a wish."""
    ties: dict[str, str] = {}
    for fact in facts:
        if fact.family == "agreement":
            ties |= {one: _kind(fact.kind) for one in fact.triples.iris(fact.iri, "shahr:city") if one != city}
    for fact in facts:
        for one in fact.triples.iris(fact.iri, "shahr:soughtPartner"):
            if one != city:
                ties.setdefault(one, "sought")
    return ties


def _kind(node: str) -> str:
    kinds = {"SisterCityAgreement": "twin", "MemorandumOfUnderstanding": "memorandum", "soughtPartner": "sought"}
    return kinds.get(node.removeprefix(iri("shahr:")), "agreement")


def _tie_label(kind: str) -> str:
    labels = {
        "twin": _("sister cities"),
        "memorandum": _("memorandum of understanding"),
        "sought": _("wanted as a partner"),
    }
    return str(labels.get(kind, _("agreement")))
