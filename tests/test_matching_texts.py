"""Whatever is asked has an answer, after bounded work; how texts are read and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matched import city, taken
from shahr.folding import glue
from shahr.gazetteer import Entity, EntitySet
from shahr.matching.candidates import LONGEST
from shahr.matching.matcher import Matcher
from shahr.matching.mention import readings
from shahr.matching.query import Query
from shahr.matching.tiers import Likeness, allowed, likeness


class _Counting(EntitySet):
    """Counts what is looked up."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        super().__init__(entities)
        self.named_keys: list[int] = []
        self.near_texts: list[str] = []

    def named(self, glued: Iterable[str]) -> Sequence[Entity]:
        keys = list(glued)
        self.named_keys.append(len(keys))
        return super().named(keys)

    def near(self, glued: str, most: int) -> Sequence[Entity]:
        self.near_texts.append(glued)
        return super().near(glued, most)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_any_text_has_an_answer(matcher: Matcher, text: str, before: str, after: str) -> None:
    found = matcher.match(Query(text, before=before, after=after))
    scores = [one.score for one in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 100.5
    assert (found.outcome == "nil") == (not found.candidates)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(min_size=LONGEST, max_size=4 * LONGEST),
        st.text("ab, ()-–،شهر دار\u200cی", min_size=LONGEST, max_size=LONGEST),
        st.lists(st.sampled_from(["شهر", "City of", "the", "Tehran", ",", "(", "ی", "ه"]), min_size=90).map(" ".join),
    )
)
def test_the_work_for_a_long_text_is_bounded(text: str) -> None:
    source, parts = _Counting([city("city/tehran", "Tehran")]), list[str]()

    def part(text: str) -> Sequence[Entity]:
        parts.append(text)
        return []

    Matcher(source, part).match(Query(text, before=text, after=text))
    assert len(source.named_keys) <= 5
    assert sum(source.named_keys) <= 500
    assert len(source.near_texts) <= 3
    assert all(len(one) <= 100 for one in source.near_texts)
    assert len(parts) <= 3


def test_no_more_than_500_characters_are_read() -> None:
    source = EntitySet([city("city/a", "a" * LONGEST)])
    assert taken(Matcher(source).match(Query("a" * 10 * LONGEST))) == "city/a"


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_looks_the_same_from_both_sides(one: str, other: str) -> None:
    there, back = likeness(one, other), likeness(other, one)
    for first, second in ((there, back), (back, there)):
        if first and first.tier in ("exact", "near"):
            assert second is not None
            assert second.tier != "exact" or first.tier == "exact"
            assert first.tier != "exact" or second.tier == "exact"


def test_the_shorter_of_two_names_tells_how_many_letters_may_be_amiss() -> None:
    assert likeness("abcdefgh", "abcdefx") is None
    assert likeness("abcdefx", "abcdefgh") is None
    assert likeness("abcdefgh", "abcdefgx") == Likeness("near", "abcdefgx", 1)
    assert likeness("abc", "abd") is None


@given(st.text("abcdefگکی ", min_size=4, max_size=14), st.integers(0, 12), st.sampled_from("abی"))
def test_a_letter_amiss_is_a_slip_from_both_sides(name: str, at: int, letter: str) -> None:
    slip = name[:at] + letter + name[at + 1 :]
    there, back = likeness(name, slip), likeness(slip, name)
    if min(allowed(glue(name)), allowed(glue(slip))) and there and there.tier == "near":
        assert back is not None
        assert back.distance == there.distance or back.tier == "stripped"


@given(st.text(max_size=80))
def test_the_readings_of_a_text_begin_with_itself_and_add_nothing_to_it(text: str) -> None:
    ways = list(readings(text))
    assert ways[0].name == text
    for way in ways:
        assert Counter(glue(way.name)) <= Counter(glue(text))
        assert way.name.strip() or not text.strip()


@pytest.mark.parametrize(
    ("text", "name", "types", "places"),
    [
        ("شهردار اصفهان", "اصفهان", ("City",), ()),
        ("City of Kazan", "kazan", ("City",), ()),
        ("Hyderabad, India", "Hyderabad", (), ("India",)),
        ("Hyderabad (Sindh)", "Hyderabad", (), ("Sindh",)),
        ("شانگهای (شهر)", "شانگهای", ("City",), ()),
        ("Zakani, Alireza", "Alireza Zakani", ("Person",), ()),
        ("کلان شهر تهران", "تهران", ("City",), ()),
    ],
)
def test_a_text_is_read_as_a_name_with_what_stands_beside_it(
    text: str, name: str, types: tuple[str, ...], places: tuple[str, ...]
) -> None:
    assert any((way.name, way.types, way.places) == (name, types, places) for way in readings(text))
