"""Bad calls to the reconciliation service: the right status and one sentence, in the language of the request."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from time import sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.test import TestResponse

from reconciling import FORM, ask, extend, post_form, reconciliation
from server import create_app
from shahr.gazetteer import Value
from shahr.web.reconcile.calls import is_short
from shahr.web.reconcile.extending import literal
from shahr.web.reconcile.turns import Turns
from shahr.web.settings import Settings
from tiny import tiny_project

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return reconciliation(tmp_path_factory.mktemp("reconciled") / "project", built)


def sentence(answer: TestResponse, status: int) -> str:
    """Make sure that an answer is one sentence about what is wrong, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    told: dict[str, str] = answer.get_json()
    assert list(told) == ["error"]
    assert 10 < len(told["error"]) < 300
    assert "\n" not in told["error"]
    assert not any(word in told["error"] for word in ("Traceback", ".py", "Error(", "sqlite"))
    return told["error"]


@pytest.mark.parametrize(
    ("batch", "reason"),
    [
        ("", "this is not JSON: see line 1, column 1"),
        ('{"q0": {"query": "a"}', "this is not JSON: see line 1, column 22"),
        ("{\n 'q0': 1}", "this is not JSON: see line 2, column 2"),
        ("اصفهان", "this is not JSON: see line 1, column 1"),
        ('{"q0": {"query": "a", "limit": NaN}}', "JSON has no number 'NaN'"),
        ('{"q0": {"query": "a", "limit": -Infinity}}', "JSON has no number '-Infinity'"),
        ('{"q0": {"query": "\\ud800"}}', "half a character"),
        ('{"\\udfff": {"query": "a"}}', "half a character"),
        ("[" * 100_000, "this JSON is nested too deeply"),
        ('{"q0": {"query": "a", "limit": ' + "9" * 5000 + "}}", "this JSON holds a number with too many digits"),
        ('[{"query": "a"}]', "what is sent must be a JSON object"),
        ('"a"', "what is sent must be a JSON object"),
        ("null", "what is sent must be a JSON object"),
        ('{"q0": "a"}', "'q0' must be an object"),
        ('{"q0": null}', "'q0' must be an object"),
        ('{"q0": {}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"limit": 1}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"properties": []}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"properties": null}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"properties": [null]}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"query": 7}}', "'q0.query' must be a string"),
        ('{"q0": {"query": "a", "props": []}}', "q0: a query has no 'props', only limit, properties, query"),
        ('{"q0": {"query": "a", "properties": {}}}', "'q0.properties' must be a list"),
        ('{"q0": {"query": "a", "properties": ["a"]}}', "'q0.properties[0]' must be an object"),
        ('{"q0": {"query": "a", "properties": [null, {"pid": "country"}]}}', "'q0.properties[1].v' is missing"),
        ('{"q0": {"query": "a", "properties": [{"v": "a"}]}}', "'q0.properties[0].pid' must be a string"),
        (
            '{"q0": {"query": "a", "properties": [{"pid": "country", "v": {}}]}}',
            "'q0.properties[0].v' must be a string,",
        ),
        ('{"q0": {"query": "a", "properties": [{"pid": "country", "v": {"id": 7}}]}}', "v.id' must be a string"),
        ('{"q0": {"query": "a", "properties": [{"pid": "country", "v": [1, ["a"]]}]}}', "v[1]' must be a string, a"),
        (
            '{"q0": {"query": "a", "properties": [{"pid": "kountry", "v": 1}]}}',
            "[0].pid: there is no property 'kountry'",
        ),
        ('{"q0": {"query": "a", "type": "Town"}}', "q0.type: there is no type 'Town' here"),
        ('{"q1": {"query": "a", "type": ["City", "Town"]}}', "q1.type[1]: there is no type 'Town' here"),
        ('{"q0": {"query": "a", "type": {"id": "City"}}}', "'q0.type' must be a string"),
        ('{"q0": {"query": "a", "type_strict": "must"}}', "'q0.type_strict' must be one of any, all, should"),
        ('{"q0": {"query": "a", "type_strict": ["any"]}}', "'q0.type_strict' must be one of any, all, should"),
        ('{"q0": {"query": "a", "limit": 0}}', "'q0.limit' must be a whole number, 1 or more"),
        ('{"q0": {"query": "a", "limit": -1}}', "'q0.limit' must be a whole number"),
        ('{"q0": {"query": "a", "limit": 1.5}}', "'q0.limit' must be a whole number"),
        ('{"q0": {"query": "a", "limit": 1e999}}', "'q0.limit' must be a whole number"),
        ('{"q0": {"query": "a", "limit": true}}', "'q0.limit' must be a whole number"),
        ('{"q0": {"query": "a", "limit": "many"}}', "'q0.limit' must be a whole number"),
        ('{"' + "k" * 500 + '": {"query": 7}}', f"'{'k' * 40}.query' must be a string"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_with_the_place(client: FlaskClient, batch: str, reason: str) -> None:
    assert reason in sentence(post_form(client, "queries", batch), 400)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "this is not JSON"),
        (b"queries=%7B%7D", "this is not JSON"),
        (b"\xff\xfe{}", "the body is not in UTF-8"),
        (b"{}", "'queries' must be a list"),
        (b'{"queries": {}}', "'queries' must be a list"),
        (b'{"queries": [null]}', "'queries[0]' must be an object"),
        (b'{"queries": [{}]}', "queries[0]: a query needs at least one of 'conditions'"),
        (b'{"queries": [{"conditions": {}}]}', "'queries[0].conditions' must be a list"),
        (b'{"queries": [{"conditions": []}]}', "queries[0]: a query needs at least one of 'conditions'"),
        (b'{"queries": [{"query": "a"}]}', "queries[0]: a query has no 'query', only conditions"),
        (
            b'{"queries": [{"conditions": [{"propertyValue": "a"}]}]}',
            "'queries[0].conditions[0].matchType' must be one of",
        ),
        (b'{"queries": [{"conditions": [{"matchType": "name"}]}]}', "conditions[0].propertyValue' is missing"),
        (
            b'{"queries": [{"conditions": [{"matchType": "name", "propertyValue": "a"}], "type": ["City"]}]}',
            "'queries[0].type' must be a string",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyValue": "a"}]}]}',
            "'queries[0].conditions[0].propertyId' must be a string",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "x", "propertyValue": "a"}]}]}',
            "queries[0].conditions[0].propertyId: there is no property 'x' here",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "country", "propertyValue": "a",'
            b' "matchQuantifier": "some"}]}]}',
            "matchQuantifier' must be one of any, all, none",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "country", "propertyValue": "a",'
            b' "required": "yes"}]}]}',
            "required' must be one of true, false",
        ),
    ],
)
def test_a_batch_of_1_0_that_cannot_be_read_is_refused(client: FlaskClient, body: bytes, reason: str) -> None:
    answer = client.post("/reconcile/1.0/match", data=body, content_type="application/json")
    assert reason in sentence(answer, 400)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("{", "this is not JSON"),
        ("{}", "'ids' must be a list"),
        ('{"ids": ["city/isfahan"]}', "'properties' must be a list"),
        ('{"ids": [7], "properties": []}', "'ids[0]' must be a string"),
        ('{"ids": "city/isfahan", "properties": []}', "'ids' must be a list"),
        ('{"ids": [], "properties": ["wikidata"]}', "'properties[0]' must be an object"),
        ('{"ids": [], "properties": [{"id": "nothing"}]}', "properties[0].id: there is no property 'nothing' here"),
        ('{"ids": [], "properties": [{"id": "country", "settings": []}, {}]}', "'properties[1].id' must be a string"),
        (
            '{"ids": [], "properties": [{"id": "country", "settings": {"limit": -1}}]}',
            "settings.limit' must be a whole number, 0 or",
        ),
        (
            '{"ids": [], "properties": [{"id": "country", "settings": {"limit": "x"}}]}',
            "settings.limit' must be a whole number, 0 or",
        ),
        (
            '{"ids": [], "properties": [{"id": "country", "settings": {"content": "x"}}]}',
            "settings.content' must be one of both",
        ),
    ],
)
def test_a_query_for_values_that_cannot_be_read_is_refused_in_both_versions(
    client: FlaskClient, asked: str, reason: str
) -> None:
    assert reason in sentence(post_form(client, "extend", asked), 400)
    assert reason in sentence(client.post("/reconcile/1.0/extend", data=asked), 400)


