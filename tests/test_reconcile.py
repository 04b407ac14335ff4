"""The reconciliation service as OpenRefine and the specification want it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient

from reconciling import FORM, ask, ask_one, extend, post_form, reconciliation

ZWNJ = "\u200c"
# What OpenRefine 3.6.2 sends: to guess the types of a column, to match it, and to show values of those that matched.
GUESSING = (
    "queries=%7B%22q1%22%3A%7B%22query%22%3A%22%D9%86%D9%88%D9%88%D9%8A%D8%B3%D8%A7%D8%AF%22%2C%22limit%22%3A3%7D%2C"
    "%22q0%22%3A%7B%22query%22%3A%22%D8%A8%D9%86%D8%AF%D8%B1+%D8%B9%D8%A8%D8%A7%D8%B3%22%2C%22limit%22%3A3%7D%7D"
)
MATCHING = """{
  "q0": {"query": "بندر عباس", "type": "City", "type_strict": "should",
         "properties": [{"pid": "country", "v": "ایران"}, {"pid": "label-en", "v": "Bandar Abbas"}]},
  "q1": {"query": "پاریس", "type": "City", "type_strict": "should",
         "properties": [{"pid": "country", "v": {"id": "country/france", "name": "France"}}]},
  "q2": {"query": "حیدرآباد", "type": "City", "type_strict": "should",
         "properties": [{"pid": "country", "v": "هند"}, {"pid": "label-en", "v": "Hyderabad"}]},
  "q3": {"query": "شهر خیالی", "type": "City", "type_strict": "should"}
}"""
EXTENDING = (
    '{"ids":["city/isfahan","city/gwangju","city/novi-sad"],"properties":[{"id":"wikidata"},{"id":"geonames"},'
    '{"id":"country"},{"id":"latitude"},{"id":"label-fa"},'
    '{"id":"twinnedWith","settings":{"limit":"1","content":"label"}}]}'
)


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return reconciliation(tmp_path_factory.mktemp("reconciled") / "project", built)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in found]


def test_the_manifest_says_where_everything_is(client: FlaskClient) -> None:
    told = client.get("/reconcile", headers={"Host": "shahr.test:8000"}).get_json()
    assert told["versions"] == ["0.2"]
    assert told["identifierSpace"] + "city/isfahan" == "https://w3id.org/shahr/city/isfahan"
    assert told["schemaSpace"] + "City" == "https://w3id.org/shahr/ns#City"
    assert told["view"]["url"] == "http://shahr.test:8000/{{id}}"
    assert told["batchSize"] == 100
    assert [one["id"] for one in told["defaultTypes"]] == ["City", "Country", "Place", "Person", "Organization", "Post"]
    proposals = told["extend"]["propose_properties"]
    for path in (told["logo"], told["documentation"], proposals["service_url"] + proposals["service_path"]):
        assert client.get(path.removeprefix("http://shahr.test:8000")).status_code in (200, 307)


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/1.0"])
def test_a_slash_at_the_end_of_the_address_does_no_harm(client: FlaskClient, path: str) -> None:
    assert client.get(f"{path}/").get_json() == client.get(path).get_json()


def test_all_that_the_manifest_offers_answers(client: FlaskClient) -> None:
    told = client.get("/reconcile?lang=fa").get_json()
    addresses = [told["preview"]["url"].replace("{{id}}", "city/isfahan")]
    for kind, id in (("entity", "city/isfahan"), ("type", "City"), ("property", "country")):
        service = told["suggest"][kind]
        addresses.append(f"{service['service_url']}{service['service_path']}&prefix=Isf")
        addresses.append(service["flyout_service_url"] + service["flyout_service_path"].replace("${id}", id))
    proposals = told["extend"]["propose_properties"]
    addresses.append(f"{proposals['service_url']}{proposals['service_path']}?type=City")
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, "fa"), address


@pytest.mark.parametrize("id", ["city/isfahan", "city%2Fisfahan"])
def test_the_view_of_an_id_leads_to_its_page_however_it_is_encoded(client: FlaskClient, id: str) -> None:
    answer = client.get(f"/{id}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/city/isfahan.html")


def test_the_manifest_of_1_0_is_another(client: FlaskClient) -> None:
    told = client.get("/reconcile/1.0", headers={"Accept-Language": "fa"}).get_json()
    assert told["versions"] == ["1.0-draft"]
    assert (told["lang"], told["dir"]) == ("fa", "rtl")
    assert told["view"]["url"] == "http://localhost/{+id}"
    assert told["standardizedScore"] is True
    assert told["suggest"] == {"entity": True, "property": True, "type": True}
    assert "identifierSpace" not in told


def test_the_types_of_a_column_are_guessed(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data=GUESSING, content_type=FORM)
    found = answer.get_json()
    assert list(found) == ["q1", "q0"]
    for key, id in (("q0", "city/bandar-abbas"), ("q1", "city/novi-sad")):
        assert found[key]["result"][0]["id"] == id
        assert found[key]["result"][0]["type"] == [{"id": "City", "name": "city"}, {"id": "Place", "name": "place"}]


def test_a_column_is_matched_with_others_beside_it(client: FlaskClient) -> None:
    found = ask(client, json.loads(MATCHING))
    first = {key: one["result"][:1] for key, one in found.items()}
    assert [ids(one) for one in first.values()] == [["city/bandar-abbas"], ["city/paris"], ["city/hyderabad-india"], []]
    assert all(one["match"] for each in first.values() for one in each)
    features = {one["id"]: one["value"] for one in found["q2"]["result"][0]["features"]}
    assert features["type"] is features["property:country"] is features["property:label-en"] is True
    assert isinstance(features["name"], int)


def test_values_of_those_that_matched_are_shown(client: FlaskClient) -> None:
    answer = post_form(client, "extend", EXTENDING).get_json()
    assert answer["rows"]["city/isfahan"] == {
        "wikidata": [{"str": "Q42053"}],
        "geonames": [{"str": "418863"}],
        "country": [{"id": "country/iran", "name": "Iran"}],
        "latitude": [{"float": 32.652}],
        "label-fa": [{"str": "اصفهان"}],
        "twinnedWith": [{"str": "Kazan"}],
    }
    assert answer["rows"]["city/novi-sad"]["twinnedWith"] == []
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in json.loads(EXTENDING)["properties"]]
    assert answer["meta"][2]["type"] == {"id": "Country", "name": "country"}
    assert "type" not in answer["meta"][0]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("اصفهان", "city/isfahan"),
        ("Isfahan", "city/isfahan"),
        (f"نووی{ZWNJ}ساد", "city/novi-sad"),
        ("نوویساد", "city/novi-sad"),
        ("نووي ساد", "city/novi-sad"),
        ("city/isfahan", "city/isfahan"),
        ("city:isfahan", "city/isfahan"),
        ("https://w3id.org/shahr/city/isfahan", "city/isfahan"),
        ("Q42053", "city/isfahan"),
        ("http://www.wikidata.org/entity/Q42053", "city/isfahan"),
        ("https://sws.geonames.org/418863/", "city/isfahan"),
    ],
)
def test_a_name_in_any_spelling_or_an_id_finds_its_entity(client: FlaskClient, text: str, id: str) -> None:
    found = ask_one(client, {"query": text})
    assert (found[0]["id"], found[0]["match"]) == (id, True)


def test_what_is_ambiguous_or_unknown_is_never_a_match(client: FlaskClient) -> None:
    found = ask(client, {"two": {"query": "حیدرآباد"}, "none": {"query": "نصرتی"}})
    assert set(ids(found["two"]["result"])) == {"city/hyderabad-india", "city/hyderabad-pakistan"}
    assert not any(one["match"] for one in found["two"]["result"])
    assert not any(one["match"] for one in found["none"]["result"])


def test_every_key_comes_back_even_an_odd_or_an_empty_one(client: FlaskClient) -> None:
    batch = {
        "": {"query": "Kazan"},
        "q 1": {"query": ""},
        "کلید": {"query": "xqzzy"},
        "long": {"query": f"Kazan{' ' * 500}x"},
    }
    found = ask(client, batch)
    assert list(found) == list(batch)
    assert [len(one["result"]) for one in found.values()] == [1, 0, 0, 0]
    assert ask(client, {}) == {}


def test_a_batch_may_come_by_get(client: FlaskClient) -> None:
    text = json.dumps({"q0": {"query": "کازان"}})
    answer = client.get(f"/reconcile?queries={quote_plus(text)}")
    assert answer.get_json() == post_form(client, "queries", text).get_json()
    assert answer.headers["ETag"]
    assert client.get("/reconcile", query_string={"extend": EXTENDING}).get_json()["rows"]


def test_a_candidate_is_told_in_the_language_of_the_request(client: FlaskClient) -> None:
    english, persian = (ask_one(client, {"query": "Isfahan"}, f"/reconcile?lang={one}")[0] for one in ("en", "fa"))
    assert (english["name"], english["description"]) == ("Isfahan", "city · Iran")
    assert (persian["name"], persian["description"]) == ("اصفهان", "شهر · ایران")
    assert persian["type"][0] == {"id": "City", "name": "شهر"}
    by_header = client.post("/reconcile", data=GUESSING, content_type=FORM, headers={"Accept-Language": "fa-IR, fa"})
    assert by_header.headers["Content-Language"] == "fa"
    assert by_header.get_json()["q0"]["result"][0]["name"] == "بندرعباس"


def test_the_limit_is_kept(client: FlaskClient) -> None:
    assert len(ask_one(client, {"query": "شهرداری"})) == 5
    assert len(ask_one(client, {"query": "شهرداری", "limit": 2})) == 2
    assert len(ask_one(client, {"query": "شهرداری", "limit": 2.0})) == 2
    assert len(ask_one(client, {"query": "شهرداری", "limit": 1000})) > 5


def test_scores_fall_and_stay_between_0_and_100(client: FlaskClient) -> None:
    scores = [one["score"] for one in ask_one(client, {"query": "شهرداری", "limit": 50})]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 100 for score in scores)


@pytest.mark.parametrize(
    ("strictness", "types", "found"),
    [
        ("any", "Person", []),
        ("any", ["Person", "City"], ["city/isfahan"]),
        ("all", ["Place", "City"], ["city/isfahan"]),
        ("all", ["Person", "City"], []),
        ("should", "https://w3id.org/shahr/ns#City", ["city/isfahan"]),
        ("any", [], ["city/isfahan"]),
        ("any", "", ["city/isfahan"]),
    ],
)
def test_types_narrow_as_strictly_as_is_asked(
    client: FlaskClient, strictness: str, types: object, found: list[str]
) -> None:
    candidates = ask_one(client, {"query": "اصفهان", "type": types, "type_strict": strictness})
    assert [one["id"] for one in candidates if one["match"]] == found


def test_a_type_that_only_should_be_leaves_others_without_a_match(client: FlaskClient) -> None:
    found = ask_one(client, {"query": "اصفهان", "type": "Country", "type_strict": "should"})
    assert "city/isfahan" in ids(found)
    assert not any(one["match"] for one in found)


@pytest.mark.parametrize(
    "value",
    [
        "ایران",
        "Iran",
        "country/iran",
        "https://w3id.org/shahr/country/iran",
        "Q794",
        "http://www.wikidata.org/entity/Q794",
        ["France", "Iran"],
        {"id": "country/iran"},
        {"id": "Q794", "name": "whatever"},
        "q794",
        {"id": "elsewhere-17", "name": "ایران"},
        {"name": "Iran"},
        {"id": None, "name": "ایران"},
        ["France", {"id": "country/iran", "name": "Iran"}],
    ],
)
def test_a_known_value_is_compared_in_any_form(client: FlaskClient, value: object) -> None:
    found = ask_one(client, {"query": "شیراز", "properties": [{"pid": "country", "v": value}]})
    assert {"id": "property:country", "value": True} in found[0]["features"]
    assert found[0]["match"] is True


@pytest.mark.parametrize("value", ["France", {"id": "country/france", "name": "Iran"}, {"id": "Q142"}, "q142"])
def test_a_known_value_that_is_another_speaks_against(client: FlaskClient, value: object) -> None:
    found = ask_one(client, {"query": "شیراز", "properties": [{"pid": "country", "v": value}]})
    assert {"id": "property:country", "value": False} in found[0]["features"]
    assert found[0]["match"] is False


@pytest.mark.parametrize("value", [7, True, "xqzzy"])
def test_a_known_value_that_names_nothing_speaks_neither_for_nor_against(client: FlaskClient, value: object) -> None:
    found = ask_one(client, {"query": "شیراز", "properties": [{"pid": "country", "v": value}]})
    assert not any(one["id"] == "property:country" for one in found[0]["features"])
    assert found[0]["match"] is True


@pytest.mark.parametrize(
    ("property", "value"),
    [
        ("wikidata", "Q42053"),
        ("wikidata", " q42053 "),
        ("wikidata", "Q۴۲۰۵۳"),
        ("wikidata", {"id": "Q42053", "name": "Isfahan"}),
        ("wikidata", "http://www.wikidata.org/entity/Q42053"),
        ("geonames", 418863),
        ("geonames", "۴۱۸۸۶۳"),
        ("iri", "https://w3id.org/shahr/city/isfahan"),
        ("label-fa", "اصفهان"),
        ("label-en", "Isfahan"),
    ],
)
def test_without_a_name_a_value_finds_the_entity(client: FlaskClient, property: str, value: object) -> None:
    assert "city/isfahan" in ids(ask_one(client, {"properties": [{"pid": property, "v": value}]}))


def test_empty_values_are_no_values(client: FlaskClient) -> None:
    assert ask_one(client, {"properties": [{"pid": "wikidata", "v": " "}]}) == []
    found = ask_one(
        client, {"query": "اصفهان", "properties": [{"pid": "country", "v": ""}, {"pid": "country", "v": []}]}
    )
    assert found[0]["match"] is True


def conditions(*given: dict[str, Any], **others: object) -> dict[str, Any]:
    return {"queries": [{"conditions": list(given), **others}]}


def match_10(client: FlaskClient, batch: object, language: str = "en") -> list[dict[str, Any]]:
    answer = client.post("/reconcile/1.0/match", json=batch, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["results"][0]["candidates"]
    return found


def named(text: object) -> dict[str, Any]:
    return {"matchType": "name", "propertyValue": text}


def having(property: str, value: object, **others: object) -> dict[str, Any]:
    return {"matchType": "property", "propertyId": property, "propertyValue": value, **others}


def test_texts_of_1_0_have_language_and_direction_and_features_names(client: FlaskClient) -> None:
    batch = conditions(named("شیراز"), having("country", "ایران"), type="City")
    english, persian = (match_10(client, batch, tag)[0] for tag in ("en", "fa"))
    assert (english["name"], english["lang"], english["dir"]) == ("Shiraz", "en", "ltr")
    assert (persian["name"], persian["lang"], persian["dir"]) == ("شیراز", "fa", "rtl")
    assert persian["type"][0] == {"id": "City", "name": "شهر", "lang": "fa", "dir": "rtl"}
    assert {one["id"] for one in english["features"]} == {"name", "distance", "type", "property:country"}
    assert all(one["name"] for one in english["features"])
    assert english["match"] is persian["match"] is True


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (having("country", "India"), ["city/hyderabad-india", "city/hyderabad-pakistan"]),
        (having("country", "India", required=True), ["city/hyderabad-india"]),
        (having("country", "India", required=True, matchQuantifier="none"), ["city/hyderabad-pakistan"]),
        (having("country", "India", matchQuantifier="none"), ["city/hyderabad-pakistan", "city/hyderabad-india"]),
        (having("country", ["India", "Iran"], required=True, matchQuantifier="any"), ["city/hyderabad-india"]),
        (having("country", ["India", "Iran"], required=True, matchQuantifier="all"), []),
        (having("country", ["India", "Q668"], required=True, matchQuantifier="all"), ["city/hyderabad-india"]),
        (having("mayorOf", "India", required=True), []),
    ],
)
def test_conditions_of_1_0_are_kept_as_they_are_required(
    client: FlaskClient, condition: dict[str, Any], found: list[str]
) -> None:
    candidates = match_10(client, conditions(named("Hyderabad"), condition))
    assert ids(candidates) == found
    assert [one["score"] for one in candidates] == sorted((one["score"] for one in candidates), reverse=True)


def test_one_of_several_names_or_an_id_is_enough_in_1_0(client: FlaskClient) -> None:
    assert ids(match_10(client, conditions(named(["xqzzy", "Kazan"])))) == ["city/kazan"]
    both = match_10(client, conditions(named(["Kazan", "Isfahan"])))
    assert (set(ids(both)), any(one["match"] for one in both)) == ({"city/kazan", "city/isfahan"}, False)
    same = match_10(client, conditions(named("اصفهان"), named("Isfahan")))
    assert (ids(same), same[0]["match"]) == (["city/isfahan"], True)
    assert match_10(client, conditions({"matchType": "id", "propertyValue": {"id": "city/kazan"}}))[0]["match"] is True


def test_names_in_both_languages_and_facts_are_values(client: FlaskClient) -> None:
    row = extend(client, ["city/isfahan"], "label-fa", "label-en", "iri", "otherName")["rows"]["city/isfahan"]
    assert row["label-fa"] == [{"str": "اصفهان"}]
    assert row["label-en"] == [{"str": "Isfahan"}]
    assert row["iri"] == [{"str": "https://w3id.org/shahr/city/isfahan"}]
    assert {"str": "Isfahan"} not in row["otherName"]
    assert row["otherName"]
    assert {"str": "Ispahan"} not in row["otherName"]  # a hidden name is to be found by, not to be shown
    facts = extend(client, ["person/alireza-zakani"], "hasTenure")
    tenures = facts["rows"]["person/alireza-zakani"]["hasTenure"]
    assert {"id": "tenure/zakani-mayor-of-tehran", "name": "Alireza Zakani, mayor of Tehran"} in tenures
    assert "type" not in facts["meta"][0]


def test_settings_tell_how_many_values_and_which_part_of_them(client: FlaskClient) -> None:
    def posts(**settings: object) -> list[dict[str, str]]:
        asked = {"id": "holdsPost", "settings": settings}
        found: list[dict[str, str]] = extend(client, ["person/alireza-zakani"], asked)["rows"]["person/alireza-zakani"][
            "holdsPost"
        ]
        return found

    assert len(posts()) == len(posts(limit=0)) == len(posts(limit="0")) == 3
    assert len(posts(limit=2)) == len(posts(limit="2")) == 2
    assert posts(content="both")[0] == {"id": "post/mayor-of-tehran", "name": "Mayor of Tehran"}
    assert posts(content="label")[0] == {"str": "Mayor of Tehran"}
    assert posts(content="id")[0] == {"str": "post/mayor-of-tehran"}


def test_an_unknown_id_has_no_values_and_one_in_another_form_has_them(client: FlaskClient) -> None:
    asked = ["city/nowhere", "", "city:isfahan", "https://w3id.org/shahr/city/isfahan", "tenure/zakani-mayor-of-tehran"]
    rows = extend(client, asked, "wikidata")["rows"]
    assert list(rows) == asked
    assert [row["wikidata"] for row in rows.values()] == [[], [], [{"str": "Q42053"}], [{"str": "Q42053"}], []]
    assert extend(client, [], "wikidata")["rows"] == {}
    assert extend(client, ["city/isfahan"]) == {"meta": [], "rows": {"city/isfahan": {}}}


def test_values_of_1_0_keep_their_order_and_tell_their_language(client: FlaskClient) -> None:
    asked = {"ids": ["city/kazan", "city/isfahan"], "properties": [{"id": "label-fa"}, {"id": "country"}]}
    rows = client.post("/reconcile/1.0/extend?lang=fa", json=asked).get_json()["rows"]
    assert rows[1] == {
        "id": "city/isfahan",
        "properties": [
            {"id": "label-fa", "values": [{"str": "اصفهان", "lang": "fa", "dir": "rtl"}]},
            {"id": "country", "values": [{"id": "country/iran", "name": "ایران", "lang": "fa", "dir": "rtl"}]},
        ],
    }


def test_the_properties_of_a_type_are_proposed(client: FlaskClient) -> None:
    of_cities = client.get("/reconcile/properties?type=City&limit=6").get_json()
    assert (of_cities["type"], of_cities["limit"]) == ("City", 6)
    assert [one["id"] for one in of_cities["properties"]][:4] == ["wikidata", "geonames", "label-fa", "label-en"]
    assert len(of_cities["properties"]) == 6
    names = {one["id"] for one in client.get("/reconcile/properties?type=Person").get_json()["properties"]}
    assert "mayorOf" in names
    assert "latitude" not in names
    whole = {one["id"] for one in client.get("/reconcile/properties?type=").get_json()["properties"]}
    assert {"mayorOf", "latitude", "label-fa"} <= whole
    persian = client.get("/reconcile/properties/fa?type=City").get_json()["properties"]
    assert "کشور" in {one["name"] for one in persian}
    later = client.get("/reconcile/1.0/extend/propose?type=City&limit=1&lang=fa").get_json()["properties"]
    assert later[0]["id"] == "wikidata"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/reconcile"),
        ("GET", "/reconcile?queries={"),
        ("POST", "/reconcile"),
        ("GET", "/reconcile/1.0"),
        ("POST", "/reconcile/1.0/match"),
        ("POST", "/reconcile/1.0/extend"),
        ("GET", "/reconcile/1.0/match"),
        ("PUT", "/reconcile"),
        ("GET", "/reconcile/nothing"),
        ("GET", "/reconcile/properties?type=None"),
    ],
)
def test_scripts_of_any_site_may_read_every_answer(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method, headers={"Origin": "https://refine.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/1.0/match", "/reconcile/1.0/extend"])
def test_a_browser_may_ask_first(client: FlaskClient, path: str) -> None:
    asks = {"Origin": "https://refine.example", "Access-Control-Request-Method": "POST"}
    answer = client.options(path, headers=asks)
    assert answer.status_code in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


def test_a_client_that_has_the_manifest_is_told_so(client: FlaskClient) -> None:
    answer = client.get("/reconcile")
    again = client.get("/reconcile", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/reconcile", headers={"If-None-Match": answer.headers["ETag"], "Accept-Language": "fa"})
    assert other.status_code == 200
    assert "Accept-Language" in answer.headers["Vary"]
