"""The answers of the reconciliation service against the JSON schemas of its specification, and these against theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from reconciling import VERSIONS, ask, check, examples, extend, post_form, reconciliation, specified, validator

SCHEMAS = (
    *("manifest", "reconciliation-query-batch", "reconciliation-result-batch", "data-extension-query"),
    *("data-extension-response", "data-extension-property-proposal", "suggest-entities-response"),
    *("suggest-properties-response", "suggest-types-response"),
)
CASES = [
    pytest.param(version, schema, path, kind == "valid", id=f"{version}-{schema}-{kind}-{path.stem}")
    for version in VERSIONS
    for schema in SCHEMAS
    for kind in ("valid", "invalid")
    for path in examples(version, schema, kind)
]
BATCH = {
    "city": {"query": "اصفهان", "type": "City", "type_strict": "should", "limit": 10},
    "many": {"query": "Hyderabad"},
    "person": {"query": "Zakani", "type": ["Person", "Organization"], "type_strict": "any"},
    "known": {"properties": [{"pid": "wikidata", "v": "Q42053"}]},
    "given": {"query": "شیراز", "properties": [{"pid": "country", "v": {"id": "country/iran", "name": "Iran"}}]},
    "nobody": {"query": "xqzzy"},
    "empty": {"query": ""},
}
COLUMNS = ("wikidata", "geonames", "label-fa", "label-en", "otherName", "iri", "country", "latitude", "hasTenure")
# What the examples ask for, which is of another service, in terms of ours.
OURS = {
    "DifferentiatedPerson": "Person",
    "professionOrOccupation": "holdsPost",
    "affiliation": "memberOf",
    "variantName": "otherName",
    "uid": "wikidata",
    "geographicAreaCode": "country",
    "wikidataId": "wikidata",
}


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return reconciliation(tmp_path_factory.mktemp("reconciled") / "project", built)


def in_our_terms(text: str) -> str:
    for theirs, ours in OURS.items():
        text = text.replace(theirs, ours)
    return text


@pytest.mark.parametrize(("version", "schema", "path", "is_valid"), CASES)
def test_the_schemas_tell_valid_examples_from_invalid_ones(
    version: str, schema: str, path: Path, is_valid: bool
) -> None:
    assert validator(version, schema).is_valid(json.loads(path.read_text("utf-8"))) is is_valid


def test_the_examples_are_there_where_the_schemas_are() -> None:
    specified()
    assert len(CASES) > 60
    assert {case.values[3] for case in CASES} == {True, False}


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_answer_of_0_2_is_of_its_schema(client: FlaskClient, language: str) -> None:
    root = f"/reconcile?lang={language}"
    check("0.2", "manifest", client.get(root).get_json())
    check("0.2", "reconciliation-query-batch", BATCH)
    check("0.2", "reconciliation-result-batch", ask(client, BATCH, root))
    ids = ["city/isfahan", "person/alireza-zakani", "organization/uclg", "no/such"]
    check("0.2", "data-extension-response", extend(client, ids, *COLUMNS, address=root))
    for query in ("", "?type=City", "?type=Person&limit=2"):
        check("0.2", "data-extension-property-proposal", client.get(f"/reconcile/properties{query}").get_json())


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_answer_of_1_0_is_of_its_schema(client: FlaskClient, language: str) -> None:
    lang = f"?lang={language}"
    check("1.0-draft", "manifest", client.get(f"/reconcile/1.0{lang}").get_json())
    conditions: list[list[dict[str, Any]]] = [
        [{"matchType": "name", "propertyValue": "اصفهان"}],
        [{"matchType": "name", "propertyValue": "xqzzy"}],
        [{"matchType": "id", "propertyValue": "city/isfahan"}],
        [
            {"matchType": "name", "propertyValue": "Hyderabad"},
            {"matchType": "property", "propertyId": "country", "propertyValue": "India", "required": True},
        ],
    ]
    asked = {"queries": [{"conditions": one, "type": "City", "limit": 3} for one in conditions]}
    check("1.0-draft", "reconciliation-query-batch", asked)
    found = client.post(f"/reconcile/1.0/match{lang}", json=asked).get_json()
    check("1.0-draft", "reconciliation-result-batch", found)
    assert [len(one["candidates"]) for one in found["results"]] == [1, 0, 1, 1]
    wanted = {"ids": ["city/isfahan", "no/such"], "properties": [{"id": one} for one in COLUMNS]}
    check("1.0-draft", "data-extension-query", wanted)
    values = client.post(f"/reconcile/1.0/extend{lang}", json=wanted).get_json()
    check("1.0-draft", "data-extension-response", values)
    proposed = client.get(f"/reconcile/1.0/extend/propose?type=City&lang={language}").get_json()
    check("1.0-draft", "data-extension-property-proposal", proposed)


@pytest.mark.parametrize("path", examples("0.2", "reconciliation-query-batch", "valid"), ids=lambda path: path.stem)
def test_a_valid_batch_of_0_2_is_answered_once_it_names_types_and_properties_of_ours(
    client: FlaskClient, path: Path
) -> None:
    text = path.read_text("utf-8")
    answer = post_form(client, "queries", text)
    if in_our_terms(text) == text:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 400
        assert any(f"'{name}'" in answer.get_json()["error"] for name in OURS)
    found = post_form(client, "queries", in_our_terms(text))
    assert found.status_code == 200, found.text
    assert list(found.get_json()) == list(json.loads(text))
    check("0.2", "reconciliation-result-batch", found.get_json())


@pytest.mark.parametrize("path", examples("0.2", "reconciliation-query-batch", "invalid"), ids=lambda path: path.stem)
def test_an_invalid_batch_of_0_2_is_refused(client: FlaskClient, path: Path) -> None:
    answer = post_form(client, "queries", in_our_terms(path.read_text("utf-8")))
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(("q0: a query ", "q1: a query "))


@pytest.mark.parametrize(
    "path", examples("1.0-draft", "reconciliation-query-batch", "valid"), ids=lambda path: path.stem
)
def test_a_valid_batch_of_1_0_is_answered_once_it_names_types_and_properties_of_ours(
    client: FlaskClient, path: Path
) -> None:
    text = path.read_text("utf-8")
    answer = client.post("/reconcile/1.0/match", data=text, content_type="application/json")
    assert answer.status_code == (200 if in_our_terms(text) == text else 400)
    found = client.post("/reconcile/1.0/match", data=in_our_terms(text), content_type="application/json")
    assert found.status_code == 200, found.text
    assert len(found.get_json()["results"]) == len(json.loads(text)["queries"])
    check("1.0-draft", "reconciliation-result-batch", found.get_json())


@pytest.mark.parametrize(
    "path", examples("1.0-draft", "reconciliation-query-batch", "invalid"), ids=lambda path: path.stem
)
def test_an_invalid_batch_of_1_0_is_refused(client: FlaskClient, path: Path) -> None:
    text = in_our_terms(path.read_text("utf-8"))
    answer = client.post("/reconcile/1.0/match", data=text, content_type="application/json")
    assert answer.status_code == 400
    assert len(answer.get_json()["error"]) > 20


@pytest.mark.parametrize("path", examples("0.2", "data-extension-query", "valid"), ids=lambda path: path.stem)
def test_a_valid_query_for_values_is_answered_once_it_names_properties_of_ours(client: FlaskClient, path: Path) -> None:
    text = path.read_text("utf-8")
    assert "'variantName'" in post_form(client, "extend", text).get_json()["error"]
    found = post_form(client, "extend", in_our_terms(text))
    assert found.status_code == 200, found.text
    check("0.2", "data-extension-response", found.get_json())
    assert list(found.get_json()["rows"]) == json.loads(text)["ids"]
    later = client.post("/reconcile/1.0/extend", data=in_our_terms(text), content_type="application/json")
    check("1.0-draft", "data-extension-response", later.get_json())
