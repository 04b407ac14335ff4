from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shahr.folding import fold, glue, latin_sound, pairs, persian_sound, visible, words

ZWNJ = "\u200c"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0639\u0644\u064a", "علی"),  # Arabic ye
        ("\u0645\u0648\u0633\u0649", "موسی"),  # alef maksura
        ("\u0643\u0627\u0632\u0627\u0646", "کازان"),  # Arabic kaf
        ("خواهرخواندهٔ", "خواهرخوانده"),
        ("خواهرخواند\u06c0", "خواهرخوانده"),
        ("جمهور\u0629", "جمهوره"),
        ("آذربایجان", "اذربایجان"),
        ("أحمد إ", "احمد ا"),
        ("م\u0624سسه", "موسسه"),
        (f"نووی{ZWNJ}ساد", "نوویساد"),
        ("اصفهـــان", "اصفهان"),
        ("شَهر", "شهر"),
        ("۱۴۰۳", "1403"),
        ("١٤٠٣", "1403"),
        ("\u202bقم\u202c", "قم"),
        ("Eşfahān", "esfahan"),
        ("Bandar-e ‘Abbās", "bandar e abbas"),
        ("Se’ūl", "seul"),
        ("Đurić", "duric"),
        ("  a,\tb\n(C) ", "a b c"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_become_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("شیراز", "شیزار"), ("Kazan", "Kazon"), ("قم", "غم"), ("1403", "1404")])
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text())
def test_a_folded_text_is_words_of_letters_and_digits(text: str) -> None:
    assert all(word.isalnum() for word in fold(text).split())
    assert glue(text) == "".join(fold(text).split())


def test_what_zwnj_joins_is_one_word_and_several() -> None:
    assert words(f"شهر خواهر{ZWNJ}خوانده") == ["شهر", "خواهرخوانده", "خواهر", "خوانده"]
    assert pairs(f"شهر خواهر{ZWNJ}خوانده") == ["شهرخواهر", "خواهرخوانده"]
    assert pairs("Isfahan") == []


@pytest.mark.parametrize(
    ("persian", "latin"),
    [
        ("اصفهان", "Isfahan"),
        ("اصفهان", "Esfahan"),
        ("خواهرخوانده", "khaharkhande"),
        ("قلندر", "Ghalandar"),
        ("محمد", "Mohammad"),
        ("شهرداری", "shahrdari"),
        ("زاکانی", "Zakani"),
        ("چهارباغ", "Chaharbagh"),
    ],
)
def test_latin_letters_sound_like_the_persian_word(persian: str, latin: str) -> None:
    assert persian_sound(fold(persian)) == latin_sound(fold(latin)) != ""


@pytest.mark.parametrize("word", ["", "قم", "Qom", "Isfahan2", "اصفهانabc", "Санкт"])
def test_short_and_mixed_words_have_no_sound(word: str) -> None:
    assert (persian_sound(fold(word)), latin_sound(fold(word))) == ("", "")


def test_what_is_not_seen_goes_and_zwnj_stays() -> None:
    assert visible(f" خواهر{ZWNJ}خوانده\u202e\u0000 \n a\u2066b ") == f"خواهر{ZWNJ}خوانده ab"
