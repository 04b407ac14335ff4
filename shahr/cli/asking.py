"""The questions on the command line."""

from __future__ import annotations

from collections.abc import Iterable

import click

from shahr.cli.terminal import project_here


@click.command()
@click.argument("name")
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--format", "format_", type=click.Choice(["table", "csv", "json", "tsv", "xml"]), default="table")
@click.option("--endpoint", help="Ask this SPARQL endpoint, not the graph in dist/.")
@click.option("--wikidata", help="Ask this endpoint for what a question takes from Wikidata.")
def query(name: str, parameters: tuple[str, ...], format_: str, endpoint: str | None, wikidata: str | None) -> None:
    """Answer the question NAME of queries/questions or queries/wikidata; without parameters, its example."""
    from pyoxigraph import QueryResultsFormat

    from shahr.federation import answer
    from shahr.table import table

    solutions = answer(project_here(), name, _pairs(parameters), endpoint, wikidata)
    if format_ == "table":
        click.echo(table(solutions.variables, solutions.rows))
    else:
        click.echo(solutions.serialize(getattr(QueryResultsFormat, format_.upper())), nl=False)


def _pairs(parameters: Iterable[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals or not key or key in pairs:
            raise click.UsageError(f"{parameter!r} is not KEY=VALUE, each key once: for example city=city:isfahan")
        pairs[key] = value
    return pairs
