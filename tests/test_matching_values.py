"""What is known besides a name: values, identifiers, and the rest of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mentions import read_mentions
from matched import city, first, taken
from shahr.gazetteer import EntitySet, Value
from shahr.matching.matcher import Matcher
from shahr.matching.query import Query, Wanted
from shahr.matching.values import numbers

PROPERTIES = {"latitude": "32.65", "geonames": "418863", "wikidata": "Q42053", "description": "a city", "near": "true"}


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


def test_a_list_of_one_country_orders_what_is_ambiguous_and_makes_nothing_certain(matcher: Matcher) -> None:
    chinese = [Query(text) for text in ("پکن", "Suzhou", "Guangzhou", "Shanghai", "Beijing, China") * 20]
    for text, best in (("گوانگجو", "city/guangzhou"), ("Xi'an", ""), ("شانگهای", "city/shanghai")):
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
