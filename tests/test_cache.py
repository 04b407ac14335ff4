"""The cache of answers, and their keys."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.engine import Answer
from shahr.web.cache import ENTRY, AnswerCache, answer_key, is_repeatable

ROOT = Path(__file__).resolve().parent.parent
NEGOTIATED = ("application/sparql-results+json", "text/turtle")
KNOWN_KEY = "5cc86bbda7c5e8f0f3d84a3aa3f76925caa1b33cb24f7fad8320c3e7a1ac77e0"
KB = 1024

TEXTS = st.text(max_size=6)
LISTS = st.lists(TEXTS, max_size=3)
INPUTS = st.tuples(TEXTS, TEXTS, LISTS, LISTS, st.tuples(st.none() | TEXTS, st.none() | TEXTS))


def answer(size: int, letter: str = "a") -> Answer:
    return Answer("results", "text/csv", letter.encode() * size)


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def test_gives_back_what_was_put_in() -> None:
    cache = AnswerCache(64 * KB)
    cache.put(key(1), answer(10))
    found = cache.get(key(1))
    assert found is not None
    assert found.answer == answer(10)


def test_knows_nothing_under_another_key() -> None:
    cache = AnswerCache(64 * KB)
    cache.put(key(1), answer(10))
    assert cache.get(key(2)) is None


def test_a_cache_without_capacity_keeps_nothing_but_gives_the_entry() -> None:
    cache = AnswerCache(0)
    entry = cache.put(key(1), answer(10))
    cache.add_coded(entry, "gzip", b"z")
    assert entry.answer == answer(10)
    assert (cache.get(key(1)), len(cache), cache.size) == (None, 0, 0)


def test_an_answer_of_an_eighth_of_the_capacity_is_kept_and_one_byte_more_is_not() -> None:
    cache = AnswerCache(64 * KB)
    cache.put(key(1), answer(8 * KB - ENTRY))
    cache.put(key(2), answer(8 * KB - ENTRY + 1))
    assert cache.get(key(1)) is not None
    assert cache.get(key(2)) is None


def test_the_least_recently_used_leaves_first() -> None:
    cache = AnswerCache(8 * 8 * KB)
    for number in range(8):
        cache.put(key(number), answer(8 * KB - ENTRY))
    cache.get(key(0))
    cache.put(key(8), answer(8 * KB - ENTRY))
    assert cache.get(key(1)) is None
    assert all(cache.get(key(number)) for number in (0, *range(2, 9)))


def test_small_answers_count_for_more_than_their_bodies() -> None:
    cache = AnswerCache(10 * ENTRY)
    for number in range(100):
        cache.put(key(number), answer(0))
    assert len(cache) == 10


def test_putting_a_key_again_replaces_its_answer_and_counts_it_once() -> None:
    cache = AnswerCache(64 * KB)
    cache.put(key(1), answer(100))
    entry = cache.put(key(1), answer(50, "b"))
    assert cache.get(key(1)) is entry
    assert cache.size == ENTRY + 50


def test_an_answer_too_large_to_keep_still_drops_the_one_it_replaces() -> None:
    cache = AnswerCache(64 * KB)
    cache.put(key(1), answer(100))
    cache.put(key(1), answer(64 * KB))
    assert (cache.get(key(1)), cache.size) == (None, 0)


def test_coded_bodies_are_kept_and_counted() -> None:
    cache = AnswerCache(64 * KB)
    entry = cache.put(key(1), answer(100))
    cache.add_coded(entry, "gzip", b"z" * 30)
    cache.add_coded(entry, "br", b"z" * 20)
    cache.add_coded(entry, "br", b"z" * 10)
    assert entry.coded == {"gzip": b"z" * 30, "br": b"z" * 10}
    assert cache.size == entry.size == ENTRY + 140


def test_coded_bodies_push_others_out() -> None:
    cache = AnswerCache(16 * ENTRY)
    for number in range(15):
        cache.put(key(number), answer(0))
    last = cache.put(key(15), answer(0))
    assert len(cache) == 16
    cache.add_coded(last, "gzip", b"z")
    assert cache.get(key(0)) is None
    assert len(cache) == 15


def test_a_coded_body_that_would_make_an_entry_too_large_is_not_kept() -> None:
    cache = AnswerCache(64 * KB)
    entry = cache.put(key(1), answer(8 * KB - ENTRY))
    cache.add_coded(entry, "gzip", b"z")
    assert entry.coded == {}


def test_an_entry_that_has_left_is_not_counted_again() -> None:
    cache = AnswerCache(64 * KB)
    old = cache.put(key(1), answer(10))
    cache.put(key(1), answer(10, "b"))
    cache.add_coded(old, "gzip", b"z" * 100)
    assert cache.size == ENTRY + 10


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000), st.booleans()), max_size=60))
def test_the_size_is_that_of_the_entries_and_within_the_capacity(steps: list[tuple[int, int, bool]]) -> None:
    cache = AnswerCache(16 * KB)
    for number, size, coded in steps:
        entry = cache.get(key(number))
        if coded and entry is not None:
            cache.add_coded(entry, "gzip", b"z" * size)
        else:
            cache.put(key(number), answer(size))
    entries = [entry for number in range(10) if (entry := cache.get(key(number)))]
    assert cache.size == sum(entry.size for entry in entries) <= cache.capacity
    assert len(cache) == len(entries)


@given(INPUTS, INPUTS)
def test_different_inputs_have_different_keys(
    one: tuple[str, str, list[str], list[str], tuple[str | None, str | None]],
    two: tuple[str, str, list[str], list[str], tuple[str | None, str | None]],
) -> None:
    assert (answer_key(*one) == answer_key(*two)) == (one == two)


@given(st.lists(TEXTS, min_size=2, max_size=6), st.data())
def test_no_two_ways_of_cutting_a_text_have_one_key(texts: list[str], data: st.DataObject) -> None:
    """The same letters, cut elsewhere or moved to another field, are another input."""
    whole = "".join(texts)
    cuts = st.lists(st.integers(0, len(whole)), min_size=5, max_size=5).map(sorted)

    def inputs() -> tuple[str, str, list[str], list[str], tuple[str, str]]:
        at = [0, *data.draw(cuts), len(whole)]
        part = [whole[start:end] for start, end in pairwise(at)]
        return part[0], part[1], [part[2]], [part[3]], (part[4], part[5])

    one, two = inputs(), inputs()
    assert (answer_key(*one) == answer_key(*two)) == (one == two)


def test_the_key_is_the_same_in_every_process() -> None:
    """ETags of two workers must agree; this one was made in another process."""
    assert answer_key("d", "ASK {}", [], [], NEGOTIATED).hex() == KNOWN_KEY


def test_a_lone_surrogate_has_a_key() -> None:
    assert len(answer_key("d", "\ud800", [], [], NEGOTIATED)) == 32


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (RAND() AS ?x) {}",
        "SELECT (rand () AS ?x) {}",
        "SELECT (NoW() AS ?x) {}",
        "SELECT (NOW\n() AS ?x) {}",
        "SELECT (NOW#c\n() AS ?x) {}",
        "SELECT (UUID() AS ?x) {}",
        "SELECT (StrUUID( ) AS ?x) {}",
        "SELECT * {FILTERRAND()}",
        "SELECT * {} ORDER BYRAND()",
        r"SELECT (N\u004FW() AS ?x) {}",
        r"SELECT (\U0000004EOW() AS ?x) {}",
        "SELECT * { SERVICE <http://example.org/> {} }",
        "SELECT * { SERVICEex:a {} }",
        "SELECT * { servicesilent ex:a {} }",
        "SELECT * { SERVICEs:a {} }",
        "SELECT * { SERVICE?s {} }",
        "SELECT (BNODE() AS ?x) {}",
        "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }",
        "construct{ _:a ?p ?o } { ?s ?p ?o }",
        "CONSTRUCT WHERE { ?x ?p (1 2) }",
        "CONSTRUCT { ?x <a:where> (1) } WHERE { ?x <a:p> ?y }",
        "PREFIX where: <a:> CONSTRUCT { ?x where:p (1) } WHERE { ?x ?p ?o }",
        "# where\nCONSTRUCT { ?x <a:p> (1) } { ?x ?p ?o }",
        "CONSTRUCT { ?s ?p (1 2) } WHERE { ?s ?p ?o }",
    ],
)
def test_a_query_whose_answer_changes_is_not_repeatable(query: str) -> None:
    assert not is_repeatable(query)


@pytest.mark.parametrize(
    "query",
    [
        "ASK {}",
        "SELECT ?known { ?city foaf:knows ?known }",
        "SELECT * { ?x a concept:urban-services }",
        'SELECT * { ?x rdfs:label "urban services"@en }',
        "CONSTRUCT { ?x a ?y } WHERE { ?x foaf:knows/a ?y }",
        "SELECT ?x { ?x foaf:knows [ a ?y ] }",
        "SELECT (SHA256(?x) AS ?y) {}",
        'SELECT ?شهر { ?شهر rdfs:label "اصفهان" }',
    ],
)
def test_a_query_whose_answer_stays_is_repeatable(query: str) -> None:
    assert is_repeatable(query)


def test_every_question_of_ours_is_repeatable() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").glob("[qw]*/*.rq"))]
    assert texts
    assert [text for text in texts if "SERVICE" not in text and not is_repeatable(text)] == []


@pytest.mark.parametrize("word", ["now", "now#", "NOW ", "services ", "servic", "\\", "s", "RANDUUID"])
def test_two_megabytes_are_looked_through_in_no_time(word: str) -> None:
    """It runs on the event loop; a pattern that goes back and forth would take minutes."""
    start = time.perf_counter()
    is_repeatable(word * (2 * 1024**2 // len(word)))
    assert time.perf_counter() - start < 0.5
