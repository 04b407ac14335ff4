"""Bad calls to the reconciliation service: the right status and one sentence, in the language of the request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from reconciling import FORM, ask, post_form, reconciliation
from server import create_app
from shahr.gazetteer import Value
from shahr.web.reconcile.extending import literal
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
        ("", "this is no JSON: line 1, column 1"),
        ('{"q0": {"query": "a"}', "this is no JSON: line 1, column 22"),
        ("{\n 'q0': 1}", "this is no JSON: line 2, column 2"),
        ("اصفهان", "this is no JSON: line 1, column 1"),
        ('{"q0": {"query": "a", "limit": NaN}}', "or holds a number that is none"),
        ('{"q0": {"query": "\\ud800"}}', "half a character"),
        ('{"\\udfff": {"query": "a"}}', "half a character"),
        ("[" * 100_000, "nested too deeply"),
        ('{"q0": {"query": "a", "limit": ' + "9" * 5000 + "}}", "or holds a number that is none"),
        ('[{"query": "a"}]', "here belongs an object"),
        ('"a"', "here belongs an object"),
        ("null", "here belongs an object"),
        ('{"q0": "a"}', "q0: here belongs an object"),
        ('{"q0": {}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"limit": 1}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"properties": []}}', "q0: a query needs 'query' or 'properties'"),
        ('{"q0": {"query": 7}}', "q0: here belongs a text"),
        ('{"q0": {"query": null}}', "q0: here belongs a text"),
        ('{"q0": {"query": "a", "props": []}}', "q0: a query has no 'props', only limit, properties, query"),
        ('{"q0": {"query": "a", "properties": {}}}', "q0: here belongs a list"),
        ('{"q0": {"query": "a", "properties": ["a"]}}', "q0: here belongs an object"),
        ('{"q0": {"query": "a", "properties": [{"pid": "country"}]}}', "q0: a property needs 'pid' and 'v'"),
        ('{"q0": {"query": "a", "properties": [{"v": "a"}]}}', "q0: here belongs a text"),
        ('{"q0": {"query": "a", "properties": [{"pid": "country", "v": null}]}}', "q0: a value is a text, a number"),
        ('{"q0": {"query": "a", "properties": [{"pid": "country", "v": {"name": "a"}}]}}', "q0: a value is a text"),
        ('{"q0": {"query": "a", "properties": [{"pid": "country", "v": [["a"]]}]}}', "q0: a value is a text"),
        ('{"q0": {"query": "a", "properties": [{"pid": "kountry", "v": 1}]}}', "q0: there is no property 'kountry'"),
        ('{"q0": {"query": "a", "type": "Town"}}', "q0: there is no type 'Town' here"),
        ('{"q0": {"query": "a"}, "q1": {"query": "a", "type": ["City", "Town"]}}', "q1: there is no type 'Town' here"),
        ('{"q0": {"query": "a", "type": {"id": "City"}}}', "q0: here belongs a text"),
        ('{"q0": {"query": "a", "type_strict": "must"}}', "q0: 'type_strict' is one of any, all, should"),
        ('{"q0": {"query": "a", "type_strict": ["any"]}}', "q0: 'type_strict' is one of any, all, should"),
        ('{"q0": {"query": "a", "limit": 0}}', "q0: 'limit' is a whole number from 1 on"),
        ('{"q0": {"query": "a", "limit": -1}}', "q0: 'limit' is a whole number from 1 on"),
        ('{"q0": {"query": "a", "limit": 1.5}}', "q0: 'limit' is a whole number from 1 on"),
        ('{"q0": {"query": "a", "limit": 1e999}}', "q0: 'limit' is a whole number from 1 on"),
        ('{"q0": {"query": "a", "limit": true}}', "q0: 'limit' is a whole number from 1 on"),
        ('{"q0": {"query": "a", "limit": "many"}}', "q0: 'limit' is a whole number from 1 on"),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_with_the_place(client: FlaskClient, batch: str, reason: str) -> None:
    assert reason in sentence(post_form(client, "queries", batch), 400)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "this is no JSON"),
        (b"queries=%7B%7D", "this is no JSON"),
        (b"\xff\xfe{}", "the body is not in UTF-8"),
        (b"{}", "queries: here belongs a list"),
        (b'{"queries": {}}', "queries: here belongs a list"),
        (b'{"queries": [{}]}', "queries[0]: here belongs a list"),
        (b'{"queries": [{"conditions": []}]}', "queries[0]: a query needs at least one of 'conditions'"),
        (b'{"queries": [{"query": "a"}]}', "queries[0]: a query has no 'query', only conditions"),
        (b'{"queries": [{"conditions": [{"propertyValue": "a"}]}]}', "'matchType' is one of name, id, property"),
        (b'{"queries": [{"conditions": [{"matchType": "name"}]}]}', "a value is a text, a number"),
        (
            b'{"queries": [{"conditions": [{"matchType": "name", "propertyValue": "a"}], "type": ["City"]}]}',
            "queries[0]: here belongs a text",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyValue": "a"}]}]}',
            "queries[0]: here belongs a text",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "x", "propertyValue": "a"}]}]}',
            "queries[0]: there is no property 'x' here",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "country", "propertyValue": "a",'
            b' "matchQuantifier": "some"}]}]}',
            "'matchQuantifier' is one of any, all, none",
        ),
        (
            b'{"queries": [{"conditions": [{"matchType": "property", "propertyId": "country", "propertyValue": "a",'
            b' "required": "yes"}]}]}',
            "'required' is one of true, false",
        ),
    ],
)
def test_a_batch_of_1_0_that_cannot_be_read_is_refused(client: FlaskClient, body: bytes, reason: str) -> None:
    answer = client.post("/reconcile/1.0/match", data=body, content_type="application/json")
    assert reason in sentence(answer, 400)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("{", "this is no JSON"),
        ("{}", "ids: here belongs a list"),
        ('{"ids": ["city/isfahan"]}', "properties: here belongs a list"),
        ('{"ids": [7], "properties": []}', "ids: here belongs a text"),
        ('{"ids": "city/isfahan", "properties": []}', "ids: here belongs a list"),
        ('{"ids": [], "properties": ["wikidata"]}', "properties: here belongs an object"),
        ('{"ids": [], "properties": [{"id": "nothing"}]}', "there is no property 'nothing' here"),
        ('{"ids": [], "properties": [{"id": "country", "settings": []}, {}]}', "properties: here belongs a text"),
        ('{"ids": [], "properties": [{"id": "country", "settings": {"limit": -1}}]}', "country: 'limit' is a whole"),
        ('{"ids": [], "properties": [{"id": "country", "settings": {"limit": "x"}}]}', "country: 'limit' is a whole"),
        ('{"ids": [], "properties": [{"id": "country", "settings": {"content": "x"}}]}', "'content' is one of both"),
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
        assert told == f"there are {count} queries, and a batch takes {size}"
        later = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "x"}]}] * count}
        assert sentence(client.post("/reconcile/1.0/match", json=later), 413) == told


def test_too_many_values_or_columns_are_refused(client: FlaskClient) -> None:
    values = {"q0": {"query": "x", "properties": [{"pid": "country", "v": ["Iran"] * 26}] * 2}}
    assert sentence(post_form(client, "queries", json.dumps(values)), 400) == "q0: a query takes at most 50 values"
    names = {"queries": [{"conditions": [{"matchType": "name", "propertyValue": ["x"] * 51}]}]}
    assert "at most 50 values" in sentence(client.post("/reconcile/1.0/match", json=names), 400)
    ids = {"ids": [f"city/{at}" for at in range(1001)], "properties": []}
    assert sentence(post_form(client, "extend", json.dumps(ids)), 413) == "there are more than 1000 in 'ids'"
    columns = {"ids": [], "properties": [{"id": "wikidata"}] * 51}
    assert sentence(post_form(client, "extend", json.dumps(columns)), 413) == "there are more than 50 in 'properties'"


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/reconcile", data=b"queries=" + b"a" * (2 * 1024**2), content_type=FORM)
    assert sentence(answer, 413)


@pytest.mark.parametrize(
    ("method", "address", "form", "status", "reason"),
    [
        ("POST", "/reconcile", {}, 400, "send a form with 'queries' or 'extend'"),
        ("POST", "/reconcile", {"query": "Isfahan"}, 400, "send a form with 'queries' or 'extend'"),
        ("POST", "/reconcile", {"queries": "{}", "extend": "{}"}, 400, "give 'queries' or 'extend', once"),
        ("POST", "/reconcile", {"queries": ["{}", "{}"]}, 400, "give 'queries' or 'extend', once"),
        ("GET", "/reconcile?queries={}&extend={}", None, 400, "give 'queries' or 'extend', once"),
        ("GET", "/reconcile?callback=alert", None, 400, "not by 'callback'"),
        ("POST", "/reconcile?lang=de", {"queries": "{}"}, 400, "write lang=en or lang=fa, once"),
        ("GET", "/reconcile/properties?type=Town", None, 400, "there is no type 'Town' here"),
        ("GET", "/reconcile/properties?limit=x", None, 400, "'limit' is a whole number from 1 on"),
        ("GET", "/reconcile/1.0/extend/propose?limit=0", None, 400, "'limit' is a whole number from 1 on"),
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


def test_what_is_wrong_is_told_in_persian(client: FlaskClient) -> None:
    for text in ("{", '{"q0": {"query": "a", "type": "Town"}}', '{"q0": {}}'):
        by_header = client.post("/reconcile", data={"queries": text}, headers={"Accept-Language": "fa"})
        told = sentence(by_header, 400)
        assert any("آ" <= letter <= "ی" for letter in told)
        assert told == sentence(client.post("/reconcile?lang=fa", data={"queries": text}), 400)


@pytest.mark.parametrize("address", ["/reconcile", "/reconcile/1.0", "/reconcile/properties", "/reconcile?queries={}"])
def test_without_an_index_there_is_nothing_to_match_with(tmp_path: Path, address: str) -> None:
    project = tiny_project(tmp_path / "project")
    app: Flask = create_app({"SERVICE": Settings(project, dataset=project.graph)})
    assert "serve a project" in sentence(app.test_client().get(address), 404)
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
