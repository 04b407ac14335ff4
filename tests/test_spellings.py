"""Words that differ in a few letters are found, all of them, without comparing every word."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from shahr.spellings import spellings_of

WORDS = st.text("abcنو", max_size=14)


def by_hand(words: list[str], word: str, most: int) -> list[tuple[str, int]]:
    found = [(one, OSA.distance(one, word)) for one in set(words)]
    return sorted((pair for pair in found if pair[1] <= most), key=lambda pair: (pair[1], pair[0]))


@given(st.lists(WORDS, max_size=40), WORDS, st.integers(0, 2))
@example(["tehran", "mehran", "kerman", "tabriz"], "tehran", 2)
def test_the_words_within_reach_are_those_that_a_comparison_with_all_finds(
    words: list[str], word: str, most: int
) -> None:
    assert spellings_of(words).near(word, most, 1000) == by_hand(words, word, most)


@given(WORDS.filter(lambda word: len(word) > 3), st.data())
def test_a_slip_is_found_wherever_it_is(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    slips = [
        word[:at] + word[at + 1 :],
        word[:at] + "ژ" + word[at:],
        word[:at] + "ژ" + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]
    assert all(word in dict(spellings_of([word, "ناصر", "cccccc"]).near(slip, 1, 10)) for slip in slips)


def test_the_nearest_come_first_and_no_more_than_asked_for() -> None:
    words = spellings_of(["shiraz", "shirax", "shirvan", "shiras"])
    assert words.near("shiraz", 2, 2) == [("shiraz", 0), ("shiras", 1)]
    assert words.near("", 1, 5) == []
    assert spellings_of([]).near("shiraz", 2, 5) == []
