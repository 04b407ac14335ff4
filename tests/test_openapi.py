"""The description of the service in OpenAPI: valid, and kept by the service whatever is sent to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from shahr.formats import graph_formats, result_formats
from shahr.paths import Project
from shahr.queries import Param, Query, read_questions
from shahr.web.questions import openapi
from shahr.web.questions.openapi import description, read_fixed
from shipped import shipped_app

QUESTIONS = read_questions(Project.here())
FIXED = ("/questions", "/openapi.json", "/sparql", "/search", "/complete")
TRIED = ("sister-cities", "evidence-of-fact", "facts-in-jalali-month", "topics", "twins-on-wikidata")
ANY_TEXT = ("/sparql", "/search", "/complete")  # what is text for the description may be none for the parser


class Served:
    """The app that the tests of this module ask, known only when they run."""

    app: Flask | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        assert self.app is not None
        return self.app(environ, start_response)


SERVED = Served()


@pytest.fixture(scope="module", autouse=True)
def app(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The shipped questions over the shipped graph, without budgets."""
    SERVED.app = shipped_app(built, tmp_path_factory.mktemp("described"))
    return SERVED.app


def described() -> schemathesis.BaseSchema:
    """The description as the app gives it, but made without one: tests are collected before there is a graph."""
    schema = schemathesis.openapi.from_dict(description(read_fixed(), QUESTIONS, "en", FIXED))
    schema.app, schema.location = SERVED, "/openapi.json"
    return schema.include(path=[*FIXED, *(f"/questions/{name}" for name in TRIED)])


@schemathesis.serializer("application/sparql-query")
def as_it_is(context: schemathesis.SerializationContext, value: object) -> bytes:
    return str(value).encode("utf-8", "replace")


SCHEMA = described()


@SCHEMA.parametrize()
@settings(max_examples=8, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_service_keeps_to_its_description(case: schemathesis.Case[Any]) -> None:
    excluded: list[CheckFunction] = [positive_data_acceptance] if case.path in ANY_TEXT else []
    case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=excluded)


def test_the_description_is_valid_and_names_all_that_there_is(app: Flask) -> None:
    answer = app.test_client().get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    document = json.loads(answer.data)
    validate(document)
    assert document == description(read_fixed(), QUESTIONS, "en", FIXED)
    assert set(document["paths"]) == {*FIXED, *(f"/questions/{one.name}" for one in QUESTIONS)}


def test_it_speaks_persian_too(app: Flask) -> None:
    document = json.loads(app.test_client().get("/openapi.json?lang=fa").data)
    validate(document)
    operation = document["paths"]["/questions/sister-cities"]["get"]
    assert operation["summary"] == next(one.summary_fa for one in QUESTIONS if one.name == "sister-cities")
    assert operation["parameters"][0]["description"].startswith("شهر: ")


def test_it_is_made_once_for_a_language_and_says_which(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[str]()

    def describe(_fixed: object, _questions: object, tongue: str, _routes: object) -> dict[str, object]:
        made.append(tongue)
        return {}

    monkeypatch.setattr(openapi, "description", describe)
    described = openapi.Description()
    for tongue in ("en", "fa", "en"):
        with app.test_request_context(f"/openapi.json?lang={tongue}", headers={"Accept-Encoding": "identity"}):
            assert described.openapi().headers["Content-Language"] == tongue
    assert made == ["en", "fa"]


def test_no_budget_is_promised_where_none_is_charged() -> None:
    paths = description(read_fixed(), QUESTIONS, "en", FIXED)["paths"]
    charging = {path for path, item in paths.items() if "429" in item["get"]["responses"]}
    assert charging == {"/sparql", *(f"/questions/{one.name}" for one in QUESTIONS)}


def test_paths_that_a_service_has_not_are_left_out() -> None:
    assert list(description(read_fixed(), [], "en", [])["paths"]) == ["/sparql"]


def test_sparql_names_every_type_that_it_can_give() -> None:
    types = {name for one in (*graph_formats(), *result_formats()) for name in one.media_types}
    content = description(read_fixed(), [], "en", [])["paths"]["/sparql"]["get"]["responses"]["200"]["content"]
    assert set(content) == types | {"text/html"}


@pytest.mark.parametrize("kind", ["text", "integer", "entity", "concept"])
def test_parameters_of_every_kind_can_be_described(kind: str) -> None:
    value = {"text": '"a"', "integer": "7"}.get(kind, "<https://w3id.org/shahr/city/isfahan>")
    text = f"SELECT ?it {{ VALUES ?it {{ {value} }} }} ORDER BY ?it"
    document = description(
        read_fixed(), [Query("one", Path("one.rq"), text, "One?", "", (Param("it", kind),), {})], "fa", []
    )
    validate(document)
    assert document["paths"]["/questions/one"]["get"]["summary"] == "One?"
