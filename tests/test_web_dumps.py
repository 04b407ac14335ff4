"""Releases as the service gives them: pages, files, parts of files, and no other file whatever is asked for."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.http import http_date
from werkzeug.test import TestResponse

from opening import invented, invented_project, opener, texts, words
from reading import is_foreign, read_texts, writes_otherwise
from server import create_app
from serving import Server, serving
from shahr.paths import Project
from shahr.releases import Record, read_record
from shelved import shelve

DATA = {"entities": 'city:a a shahr:City ; rdfs:label "A"@en, "الف"@fa .'}
PLAIN, PACKED = "ontology/shahr.ttl", "data/shahr.nq.gz"
BYTES = bytes(range(256)) * 4
LOG = {
    "added": 2,
    "removed": 1,
    "entities": [
        {
            "iri": "https://w3id.org/shahr/city/a",
            "label": {"en": "A town", "fa": "الف"},
            "lines": [{"en": "one more sister city, Bee", "fa": "یک خواهرشهر بیشتر، ب"}],
        }
    ],
    "ontology": {"breaking": [{"en": "shahr:foo is gone", "fa": "shahr:foo دیگر نیست"}], "compatible": []},
}
FILES = {
    PLAIN: "# شهر\n".encode(),
    PACKED: BYTES,
    "data/shahr.nq.zst": b"zst",
    "tables/agreements.csv": b"a,b\r\n",
    "README.md": b"# Shahr\n",
    "changes/changes.json": json.dumps(LOG).encode(),
    "metadata/dcat.ttl": b"<https://w3id.org/shahr/dumps/1.0.0/> a <http://www.w3.org/ns/dcat#Dataset> .\n",
}
BIG = 2 * 1024**3


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return invented(tmp_path / "project", DATA)


@pytest.fixture
def project(app: Flask) -> Project:
    found: Project = app.extensions["shahr"].service.settings.project
    return found


@pytest.fixture
def released_app(app: Flask, project: Project) -> Flask:
    """An app with two releases, which may be changed."""
    return with_releases(app)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app with two releases, which stay as they are."""
    return with_releases(invented(tmp_path_factory.mktemp("steady") / "project", DATA))


def with_releases(app: Flask) -> Flask:
    project = app.extensions["shahr"].service.settings.project
    shelve(project, "0.9.0", {PACKED: b"old"})
    shelve(project, "1.0.0", FILES, "2026-05-06", "0.9.0")
    return app


