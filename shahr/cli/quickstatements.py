"""What Wikidata lacks, as a batch to look at and upload by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from shahr.agent import WIKIDATA
from shahr.cli.terminal import project_here
from shahr.errors import shown


@click.command()
@click.option("--endpoint", metavar="URL", default=WIKIDATA, show_default=True, help="Compare with this endpoint.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Instead of dist/quickstatements.")
@click.option("--include", multiple=True, metavar="FACT", help="Send this one though diff.md says it is withheld.")
def quickstatements(endpoint: str, out: Path | None, include: tuple[str, ...]) -> None:
    """Write statements that Wikidata lacks, or has without reference, as a batch for QuickStatements.

    The folder gets statements.tsv, the same as CSV (statements.csv, and statements-2.csv and so on where lines differ
    in their columns), and diff.md and diff.fa.md, which say in words what is sent, what is there already, what Wikidata
    says otherwise, and what is withheld and why. Read them, then upload one form yourself. A batch that is there
    already is replaced.
    """
    from shahr.client import Client
    from shahr.quickstatements import make_batch

    project = project_here()
    folder = (out or project.dist / "quickstatements").resolve()
    batch = make_batch(project, Client(endpoint), folder, date.today(), include)
    for excuse in batch.excuses:
        click.echo(f"shahr: {excuse}", err=True)
    counts = batch.counts
    click.echo(
        f"{counts['absent'] + counts['unreferenced']} statements to send in {batch.lines} lines,"
        f" {counts['present']} there already, {counts['conflict']} in conflict, {counts['unknown']} not known,"
        f" {counts['withheld']} withheld: {shown(folder)}"
    )
