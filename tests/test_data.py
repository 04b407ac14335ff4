"""What holds of the shipped data beyond any one node: no quotation, both calendars, every fact with its receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from persiantools.jdatetime import JalaliDate
from pyoxigraph import DefaultGraph, Literal, NamedNode, Store

from shahr.dataset import load_store
from shahr.evidence import evidence_fold
from shahr.formatting import format_sources
from shahr.namespaces import curie, iri
from shahr.paths import Project

WINDOW = 8


@pytest.fixture(scope="module")
def store(built: Path) -> Store:
    """The shipped graph with what is inferred."""
    return load_store(built / "graph.nq", built / "inferred.nq")


def values(store: Store, property_: str) -> Iterator[tuple[str, str]]:
    for quad in store.quads_for_pattern(None, NamedNode(iri(property_)), None, DefaultGraph()):
        yield curie(getattr(quad.subject, "value", "")), getattr(quad.object, "value", "")


def words(text: str) -> list[str]:
    """Words, each evidence-folded, so that letter forms and ZWNJ hide nothing."""
    folded = (evidence_fold(word) for word in text.split())
    return [word for word in folded if word]


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + WINDOW]) for at in range(len(found) - WINDOW + 1)}


def test_no_literal_shares_eight_words_with_an_article(store: Store, articles_dir: Path) -> None:
    """Headlines are bibliographic data and apart."""
    quoted = {run for path in articles_dir.glob("*.txt") for run in runs(path.read_text(encoding="utf-8"))}
    assert len(quoted) > 1000
    literals = (
        (quad.subject, quad.predicate, quad.object.value)
        for quad in store.quads_for_pattern(None, None, None, DefaultGraph())
        if isinstance(quad.object, Literal) and quad.predicate.value != iri("schema:headline")
    )
    assert [(subject, predicate) for subject, predicate, text in literals if runs(text) & quoted] == []


def test_a_quotation_would_be_seen(articles_dir: Path) -> None:
    text = next(articles_dir.glob("*.txt")).read_text(encoding="utf-8")
    quotation = " ".join(text.split()[5 : 5 + WINDOW]).replace("ی", "ي")
    assert runs(quotation) & runs(text)


def test_both_calendars_name_the_same_day(store: Store) -> None:
    """A whole Jalali date is a day between earliest and latest, a month overlaps them."""
    jalali, first, last = (dict(values(store, name)) for name in ("shahr:jalali", "shahr:earliest", "shahr:latest"))
    dated = [node for node in jalali if node in first or node in last]
    assert len(dated) > 20
    assert [node for node in dated if not agree(jalali[node], first.get(node), last.get(node))] == []


def test_an_article_is_dated_alike_in_both_calendars(store: Store) -> None:
    jalali, printed = dict(values(store, "shahr:jalali")), dict(values(store, "schema:datePublished"))
    articles = [node for node in printed if node in jalali]
    assert articles
    assert [node for node in articles if gregorian(jalali[node]) != (date.fromisoformat(printed[node]),) * 2] == []


def agree(jalali: str, earliest: str | None, latest: str | None) -> bool:
    start, end = gregorian(jalali)
    first, last = (date.fromisoformat(text) if text else None for text in (earliest, latest))
    if start == end:
        return (first, last) == (start, start)
    return first is not None and last is not None and start <= first <= last <= end


def gregorian(jalali: str) -> tuple[date, date]:
    """The first and last day of a Jalali day or month, "1404-02-09" or "1404-02"."""
    year, month, *day = map(int, jalali.split("-"))
    if day:
        return (to_gregorian(year, month, day[0]),) * 2
    length = JalaliDate.days_in_month(month, year)
    return to_gregorian(year, month, 1), to_gregorian(year, month, length)


def to_gregorian(year: int, month: int, day: int) -> date:
    found: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
    return found


def test_every_fact_has_a_passage_or_a_source(store: Store) -> None:
    facts = {node for node, class_ in values(store, "rdf:type") if class_ == iri("shahr:Fact")}
    supported = {node for name in ("shahr:evidence", "dcterms:source") for node, _ in values(store, name)}
    assert len(facts) > 150
    assert facts - supported == set()


def test_the_sources_are_in_their_one_form() -> None:
    assert format_sources(Project.here(), check=True) == []


def test_the_check_on_derived_edges_knows_every_derived_property(store: Store) -> None:
    """Definitions say "Derived" of what data/ must not write; the check must list the same properties."""
    definitions = [(name, text) for name, text in values(store, "skos:definition") if "Derived" in text]
    derived = {name for name, _ in definitions if name.startswith("shahr:")}
    check = (Project.here().checks / "derived-edge-by-hand.rq").read_text(encoding="utf-8")
    listed = {f"shahr:{name}" for name in re.findall(r"shahr:(\w+)", check.partition("VALUES")[2].partition("}")[0])}
    assert derived
    assert derived - listed == set()
