"""From sources to a graph that conforms: build, reason, index, validate, and what proves it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from shahr.cli.terminal import progress, project_here
from shahr.errors import ReportError, shown


@click.command()
def build() -> None:
    """Build dist/graph.nq from the sources."""
    from shahr import build as stage
    from shahr.builds import next_build

    project = project_here()
    with next_build(project) as out:
        quads = stage.build(project, out)
    click.echo(f"{quads} quads in {shown(project.graph)}")


@click.command()
def reason() -> None:
    """Derive dist/inferred.nq from the graph by the rules."""
    from shahr import reason as stage
    from shahr.builds import next_build

    project = project_here()
    with next_build(project, keep=("graph.nq",)) as out:
        quads = stage.reason(project, out)
    click.echo(f"{quads} quads in {shown(project.inferred)}")


@click.command()
def index() -> None:
    """Write dist/search.db, which the search of the pages reads, from the graph."""
    from shahr import index as stage
    from shahr.builds import next_build

    project = project_here()
    with next_build(project, keep=("graph.nq", "inferred.nq")) as out:
        entries = stage.index(project, out)
    click.echo(f"{entries} entries in {shown(project.search)}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def validate(as_json: bool) -> None:
    """Check the graph with shapes, checks and expectations; exit 1 where it does not conform."""
    from shahr import validate as stage
    from shahr.builds import next_build

    project = project_here()
    with next_build(project, keep=("graph.nq", "inferred.nq"), keep_if_there=("search.db",)) as out:
        report = stage.validate(project, out)
    click.echo((report.json if as_json else report.text).rstrip("\n"))
    if not report.conforms:
        sys.exit(1)


@click.command()
def run() -> None:
    """Build, reason, index and validate; dist/ changes only when all four succeed."""
    from shahr import build, index, reason, validate
    from shahr.builds import next_build
    from shahr.inputs import write_digest

    project = project_here()
    with next_build(project) as out:
        write_digest(project, out)  # first: what an editor changes meanwhile is not in the build
        with progress("build, reason, index, validate", steps=4) as step:
            quads = step(build.build(project, out))
            inferred = step(reason.reason(project, out))
            step(index.index(project, out))
            report = step(validate.validate(project, out))
        if not report.conforms:
            click.echo(report.text.rstrip("\n"), err=True)
            raise ReportError("the data do not conform, so dist/ is left as it was: mend what the report names")
    click.echo(f"{quads} quads, {inferred} inferred; the data conform: {shown(project.report)}")


@click.command()
@click.option("--articles", "folder", type=click.Path(path_type=Path), required=True, help="Where the texts are.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(folder: Path, as_json: bool) -> None:
    """Prove every passage against the texts of the articles; exit 1 where one does not hold."""
    from shahr import verify as stage

    result = stage.verify(project_here(), folder)
    click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2) if as_json else result.text)
    if not result.proved:
        sys.exit(1)


@click.command()
def consistency() -> None:
    """Prove with HermiT that ontology and data contradict each other nowhere."""
    from shahr.consistency import check_consistency

    result = check_consistency(project_here().current)
    click.echo(f"consistent: {result.classes} classes, {result.triples} triples")
    for name in result.unsatisfiable:
        click.echo(f"no member possible: {name}", err=True)
    if result.unsatisfiable:
        sys.exit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("start", type=int)
@click.argument("end", type=int)
@click.option("--article", "slug", help="The slug of an article that data/articles does not have yet.")
def passage(file: Path, start: int, end: int, slug: str | None) -> None:
    """Print the Turtle of the passage [START, END) of an article's text, digests computed."""
    from shahr.passage import passage_turtle

    click.echo(passage_turtle(project_here(), file, start, end, slug), nl=False)


@click.command("format")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file would change.")
def format_(check: bool) -> None:
    """Bring the Turtle files of ontology/, data/ and shapes/ into their one form.

    Of comments, only those on top of a file stay.
    """
    from shahr.formatting import format_sources

    for path in (changed := format_sources(project_here(), check)):
        click.echo(f"{'is not in canonical form (run `shahr format`)' if check else 'formatted'}: {shown(path)}")
    if check and changed:
        sys.exit(1)
