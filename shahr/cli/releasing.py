"""From a build to a release, and from release to release."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from shahr.cli.terminal import growing_progress, progress, project_here
from shahr.errors import ReleaseError, shown


@click.command()
@click.argument("version")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Compare with this release elsewhere.",
)
def publish(version: str, previous: Path | None) -> None:
    """Make the release VERSION of what is built, in dist/release/VERSION.

    It is compared with the newest release there is, or with one elsewhere that is no older. SOURCE_DATE_EPOCH sets its
    date, which else is the newest day that the sources speak of.
    """
    from shahr.inputs import is_fresh
    from shahr.release import publish as stage
    from shahr.versions import parse_version

    parse_version(version)
    project = project_here()
    if project.graph.is_file() and not is_fresh(project):
        raise ReleaseError("the sources are not what `shahr run` made the graph of: run it again first")
    with progress(f"publish {version}", steps=stage.steps()) as step:
        record = stage.publish(project, version, previous, lambda: step(None))
    click.echo(f"{record.quads} quads in {len(record.files)} files: {shown(project.releases / version)}")


@click.command()
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("--format", "form", type=click.Choice(["words", "patch", "json"]), default="words", show_default=True)
@click.option("--language", type=click.Choice(["en", "fa"]), default="en", show_default=True, help="Of the words.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where A and B differ; an error is 2.")
def diff(old: str, new: str, form: str, language: str, exit_code: bool) -> None:
    """Print what is different in B: in words, as RDF Patch, or as JSON.

    A and B are each a version of a release, the folder of one, or a file of RDF (.nq .nt .ttl .trig .rdf .jsonld, also
    .gz and .zst). Where one holds triples only (.nt .ttl .rdf), the graphs of the other are left out. The patch calls
    blank nodes as the N-Quads or N-Triples of A do.
    """
    from shahr.release.changes import changes as stage

    differ = stage.diff(project_here(), old, new, sys.stdout.buffer, form, language)
    if differ and exit_code:
        sys.exit(1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--base", metavar="URL", help="Where it will stand, for what must hold whole addresses.")
def site(folder: Path, base: str | None) -> None:
    """Make the static edition in DIR: all pages, data and releases, and SPARQL in the browser, for any static host.

    An edition that is there already is replaced. --base names the address of the folder, which the site map, the feed
    and the page for a wrong address need; without it there is no site map.
    """
    from shahr.edition.site import make_site

    with growing_progress("pages and data") as show:
        made = make_site(project_here(), folder, base, show)
    click.echo(f"{made} pages and files of data: {shown(folder.resolve())}")