def get(app: Flask, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().open(path, method=method, headers=named)


def test_without_a_release_the_page_says_so_and_how_to_make_one(app: Flask) -> None:
    for lang, said in (("en", "There is no release yet"), ("fa", "هنوز انتشاری نیست")):
        page = opener(app.test_client())("/dumps/", lang)
        assert "shahr publish" in words(page)
        assert lang == "fa" or said in words(page)
    for path in ("/dumps/latest/", "/dumps/latest/data/shahr.nq.gz", "/dumps/1.0.0/", "/dumps/1.0.0/release.json"):
        found = get(app, path)
        assert (found.status_code, found.mimetype) == (404, "text/plain")
        assert "there is no release yet: shahr publish 0.1.0 makes one" in found.text


def test_the_list_has_all_releases_the_newest_first(released_app: Flask, project: Project) -> None:
    shelve(project, "0.10.0", {})
    page = opener(released_app.test_client())("/dumps/")
    assert texts(page, "//tbody/tr/td[1]") == ["1.0.0", "0.10.0", "0.9.0"]
    assert "6 May 2026" in texts(page, "//tbody/tr/td[2]")[0]


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_the_page_of_a_release_names_every_file_with_its_size_and_digest(steady: Flask, lang: str) -> None:
    page = opener(steady.test_client())("/dumps/1.0.0/", lang)
    rows = {row.xpath(".//a/@href")[0]: row for row in page.xpath("//table[@class='files']/tbody/tr")}
    assert rows.keys() == {f"/dumps/1.0.0/{name}" for name in FILES}
    for name, data in FILES.items():
        assert hashlib.sha256(data).hexdigest() in words(rows[f"/dumps/1.0.0/{name}"])
    assert {"en": "1 kB", "fa": "۱"}[lang] in words(rows[f"/dumps/1.0.0/{PACKED}"])
    assert "0" * 64 in words(page)
    assert page.xpath(f"//a[starts-with(@href, '/dumps/0.9.0/') and contains(@href, 'lang={lang}')]")
    assert {"en": "A town", "fa": "الف"}[lang] in texts(page, "//section[@aria-labelledby='changes']//h3")
    assert LOG["entities"][0]["lines"][0][lang] in texts(page, "//section[@aria-labelledby='changes']//li")  # type: ignore[index]


def test_a_changed_entity_leads_to_its_page_where_there_is_one(app: Flask, project: Project) -> None:
    nodes = ("https://w3id.org/shahr/city/a", "https://w3id.org/shahr/city/gone", "https://elsewhere.example/x", "a b")
    told = [{"iri": node, "label": {"en": node, "fa": node}, "lines": []} for node in nodes]
    shelve(project, "1.0.0", {"changes/changes.json": json.dumps({"entities": told}).encode()})
    page = opener(app.test_client())("/dumps/1.0.0/", "fa")
    assert texts(page, "//section[@aria-labelledby='changes']//h3") == list(nodes)
    assert page.xpath("//section[@aria-labelledby='changes']//h3/a/@href") == ["/city/a.html?lang=fa"]


def test_a_release_in_a_folder_of_another_version_is_left_out(app: Flask, project: Project) -> None:
    shelve(project, "1.0.0", FILES).rename(project.releases / "2.0.0")
    assert get(app, "/dumps/2.0.0/").status_code == get(app, "/dumps/1.0.0/").status_code == 404
    assert get(app, f"/dumps/2.0.0/{PACKED}").status_code == 404


def test_a_log_that_cannot_be_read_is_left_out(app: Flask, project: Project) -> None:
    logs = (
        b"",
        b"[]",
        b"{}",
        b'{"entities": [{}]}',
        b'{"entities": [{"label": {}, "lines": []}]}',
        b'{"entities": 3}',
        b"\xff",
        b"null",
        b'{"entities": {"a": 1}}',
    )
    for number, log in enumerate(logs):
        shelve(project, f"1.0.{number}", {"changes/changes.json": log})
        page = opener(app.test_client())(f"/dumps/1.0.{number}/")
        assert not page.xpath("//section[@aria-labelledby='changes']"), log
        assert page.xpath("//table[@class='files']")


def test_no_persian_page_holds_latin_words_or_digits(steady: Flask) -> None:
    for path in ("/dumps/1.0.0/", "/dumps/"):
        page = opener(steady.test_client())(path, "fa")
        table = [one for element in page.xpath("//tbody") for one in read_texts(element, "fa")]
        assert table
        assert [str(one) for one in table if is_foreign(one) or writes_otherwise(one)] == []


def test_what_a_program_asks_for_at_a_release_is_its_description(steady: Flask) -> None:
    found = get(steady, "/dumps/1.0.0/", Accept="text/turtle")
    assert (found.status_code, found.location) == (303, "/dumps/1.0.0/metadata/dcat.ttl")
    assert get(steady, "/dumps/", Accept="application/ld+json").location == "/catalog.jsonld"
    for path in ("/dumps/", "/dumps/1.0.0/"):
        for accept in ("*/*", "text/html", "text/html, text/turtle"):
            assert get(steady, path, Accept=accept).status_code == 200
    assert get(steady, "/dumps/0.9.0/", Accept="text/turtle").mimetype == "text/html"


def test_latest_leads_to_the_newest_release(steady: Flask) -> None:
    for name in ("", PACKED):
        found = get(steady, f"/dumps/latest/{name}?lang=fa")
        assert (found.status_code, found.location) == (307, f"/dumps/1.0.0/{name}?lang=fa")
    assert get(steady, "/dumps/latest/none").status_code == 404
    assert get(steady, f"/dumps/latest/{PACKED}?lang=fa", method="HEAD").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (PACKED, "application/gzip"),
        ("data/shahr.nq.zst", "application/zstd"),
        (PLAIN, "text/turtle; charset=utf-8"),
        ("tables/agreements.csv", "text/csv; charset=utf-8"),
        ("README.md", "text/markdown; charset=utf-8"),
        ("release.json", "application/json"),
        ("SHA256SUMS", "text/plain; charset=utf-8"),
    ],
)
def test_a_file_comes_whole_with_its_type_and_digest(steady: Flask, project: Project, name: str, kind: str) -> None:
    data = (steady.extensions["shahr"].service.settings.project.releases / "1.0.0" / name).read_bytes()
    digest = hashlib.sha256(data).digest()
    for method in ("GET", "HEAD"):
        found = get(steady, f"/dumps/1.0.0/{name}", method, Accept_Encoding="gzip, br")
        assert (found.status_code, found.data) == (200, data if method == "GET" else b"")
        assert found.headers["Content-Type"] == kind
        assert found.headers["Content-Length"] == str(len(data))
        assert found.headers["ETag"] == f'"{digest.hex()}"'
        assert found.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
        assert found.headers["Last-Modified"] == "Wed, 06 May 2026 00:00:00 GMT"
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert found.headers["Accept-Ranges"] == "bytes"
        assert "Content-Encoding" not in found.headers
        assert ("Content-Disposition" in found.headers) == name.endswith((".gz", ".zst"))


