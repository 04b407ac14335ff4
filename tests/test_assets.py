"""Front-end files: what is served, at which address, and what is not."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shahr.paths import Project
from shahr.web import pagecache
from shahr.web.assets import OUTLINES, PARTS, TYPES, Assets, install, outlines_file

ROOT = Path(__file__).resolve().parent.parent
STATIC = sorted((ROOT / "shahr" / "web" / "static").iterdir())


def put(root: Path, path: str, body: bytes) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(body)


@pytest.fixture
def equipped(tmp_path: Path) -> Path:
    """A project with every part of others, each two bytes or more."""
    for path in (*PARTS.values(), *OUTLINES.values()):
        put(tmp_path, path, b"{}")
    put(tmp_path, "node_modules/vazirmatn/OFL.txt", b"licence")
    return tmp_path


def client(root: Path) -> FlaskClient:
    app = Flask(__name__, static_folder=None)
    install(app, Project(root))
    pagecache.install(app, 10_000_000)
    return app.test_client()


def test_every_file_is_served_at_the_digest_of_its_body_and_for_good(equipped: Path) -> None:
    assets, browser = list(Assets.read(equipped)), client(equipped)
    assert {asset.name for asset in assets} == {path.name for path in STATIC} | set(PARTS)
    for asset in assets:
        response = browser.get(asset.address)
        digest = sha256(response.data).hexdigest()[:16]
        assert (response.status_code, asset.address) == (200, f"/assets/{digest}/{asset.name}")
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.content_type == TYPES[Path(asset.name).suffix]


def test_a_copy_that_is_still_good_is_not_sent_again(equipped: Path) -> None:
    address, browser = Assets.read(equipped).address("shahr.css"), client(equipped)
    assert address
    again = browser.get(address, headers={"If-None-Match": browser.get(address).headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_style_sheet_is_coded_once(equipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    coded: list[str] = []

    def encode(body: bytes, coding: str) -> bytes:
        coded.append(coding)
        return gzip.compress(body)

    monkeypatch.setattr(pagecache, "encode", encode)
    address, browser = Assets.read(equipped).address("shahr.css"), client(equipped)
    assert address
    first, again, plain = (browser.get(address, headers={"Accept-Encoding": name}) for name in ("gzip", "gzip", ""))
    assert coded == ["gzip"]
    assert first.data == again.data
    assert gzip.decompress(first.data) == plain.data
    assert plain.headers["ETag"] != first.headers["ETag"] == again.headers["ETag"]


@pytest.mark.parametrize(
    "address",
    [
        "/assets/0000000000000000/shahr.css",
        "/assets/{digest}/fonts.css",
        "/assets/{digest}/OFL.txt",
        "/assets/{digest}/countries-110m.json",
        "/assets/{digest}/../../assets.py",
        "/assets/{digest}/..%2f..%2fassets.py",
        "/assets/{digest}/%2e%2e/templates/base.html",
        "/assets/{digest}/shahr.css%00",
        "/assets/{digest}/shahr.css/",
        "/assets/{digest}/",
        "/assets/shahr.css",
    ],
)
def test_nothing_else_is_served(equipped: Path, address: str) -> None:
    own = Assets.read(equipped).address("shahr.css")
    assert own
    assert client(equipped).get(address.format(digest=own.split("/")[2])).status_code == 404


def test_templates_get_addresses(equipped: Path) -> None:
    app = Flask(__name__, static_folder=None)
    install(app, Project(equipped))
    page = app.jinja_env.from_string("{{ asset('shahr.css') }} {{ asset('nothing.css') }}")
    assert re.fullmatch(r"/assets/[0-9a-f]{16}/shahr\.css None", page.render())


def test_a_style_sheet_names_its_parts_by_their_addresses(equipped: Path) -> None:
    before = Assets.read(equipped)
    address, font = before.address("fonts.css"), before.address("vazirmatn.woff2")
    assert address
    assert f'url("{font}")' in client(equipped).get(address).text
    put(equipped, PARTS["vazirmatn.woff2"], b"another font")
    after = Assets.read(equipped)
    assert after.address("vazirmatn.woff2") != font
    assert after.address("fonts.css") != address


def test_without_the_npm_part_there_is_no_font_and_no_style_sheet_that_asks_for_it(tmp_path: Path) -> None:
    assets = Assets.read(tmp_path)
    assert assets.address("vazirmatn.woff2") is None
    assert assets.address("fonts.css") is None
    assert assets.address("shahr.css") is not None
    assert [outlines_file(Project(tmp_path), name) for name in OUTLINES] == [None, None]


def test_outlines_are_found_by_name_alone(equipped: Path) -> None:
    project = Project(equipped)
    assert outlines_file(project, "countries-110m.json") == equipped / OUTLINES["countries-110m.json"]
    for name in ("countries-10m.json", "../vazirmatn/OFL.txt", "../../server.py", ""):
        assert outlines_file(project, name) is None


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_our_own_files_ask_for_nothing_but_our_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8").removeprefix('<svg xmlns="http://www.w3.org/2000/svg"')
    assert set(re.findall(r"url\(([^)]*)\)", text)) <= {f'"asset:{name}"' for name in PARTS}
    assert not re.search(r"@import|https?:|//[a-z]+\.", text)
    assert path.suffix in (".css", ".js", ".svg")


def test_the_parts_that_are_named_are_those_that_npm_installs() -> None:
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("the npm part is not installed: make setup")
    assert [path for path in (*PARTS.values(), *OUTLINES.values()) if not (ROOT / path).is_file()] == []
    assert (ROOT / PARTS["vazirmatn.woff2"]).read_bytes()[:4] == b"wOF2"