def test_too_many_queries_are_refused_and_as_many_as_the_manifest_says_are_not(client: FlaskClient) -> None:
    size = client.get("/reconcile").get_json()["batchSize"]
    assert len(ask(client, {f"q{at}": {"query": "x"} for at in range(size)})) == size
    for count in (size + 1, 10_000):
        many = {f"q{at}": {"query": "اصفهان"} for at in range(count)}
        told = sentence(post_form(client, "queries", json.dumps(many)), 413)
        assert told == f"there are {count:,} queries, and a batch takes {size}"
        later = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x"}]}] * count}
        assert sentence(client.post("/reconcile/1.0/match", json=later), 413) == told


def test_too_many_values_or_columns_are_refused(client: FlaskClient) -> None:
    values = {"q0": {"query": "x", "properties": [{"pid": "country", "v": ["Iran"] * 26}] * 2}}
    assert sentence(post_form(client, "queries", json.dumps(values)), 400) == "q0: a query takes at most 50 values"
    names = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": ["x"] * 51}]}]}
    assert "at most 50 values" in sentence(client.post("/reconcile/1.0/match", json=names), 400)
    ids = {"ids": [f"city/{at}" for at in range(1001)], "properties": []}
    assert sentence(post_form(client, "extend", json.dumps(ids)), 413) == "there are more than 1,000 in 'ids'"
    columns = {"ids": [], "properties": [{"id": "wikidata"}] * 51}
    assert sentence(post_form(client, "extend", json.dumps(columns)), 413) == "there are more than 50 in 'properties'"


