"""Fixtures: a tiny project of invented cities in a temporary folder, and the articles where we have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from invented import CITIES, LINKS, ONTOLOGY, PREFIXES, TEXT, article_turtle, write
from releasing import change, releasable
from shahr.build import build
from shahr.cli import main
from shahr.gazetteer import Entity, open_gazetteer
from shahr.index import index
from shahr.matching.matcher import Matcher
from shahr.matching.source import open_matcher
from shahr.namespaces import BASE
from shahr.paths import Project
from shahr.reason import reason
from shahr.release.publish import publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Files that measure what a server does under load or at a limit: nothing else may take its processor.
ALONE = frozenset(
    f"test_{name}"
    for name in (
        *("admission", "alarm", "budget", "disk", "load", "load_accounts", "pool", "protocol_limits", "querylog"),
        *("hostile_calls", "hostile_connections", "hostile_queries", "hostile_requests", "hostile_texts"),
        *("reload", "remote", "remote_broken", "replies", "serve_endpoint", "service_blocks", "survival"),
    )
)
ARTICLES = Path(__file__).resolve().parent.parent.parent / "shared" / "articles"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of those files `alone`; `make test` runs the others on two processors first."""
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker(pytest.mark.alone)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with two cities, one article with two passages, one link."""
    root = tmp_path / "project"
    write(root / "ontology" / "shahr.ttl", PREFIXES + ONTOLOGY)
    write(root / "data" / "entities" / "cities.ttl", PREFIXES + CITIES)
    write(root / "data" / "links" / "cities.sssom.tsv", LINKS)
    write(
        root / "data" / "articles" / "first-paper.ttl",
        article_turtle(TEXT, "first-paper", [(0, 15), (17, 42)]),
    )
    return Project.at(root)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The folder with the text of the tiny project's article."""
    return write(tmp_path / "texts" / "any name.txt", TEXT).parent


@pytest.fixture
def shahr(project: Project) -> Callable[..., Result]:
    """Run the command line on the tiny project."""
    return lambda *arguments: CliRunner().invoke(main, ["--project", str(project.root), *map(str, arguments)])


@pytest.fixture(scope="session")
def articles_dir() -> Path:
    """The texts of the articles, which the project does not hold."""
    if not ARTICLES.is_dir():
        pytest.skip("the texts of the articles are not beside the checkout (../shared/articles)")
    return ARTICLES


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped sources, built, reasoned over and indexed once a session; not to be changed."""
    out = tmp_path_factory.mktemp("built")
    build(Project.here(), out)
    reason(Project.here(), out)
    index(Project.here(), out)
    return out


@pytest.fixture(scope="session")
def released(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release 0.1.0 of the shipped data; not to be changed."""
    project = releasable(tmp_path_factory.mktemp("released") / "project", built)
    publish(project, "0.1.0")
    return project.releases / "0.1.0"


@pytest.fixture(scope="session")
def released_again(built: Path, released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release 0.2.0, of slightly other data, compared with `released`; not to be changed."""
    project = releasable(tmp_path_factory.mktemp("released-again") / "project", built)
    change(project)
    publish(project, "0.2.0", previous=released)
    return project.releases / "0.2.0"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    from browsing import browsing, chromium  # few tests need it

    if chromium() is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="session")
def matcher(built: Path) -> Matcher:
    """The matcher over the shipped data."""
    return open_matcher(built / "search.db")


@pytest.fixture(scope="session")
def entities(built: Path) -> Sequence[Entity]:
    """All entities of the shipped data."""
    gazetteer = open_gazetteer(built / "search.db")
    kinds = ("city", "country", "organization", "person", "place", "post")
    return sorted(
        {one.id: one for kind in kinds for one in gazetteer.those(_ids(built, kind))}.values(), key=lambda one: one.id
    )


def _ids(built: Path, kind: str) -> list[str]:
    quads = (built / "graph.nq").read_text(encoding="utf-8").splitlines()
    subjects = {line.split(" ", 1)[0].strip("<>") for line in quads}
    return sorted(one.removeprefix(BASE) for one in subjects if one.startswith(f"{BASE}{kind}/"))
