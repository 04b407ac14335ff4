"""How the static edition is made: where each file goes, what is refused, and that it appears whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lxml import etree

from edition_folder import contents, with_engine
from publishing import small_project
from shahr.edition.folder import MARK, mark, next_edition
from shahr.edition.links import relink, with_header_links
from shahr.edition.places import Place, asked_in, place_of, relative
from shahr.edition.site import make_site
from shahr.edition.sitemap import checked_base, write_sitemap
from shahr.errors import ReleaseDamaged, ReleaseError
from shahr.paths import Project
from shahr.release.publish import publish
from shahr.releases import SUMS

BASE = "https://example.org/x/y/"
MAKE = """
import sys
from pathlib import Path
from shahr.edition.site import make_site
from shahr.paths import Project
make_site(Project.at(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A small project with a release; not to be changed."""
    project = small_project(tmp_path_factory.mktemp("small") / "project")
    publish(project, "1.0.0")
    return with_engine(project)


@pytest.fixture(scope="module")
def small_edition(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition of the small project, for a host that is known; not to be changed."""
    folder = tmp_path_factory.mktemp("small-edition") / "site"
    make_site(small, folder, BASE)
    return folder


def test_sparql_asks_the_graph_that_the_pages_tell_of_and_not_the_newest_release(
    small: Project, small_edition: Path
) -> None:
    quads = b"".join((small.dist / name).read_bytes() for name in ("graph.nq", "inferred.nq"))
    assert gzip.decompress((small_edition / "sparql" / "shahr.nq.gz").read_bytes()) == quads
    page = (small_edition / "fa" / "sparql.html").read_text()
    assert 'href="../sparql/shahr.nq.gz"' in page


def test_where_it_stands_is_told_in_what_needs_whole_addresses(small_edition: Path) -> None:
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = etree.parse(small_edition / "sitemap.xml").xpath("//s:loc/text()", namespaces=space)
    assert {BASE, f"{BASE}fa/", f"{BASE}city/esfahan.html"} & set(found) >= {BASE, f"{BASE}fa/"}
    paths = [address.removeprefix(BASE) for address in found]
    assert all((small_edition / (path if path.endswith(".html") else f"{path}index.html")).is_file() for path in paths)
    assert f"Sitemap: {BASE}sitemap.xml" in (small_edition / "robots.txt").read_text()
    links = re.findall('(?:href|src)="([^"]*)"', (small_edition / "404.html").read_text())
    assert all(link.startswith((BASE, "#", "https://creativecommons.org/")) for link in links)
    assert f'href="{BASE}' not in (small_edition / "index.html").read_text()
    for feed in ("feed.atom", "fa/feed.atom"):
        addresses = re.findall('href="([^"]*)"', (small_edition / feed).read_text())
        assert addresses
        assert all(one.startswith(BASE) for one in addresses)


def test_who_edits_a_file_of_an_edition_leaves_the_release_as_it_is(small: Project, small_edition: Path) -> None:
    released = small.releases / "1.0.0"
    for file in (path for path in released.rglob("*") if path.is_file()):
        there = small_edition / "dumps" / "1.0.0" / file.relative_to(released)
        assert (there.samefile(file), there.stat().st_mode & 0o777) == (False, 0o644)


def test_what_the_ontology_and_catalogues_name_is_there(small: Project, small_edition: Path) -> None:
    assert (small_edition / "logo.svg").read_bytes().startswith(b"<svg ")
    for name in ("catalog", "void"):
        assert isinstance(json.loads((small_edition / f"{name}.jsonld").read_bytes())["@context"], dict)


def test_two_editions_of_the_same_are_the_same_bytes(small: Project, small_edition: Path, tmp_path: Path) -> None:
    make_site(small, tmp_path / "again", BASE)
    assert contents(tmp_path / "again") == contents(small_edition)


def test_an_edition_replaces_an_older_one_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    for name in ("old.html", "new.html"):
        with next_edition(folder) as room:
            (room / name).touch()
            mark(room, "1.0.0")
    assert sorted(path.name for path in folder.iterdir()) == [MARK, "new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    for name in ("site.next-1", ".site.shahr-next.old"):
        (tmp_path / name).mkdir()
    (folder / ".git").mkdir()
    with pytest.raises(ReleaseError, match=r"\.git is no part of the edition"), next_edition(folder):
        pytest.fail("it was begun")
    (folder / MARK).unlink()
    with pytest.raises(ReleaseError, match="no edition of Shahr"), next_edition(folder):
        pytest.fail("it was begun")
    assert (folder / "new.html").is_file()
    with next_edition(tmp_path / "other"):
        assert (tmp_path / "site.next-1").is_dir()
        assert (tmp_path / ".site.shahr-next.old").is_dir()


@pytest.mark.parametrize("what", ["a file", "a folder that is no folder's", "full"])
def test_what_cannot_be_written_is_one_sentence(what: str, tmp_path: Path) -> None:
    target = tmp_path / "there"
    target.write_text("", encoding="utf-8")
    if what == "a folder that is no folder's":
        target = target / "below" / "it"
    elif what == "full":
        target = tmp_path / ("x" * 254)
    with pytest.raises(ReleaseError, match=r"^[^\n]*$"), next_edition(target) as room:
        (room / "index.html").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_an_error_while_writing_leaves_the_old_edition_and_nothing_else(tmp_path: Path) -> None:
    with next_edition(tmp_path / "site") as room:
        mark(room, "1.0.0")
    with pytest.raises(ReleaseError, match="No such file"):
        write_half(tmp_path / "site")
    assert [path.name for path in (tmp_path / "site").iterdir()] == [MARK]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def write_half(folder: Path) -> None:
    with next_edition(folder) as room:
        (room / "half.html").touch()
        (room / "no folder" / "page.html").touch()


def test_killed_at_any_moment_it_leaves_no_half_edition(small: Project, small_edition: Path, tmp_path: Path) -> None:
    folder, whole = tmp_path / "site", len(contents(small_edition))
    for part in (0.05, 0.8):
        process = subprocess.Popen([sys.executable, "-c", MAKE, str(small.root), str(folder)])
        while process.poll() is None and files_in(tmp_path) < whole * part:
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert not folder.exists()
        assert files_in(tmp_path) > 0
    with next_edition(folder):
        assert files_in(tmp_path) == 0


def files_in(folder: Path) -> int:
    """Count, though files come and go meanwhile."""
    return sum(len(names) for _, _, names in os.walk(folder))


def test_a_damaged_release_is_not_spread(small: Project, tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    with pytest.raises(ReleaseError, match="shahr publish"):
        make_site(with_engine(project), tmp_path / "site")
    shutil.copytree(small.releases / "1.0.0", project.releases / "1.0.0")
    with (project.releases / "1.0.0" / SUMS).open("a") as sums:
        sums.write(f"{'0' * 64}  lost.txt\n")
    with pytest.raises(ReleaseDamaged):
        make_site(project, tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["project"]


def test_without_the_engine_of_npm_it_says_what_to_do(small: Project, tmp_path: Path) -> None:
    project = small_project(tmp_path / "project")
    shutil.copytree(small.releases / "1.0.0", project.releases / "1.0.0")
    with pytest.raises(ReleaseError, match="make setup"):
        make_site(project, tmp_path / "site")


@pytest.mark.parametrize("base", ["", "example.org", "ftp://example.org/", "https://", "https://x/?a", 'https://x/"'])
def test_where_it_stands_must_be_the_address_of_a_folder(base: str) -> None:
    with pytest.raises(ReleaseError, match=r"https://example.org/shahr/"):
        checked_base(base)


def test_a_site_map_of_very_many_pages_comes_in_parts(tmp_path: Path) -> None:
    write_sitemap(tmp_path, [f"city/{number}.html" for number in range(25_001)], BASE)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    parts = etree.parse(tmp_path / "sitemap.xml").xpath("//s:sitemap/s:loc/text()", namespaces=space)
    found = [etree.parse(tmp_path / part.removeprefix(BASE)).xpath("//s:url", namespaces=space) for part in parts]
    assert [len(one) for one in found] == [25_000, 1]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/", "index.html"),
        ("/?lang=fa", "fa/index.html"),
        ("/city/isfahan.html?lang=fa", "fa/city/isfahan.html"),
        ("/city/isfahan", "city/isfahan.html"),
        ("/city/isfahan.ttl?lang=fa", "city/isfahan.ttl"),
        ("/passage.html?after=https%3A%2F%2Fw3id.org%2Fshahr%2Fpassage%2Fa-1", "passage-after/passage/a-1.html"),
        ("/questions/meetings?format=csv-safe&lang=fa&city=x", "questions/meetings.safe.csv"),
        ("/sparql?query=ASK%7B%7D&lang=fa", "fa/sparql.html"),
        ("/dumps/1.2.0/?lang=fa", "fa/dumps/1.2.0/index.html"),
        ("/dumps/1.2.0/SHA256SUMS", "dumps/1.2.0/SHA256SUMS"),
        ("/feed.atom?lang=fa", "fa/feed.atom"),
    ],
)
def test_each_address_of_the_server_has_its_place(address: str, path: str) -> None:
    place = place_of(address, "en")
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize(
    "address",
    [
        *("/search?q=x", "/complete", "/openapi.json", "/health", "//host/x", "/../x", "/city/../../x", "/a//../b"),
        *(
            "/questions/meetings?city=x",
            "/city.html?after=https://elsewhere.example/",
            "/city/%2e%2e/x",
            "/city/ش.html",
        ),
    ],
)
def test_what_no_file_can_answer_has_no_place(address: str) -> None:
    assert place_of(address, "en") is None


def test_a_link_without_a_target_is_a_text_and_a_link_element_goes() -> None:
    page = '<link rel="alternate" href="/gone"><p><a class="x" href="/gone">a &amp; b</a> <a href="/q?a=1&amp;b">c</a>'
    found = relink(page, lambda address: None if address == "/gone" else f"./{address[1:]}")
    assert found == '<p><a class="x">a &amp; b</a> <a href="./q?a=1&amp;b">c</a>'


def test_a_header_link_that_the_page_has_is_not_said_twice() -> None:
    page = '<head><link rel="license" href="/l"></head>'
    assert with_header_links(page, '</l>; rel="license", </d>; rel="alternate"; type="text/turtle"') == (
        '<head><link rel="license" href="/l"><link rel="alternate" type="text/turtle" href="/d">\n</head>'
    )


def test_paths_are_relative_and_queries_are_read() -> None:
    assert relative("city/a.html", "fa/city/b.html") == "../../city/a.html"
    assert relative("city/a.html", "index.html") == "city/a.html"
    assert asked_in("/sparql?lang=fa&query=ASK%20%7B%7D") == "ASK {}"
    assert place_of("/graph.nq", "fa") == Place("graph.nq", "/graph.nq")