def test_too_many_names_or_values_in_all_are_refused(client: FlaskClient) -> None:
    values = {f"q{at}": {"query": "x", "properties": [{"pid": "country", "v": ["Iran"] * 11}]} for at in range(100)}
    told = sentence(post_form(client, "queries", json.dumps(values)), 413)
    assert told == "there are 1,100 known values, and a batch takes 1,000"
    names = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": ["x", "y", "z"]}]}] * 100}
    told = sentence(client.post("/reconcile/1.0/match", json=names), 413)
    assert told == "there are 300 names, and a batch takes 200"


@pytest.mark.parametrize("value", ["9" * 400, "-1e999", '"' + "9" * 4000 + '"', '"' + "a" * 100_000 + '"'])
def test_a_value_beyond_all_measure_speaks_for_nothing(client: FlaskClient, value: str) -> None:
    batch = f'{{"q0": {{"query": "Isfahan", "properties": [{{"pid": "latitude", "v": {value}}}]}}}}'
    answer = post_form(client, "queries", batch)
    assert answer.status_code == 200, answer.text
    features = {one["id"]: one["value"] for one in answer.get_json()["q0"]["result"][0]["features"]}
    assert not features.get("property:latitude", False)


def test_a_text_is_as_long_as_what_its_ligatures_stand_for(client: FlaskClient) -> None:
    assert ask(client, {"q0": {"query": "\ufdfa" * 500}})["q0"]["result"] == []
    assert is_short("\ufdfa" * 27, 500)
    assert not is_short("\ufdfa" * 28, 500)
    assert is_short("a" * 500, 500)
    assert not is_short("a" * 501, 500)


def test_one_batch_is_at_work_and_only_few_wait(client: FlaskClient) -> None:
    turns, full, at_once = Turns(waiting=7), Turns(waiting=0), list[int]()
    working = Counter[str]()

    def work() -> None:
        working["now"] += 1
        sleep(0.002)
        at_once.append(working["now"])
        working["now"] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turns.take, [work] * 8))
    assert at_once == [1] * 8
    with client.application.test_request_context(), pytest.raises(ServiceUnavailable, match="try again"):
        full.take(lambda: full.take(work))
    assert full.take(lambda: "next") == "next"


