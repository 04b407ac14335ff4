"""Names are matched: figures over tests/mentions.tsv, the regression cases of linking, and what must never happen."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fitting import fit
from benchmarks.mentions import MENTIONS, calibration_error, figures, half_of, read_mentions, reliability
from benchmarks.names import PLACES, batch, places, prefixes
from shahr.errors import ProjectMissing
from shahr.folding import fold, glue
from shahr.gazetteer import Entity, EntitySet, Name, Value, open_gazetteer
from shahr.matching.candidates import LONGEST
from shahr.matching.matcher import AUTOMATIC, Matcher
from shahr.matching.mention import readings
from shahr.matching.query import Matches, Query, Wanted
from shahr.matching.score import FITTED, Weights, odds, shares
from shahr.matching.shortnames import is_short
from shahr.matching.source import open_matcher
from shahr.matching.tiers import Likeness, allowed, likeness
from shahr.matching.values import numbers
from shahr.namespaces import BASE

ZWNJ = "\u200c"
PARTS = ("fit", "held out", "fresh")
SHANGHAI, SCO = "city/shanghai", "organization/shanghai-cooperation-organization"
PROPERTIES = {"latitude": "32.65", "geonames": "418863", "wikidata": "Q42053", "description": "a city", "near": "true"}
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


@pytest.fixture(scope="module")
def matcher(built: Path) -> Matcher:
    return open_matcher(built / "search.db")


@pytest.fixture(scope="module")
def entities(built: Path) -> Sequence[Entity]:
    gazetteer = open_gazetteer(built / "search.db")
    kinds = ("city", "country", "organization", "person", "place", "post")
    return sorted(
        {one.id: one for kind in kinds for one in gazetteer.those(_ids(built, kind))}.values(), key=lambda one: one.id
    )


def _ids(built: Path, kind: str) -> list[str]:
    quads = (built / "graph.nq").read_text(encoding="utf-8").splitlines()
    subjects = {line.split(" ", 1)[0].strip("<>") for line in quads}
    return sorted(one.removeprefix(BASE) for one in subjects if one.startswith(f"{BASE}{kind}/"))


def first(found: Matches) -> str:
    return found.candidates[0].entity.id if found.candidates else ""


def taken(found: Matches) -> str:
    """Give what is matched by itself, "" where nothing is."""
    return first(found) if found.outcome == "match" else ""


def city(id: str, *names: str, country: str = "") -> Entity:
    held = {"country": (Value(BASE + country, "", "", ""),)} if country else {}
    return Entity(id, id.partition("/")[0], ("City", "Place"), tuple(Name(one, "en", "label") for one in names), held)


# Figures


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


# The regression cases


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


# Gates


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


def test_a_value_that_disagrees_keeps_a_name_from_being_matched(matcher: Matcher) -> None:
    assert matcher.match(Query("Kazan, Turkey")).outcome == "review"
    assert matcher.match(Query("Isfahan", properties={"country": ["France"]})).outcome == "review"
    assert taken(matcher.match(Query("Isfahan", properties={"country": [""]}))) == "city/isfahan"
    assert taken(matcher.match(Query("Isfahan, Isfahan Province, Iran"))) == "city/isfahan"


def test_one_value_that_disagrees_outweighs_any_number_that_agree(matcher: Matcher) -> None:
    known: dict[str, Sequence[Wanted]] = {
        "country": ["Iran"],
        "latitude": [32.652],
        "longitude": [51.675],
        "wikidata": ["Q42053"],
    }
    assert taken(matcher.match(Query("Isfahan", properties=known))) == "city/isfahan"
    found = matcher.match(Query("Isfahan", properties=known | {"geonames": ["112931"]}))
    assert (found.outcome, first(found)) == ("review", "city/isfahan")


@pytest.mark.parametrize(
    ("property", "values"),
    [
        ("country", ["Texas", "IRN", "n/a", "NA", "-", "country/nowhere", "ir"]),
        ("latitude", ["abc", "32.65°", "nan", float("nan"), 10**400, 10**5000, True]),
        ("wikidata", ["abc", "Q0", "https://www.geonames.org/418863/"]),
        ("geonames", ["abc", "Q42053", "https://www.wikidata.org/wiki/Q42053"]),
    ],
)
def test_a_value_that_nobody_can_read_or_that_names_nothing_tells_nothing(
    matcher: Matcher, property: str, values: Sequence[Wanted]
) -> None:
    for value in values:
        found = matcher.match(Query("Isfahan", properties={property: [value]}))
        assert taken(found) == "city/isfahan"
        assert f"property:{property}" not in found.candidates[0].features
    both = matcher.match(Query("Isfahan", properties={property: values, "longitude": [11.0]}))
    assert both.outcome == "review"


@pytest.mark.parametrize("value", ["Germany", "آلمان", "DE", "Turkey", "Tehran", "Q142", "country/france", "فرانسه"])
def test_a_value_that_names_something_else_speaks_against(matcher: Matcher, value: str) -> None:
    found = matcher.match(Query("Isfahan", properties={"country": [value]}))
    assert (found.outcome, found.candidates[0].features["property:country"]) == ("review", False)


@pytest.mark.parametrize(
    ("property", "values"),
    [
        ("country", ["IR", "Q794", "https://www.wikidata.org/wiki/Q794", "country:iran", "Iran"]),
        ("latitude", ["۳۲٫۶۵", "٣٢٫٦٥", "32,65", "32.65", " 32.65 ", "+32.65", 32.65]),
        ("wikidata", ["q42053", "Q۴۲۰۵۳", "https://www.wikidata.org/wiki/Q42053", "wikidata.org/entity/Q42053"]),
        ("wikidata", ["https://m.wikidata.org/wiki/Q42053?uselang=fa", "http://www.wikidata.org/entity/Q42053"]),
        ("geonames", ["۴۱۸۸۶۳", 418863, 418863.0, "418863.0", "https://www.geonames.org/418863/isfahan.html"]),
    ],
)
def test_a_value_agrees_in_whatever_form_it_is_written(
    matcher: Matcher, property: str, values: Sequence[Wanted]
) -> None:
    for value in values:
        found = matcher.match(Query("Isfahan", properties={property: [value]}))
        assert found.candidates[0].features[f"property:{property}"] is True, value
        if property in ("wikidata", "geonames"):
            assert taken(matcher.match(Query("", properties={property: [value]}))) == "city/isfahan", value


@pytest.mark.parametrize(
    ("text", "numbers_in_it"),
    [
        ("32,652", [32.652, 32652.0]),
        ("1,234,567", [1234567.0]),
        ("1,234.5", [1234.5]),
        ("۱٬۲۳۴٬۵۶۷", [1234567.0]),
        ("−73.5", [-73.5]),
        ("1,2,3", []),
        ("", []),
        ("1e999", []),
        ("32 65", []),
    ],
)
def test_numbers_are_read_with_either_sign_for_decimals(text: str, numbers_in_it: list[float]) -> None:
    assert numbers(text) == numbers_in_it


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.booleans()), st.sampled_from(sorted(PROPERTIES)))
def test_any_known_value_has_an_answer(wanted: Wanted, property: str) -> None:
    held = {name: (Value("", text, "", ""),) for name, text in PROPERTIES.items()}
    entity = replace(city("city/isfahan", "Isfahan", country="country/iran"), values=held)
    found = Matcher(EntitySet([entity])).match(Query("Isfahan", properties={property: [wanted]}))
    assert first(found) == "city/isfahan"


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


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("q42053", "match"),
        ("https://www.wikidata.org/wiki/Q42053", "match"),
        ("https://www.geonames.org/418863/isfahan.html", "match"),
        ("https://sws.geonames.org/418863/", "match"),
        ("۴۱۸۸۶۳", "review"),
        ("1403/418863", "nil"),
        ("https://example.org/Q42053", "nil"),
    ],
)
def test_an_identifier_is_certain_alone_or_in_an_address_of_its_own(matcher: Matcher, text: str, outcome: str) -> None:
    found = matcher.match(Query(text))
    assert (found.outcome, first(found)) == (outcome, "" if outcome == "nil" else "city/isfahan")


# Lists


def test_a_list_of_one_country_orders_what_is_ambiguous_and_makes_nothing_certain(matcher: Matcher) -> None:
    chinese = [Query(text) for text in ("پکن", "Suzhou", "Guangzhou", "Shanghai", "Beijing, China") * 20]
    for text, best in (("گوانگجو", "city/guangzhou"), ("Xi'an", ""), ("شانگهای", SHANGHAI)):
        found = matcher.match_all([*chinese, Query(text)])[-1]
        assert found.outcome != "match"
        assert first(found) == best
    korean = [Query(text, types=("City",)) for text in ("گوانگجو", "حیدرآباد", "Hyderabad", "مشهدی")]
    assert all(found.outcome == "review" for found in matcher.match_all([*chinese, *korean])[-4:])


def test_a_list_does_not_tip_the_scale_for_one_of_three_namesakes() -> None:
    iran = [city(f"city/{name.lower()}", name, country="country/iran") for name in ("Tehran", "Isfahan", "Shiraz")]
    there = city("city/here", "Abad", country="country/iran")
    others = [city(f"city/other-{number}", "Abad", country="country/india") for number in range(2)]
    held = {**there.values, "wikidata": (Value("", "Q5", "", ""),)}
    source = EntitySet([*iran, replace(there, values=held), *others])
    queries = [*(Query(one.names[0].text) for one in iran), Query("Abad", properties={"wikidata": ["Q5"]})]
    alone, listed = Matcher(source).match(queries[-1]), Matcher(source).match_all(queries)[-1]
    assert (alone.outcome, first(alone), first(listed)) == ("review", "city/here", "city/here")
    assert listed.candidates[0].score > 90 > alone.candidates[0].score
    assert listed.outcome == "review"


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_no_list_makes_a_name_certain_that_is_not_certain_alone(matcher: Matcher, data: st.DataObject) -> None:
    queries = data.draw(st.lists(st.sampled_from([one.query for one in read_mentions()]), max_size=12))
    assert [taken(found) for found in matcher.match_all(queries)] == [taken(matcher.match(one)) for one in queries]


# Whatever is asked


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


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_any_text_has_an_answer(matcher: Matcher, text: str, before: str, after: str) -> None:
    found = matcher.match(Query(text, before=before, after=after))
    scores = [one.score for one in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 100.5
    assert (found.outcome == "nil") == (not found.candidates)


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


def test_a_matcher_needs_an_index(tmp_path: Path) -> None:
    with pytest.raises(ProjectMissing, match="shahr index"):
        open_matcher(tmp_path / "search.db")


def test_folding_a_name_does_not_change_what_it_matches(matcher: Matcher, entities: Sequence[Entity]) -> None:
    for entity in entities[::5]:
        for name in entity.names:
            if name.text.isupper():
                continue
            assert first(matcher.match(Query(fold(name.text)))) == first(matcher.match(Query(name.text)))