def test_a_file_is_not_taken_for_a_page_by_its_query(steady: Flask) -> None:
    assert get(steady, f"/dumps/1.0.0/{PACKED}?lang=fa&x=1").data == BYTES


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_files_are_only_read(steady: Flask, method: str) -> None:
    assert get(steady, f"/dumps/1.0.0/{PACKED}", method).status_code == 405


ends = st.integers(0, len(BYTES) + 10)


@given(st.none() | ends, st.none() | ends)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_range_is_a_slice(steady: Flask, first: int | None, last: int | None) -> None:
    asked = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    found = get(steady, f"/dumps/1.0.0/{PACKED}", Range=asked)
    if first is None and last is None:
        assert (found.status_code, found.data) == (200, BYTES)
        return
    if first is not None and last is not None and first > last:  # RFC 9110, 14.1.1: such a range is no range
        assert (found.status_code, found.data) == (200, BYTES)
        return
    start = max(0, len(BYTES) - (last or 0)) if first is None else first
    expected = BYTES[start:] if first is None or last is None else BYTES[start : last + 1]
    if not expected:
        assert (found.status_code, found.headers["Content-Range"]) == (416, f"bytes */{len(BYTES)}")
        assert "immutable" not in found.headers["Cache-Control"]
        return
    assert (found.status_code, found.data) == (206, expected)
    assert found.headers["Content-Length"] == str(len(expected))
    assert found.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(BYTES)}"


