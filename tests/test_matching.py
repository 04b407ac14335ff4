"""What a name means: the regression cases of linking, and the gates of kind, place and ending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from matched import city, first, taken
from shahr.errors import ProjectMissing
from shahr.folding import fold, glue
from shahr.gazetteer import Entity, EntitySet
from shahr.matching.matcher import AUTOMATIC, Matcher
from shahr.matching.query import Query
from shahr.matching.shortnames import is_short
from shahr.matching.source import open_matcher

ZWNJ = "\u200c"
SHANGHAI, SCO = "city/shanghai", "organization/shanghai-cooperation-organization"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "Arabic letters": lambda name: name.replace("ی", "\u064a").replace("ک", "\u0643").replace("ه ", "\u0629 "),
    "space for ZWNJ": lambda name: name.replace(ZWNJ, " "),
    "ZWNJ lost": lambda name: name.replace(ZWNJ, ""),
    "spaces lost": lambda name: name.replace(" ", ""),
    "ZWNJ for space": lambda name: name.replace(" ", ZWNJ),
    "tatweel": lambda name: name[:2] + "\u0640" + name[2:] if glue(name[:2]) else name,
    "bidi marks": lambda name: f"\u200f{name}\u200e",
    "blanks around": lambda name: f" \u00a0{name}\t",
}


def test_shanghai_is_a_city_or_an_organisation_by_what_is_around_it(matcher: Matcher) -> None:
    assert matcher.match(Query("شانگهای")).outcome == "review"
    assert {one.entity.id for one in matcher.match(Query("شانگهای")).candidates} == {SHANGHAI, SCO}
    assert taken(matcher.match(Query("شانگهای", before="شهردار"))) == SHANGHAI
    assert taken(matcher.match(Query("شانگهای", types=("City",)))) == SHANGHAI
    assert taken(matcher.match(Query("شانگهای", before="بریکس، ", after=" و اکو"))) == SCO
    assert taken(matcher.match(Query("شانگهای", before="پکن، ", after=" و گوانگژو"))) == SHANGHAI
    for after in (" و اکو", " و ناکجاآباد"):
        assert matcher.match(Query("شانگهای", before="پکن، ", after=after)).outcome == "review"


def test_gwangju_and_guangzhou_are_told_apart_by_letters_or_country_only(matcher: Matcher) -> None:
    both = matcher.match(Query("گوانگجو"))
    assert both.outcome == "review"
    assert {one.entity.id for one in both.candidates} == {"city/gwangju", "city/guangzhou"}
    assert taken(matcher.match(Query("گوانگژو"))) == "city/guangzhou"
    assert taken(matcher.match(Query("گوانگجو", properties={"country": ["کره جنوبی"]}))) == "city/gwangju"
    assert taken(matcher.match(Query("گوانگجو", properties={"country": ["country/china"]}))) == "city/guangzhou"


def test_suzhou_is_that_of_jiangsu_unless_another_province_is_named(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("سوچو"))) == taken(matcher.match(Query("سوژو"))) == "city/suzhou"
    assert taken(matcher.match(Query("Suzhou, China"))) == "city/suzhou"
    assert matcher.match(Query("Suzhou, Anhui")).outcome == "review"
    assert matcher.match(Query("Suzhou, Anhui, China")).outcome == "review"


def test_hyderabad_is_never_resolved_by_its_name_alone(matcher: Matcher) -> None:
    for text in ("حیدرآباد", "حيدراباد", "Hyderabad"):
        found = matcher.match(Query(text, types=("City",)))
        assert found.outcome == "review"
        assert {one.entity.id for one in found.candidates} == {"city/hyderabad-india", "city/hyderabad-pakistan"}
    assert taken(matcher.match(Query("حیدرآباد", properties={"country": ["هند"]}))) == "city/hyderabad-india"


def test_gaza_is_the_strip_and_never_a_city(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("غزه"))) == "place/gaza-strip"
    assert taken(matcher.match(Query("غزه", types=("City",)))) == ""
    assert taken(matcher.match(Query("غزه", before="شهردار"))) == ""


@pytest.mark.parametrize("text", ["علی قاسمزاده", "علی قاسم زاده", f"علی قاسم{ZWNJ}زاده", "علي قاسم زاده"])
def test_a_name_is_itself_with_zwnj_with_space_and_without(matcher: Matcher, text: str) -> None:
    assert taken(matcher.match(Query(text))) == "person/ali-ghasemzadeh"


def test_nosrati_is_nobody_where_nobody_is_called_so(matcher: Matcher) -> None:
    cities = EntitySet([city("city/isfahan", "اصفهان"), city("city/qazvin", "قزوین")])
    assert Matcher(cities).match(Query("نصرتی", before="شهردار قزوین")).outcome == "nil"
    assert matcher.match(Query("نصرتی", types=("Person",))).outcome == "review"


def test_an_ending_is_taken_off_only_where_the_rest_is_a_name_and_then_not_by_itself(matcher: Matcher) -> None:
    found = matcher.match(Query("اصفهانی"))
    assert (found.outcome, first(found)) == ("review", "city/isfahan")
    assert matcher.match(Query("یزدی")).outcome == "nil"
    assert taken(matcher.match(Query(f"کره{ZWNJ}ی جنوبی"))) == "country/south-korea"


def test_a_slip_is_reviewed_unless_the_coordinates_agree(matcher: Matcher) -> None:
    found = matcher.match(Query("Isfhan", types=("City",), properties={"country": ["Iran"]}))
    assert (found.outcome, first(found)) == ("review", "city/isfahan")
    placed = {"latitude": [32.65], "longitude": [51.67]}
    assert taken(matcher.match(Query("Isfhan", properties=placed))) == "city/isfahan"
    assert matcher.match(Query("Isfhan", properties=placed | {"longitude": [11.0]})).outcome == "review"


def test_an_office_means_its_city_only_for_those_who_ask_for_cities(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("شهردار اصفهان"))) == "post/mayor-of-isfahan"
    assert taken(matcher.match(Query("شهردار اصفهان", types=("City",)))) == "city/isfahan"
    assert matcher.match(Query("شهردار پاریس")).outcome == "review"


def test_a_name_of_another_class_is_offered_or_left_out_as_asked(matcher: Matcher) -> None:
    should = matcher.match(Query("Isfahan", types=("Person",)))
    must = matcher.match(Query("Isfahan", types=("Person",), strictness="any"))
    assert (should.outcome, must.outcome) == ("review", "nil")
    assert should.candidates[0].features["type"] is False
    assert taken(matcher.match(Query("Isfahan", types=("City", "Place"), strictness="all"))) == "city/isfahan"
    assert matcher.match(Query("Isfahan", types=("City", "Person"), strictness="all")).outcome == "nil"


def test_the_kind_that_is_asked_for_may_be_left_out_of_a_name(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("Tehran", types=("Region",)))) == "place/tehran-province"
    assert taken(matcher.match(Query("Tehran", types=("Municipality",)))) == "organization/municipality-of-tehran"
    assert taken(matcher.match(Query("Tehran Municipality"))) == "organization/municipality-of-tehran"
    assert matcher.match(Query("Shiraz", types=("Region",))).outcome == "review"


def test_words_for_a_kind_and_bare_numbers_are_no_names(matcher: Matcher) -> None:
    assert matcher.match(Query("استانداری")).outcome == "review"
    found = matcher.match(Query("۱۱۲۹۳۱"))
    assert (found.outcome, first(found)) == ("review", "city/tehran")
    assert taken(matcher.match(Query("Q42053"))) == "city/isfahan"
    assert taken(matcher.match(Query("https://www.wikidata.org/entity/Q42053"))) == "city/isfahan"
    assert taken(matcher.match(Query("", properties={"geonames": ["112931"]}))) == "city/tehran"


def test_initials_in_lower_case_are_reviewed(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("ECO"))) == "organization/economic-cooperation-organization"
    assert matcher.match(Query("eco")).outcome == "review"


@pytest.mark.parametrize(
    ("text", "kind", "before", "id"),
    [
        ("مهر", "NewsOrganization", "خبرگزاری", "organization/mehr-news"),
        ("برنا", "Organization", "به گزارش خبرگزاری", "organization/borna-news"),
        ("اکو", "Organization", "دبیرکل", "organization/economic-cooperation-organization"),
    ],
)
def test_another_name_that_is_a_word_too_is_matched_only_where_its_kind_is_told(
    matcher: Matcher, text: str, kind: str, before: str, id: str
) -> None:
    alone = matcher.match(Query(text))
    assert (alone.outcome, first(alone)) == ("review", id)
    assert taken(matcher.match(Query(text, types=(kind,)))) == id
    assert taken(matcher.match(Query(text, before=before))) == id


def test_labels_initials_in_capitals_and_names_with_their_kind_are_no_such_words(matcher: Matcher) -> None:
    for text in ("هند", "غزه", "ECO", "UN", "همشهری", "خبرگزاری مهر", "روزنامهٔ همشهری", "جمهوری اسلامی ایران"):
        assert matcher.match(Query(text)).outcome == "match", text


def test_a_persian_title_whose_space_was_lost_is_a_title_where_the_rest_is_a_name(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("شهرشیراز"))) == "city/shiraz"
    assert taken(matcher.match(Query("دکترعلیرضا زاکانی"))) == "person/alireza-zakani"
    assert taken(matcher.match(Query("شهرداراصفهان"))) == "post/mayor-of-isfahan"
    assert matcher.match(Query("شهرکرد")).outcome == "nil"
    assert matcher.match(Query("شهردارپاریس")).outcome == "review"


def test_the_arabic_article_is_taken_off_but_not_by_itself(matcher: Matcher) -> None:
    found = matcher.match(Query("الشیراز"))
    assert (found.outcome, first(found)) == ("review", "city/shiraz")


def test_a_place_behind_a_body_or_an_office_says_where_that_is(matcher: Matcher) -> None:
    found = matcher.match(Query("Mashhad Municipality, Iran"))
    assert taken(found) == "organization/municipality-of-mashhad"
    assert matcher.match(Query("Mayor of Kazan, Turkey", types=("City",))).outcome == "review"


def test_a_place_that_nothing_is_called_leaves_a_name_to_be_reviewed(matcher: Matcher) -> None:
    for text, id in (("Kazan, Tatarstan", "city/kazan"), ("Lebanon, Ohio", "country/lebanon")):
        found = matcher.match(Query(text))
        assert (found.outcome, first(found)) == ("review", id)
        assert "place" not in found.candidates[0].features
    for text in ("Isfahan, Foo, Iran", "Municipality of Tehran (Texas)"):
        assert matcher.match(Query(text, types=("City",))).outcome == "review", text


def test_a_country_in_a_text_is_read_by_name_or_code_also_where_the_graph_has_it_not(matcher: Matcher) -> None:
    for text in ("Kazan, Turkey", "Kazan, TR", "کازان، ترکیه", "Kazan (Türkiye)"):
        assert matcher.match(Query(text)).candidates[0].features["place"] is False, text
    for text in ("Isfahan, IR", "Kazan (Russian Federation)"):
        assert matcher.match(Query(text)).outcome == "match", text


def test_an_epithet_of_a_city_is_no_part_of_its_name(matcher: Matcher) -> None:
    for text, id in (
        ("مشهد مقدس", "city/mashhad"),
        ("شهر مقدس مشهد", "city/mashhad"),
        ("Gwangju Metropolitan City", "city/gwangju"),
        ("Metropolis of Isfahan", "city/isfahan"),
    ):
        assert taken(matcher.match(Query(text))) == id, text


@pytest.mark.parametrize("text", ["تهران بزرگ", "Greater Tehran", "Tehran Metropolitan Area"])
def test_what_lies_about_a_city_is_to_be_reviewed(matcher: Matcher, text: str) -> None:
    for types in ((), ("City",)):
        found = matcher.match(Query(text, types))
        assert (found.outcome, first(found)) == ("review", "city/tehran")
    assert taken(matcher.match(Query("ایران", after="بزرگ"))) == "country/iran"


def test_a_person_beside_an_office_is_meant_where_it_is_theirs(matcher: Matcher) -> None:
    for text in (
        "علیرضا زاکانی شهردار تهران",
        "شهردار تهران علیرضا زاکانی",
        "دکتر علیرضا زاکانی شهردار تهران",
        "Alireza Zakani Mayor of Tehran",
    ):
        assert taken(matcher.match(Query(text))) == "person/alireza-zakani", text
        assert matcher.match(Query(text, types=("City",))).outcome == "review", text
    for text in ("علیرضا زاکانی شهردار مشهد", "شهردار پاریس علیرضا زاکانی"):
        found = matcher.match(Query(text))
        assert (found.outcome, first(found)) == ("review", "person/alireza-zakani")
        assert len(found.candidates) == 1
    assert taken(matcher.match(Query("سفیر ایران در چین"))) == "post/ambassador-of-iran-to-china"


def test_letters_amiss_are_counted_only_in_a_whole_name(matcher: Matcher) -> None:
    part, near = matcher.match(Query("زاکانی")), matcher.match(Query("Isfhan"))
    assert (part.candidates[0].tier, "distance" in part.candidates[0].features) == ("part", False)
    assert near.candidates[0].features["distance"] == 1


def test_a_country_or_region_does_not_lie_in_another_place(matcher: Matcher) -> None:
    for text in ("Lebanon, Ohio", "India, Iran", "Asia (Texas)", "ایران، تگزاس"):
        assert matcher.match(Query(text)).outcome == "review", text
    for text in ("Isfahan Province, Iran", "Iran (Islamic Republic of)"):
        assert matcher.match(Query(text)).outcome == "match", text


def test_a_body_and_an_office_lie_where_what_they_are_for_lies(matcher: Matcher) -> None:
    assert taken(matcher.match(Query("شهرداری اصفهان، ایران"))) == "organization/municipality-of-isfahan"
    assert taken(matcher.match(Query("Mayor of Kazan (Russia)"))) == "post/mayor-of-kazan"
    for text in ("Mayor of Kazan, Turkey", "Municipality of Tehran (Texas)"):
        assert matcher.match(Query(text)).outcome == "review", text


@pytest.mark.parametrize("how", SPELLINGS)
def test_every_name_in_every_spelling_finds_its_entity(matcher: Matcher, entities: Sequence[Entity], how: str) -> None:
    for entity in entities:
        if "Unresolved" in entity.types:
            continue
        for name in entity.names:
            types = entity.types[:1] if is_short(name.text, entity) else ()
            found = matcher.match(Query(SPELLINGS[how](name.text), types))
            among = {one.entity.id: one for one in found.candidates}
            assert entity.id in among, (name, how)
            assert among[entity.id].tier in AUTOMATIC, (name, how)


def test_a_matcher_needs_an_index(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissing, match="shahr index"):
        open_matcher(tmp_path / "search.db")


def test_folding_a_name_does_not_change_what_it_matches(matcher: Matcher, entities: Sequence[Entity]) -> None:
    for entity in entities[::5]:
        for name in entity.names:
            if name.text.isupper():
                continue
            assert first(matcher.match(Query(fold(name.text)))) == first(matcher.match(Query(name.text)))
