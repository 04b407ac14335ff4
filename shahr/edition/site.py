"""`shahr site`: the pages of the current build and all releases, in a folder for any static host."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from server import create_app
from shahr.builds import locked
from shahr.edition.crawl import Crawl, Progress
from shahr.edition.folder import copy_tree, mark, next_edition
from shahr.edition.relinking import Relinking
from shahr.edition.sitemap import checked_base, write_robots, write_sitemap
from shahr.edition.workbench import blueprint, write_workbench
from shahr.engine import Limits
from shahr.errors import ReleaseError
from shahr.namespaces import ENTITY_PREFIXES, FACT_PREFIXES, SOURCE_PREFIXES
from shahr.paths import Project
from shahr.releases import Record, check_release, released
from shahr.web.querylog import QueryLog
from shahr.web.settings import Settings
from shahr.web.site import Site, site_of

HOST = "http://edition.invalid"  # what the application believes to be; it must stand in no file
LOGO = "/logo.svg"  # the ontology names it
STARTS = (
    *("/", "/questions", "/concept.html", "/graph.html", "/ns.html", "/shapes.html", "/dumps/", "/sparql.html"),
    *(f"/{kind}.html" for kind in (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES)),
    *("/404.html", "/context.jsonld", "/feed.atom", LOGO),
    *(f"/{name}.{suffix}" for name in ("void", "catalog") for suffix in ("ttl", "jsonld", "rdf", "nt", "nq")),
)
PATIENT = Limits(seconds=600.0, memory=8 * 1024**3, result=1024**3)  # our own pages, on a machine busy with them


def make_site(
    project: Project, folder: Path, base: str | None = None, progress: Progress = lambda made, known: None
) -> int:
    """Make the edition of the current build and all releases in `folder`, and give the number of its pages and files.

    `base` is where it will stand, "https://example.org/shahr/", for what must hold whole addresses: the site map, the
    feed, and the page for a wrong address. `progress` takes how many files are made, and how many are known of.
    ReleaseError, ReleaseDamaged, ProjectMissing; BuildBusy where another shahr is writing dist/.
    """
    base = checked_base(base)
    with locked(project), next_edition(folder) as room:
        newest = _copy_releases(project, room)
        size = write_workbench(project, room)
        with _application(project, size) as app:
            crawl = Crawl(app, room, HOST, progress)
            crawl.walk(STARTS)
        _copy_well_known(room)
        _copy_logo(room, crawl)
        Relinking(room, crawl.others, HOST, base).relink(sorted(crawl.made))
        write_robots(room, base)
        write_sitemap(room, crawl.made, base)
        (room / ".nojekyll").touch()
        mark(room, newest.version)
    return len(crawl.made)


def _copy_releases(project: Project, room: Path) -> Record:
    """Put all releases, proved to be whole, below dumps/, and give the newest."""
    records = []
    for version in released(project):
        records.append(check_release(project.releases / version))
        copy_tree(project.releases / version, room / "dumps" / version)
    if not records:
        raise ReleaseError("there is no release to put into the edition: run `shahr publish VERSION` first")
    return records[0]


def _copy_well_known(room: Path) -> None:
    """Who looks for the description of a site's data looks there (RFC 8615; VoID, 7.2)."""
    if (room / "void.ttl").is_file():
        (room / ".well-known").mkdir()
        shutil.copyfile(room / "void.ttl", room / ".well-known" / "void")


def _copy_logo(room: Path, crawl: Crawl) -> None:
    """Put the logo where the server leads on from there."""
    asset = crawl.others.get(LOGO[1:])
    if asset in crawl.made:
        shutil.copyfile(room / str(asset), room / LOGO[1:])


@contextmanager
def _application(project: Project, size: int) -> Iterator[Flask]:
    """Run the application over the current build, for nobody but us; its processes end with the block.

    `size` is that of the graph in the edition, in bytes.
    """
    settings = Settings(project, limits=PATIENT, client_seconds=0, client_errors=0, queue=1024)
    app = create_app({"SERVICE": settings})
    app.register_blueprint(blueprint(size))
    app.jinja_env.globals["edition"] = True
    site = site_of(app)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        site.service.log = QueryLog(nowhere)
        try:
            yield app
        finally:
            site.runner.run(_close(site))


async def _close(site: Site) -> None:
    """What the engine has open belongs to the loop."""
    site.service.close()
