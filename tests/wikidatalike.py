"""Data in Wikidata's shape, of any size and always the same, and projects of ours with entities to link to it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from misbehaving import JSON, Asked, Reply, response
from shahr.index import index
from shahr.paths import Project

PLACES = Path(__file__).resolve().parent.parent.parent / "shared" / "wikidata" / "natural-earth-places.tsv"
SAMPLE = PLACES.with_name("wikidata-shaped-sample.ttl")
CITY, BIG_CITY, HUMAN, SONG, COUNTRY = "Q515", "Q1549591", "Q5", "Q7366", "Q6256"
HEAD = """\
#curie_map:
#  city: "https://w3id.org/shahr/city/"
#  country: "https://w3id.org/shahr/country/"
#  gn: "https://sws.geonames.org/"
#  semapv: "https://w3id.org/semapv/vocab/"
#  skos: "http://www.w3.org/2004/02/skos/core#"
#  sssom: "https://w3id.org/sssom/"
#  wd: "http://www.wikidata.org/entity/"
subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification
"""
_PREFIXES = """\
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
wd:Q1549591 wdt:P279 wd:Q515 .
"""
_BASE = "https://w3id.org/shahr/"
_GRAPH = f"<{_BASE}graph/entities>"
_SYLLABLES = (
    *(("ba", "با"), ("dar", "دار"), ("ka", "کا"), ("lu", "لو"), ("man", "مان"), ("ni", "نی"), ("par", "پار")),
    *(("ra", "را"), ("shi", "شی"), ("tu", "تو"), ("van", "وان"), ("zad", "زاد"), ("gor", "گور"), ("mi", "می")),
)


@dataclass(frozen=True)
class Thing:
    """An item there; names are (text, language), the first of each language is the label and the others aliases.

    A class has the classes right `above` it.
    """

    id: str
    names: Sequence[tuple[str, str]] = ()
    classes: Sequence[str] = (CITY,)
    country: str = ""
    point: tuple[float, float] | None = None
    geonames: str = ""
    merged_into: str = ""
    above: Sequence[str] = ()


@dataclass(frozen=True)
class Ours:
    """An entity of ours: `id` is "city/alpha"; names are (text, language); `country` is the id of one."""

    id: str
    names: Sequence[tuple[str, str]]
    types: Sequence[str] = ("City", "Place")
    country: str = ""
    point: tuple[float, float] | None = None


@dataclass
class Truth:
    """The same invented or real places here and there; `items` are to be found, by id of ours, `rows` are links."""

    things: list[Thing] = field(default_factory=list)
    ours: list[Ours] = field(default_factory=list)
    items: dict[str, str] = field(default_factory=dict)
    rows: str = ""


def turtle(things: Iterable[Thing]) -> bytes:
    """Write items as Wikidata does, as far as truthy statements go."""
    lines = [_PREFIXES]
    for thing in things:
        seen = set[str]()
        node = f"wd:{thing.id}"
        for text, language in thing.names:
            property = "skos:altLabel" if language in seen else "rdfs:label"
            seen.add(language)
            tag = f"@{language}" if language else ""
            lines.append(f"{node} {property} {_quoted(text)}{tag} .\n")
        lines += [f"{node} wdt:P31 wd:{one} .\n" for one in thing.classes]
        lines += [f"{node} wdt:P279 wd:{one} .\n" for one in thing.above]
        if thing.country:
            lines.append(f"{node} wdt:P17 wd:{thing.country} .\n")
        if thing.point:
            lines.append(f'{node} wdt:P625 "Point({thing.point[1]} {thing.point[0]})"^^geo:wktLiteral .\n')
        if thing.geonames:
            lines.append(f'{node} wdt:P1566 "{thing.geonames}" .\n')
        if thing.merged_into:
            lines.append(f"{node} owl:sameAs wd:{thing.merged_into} .\n")
    return "".join(lines).encode()


def project_with(root: Path, ours: Iterable[Ours], rows: str = "") -> Project:
    """Lay out a built project of these entities, and rows (without head) of data/links/wikidata.sssom.tsv."""
    for folder in ("ontology", "dist", "data/links", "queries/questions"):
        (root / folder).mkdir(parents=True)
    project = Project.at(root)
    project.graph.write_text("".join(sorted(_quads(ours))), encoding="utf-8")
    project.inferred.write_text("", encoding="utf-8")
    index(project, project.dist)
    if rows:
        (project.links / "wikidata.sssom.tsv").write_text(HEAD + rows, encoding="utf-8")
    return project


def invented(count: int) -> Truth:
    """Invent places in two languages: nine in ten are there too, and each tenth of those has a namesake far away."""
    truth = Truth()
    for number in range(count):
        english, persian = _name(number)
        id, item = f"city/{english.lower()}", f"Q{9_000_000 + number}"
        point = (-60 + number % 120 + 0.25, -170 + number * 7 % 340 + 0.5)
        truth.ours.append(Ours(id, [(english, "en"), (persian, "fa")], point=point))
        if number % 10 == 3:
            continue
        names = [(english, "en"), (persian.replace("ی", "\u064a"), "fa")]
        truth.things.append(Thing(item, names, (BIG_CITY,), point=(point[0] + 0.01, point[1])))
        truth.items[id] = item
        if number % 10 == 7:
            elsewhere = (-point[0], point[1] - 9)
            truth.things.append(Thing(f"Q{19_000_000 + number}", names, (CITY,), point=elsewhere))
    return truth


def real(count: int) -> Truth:
    """Take places of Natural Earth by their English names: the first `count` are here, each with its country.

    Every other one has coordinates here too. A tenth of them are not there; all places beyond `count` are.
    """
    truth, countries = Truth(), dict[str, str]()
    with PLACES.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file, delimiter="\t"), key=lambda row: row["wikidata"])
    for number, row in enumerate(rows):
        point = (float(row["latitude"]), float(row["longitude"]))
        country = countries.setdefault(row["country"], f"Q{8_000_000 + len(countries)}")
        names = [(row["name"], "en")]
        if number < count:
            id = f"city/{row['wikidata'].lower()}"
            seen_at = (round(point[0] + 0.03, 3), round(point[1] - 0.03, 3)) if number % 2 else None
            truth.ours.append(Ours(id, names, country=f"country/{country.lower()}", point=seen_at))
        if number >= count or number % 10 != 3:
            truth.things.append(Thing(row["wikidata"], names, (CITY,), country, point, row["geonames"]))
        if number < count and number % 10 != 3:
            truth.items[id] = row["wikidata"]
    truth.ours += [
        Ours(f"country/{item.lower()}", [(name, "en")], ("Country", "Place")) for name, item in countries.items()
    ]
    truth.things += [Thing(item, [(name, "en")], (COUNTRY,)) for name, item in countries.items()]
    truth.rows = "".join(
        f"country:{item.lower()}\t{name}\tskos:exactMatch\t\twd:{item}\tsemapv:ManualMappingCuration\n"
        for name, item in countries.items()
    )
    return truth


def honest(data: bytes) -> Reply:
    """Answer queries as a good endpoint over Turtle does."""
    store = Store()
    store.load(data, format=RdfFormat.TURTLE)

    def pieces(asked: Asked) -> Iterator[bytes]:
        found = store.query(asked.query)
        assert isinstance(found, QuerySolutions)
        yield response(found.serialize(format=QueryResultsFormat.JSON) or b"", JSON)

    return pieces


def _quads(ours: Iterable[Ours]) -> Iterator[str]:
    rdf, rdfs = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
    skos, geo = "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2003/01/geo/wgs84_pos#"
    for one in ours:
        node, seen = f"<{_BASE}{one.id}>", set[str]()
        yield from (f"{node} <{rdf}type> <{_BASE}ns#{name}> {_GRAPH} .\n" for name in one.types)
        for text, language in one.names:
            property = f"{skos}altLabel" if language in seen else f"{rdfs}label"
            seen.add(language)
            yield f"{node} <{property}> {_quoted(text)}@{language} {_GRAPH} .\n"
        if one.country:
            yield f"{node} <{_BASE}ns#country> <{_BASE}{one.country}> {_GRAPH} .\n"
        if one.point:
            for property, number in zip(("lat", "long"), one.point, strict=True):
                yield f'{node} <{geo}{property}> "{number}"^^<http://www.w3.org/2001/XMLSchema#decimal> {_GRAPH} .\n'


def _name(number: int) -> tuple[str, str]:
    """Write a number in syllables, so that no two are alike and none is short."""
    latin, persian = "", ""
    for _ in range(4):
        number, at = divmod(number, len(_SYLLABLES))
        latin, persian = latin + _SYLLABLES[at][0], persian + _SYLLABLES[at][1]
    return latin.capitalize(), persian


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
