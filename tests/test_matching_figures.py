"""How often the matcher is right over tests/mentions.tsv, and how well its scores tell."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.fitting import fit
from benchmarks.mentions import MENTIONS, calibration_error, figures, half_of, read_mentions, reliability
from benchmarks.names import PLACES, batch, places, prefixes
from shahr.gazetteer import Entity
from shahr.matching.matcher import Matcher
from shahr.matching.score import FITTED, Weights, odds, shares

PARTS = ("fit", "held out", "fresh")


@pytest.mark.parametrize("part", PARTS)
def test_automatic_matches_are_right_and_most_names_are_matched(matcher: Matcher, part: str) -> None:
    mentions = read_mentions(part)
    told = figures(mentions, [matcher.match(one.query) for one in mentions])
    assert told.precision >= 0.97, told.wrong
    assert told.recall >= 0.90
    assert told.recall_first >= 0.95


@pytest.mark.parametrize("part", PARTS)
def test_no_ambiguous_or_unknown_name_is_matched_by_itself(matcher: Matcher, part: str) -> None:
    mentions = [one for one in read_mentions(part) if not one.known]
    assert len(mentions) > 50
    assert [one.query for one in mentions if matcher.match(one.query).outcome == "match"] == []


def test_a_score_is_how_likely_a_candidate_is_meant(matcher: Matcher) -> None:
    mentions = read_mentions("held out")
    table = reliability(mentions, [matcher.match(one.query) for one in mentions])
    assert len(table) >= 5
    assert calibration_error(table) < 0.1


def test_the_mentions_are_many_of_each_kind_and_split_by_chance_alone(entities: Sequence[Entity]) -> None:
    with MENTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    mentions = read_mentions()
    known = {one.id for one in entities}
    kinds = Counter(one.expected.partition("/")[0] for one in mentions)
    assert all(row["half"] == half_of(row) for row in rows if row["half"] != "fresh")
    assert len({one.query.text + str(one.query) for one in mentions}) == len(mentions) >= 200
    assert all(kinds[kind] >= 20 for kind in ("city", "country", "organization", "person", "place", "unknown"))
    assert kinds["ambiguous"] >= 20
    assert {one.expected for one in mentions if one.known} <= known
    assert {id for one in mentions for id in one.among} - {"-"} <= known


def test_the_weights_in_use_are_about_those_that_the_fit_gives(matcher: Matcher) -> None:
    mentions = read_mentions("fit")
    fitted = asdict(fit(mentions, [matcher.match(one.query) for one in mentions], Weights()))
    assert all(0.5 <= fitted[name] / value <= 2 for name, value in asdict(FITTED).items()), fitted


@pytest.mark.skipif(not PLACES.is_file(), reason="the places are not beside the checkout (../shared/wikidata)")
def test_the_benchmark_asks_the_same_hundred_names_each_time() -> None:
    found = places(500)
    assert batch(found) == batch(places(500))
    assert len(set(batch(found))) == 100
    assert len({place.id for place in found}) == 500
    assert all(len(text) == length for length, typed in prefixes(found, 6, 5).items() for text in typed)


@given(st.lists(st.floats(0, 1e6), max_size=8))
def test_shares_are_probabilities_and_leave_something_for_none(chances: list[float]) -> None:
    given = shares(chances)
    assert all(0 <= one < 1 for one in given)
    assert sum(given) < 1 + 1e-9


def test_what_agrees_raises_the_odds_and_what_does_not_lowers_them() -> None:
    plain = odds("exact", {"distance": 0})
    assert odds("exact", {"property:country": True}) > plain > odds("exact", {"property:country": False})
    assert odds("exact", {"place": True}) > plain > odds("exact", {"type": False})
    assert odds("near", {"distance": 2}) < odds("near", {"distance": 1})
    assert plain < odds("exact", {"coherent": True}) <= 2 * plain