def test_a_service_with_too_many_lists_asks_to_come_again(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedSemaphore, "acquire", lambda *_, **__: False)
    calls = [post_form(client, field, "{}") for field in ("queries", "extend")]
    calls += [client.post(f"/reconcile/1.0/{name}", json={}) for name in ("match", "extend")]
    for answer in calls:
        assert "try again in a moment" in sentence(answer, 503)
        assert answer.headers["Retry-After"]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data=b"queries=" + b"a" * (2 * 1024**2), content_type=FORM)
    assert sentence(answer, 413)


@pytest.mark.parametrize(
    ("method", "address", "form", "status", "reason"),
    [
        ("POST", "/reconcile", {}, 400, "send a form with 'queries' or 'extend'"),
        ("POST", "/reconcile", {"query": "Isfahan"}, 400, "send a batch as 'queries'"),
        ("GET", "/reconcile?query=Isfahan", None, 400, "a single 'query' is not taken: send a batch as 'queries'"),
        ("POST", "/reconcile", {"queries": "{}", "extend": "{}"}, 400, "give 'queries' or 'extend', once"),
        ("POST", "/reconcile", {"queries": ["{}", "{}"]}, 400, "give 'queries' or 'extend', once"),
        ("GET", "/reconcile?queries={}&extend={}", None, 400, "give 'queries' or 'extend', once"),
        ("GET", "/reconcile?callback=alert", None, 400, "not by 'callback'"),
        ("POST", "/reconcile?lang=de", {"queries": "{}"}, 400, "write lang=en or lang=fa, once"),
        ("GET", "/reconcile/properties?type=Town", None, 400, "type: there is no type 'Town' here"),
        ("GET", "/reconcile/properties?limit=x", None, 400, "'limit' must be a whole number, 1 or more"),
        ("GET", "/reconcile/1.0/extend/propose?limit=0", None, 400, "'limit' must be a whole number, 1 or more"),
    ],
)
def test_a_call_that_asks_for_nothing_or_too_much_is_refused(
    client: FlaskClient, method: str, address: str, form: dict[str, str] | None, status: int, reason: str
) -> None:
    assert reason in sentence(client.open(address, method=method, data=form), status)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_only_takes_posts_says_so(client: FlaskClient, method: str) -> None:
    answer = client.open("/reconcile/1.0/match", method=method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("{", "۲"),
        ('{"q": {"query": "a", "type": "Town"}}', ""),
        ('{"q": {"query": "a", "limit": 0}}', "۱"),
        (json.dumps({f"q{at}": {"query": "x"} for at in range(1001)}), "۱٬۰۰۱"),
    ],
)
def test_what_is_wrong_is_told_in_persian_with_its_digits(client: FlaskClient, text: str, digits: str) -> None:
    by_header = client.post("/reconcile", data={"queries": text}, headers={"Accept-Language": "fa"})
    told = sentence(by_header, by_header.status_code)
    assert any("آ" <= letter <= "ی" for letter in told)
    assert digits in told
    assert not any(letter.isascii() and letter.isdigit() for letter in told)
    assert by_header.headers["Content-Language"] == "fa"
    assert told == client.post("/reconcile?lang=fa", data={"queries": text}).get_json()["error"]


def test_an_error_names_the_language_that_it_is_told_in(client: FlaskClient) -> None:
    assert post_form(client, "queries", "{").headers["Content-Language"] == "en"
    large = client.post("/reconcile?lang=fa", data=b"queries=" + b"a" * (2 * 1024**2), content_type=FORM)
    assert sentence(large, 413).isascii()
    assert large.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "query",
    [
        {"type": None, "limit": None, "properties": None, "type_strict": None},
        {"type": [None, "City"], "properties": [None]},
        *({"properties": [{"pid": "country", "v": v}]} for v in (None, [None], {"id": None, "name": None}, [])),
    ],
)
def test_null_is_as_if_nothing_were_there(client: FlaskClient, query: dict[str, object]) -> None:
    plain, found = (ask(client, {"q0": {"query": "اصفهان", **one}}) for one in ({}, query))
    assert found["q0"]["result"][0]["id"] == plain["q0"]["result"][0]["id"] == "city/isfahan"
    features = {one["id"] for one in found["q0"]["result"][0]["features"]}
    assert not any(one.startswith("property:") for one in features)


