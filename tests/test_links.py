"""The shipped mappings: what they claim, what they refuse, and that an independent gazetteer agrees."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from shahr.dataset import load_store
from shahr.errors import SourceError
from shahr.link.rows import change_rows
from shahr.mappings import accepted_links, read_links
from shahr.namespaces import curie, graph_iri, iri
from shahr.paths import Project
from shahr.sssom import (
    COMPOSITE,
    LEXICAL,
    MANUAL,
    NO_TERM_FOUND,
    NOT,
    Mapping,
    MappingSet,
    read_mapping_set,
    write_mapping_set,
)

PLACES = Path(__file__).resolve().parents[2] / "shared" / "wikidata" / "natural-earth-places.tsv"
HEADER = (
    *("license: https://creativecommons.org/publicdomain/zero/1.0/", "mapping_set_id: https://example.org/links"),
    'mapping_set_title: "Invented"',
)
_ISFAHAN = Mapping("city:isfahan", "skos:exactMatch", "wd:Q42053", MANUAL, subject_label="اصفهان")
_SEEN = Mapping(
    "city:novi-sad", "skos:exactMatch", "wd:Q55630", LEXICAL, "نووی‌ساد", confidence=0.75, match_string="نوویساد"
)
EVIDENCE = (
    replace(
        _ISFAHAN, mapping_date="2026-11-22", comment='# it said "Isfahan", and the province; is another', confidence=1
    ),
    replace(
        _ISFAHAN, mapping_justification=COMPOSITE, mapping_tool="shahr", mapping_tool_version="0.1.0", confidence=0.9
    ),
    replace(_ISFAHAN, object_id="wd:Q1367759", object_label="Isfahan Province", predicate_modifier=NOT),
    replace(_ISFAHAN, object_id="wd:Q1367759", object_label="Isfahan Province", mapping_justification=LEXICAL),
    replace(_SEEN, mapping_date="2026-11-22", mapping_tool="shahr"),
    Mapping("organization:uclg", "skos:exactMatch", NO_TERM_FOUND, MANUAL, author_label="A. Reviewer"),
    Mapping("organization:isfahan-municipality", "skos:closeMatch", "wd:Q42053", MANUAL, confidence=0.8),
)
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


def test_the_graph_of_links_holds_what_is_accepted_and_nothing_else(store: Store) -> None:
    """The pairs of the tables, weighed by hand here; shahr.mappings must come to the same."""
    said = {
        (row["subject_id"], row["predicate_id"], row["object_id"].rstrip("/"))
        for path in FILES
        for row in rows(path)
        if row["mapping_justification"] == MANUAL
        and not row["predicate_modifier"]
        and row["object_id"] != NO_TERM_FOUND
    }
    kept = {(one, name, other) for name in ("skos:exactMatch", "skos:closeMatch") for one, other in links(store, name)}
    assert {(one, name, other.rstrip("/")) for one, name, other in kept} == said
    accepted = accepted_links(Project.here())
    assert {(curie(one.subject), curie(one.predicate), curie(one.object)) for one in accepted} == kept
    same = {(curie(one.subject), curie(one.object)) for one in accepted if one.same}
    assert same == set(links(store, "owl:sameAs"))


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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own, of pandas
def test_sssom_py_reads_the_same_rows_and_finds_nothing_wrong(tmp_path: Path) -> None:
    """One test, for the import alone takes two seconds. sssom-py leaves out rows that it does not like, so we count."""
    ours = tmp_path / "ours.sssom.tsv"
    write_mapping_set(ours, MappingSet(HEADER, EVIDENCE))
    change_rows(Project(tmp_path), lambda nothing: nothing.with_rows(EVIDENCE))
    for path in (*FILES, ours, Project(tmp_path).links / "wikidata.sssom.tsv"):
        rows, faults, accepted = read_by_sssom_py(path)
        assert (rows, faults) == (len(read_mapping_set(path).rows), []), path
        matches = {tuple(part.value for part in triple) for triple in read_links(path)}
        assert accepted == {match for match in matches if match[1] != iri("owl:sameAs")}, path
        assert accepted
    spoiled = tmp_path / "spoiled.sssom.tsv"
    for old, new in (("\t0.75\t", "\t7.5\t"), ("\twd:Q42053\t", "\tnope:Q42053\t"), ("\t2026-11-22\t", "\ttoday\t")):
        spoiled.write_text(ours.read_text("utf-8").replace(old, new), encoding="utf-8")
        rows, faults, _ = read_by_sssom_py(spoiled)
        assert faults or rows < len(EVIDENCE), new
        with pytest.raises(SourceError):
            read_mapping_set(spoiled)


def read_by_sssom_py(path: Path) -> tuple[int, list[str], set[tuple[str, ...]]]:
    """Give the number of rows that sssom-py reads, what its validators find, and what a person accepted by our rule."""
    found = import_module("sssom.parsers").parse_sssom_table(path)
    reports = import_module("sssom.validators").validate(found, fail_on_error=False)
    faults = [result.message for report in reports.values() for result in report.results]
    said = [
        tuple(row[name] for name in ("subject_id", "predicate_id", "object_id"))
        for row in found.df.to_dict("records")
        if row["mapping_justification"] == MANUAL and row.get("predicate_modifier") != NOT
    ]
    accepted = {tuple(map(found.converter.expand, pair)) for pair in said if pair[2] != NO_TERM_FOUND}
    return len(found.df), faults, accepted