@given(st.text("bytes=0123456789-, \t", max_size=30) | st.sampled_from(["items=0-1", "bytes=0-1,3-4", "bytes=1-٣"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_range_gives_the_whole_file(steady: Flask, asked: str) -> None:
    found = steady.test_client().get(f"/dumps/1.0.0/{PACKED}", headers={"Range": asked.encode().decode("latin-1")})
    if re.fullmatch(r"\s*bytes[ \t]*=[ \t,]*([0-9]+-[0-9]*|-[0-9]+)[ \t,]*", asked):
        assert found.status_code in (200, 206, 416)
    else:
        assert (found.status_code, found.data) == (200, BYTES)


def test_a_very_large_number_in_a_range_is_no_fault(steady: Flask) -> None:
    assert get(steady, f"/dumps/1.0.0/{PACKED}", Range=f"bytes=0-{'9' * 25}").data == BYTES
    assert get(steady, f"/dumps/1.0.0/{PACKED}", Range=f"bytes={'9' * 25}-").status_code == 416
    assert get(steady, f"/dumps/1.0.0/{PACKED}", Range=f"bytes={'9' * 5000}-").status_code == 200


def test_a_part_is_sent_only_if_the_file_is_the_one_that_the_client_began_with(steady: Flask) -> None:
    path, tag = f"/dumps/1.0.0/{PACKED}", f'"{hashlib.sha256(BYTES).hexdigest()}"'
    day = "Wed, 06 May 2026 00:00:00 GMT"
    for condition, status in ((tag, 206), (day, 206), ('"x"', 200), (f"W/{tag}", 200), (http_date(0), 200), ("?", 200)):
        assert get(steady, path, Range="bytes=1-2", If_Range=condition).status_code == status, condition
    assert get(steady, path, "HEAD", Range="bytes=1-2").status_code == 200


def test_who_has_a_file_is_not_sent_it_again(steady: Flask) -> None:
    path, tag = f"/dumps/1.0.0/{PACKED}", f'"{hashlib.sha256(BYTES).hexdigest()}"'
    for held in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        found = get(steady, path, If_None_Match=held)
        assert (found.status_code, found.data, found.headers["ETag"]) == (304, b"", tag)
    assert get(steady, path, If_None_Match='"x"', If_Modified_Since=http_date(4e9)).status_code == 200
    assert get(steady, path, If_Modified_Since="Wed, 06 May 2026 00:00:00 GMT").status_code == 304
    assert get(steady, path, If_Modified_Since="Tue, 05 May 2026 00:00:00 GMT").status_code == 200
    assert get(steady, path, If_Match=tag).status_code == 200
    assert get(steady, path, If_Match='"x"').status_code == get(steady, path, If_Match=f"W/{tag}").status_code == 412


HOSTILE = (
    *("/dumps/1.0.0/../../secret", "/dumps/1.0.0/%2e%2e/%2e%2e/secret", "/dumps/1.0.0/..%2f..%2fsecret"),
    *("/dumps/../secret", "/dumps/%2e%2e/secret", "/dumps/1.0.0//release.json", "/dumps//1.0.0/release.json"),
    *(
        "/dumps/1.0.0/release.json%00",
        "/dumps/1.0.0%00/release.json",
        "/dumps/1.0.0/%00",
        "/dumps/.next-1/release.json",
    ),
    *("/dumps/1.0.0//etc/passwd", "/dumps/1.0.0/%2fetc%2fpasswd", "/dumps//etc/passwd", "/dumps/1.0.0/unlisted.txt"),
    *("/dumps/1.0.0/data", "/dumps/1.0.0/data/", "/dumps/1.0.0/data%5cshahr.nq.gz", "/dumps/1.0.0/DATA/shahr.nq.gz"),
    *("/dumps/1.0.0/data/../release.json", "/dumps/1.0.0/./release.json", "/dumps/1.0.0/release.json/"),
    *("/dumps/1.0.0/%ff%fe", "/dumps/%ff/", f"/dumps/1.0.0/{'a' * 5000}", f"/dumps/1.0.0/{'a/' * 2000}b"),
    *(
        "/dumps/latest/../../secret",
        "/dumps/latest/%2e%2e/secret",
        "/dumps/latest//etc/passwd",
        "/dumps/1.0.0/%252e%252e",
    ),
    *("/dumps/١.0.0/release.json", "/dumps/1.0.0/release.json\u202e", "/dumps/~root/x", "/dumps/*/release.json"),
)


def test_a_hostile_path_is_not_found_and_reads_nothing(released_app: Flask, project: Project) -> None:
    for secret in (project.dist / "secret", project.releases / "secret", project.releases / "1.0.0" / "unlisted.txt"):
        secret.write_text("a secret", encoding="utf-8")
    get(released_app, "/dumps/")
    for offer in released_app.extensions["shahr"].shelves.now().offers.values():
        offer.path.unlink()  # whoever reaches the disk fails otherwise than by 404
    for path in HOSTILE:
        found = released_app.test_client().get(quote(path, safe="/%*~"))
        assert (found.status_code, b"a secret" in found.data) == (404, False), (path, found.text)


def test_a_new_release_is_there_without_a_restart_and_one_that_goes_is_gone(app: Flask, project: Project) -> None:
    assert get(app, "/dumps/1.0.0/release.json").status_code == 404
    assert "no release" in get(app, "/dumps/").text
    folder = shelve(project, "1.0.0", FILES)
    assert get(app, f"/dumps/1.0.0/{PACKED}").data == BYTES
    assert "1.0.0" in get(app, "/dumps/").text
    assert "0.2.0" not in get(app, "/dumps/").text
    shelve(project, "0.2.0", {})
    assert "0.2.0" in get(app, "/dumps/").text
    shutil.rmtree(folder)
    assert get(app, f"/dumps/1.0.0/{PACKED}").status_code == 404
    assert get(app, "/dumps/1.0.0/").status_code == 404
    assert "1.0.0" not in get(app, "/dumps/").text


def test_a_release_in_the_making_is_not_offered(app: Flask, project: Project) -> None:
    shelve(project, "1.0.0", FILES).rename(project.releases / ".next-7")
    assert get(app, "/dumps/.next-7/release.json").status_code == 404
    assert ".next" not in get(app, "/dumps/").text


def test_a_file_that_was_damaged_is_not_sent_under_its_digest(released_app: Flask, project: Project) -> None:
    get(released_app, "/dumps/")
    (project.releases / "1.0.0" / PACKED).write_bytes(b"cut")
    (project.releases / "1.0.0" / PLAIN).unlink()
    for name in (PACKED, PLAIN):
        found = get(released_app, f"/dumps/1.0.0/{name}")
        assert (found.status_code, found.headers.get("ETag")) == (503, None)
        assert "damaged" in found.text
    assert get(released_app, "/dumps/1.0.0/README.md").status_code == 200
    assert get(released_app, "/dumps/1.0.0/").status_code == 200


@pytest.mark.parametrize("way", ["written to", "put in its place"])
@pytest.mark.parametrize("name", [PACKED, "release.json"])
def test_a_file_that_was_changed_and_kept_its_length_is_not_sent(
    released_app: Flask, project: Project, caplog: pytest.LogCaptureFixture, name: str, way: str
) -> None:
    path, file = f"/dumps/1.0.0/{name}", project.releases / "1.0.0" / name
    assert get(released_app, path).status_code == 200
    before, spoilt = file.stat(), bytes(255 - one for one in file.read_bytes())
    if way == "written to":
        file.write_bytes(spoilt)
    else:
        other = file.with_name("other")
        other.write_bytes(spoilt)
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.replace(file)
    found = get(released_app, path)
    assert (found.status_code, found.headers.get("ETag"), found.headers.get("Repr-Digest")) == (503, None, None)
    assert f"{path} is missing, or was changed" in caplog.text


def test_a_release_without_a_record_that_can_be_read_is_left_out(
    app: Flask, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    shelve(project, "0.9.0", {PACKED: b"old"})
    for number, text in enumerate(("", "{", "[]", "null", '{"version": "1.0.0"}')):
        folder = shelve(project, f"1.0.{number}", FILES)
        (folder / "release.json").write_text(text, encoding="utf-8")
        assert get(app, f"/dumps/1.0.{number}/{PACKED}").status_code == 404, text
        assert get(app, f"/dumps/latest/{PACKED}").location == f"/dumps/0.9.0/{PACKED}"
        assert f"1.0.{number} is not offered" in caplog.text


def test_a_record_that_names_a_file_outside_of_its_release_is_not_believed(app: Flask, project: Project) -> None:
    (project.dist / "secret").parent.mkdir(exist_ok=True)
    (project.dist / "secret").write_text("a secret", encoding="utf-8")
    for number, name in enumerate(("../../secret", "/etc/hostname", "data/../../../secret")):
        folder = shelve(project, f"1.0.{number}", {"x.ttl": b"a secret"})
        record = json.loads((folder / "release.json").read_bytes())
        record["files"][0]["path"] = name
        (folder / "release.json").write_text(json.dumps(record), encoding="utf-8")
        assert get(app, f"/dumps/1.0.{number}/{name}").status_code == 404
        assert get(app, f"/dumps/1.0.{number}/").status_code == 404


def test_a_made_release_is_served_whole(released: Path, released_again: Path, tmp_path: Path) -> None:
    project = invented_project(tmp_path / "project", DATA)
    project.releases.mkdir()
    for folder in (released, released_again):
        (project.releases / folder.name).symlink_to(folder)
    app = create_app({"PROJECT": project})
    for folder in (released, released_again):
        record = read_record(folder)
        for one in record.files:
            found = get(app, f"/dumps/{folder.name}/{one.path}")
            assert (found.status_code, hashlib.sha256(found.data).hexdigest()) == (200, one.sha256), one.path
        for lang in ("en", "fa"):
            page = opener(app.test_client())(f"/dumps/{folder.name}/", lang)
            assert len(page.xpath("//table[@class='files']/tbody/tr")) == len(record.files)
            assert [str(one) for one in read_texts(page, lang) if lang == "en" and is_foreign(one)] == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server over a release whose one file is of two gigabytes, almost all of them a hole."""
    project = invented_project(tmp_path_factory.mktemp("large") / "project", DATA)
    folder = shelve(project, "1.0.0", {PACKED: b"", PLAIN: FILES[PLAIN]})
    with (folder / PACKED).open("r+b") as file:
        file.truncate(BIG)
        file.seek(BIG - 3)
        file.write(b"end")
    record = read_record(folder)
    (folder / "release.json").write_bytes(_sized(record).to_json())
    (project.dist / "secret").write_text("a secret", encoding="utf-8")
    with serving(project=project.root) as server:
        yield server


def _sized(record: Record) -> Record:
    text = json.loads(record.to_json())
    next(one for one in text["files"] if one["path"] == PACKED)["bytes"] = BIG
    return Record.from_json(json.dumps(text).encode())


def test_a_file_of_two_gigabytes_is_sent_in_constant_memory_and_slow_readers_take_no_thread(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    path, before = f"/dumps/1.0.0/{PACKED}", _memory(server)
    for asked, status, size, end in (("bytes=-3", 206, 3, b"end"), (f"bytes={BIG - 9}-", 206, 9, b"end")):
        connection.request("GET", path, headers={"Range": asked})
        answer = connection.getresponse()
        body = answer.read()
        assert (answer.status, len(body), body[-3:]) == (status, size, end)
        assert answer.headers["Content-Length"] == str(size)
    with contextlib.ExitStack() as held:
        for _ in range(60):  # more than there are threads and places for pages
            slow = held.enter_context(contextlib.closing(socket.create_connection(("127.0.0.1", server.port))))
            slow.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert slow.recv(12) == b"HTTP/1.1 200"
        reader = HTTPConnection("127.0.0.1", server.port, timeout=20)
        reader.request("GET", f"{path}?lang=en")
        answer = reader.getresponse()
        assert answer.headers["Content-Length"] == str(BIG)
        assert sum(len(answer.read(1024**2)) for _ in range(100)) == 100 * 1024**2
        for page in ("/dumps/1.0.0/", "/health", f"/dumps/1.0.0/{PLAIN}"):
            connection.request("GET", page)
            answer = connection.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)
        assert _memory(server) - before < 200 * 1024
        reader.close()


def test_the_real_server_replies_as_any_other_does(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    tag = f'"{hashlib.sha256(FILES[PLAIN]).hexdigest()}"'
    cases = [
        ("GET", {}, 200, FILES[PLAIN]),
        ("HEAD", {}, 200, b""),
        ("GET", {"If-None-Match": tag}, 304, b""),
        ("GET", {"Range": "bytes=2-3"}, 206, FILES[PLAIN][2:4]),
        ("GET", {"Range": "bytes=99-"}, 416, None),
        ("HEAD", {"If-Match": '"x"'}, 412, b""),
        ("POST", {}, 405, None),
    ]
    for method, headers, status, body in cases:
        connection.request(method, f"/dumps/1.0.0/{PLAIN}", headers=headers)
        answer = connection.getresponse()
        found = answer.read()
        assert (answer.status, found if body is not None else None) == (status, body), (method, headers)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        if status in (200, 206):
            assert answer.headers["Content-Length"] == str(len(FILES[PLAIN]) if method == "HEAD" else len(found))


def test_the_real_server_finds_nothing_at_a_hostile_path(server: Server) -> None:
    for path in HOSTILE:
        with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as raw:
            raw.sendall(
                b"GET " + quote(path, safe="/%*~.").encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
            heard = b"".join(iter(lambda raw=raw: raw.recv(65536), b""))  # type: ignore[misc]
        status = int(heard.split(b" ", 2)[1])
        assert status in (400, 404, 414), (path, heard[:300])
        assert b"a secret" not in heard


def _memory(server: Server) -> int:
    """Give the most memory that the processes of a server have had, in kB."""
    found = 0
    for pid in server.pids():
        with contextlib.suppress(OSError, HTTPException):
            found += int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])
    return found
