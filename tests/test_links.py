"""The shipped mappings: what they claim, what they refuse, and that an independent gazetteer agrees."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from shahr.dataset import load_store
from shahr.namespaces import curie, graph_iri, iri
from shahr.paths import Project

PLACES = Path(__file__).resolve().parents[2] / "shared" / "wikidata" / "natural-earth-places.tsv"
FILES = sorted(Project.here().links.glob("*.sssom.tsv"))
NEAR = 20.0


@pytest.fixture(scope="module")
def store(built: Path) -> Store:
    return load_store(built / "graph.nq")


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def links(store: Store, property_: str) -> Iterator[tuple[str, str]]:
    for quad in store.quads_for_pattern(None, NamedNode(iri(property_)), None, NamedNode(graph_iri("links"))):
        yield curie(getattr(quad.subject, "value", "")), curie(getattr(quad.object, "value", ""))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_says_how_it_was_found(path: Path) -> None:
    found = rows(path)
    assert len(found) > 50
    assert [row for row in found if not row["mapping_justification"].startswith("semapv:")] == []
    matched = [row for row in found if row["object_id"] != "sssom:NoTermFound"]
    assert [row for row in matched if not 0 < float(row["confidence"]) <= 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_refused_or_not_found_is_no_link(store: Store, path: Path) -> None:
    """A pair may be denied in one row only if no other row asserts it."""
    denied = {(row["subject_id"], row["object_id"]) for row in rows(path) if row["predicate_modifier"] == "Not"}
    assert denied
    asserted = set(links(store, "skos:exactMatch")) | set(links(store, "owl:sameAs"))
    assert {(subject, target.rstrip("/")) for subject, target in denied} & asserted == set()
    assert not any(target == "sssom:NoTermFound" for _, target in asserted)


def test_same_as_is_for_cities_countries_and_people(store: Store) -> None:
    kinds = {subject.partition(":")[0] for subject, _ in links(store, "owl:sameAs")}
    assert kinds == {"city", "country", "person"}
    assert {target.partition(":")[0] for _, target in links(store, "owl:sameAs")} == {"wd"}


def test_unresolved_names_have_no_match(store: Store) -> None:
    unresolved = {
        curie(getattr(quad.subject, "value", ""))
        for quad in store.quads_for_pattern(None, None, NamedNode(iri("shahr:Unresolved")), DefaultGraph())
    }
    assert unresolved
    assert unresolved & {subject for subject, _ in links(store, "skos:exactMatch")} == set()


def test_natural_earth_agrees(store: Store) -> None:
    """Each city that Natural Earth has under its Wikidata id has the same GeoNames id there, and lies close by."""
    if not PLACES.exists():
        pytest.skip("the gazetteer is not beside the checkout (../shared/wikidata)")
    with PLACES.open(encoding="utf-8", newline="") as file:
        places = {row["wikidata"]: row for row in csv.DictReader(file, delimiter="\t")}
    items = {city: item[3:] for city, item in links(store, "owl:sameAs") if city.startswith("city:")}
    geonames = {
        city: target for city, target in links(store, "skos:exactMatch") if "geonames" in target or "gn:" in target
    }
    known = [city for city, item in items.items() if item in places]
    assert len(known) >= 15
    for city in known:
        place = places[items[city]]
        assert geonames[city].rstrip("/").endswith(place["geonames"]), city
        assert distance(position(store, city), (float(place["latitude"]), float(place["longitude"]))) < NEAR, city


def position(store: Store, city: str) -> tuple[float, float]:
    found = {
        name: quad.object.value
        for name in ("geo:lat", "geo:long")
        for quad in store.quads_for_pattern(NamedNode(iri(city)), NamedNode(iri(name)), None, DefaultGraph())
        if isinstance(quad.object, Literal)
    }
    return float(found["geo:lat"]), float(found["geo:long"])


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres on a sphere (haversine)."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    angle = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(angle))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_sssom_py_finds_nothing_wrong(path: Path) -> None:
    """sssom-py is 390 MB, so it is no dependency; where it is installed it is asked."""
    parsers = pytest.importorskip("sssom.parsers", reason="sssom-py is not installed (pip install sssom)")
    validators = pytest.importorskip("sssom.validators")
    reports = validators.validate(parsers.parse_sssom_table(path))
    assert [report.results for report in reports.values()] == [[]] * len(reports)
