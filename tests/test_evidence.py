from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.errors import BadPassage
from shahr.evidence import digest, evidence_fold, find_folded, measure, passage_measures

VECTORS = json.loads(Path(__file__).with_name("evidence-fold.json").read_text(encoding="utf-8"))

texts = st.text(st.sampled_from("ابپآيیىكک‌ـَ ً\u00a0\n.،۳٣3aZ🏙\ufeff") | st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["why"] for vector in VECTORS])
def test_vectors(vector: dict[str, str]) -> None:
    assert evidence_fold(vector["text"]) == vector["fold"]


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert evidence_fold(evidence_fold(text)) == evidence_fold(text)


@given(texts, texts)
def test_folding_goes_letter_by_letter(left: str, right: str) -> None:
    assert evidence_fold(left + right) == evidence_fold(left) + evidence_fold(right)


@given(texts, st.sampled_from("\u200c \u00a0\n\u064b،.\u0640\ufeff"), st.integers(0, 60))
def test_what_is_dropped_may_stand_anywhere(text: str, dropped: str, place: int) -> None:
    assert evidence_fold(text[:place] + dropped + text[place:]) == evidence_fold(text)


@given(texts.filter(bool), st.data())
def test_a_slice_is_measured_as_a_text_of_its_own(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    measures = passage_measures(text, start, end)
    assert measures == measure(text[start:end])
    assert measures.code_points == end - start
    found = find_folded(evidence_fold(text), measures.folded_code_points, measures.folded_sha256)
    assert (found is not None) == (measures.folded_code_points > 0)


def test_digest_is_over_utf8_bytes() -> None:
    assert digest("شهر\r\n") == hashlib.sha256("شهر\r\n".encode()).hexdigest()


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 5), (9, 10)])
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(BadPassage, match="is not inside the text of 4 code points") as caught:
        passage_measures("چهار", start, end, "a.txt")
    assert (caught.value.source, caught.value.start, caught.value.end) == ("a.txt", start, end)


def test_a_window_of_another_digest_is_not_found() -> None:
    assert find_folded("abc", 2, digest("ca")) is None
    assert find_folded("abc", 2, digest("bc")) == 1
    assert find_folded("abc", 4, digest("abcd")) is None