def test_an_empty_cell_spoils_no_batch(client: FlaskClient) -> None:
    found = ask(client, {"q0": {"query": None}, "q1": {"query": "Isfahan"}})
    assert [len(one["result"]) for one in found.values()] == [0, 1]
    conditions = [{"matchType": "name", "propertyValue": one} for one in (None, "Isfahan")]
    queries = [{"conditions": [one], "type": None, "limit": None, "lang": None} for one in conditions]
    answer = client.post("/reconcile/1.0/match", json={"queries": queries}).get_json()
    assert [len(one["candidates"]) for one in answer["results"]] == [0, 1]
    columns = [{"id": "wikidata", "settings": None}, {"id": "country", "settings": {"limit": None, "content": None}}]
    rows = extend(client, ["city/isfahan", None], *columns)["rows"]
    assert list(rows) == ["city/isfahan"]
    assert rows["city/isfahan"]["country"] == [{"id": "country/iran", "name": "Iran"}]


@pytest.mark.parametrize("address", ["/reconcile", "/reconcile/1.0", "/reconcile/properties", "/reconcile?queries={}"])
def test_without_an_index_there_is_nothing_to_match_with(tmp_path: Path, address: str) -> None:
    project = tiny_project(tmp_path / "project")
    app: Flask = create_app({"SERVICE": Settings(project, dataset=project.graph)})
    told = sentence(app.test_client().get(address), 404)
    assert told.startswith("reconciliation needs the built graph")
    bare = create_app({"SERVICE": Settings(project)})
    assert "`shahr run`" in sentence(bare.test_client().get(address), 404)


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
QUERY = st.fixed_dictionaries(
    {},
    optional={
        "query": st.text(max_size=30) | ANY,
        "type": st.sampled_from(["City", "Person", ["City", "Place"]]) | ANY,
        "limit": st.integers(-2, 9) | ANY,
        "type_strict": st.sampled_from(["any", "all", "should"]) | ANY,
        "properties": st.lists(
            st.fixed_dictionaries({"pid": st.sampled_from(["country", "iri"]), "v": ANY}), max_size=2
        ),
    },
)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(max_size=5), QUERY, max_size=3) | ANY)
def test_any_json_is_answered_or_refused(client: FlaskClient, batch: object) -> None:
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)})
    if answer.status_code == 200:
        assert isinstance(batch, dict)
        assert list(answer.get_json()) == list(batch)
    else:
        sentence(answer, 400)


@pytest.mark.parametrize(
    ("text", "datatype", "cell"),
    [
        ("2004", "integer", {"int": 2004}),
        ("-7", "int", {"int": -7}),
        ("3000000000", "integer", {"str": "3000000000"}),
        ("many", "integer", {"str": "many"}),
        ("32.652", "decimal", {"float": 32.652}),
        ("INF", "double", {"str": "INF"}),
        ("2019-05-12", "date", {"date": "2019-05-12T00:00:00Z"}),
        ("2019-13-12", "date", {"str": "2019-13-12"}),
        ("2019-05-12T10:00:00", "dateTime", {"date": "2019-05-12T10:00:00Z"}),
        ("2019-05-12T10:00:00+03:30", "dateTime", {"date": "2019-05-12T06:30:00Z"}),
        ("0001-01-01T00:00:00+03:30", "dateTime", {"str": "0001-01-01T00:00:00+03:30"}),
        ("2019", "gYear", {"str": "2019"}),
        ("true", "boolean", {"str": "true"}),
        ("Q42053", "string", {"str": "Q42053"}),
    ],
)
def test_a_literal_is_a_cell_of_its_kind_and_a_text_where_it_is_malformed(
    text: str, datatype: str, cell: dict[str, object]
) -> None:
    assert literal(Value("", text, "", XSD + datatype)) == (cell, "")
