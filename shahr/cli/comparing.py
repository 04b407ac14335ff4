"""Our graph beside Wikidata, on the command line."""

from __future__ import annotations

import datetime

import click

from shahr.agent import WIKIDATA
from shahr.cli.terminal import project_here

_TEXTS = ("table", "csv")
_RDF = ("turtle", "trig", "ntriples", "nquads", "jsonld", "rdfxml")


@click.command()
@click.argument("name", required=False)
@click.option("--wikidata", help="Ask this endpoint, not Wikidata's own.", metavar="URL")
@click.option("--format", "format_", type=click.Choice([*_TEXTS, *_RDF]), default="table")
@click.option("--lang", "language", type=click.Choice(["en", "fa"]), default="en", help="The language of the table.")
def compare(name: str | None, wikidata: str | None, format_: str, language: str) -> None:
    """Print where our graph and Wikidata differ: NAME is twins, members or mayors; all three without it."""
    from shahr.client import Client
    from shahr.compare.comparing import compare
    from shahr.compare.topics import find_topics

    topics, client = find_topics(name), Client(wikidata or WIKIDATA)
    found = compare(project_here(), topics, client.endpoint, client.select, datetime.date.today())
    if format_ in _RDF:
        from shahr.compare.rdf import comparison_rdf
        from shahr.formats import graph_formats

        writer = next(one.writer for one in graph_formats() if one.name == format_)
        click.echo(comparison_rdf(found, writer), nl=False)  # type: ignore[arg-type]  # all of these are RDF
    elif format_ == "csv":
        from shahr.compare.tables import comparison_csv

        click.echo(comparison_csv(found).encode(), nl=False)
    else:
        from shahr.compare.tables import comparison_table

        click.echo(comparison_table(found, language))
