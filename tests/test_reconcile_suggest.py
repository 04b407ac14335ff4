"""The reconciliation service as somebody uses it who looks at one name: suggestions, flyouts, previews, the page."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from reconciling import VERSIONS, check, reconciliation
from server import create_app
from shahr.builds import next_build
from shahr.index import index
from shahr.web.settings import Settings
from tiny import LABEL, TYPE, iri, nquads, tiny_project

ZWNJ = "\u200c"
ROOTS = dict(zip(VERSIONS, ("/reconcile", "/reconcile/1.0"), strict=True))
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RESPONSES = {"entity": "suggest-entities", "type": "suggest-types", "property": "suggest-properties"}
# What the widget of OpenRefine sends beside the text.
WIDGET = {"spell": "always", "exact": "false", "scoring": "schema", "prefixed": "true"}
NAMED = ("wikidata", "geonames", "label-fa", "label-en", "otherName", "iri")


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return reconciliation(tmp_path_factory.mktemp("reconciled") / "project", built)


def suggested(client: FlaskClient, kind: str, prefix: str, root: str = "/reconcile", **more: object) -> list[Any]:
    answer = client.get(f"{root}/suggest/{kind}", query_string={"prefix": prefix, **WIDGET, **more})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found: list[Any] = json.loads(answer.data)["result"]
    return found


def ids(found: list[Mapping[str, str]]) -> list[str]:
    return [one["id"] for one in found]


def arabic(text: str) -> str:
    """Write a Persian text with the ye and kaf of an Arabic keyboard."""
    return text.replace("ی", "\u064a").replace("ک", "\u0643")


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("Isf", "city/isfahan"),
        ("اصفه", "city/isfahan"),
        ("Isfhan", "city/isfahan"),
        (f"نووی{ZWNJ}سا", "city/novi-sad"),
        ("نوویسا", "city/novi-sad"),
        ("نووی سا", "city/novi-sad"),
        (arabic("علی قاسم زاده"), "person/ali-ghasemzadeh"),
        ("قاسمزا", "person/ali-ghasemzadeh"),
        ("city/isfahan", "city/isfahan"),
        ("city:isfahan", "city/isfahan"),
        ("https://w3id.org/shahr/city/isfahan", "city/isfahan"),
        ("Q42053", "city/isfahan"),
        ("q42053", "city/isfahan"),
        ("۴۱۸۸۶۳", "city/isfahan"),
        ("418863", "city/isfahan"),
        (
            "Board member of the Iranian Urban Economics Scientific Association, as of last year",
            "post/board-member-of-iranian-urban-economics-association",
        ),
    ],
)
def test_an_entity_is_suggested_by_a_name_that_is_begun_in_any_spelling(
    client: FlaskClient, prefix: str, first: str
) -> None:
    assert ids(suggested(client, "entity", prefix))[:1] == [first]


def test_a_suggestion_tells_namesakes_apart_in_the_language_of_the_request(client: FlaskClient) -> None:
    english = suggested(client, "entity", "Isfahan", lang="en")[0]
    assert (english["name"], english["description"]) == ("Isfahan", "city · Iran")
    assert english["notable"][0] == {"id": "City", "name": "city"}
    persian = client.get("/reconcile/suggest/entity?prefix=Isfahan", headers={"Accept-Language": "fa"})
    assert persian.headers["Content-Language"] == "fa"
    first = json.loads(persian.data)["result"][0]
    assert (first["name"], first["description"]) == ("اصفهان", "شهر · ایران")


def test_entities_can_be_of_one_type_or_of_several(client: FlaskClient) -> None:
    assert {one.partition("/")[0] for one in ids(suggested(client, "entity", "mashhad", limit=50))} > {"city", "post"}
    for type_ in ("City", "https://w3id.org/shahr/ns#City", "shahr:City"):
        assert ids(suggested(client, "entity", "mashhad", type=type_)) == ["city/mashhad"]
    both = ids(suggested(client, "entity", "mashhad", type=["City", "Municipality"], limit=50))
    assert set(both) == {"city/mashhad", "organization/municipality-of-mashhad"}
    rare = ids(suggested(client, "entity", "i", type="Association", limit=1))
    assert rare == ["organization/iranian-urban-economics-association"]


def test_nothing_is_of_a_type_that_is_not_here(client: FlaskClient) -> None:
    assert suggested(client, "entity", "mashhad", type="Q515") == []


def test_a_cursor_leads_through_all_suggestions_once(client: FlaskClient) -> None:
    whole = ids(suggested(client, "entity", "m", limit=50))
    assert len(whole) > 10
    seen, cursor = list[str](), 0
    while cursor is not None:
        answer = client.get(f"/reconcile/suggest/entity?prefix=m&limit=7&cursor={cursor}").get_json()
        assert len(answer["result"]) <= 7
        seen += ids(answer["result"])
        cursor = answer.get("cursor")
    assert seen == whole
    assert suggested(client, "entity", "m", cursor=900_000) == []


@pytest.mark.parametrize("root", ROOTS.values())
def test_an_offset_skips_suggestions_as_a_cursor_does(client: FlaskClient, root: str) -> None:
    whole = ids(suggested(client, "entity", "m", root, limit=9))
    assert ids(suggested(client, "entity", "m", root, offset=4, limit=5)) == whole[4:]
    assert ids(suggested(client, "entity", "m", root, cursor=4, limit=5)) == whole[4:]
    assert ids(suggested(client, "entity", "Q42053", root, offset=1)) == []
    types = ids(suggested(client, "type", "", root, limit=9))
    assert ids(suggested(client, "type", "", root, offset=3, limit=6)) == types[3:]


@pytest.mark.parametrize("prefix", ["", " ", "!!", ZWNJ])
def test_what_names_nothing_yet_suggests_no_entity(client: FlaskClient, prefix: str) -> None:
    assert suggested(client, "entity", prefix) == []


@pytest.mark.parametrize(
    ("prefix", "first"),
    [("city", "City"), ("City", "City"), ("شهر", "City"), (arabic("شهرداری"), "Municipality"), ("shahr:Post", "Post")],
)
def test_a_type_is_suggested_by_its_labels_and_its_id(client: FlaskClient, prefix: str, first: str) -> None:
    for lang in ("en", "fa"):
        assert ids(suggested(client, "type", prefix, lang=lang))[0] == first


def test_all_types_are_suggested_for_no_text_and_none_for_a_strange_one(client: FlaskClient) -> None:
    everything = suggested(client, "type", "", limit=50)
    assert {"Entity", "City", "Person", "Municipality"} <= set(ids(everything))
    assert "Agreement" not in ids(everything)  # facts are no entities
    above = {one["id"]: ids(one["broader"]) for one in everything}
    assert (above["Municipality"], above["City"], above["Entity"]) == (["Organization"], ["Place"], [])
    assert suggested(client, "type", "xyz") == []


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("country", "country"),
        ("کشور", "country"),
        ("mayor of", "mayorOf"),
        ("wiki", "wikidata"),
        ("label-f", "label-fa"),
    ],
)
def test_a_property_is_suggested_by_its_labels_and_its_id(client: FlaskClient, prefix: str, first: str) -> None:
    for lang in ("en", "fa"):
        assert ids(suggested(client, "property", prefix, lang=lang))[0] == first


def test_properties_are_those_that_entities_of_the_type_have(client: FlaskClient) -> None:
    of_cities, of_people = (ids(suggested(client, "property", "", type=one, limit=50)) for one in ("City", "Person"))
    assert {"country", "latitude", *NAMED} <= set(of_cities)
    assert "holdsPost" not in of_cities
    assert "holdsPost" in of_people
    assert "country" not in of_people
    everything = ids(suggested(client, "property", "", limit=50))
    assert set(of_cities) | set(of_people) <= set(everything)
    # OpenRefine sends the type that was chosen last, which may be that of another service
    assert ids(suggested(client, "property", "", type="Q515", limit=50)) == everything


@pytest.mark.parametrize("version", ROOTS)
@pytest.mark.parametrize("lang", ["en", "fa"])
@pytest.mark.parametrize(("kind", "prefix"), [("entity", "tehran"), ("type", ""), ("property", "")])
def test_suggestions_are_valid_by_the_schemas(
    client: FlaskClient, version: str, lang: str, kind: str, prefix: str
) -> None:
    answer = client.get(f"{ROOTS[version]}/suggest/{kind}?prefix={prefix}&lang={lang}").get_json()
    assert answer["result"]
    check(version, f"{RESPONSES[kind]}-response", answer)


def test_only_the_later_version_tells_languages_and_directions(client: FlaskClient) -> None:
    for kind, kin in (("entity", "notable"), ("type", "broader")):
        prefix = {"entity": "تهران", "type": "city"}[kind]
        old, new = (suggested(client, kind, prefix, root=ROOTS[one], lang="fa")[0] for one in ROOTS)
        assert "lang" not in old
        assert (new["lang"], new["dir"]) == ("fa", "rtl")
        assert {(one["lang"], one["dir"]) for one in new[kin]} == {("fa", "rtl")}
    new = suggested(client, "property", "country", root="/reconcile/1.0", lang="en")[0]
    assert (new["lang"], new["dir"]) == ("en", "ltr")


@pytest.mark.parametrize("path", ["suggest/entity", "suggest/type", "suggest/property", "1.0/suggest/entity"])
@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "prefix"),
        ("prefix=a&cursor=x", "cursor"),
        ("prefix=a&cursor=-1", "cursor"),
        ("prefix=a&offset=-1", "offset"),
        ("prefix=a&cursor=1.5", "cursor"),
        ("prefix=a&cursor=٣", "cursor"),
        ("prefix=a&limit=0", "limit"),
        (f"prefix={'a' * 201}", "200"),
    ],
)
def test_a_request_that_cannot_be_read_is_told_why(client: FlaskClient, path: str, query: str, word: str) -> None:
    answer = client.get(f"/reconcile/{path}?{query}&lang=en")
    assert answer.status_code == 400
    assert word in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["flyout/entity", "flyout/type", "flyout/property", "preview", "1.0/preview"])
def test_what_is_not_here_is_not_found_and_what_is_not_named_is_asked_for(client: FlaskClient, path: str) -> None:
    for unknown in ("city/nowhere", "Q42053", "../etc/passwd", "<script>", "x" * 5000):
        answer = client.get(f"/reconcile/{path}", query_string={"id": unknown, "lang": "en"})
        assert answer.status_code == 404
        assert "there is no" in answer.text
        assert len(answer.data) < 500
    assert client.get(f"/reconcile/{path}").status_code == 400
    assert client.get(f"/reconcile/{path}?id=").status_code == 400


@pytest.mark.parametrize(
    ("kind", "id", "texts"),
    [
        ("entity", "city/isfahan", ["Isfahan", "اصفهان", "Q42053", "418863"]),
        ("entity", "person:alireza-zakani", ["Alireza Zakani", "علیرضا زاکانی", "Q5950108"]),
        ("type", "City", ["city", "شهر"]),
        ("property", "shahr:country", ["country", "کشور"]),
        ("property", "wikidata", ["Wikidata"]),
    ],
)
def test_a_flyout_is_a_small_piece_of_html(client: FlaskClient, kind: str, id: str, texts: list[str]) -> None:
    for lang, direction in (("en", "ltr"), ("fa", "rtl")):
        answer = client.get(f"/reconcile/flyout/{kind}", query_string={"id": id, "lang": lang}).get_json()
        assert answer["id"] == id
        piece = html.fragment_fromstring(answer["html"])
        assert (piece.tag, piece.get("lang"), piece.get("dir")) == ("div", lang, direction)
        for text in texts:
            assert text in piece.text_content()
        assert not piece.xpath(".//script | .//style | .//img | .//@style")
        assert len(answer["html"]) < 2000


def test_the_later_version_has_no_flyouts(client: FlaskClient) -> None:
    assert client.get("/reconcile/1.0/flyout/entity?id=city/isfahan").status_code == 404


@pytest.mark.parametrize("root", ROOTS.values())
@pytest.mark.parametrize(("lang", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_a_preview_tells_of_an_entity_in_a_frame_of_any_site(
    client: FlaskClient, root: str, lang: str, direction: str
) -> None:
    answer = client.get(f"{root}/preview?id=city%2Fisfahan&lang={lang}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    page = html.document_fromstring(answer.data, parser=html.HTMLParser(encoding="utf-8"))
    assert (page.get("lang"), page.get("dir")) == (lang, direction)
    assert {"Isfahan", "اصفهان"} <= {one.text_content() for one in page.iter("bdi")}
    assert {"en": "Iran", "fa": "ایران"}[lang] in page.text_content()
    addresses = set(page.xpath("//a/@href"))
    assert {"https://www.wikidata.org/wiki/Q42053", "https://www.geonames.org/418863"} < addresses
    assert any(one.startswith("http://localhost/city/isfahan.html") for one in addresses)
    assert not page.xpath("//script | //link | //img")


def test_only_the_preview_may_be_framed_and_it_runs_nothing(client: FlaskClient) -> None:
    def policy(address: str) -> dict[str, str]:
        text = client.get(address).headers["Content-Security-Policy"]
        return {name: values for name, _, values in (one.partition(" ") for one in text.split("; "))}

    preview = policy("/reconcile/preview?id=city/isfahan")
    assert (preview["frame-ancestors"], preview["default-src"]) == ("*", "'none'")
    assert "script-src" not in preview
    for other in ("/reconcile", "/city/isfahan.html", "/reconcile/suggest/type?prefix=", "/reconcile/preview"):
        assert policy(other)["frame-ancestors"] == "'none'"
    assert "X-Frame-Options" not in client.get("/reconcile/preview?id=city/isfahan").headers
    style = re.search(r"<style>(.*?)</style>", client.get("/reconcile/preview?id=city/isfahan").text, re.DOTALL)
    assert style
    assert preview["style-src"] == f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'"


@pytest.mark.parametrize(("lang", "word"), [("en", "municipality"), ("fa", "شهرداری")])
def test_the_page_for_people_names_the_address_and_all_types_and_properties(
    client: FlaskClient, lang: str, word: str
) -> None:
    page = html.document_fromstring(client.get(f"/reconcile?lang={lang}", headers={"Accept": BROWSER}).text)
    text = page.text_content()
    assert f"http://localhost/reconcile?lang={lang}" in text
    assert word in text
    codes = {one.text_content() for one in page.iter("code")}
    everything = [one for kind in ("type", "property") for one in ids(suggested(client, kind, "", limit=50))]
    assert set(everything) <= codes
    example = re.search(r"queries=(\{.*\})'", text)
    assert example
    check("0.2", "reconciliation-query-batch", json.loads(example[1]))


def test_who_does_not_ask_for_a_page_gets_the_manifest(client: FlaskClient) -> None:
    for accept in ("*/*", "application/json, text/javascript, */*; q=0.01", "application/json,text/html;q=0.5"):
        answer = client.get("/reconcile", headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert "Accept" in answer.headers["Vary"]
    queries = '{"q0": {"query": "Isfahan"}}'
    answer = client.get("/reconcile", query_string={"queries": queries}, headers={"Accept": BROWSER})
    assert answer.mimetype == "application/json"


def test_the_manifest_leads_to_the_suggestions_and_the_preview(client: FlaskClient) -> None:
    manifest = client.get("/reconcile?lang=fa").get_json()
    preview = manifest["preview"]["url"].replace("{{id}}", "city%2Fisfahan")
    assert 'lang="fa"' in client.get(preview).text
    for kind, id in (("entity", "city%2Fisfahan"), ("type", "City"), ("property", "country")):
        told = manifest["suggest"][kind]
        found = client.get(told["service_url"] + told["service_path"] + "&prefix=شهر").get_json()
        assert found["result"]
        flyout = client.get(told["flyout_service_url"] + told["flyout_service_path"].replace("${id}", id)).get_json()
        assert 'lang="fa"' in flyout["html"]


def test_what_a_name_holds_is_only_text(tmp_path: Path) -> None:
    hostile = '<img src=x onerror=\\"alert(1)\\">\\u202Eevil & ${id} {{id}}'
    quads = f'{iri("city/bad")} {LABEL} "{hostile}"@en {iri("graph/entities")} .\n'
    quads += f"{iri('city/bad')} {TYPE} {iri('ns#City')} {iri('graph/inferred')} .\n"
    project = tiny_project(tmp_path / "project")
    with next_build(project) as out:
        (out / "graph.nq").write_text(nquads() + quads, encoding="utf-8")
        (out / "inferred.nq").write_bytes(b"")
        index(project, out)
    client = create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0)}).test_client()
    flyout = client.get("/reconcile/flyout/entity?id=city/bad").get_json()["html"]
    preview = client.get("/reconcile/preview?id=city/bad").text
    for text in (flyout, preview):
        assert "<img" not in text
        assert "\u202e" not in text
        assert "&lt;img src=x" in text
    missing = client.get("/reconcile/preview", query_string={"id": "city/<b>"}, headers={"Accept": "text/html"})
    assert "<b>" not in missing.text or missing.mimetype == "application/json"
