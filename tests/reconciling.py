"""The reconciliation service over the shipped data, and the JSON schemas of the specification, read offline."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from werkzeug.test import TestResponse

from releasing import releasable
from server import create_app
from shahr.paths import Project
from shahr.web.settings import Settings

SPECIFICATION = Project.here().root.parent / "shared" / "reconciliation"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
VERSIONS = ("0.2", "1.0-draft")


def reconciliation(root: Path, built: Path) -> FlaskClient:
    """Give a client of the service over the shipped data, built into `built`, in the new folder `root`."""
    project = releasable(root, built)
    return create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0)}).test_client()


def post_form(client: FlaskClient, field: str, text: str, address: str = "/reconcile") -> TestResponse:
    """Send one field as OpenRefine 3.6.2 does."""
    return client.post(address, data=f"{field}={quote_plus(text)}", content_type=FORM)


def ask(client: FlaskClient, batch: object, address: str = "/reconcile") -> dict[str, Any]:
    """Give the answer to a batch of queries by 0.2."""
    answer = post_form(client, "queries", json.dumps(batch, ensure_ascii=False), address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def ask_one(client: FlaskClient, query: object, address: str = "/reconcile") -> list[dict[str, Any]]:
    """Give the candidates for one query by 0.2."""
    found: list[dict[str, Any]] = ask(client, {"q0": query}, address)["q0"]["result"]
    return found


def extend(client: FlaskClient, ids: object, *properties: object, address: str = "/reconcile") -> dict[str, Any]:
    """Give the answer to a query for values by 0.2; a property is an id or an object."""
    columns = [{"id": one} if isinstance(one, str) else one for one in properties]
    answer = post_form(client, "extend", json.dumps({"ids": ids, "properties": columns}), address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def specified() -> Path:
    """Give the folder of schemas and examples; the test is skipped where it is not there."""
    if not SPECIFICATION.is_dir():
        pytest.skip("the schemas are not beside the checkout (../shared/reconciliation)")
    return SPECIFICATION


def examples(version: str, schema: str, kind: str) -> list[Path]:
    """Give the files of the valid or invalid examples of a schema, none where there are no schemas here."""
    return sorted((SPECIFICATION / version / "examples" / schema / kind).glob("*.json"))


@cache
def validator(version: str, schema: str) -> Draft7Validator:
    """Give the validator of a schema; nothing is fetched: what a schema refers to lies beside it."""
    read = [json.loads(path.read_text("utf-8")) for path in sorted((specified() / version).glob("*.json"))]
    named: list[tuple[str, Resource[Any]]] = [
        (one["$id"].removesuffix("#"), DRAFT7.create_resource(one)) for one in read
    ]
    document = json.loads((SPECIFICATION / version / f"{schema}.json").read_text("utf-8"))
    return Draft7Validator(document, registry=Registry[Any]().with_resources(named))


def check(version: str, schema: str, answer: object) -> None:
    """Make sure that an answer is of the form of a schema."""
    assert [f"{error.json_path}: {error.message}" for error in validator(version, schema).iter_errors(answer)] == []
