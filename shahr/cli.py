"""The command `shahr`; the one module that knows the order of the stages.

Heavy libraries are imported inside the commands that need them, so that `shahr --help` answers at once.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shahr.errors import ReportError, ShahrError, shown
from shahr.paths import Project

if TYPE_CHECKING:
    from shahr.web.settings import Settings

Done = TypeVar("Done")


class _Failure(click.ClickException):
    """An error of ours as the command line shows it: `shahr: sentence`, exit code 1."""

    def show(self, file: object = None) -> None:
        """Print the sentence, or one a line where there are several, to standard error."""
        for line in self.message.split("\n"):
            click.echo(f"shahr: {line}", err=True)


class _Group(click.Group):
    """A group of commands that turns errors a user can mend into sentences."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except ShahrError as error:
            raise _Failure(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of a pipe has gone: click leaves quietly
                raise
            raise _Failure(f"{error.filename or 'the system'}: {error.strerror or error}") from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--project", type=click.Path(path_type=Path), help="Work on this folder, not on the checkout.")
@click.version_option(package_name="shahr")
@click.pass_context
def main(context: click.Context, project: Path | None) -> None:
    """Shahr, the open knowledge graph of city diplomacy."""
    context.obj = project


def _project() -> Project:
    root: Path | None = click.get_current_context().obj
    return Project.here() if root is None else Project.at(root)


@contextmanager
def _progress(label: str, steps: int) -> Iterator[Callable[[Done], Done]]:
    """Show a progress bar on a terminal, nothing in a pipe; what it gives takes each step's result."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=steps, label=label, file=sys.stderr, hidden=hidden) as bar:

        def step(result: Done) -> Done:
            bar.update(1)
            return result

        yield step


@main.command()
def build() -> None:
    """Build dist/graph.nq from the sources."""
    from shahr import build as stage
    from shahr.builds import next_build

    project = _project()
    with next_build(project) as out:
        quads = stage.build(project, out)
    click.echo(f"{quads} quads in {shown(project.graph)}")


@main.command()
def reason() -> None:
    """Derive dist/inferred.nq from the graph by the rules."""
    from shahr import reason as stage
    from shahr.builds import next_build

    project = _project()
    with next_build(project, keep=("graph.nq",)) as out:
        quads = stage.reason(project, out)
    click.echo(f"{quads} quads in {shown(project.inferred)}")


@main.command()
def index() -> None:
    """Write dist/search.db, which the search of the pages reads, from the graph."""
    from shahr import index as stage
    from shahr.builds import next_build

    project = _project()
    with next_build(project, keep=("graph.nq", "inferred.nq")) as out:
        entries = stage.index(project, out)
    click.echo(f"{entries} entries in {shown(project.search)}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def validate(as_json: bool) -> None:
    """Check the graph with shapes, checks and expectations; exit 1 where it does not conform."""
    from shahr import validate as stage
    from shahr.builds import next_build

    project = _project()
    with next_build(project, keep=("graph.nq", "inferred.nq"), keep_if_there=("search.db",)) as out:
        report = stage.validate(project, out)
    click.echo((report.json if as_json else report.text).rstrip("\n"))
    if not report.conforms:
        sys.exit(1)


@main.command()
def run() -> None:
    """Build, reason, index and validate; dist/ changes only when all four succeed."""
    from shahr import build, index, reason, validate
    from shahr.builds import next_build

    project = _project()
    with next_build(project) as out:
        with _progress("build, reason, index, validate", steps=4) as step:
            quads = step(build.build(project, out))
            inferred = step(reason.reason(project, out))
            step(index.index(project, out))
            report = step(validate.validate(project, out))
        if not report.conforms:
            click.echo(report.text.rstrip("\n"), err=True)
            raise ReportError("the data do not conform, so dist/ is left as it was: mend what the report names")
    click.echo(f"{quads} quads, {inferred} inferred; the data conform: {shown(project.report)}")


@main.command()
@click.argument("version")
@click.option("--previous", type=click.Path(path_type=Path), metavar="DIR", help="Compare with this release.")
def publish(version: str, previous: Path | None) -> None:
    """Make the release VERSION of what is built, in dist/release/VERSION.

    It is compared with the newest release there is. SOURCE_DATE_EPOCH sets its date, which else is the newest day that
    the sources speak of.
    """
    from shahr.release import publish as stage

    project = _project()
    with _progress(f"publish {version}", steps=stage.steps()) as step:
        record = stage.publish(project, version, previous, lambda: step(None))
    click.echo(f"{record.quads} quads in {len(record.files)} files: {shown(project.releases / version)}")


@main.command()
@click.option("--articles", "folder", type=click.Path(path_type=Path), required=True, help="Where the texts are.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(folder: Path, as_json: bool) -> None:
    """Prove every passage against the texts of the articles; exit 1 where one does not hold."""
    from shahr import verify as stage

    result = stage.verify(_project(), folder)
    click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2) if as_json else result.text)
    if not result.proved:
        sys.exit(1)


@main.command()
@click.argument("name")
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--format", "format_", type=click.Choice(["table", "csv", "json", "tsv", "xml"]), default="table")
@click.option("--endpoint", help="Ask this SPARQL endpoint, not the graph in dist/.")
@click.option("--wikidata", help="Ask this endpoint for what a question takes from Wikidata.")
def query(name: str, parameters: tuple[str, ...], format_: str, endpoint: str | None, wikidata: str | None) -> None:
    """Answer the question NAME of queries/questions; without parameters, its example."""
    from pyoxigraph import QueryResultsFormat

    from shahr.federation import answer
    from shahr.table import table

    solutions = answer(_project(), name, _pairs(parameters), endpoint, wikidata)
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


@main.command("format")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file would change.")
def format_(check: bool) -> None:
    """Bring the Turtle files of ontology/, data/ and shapes/ into their one form.

    Of comments, only those on top of a file stay.
    """
    from shahr.formatting import format_sources

    for path in (changed := format_sources(_project(), check)):
        click.echo(f"{'is not in canonical form (run `shahr format`)' if check else 'formatted'}: {shown(path)}")
    if check and changed:
        sys.exit(1)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--dataset", type=click.Path(path_type=Path), help="Serve this Turtle, TriG, N-Quads or N-Triples file.")
@click.option("--endpoint", help="Serve what this SPARQL endpoint holds: a cluster, say.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=10, show_default=True, help="Seconds a query.")
@click.option("--memory", type=click.IntRange(16), default=1024, show_default=True, help="MB a query.")
@click.option("--result", type=click.IntRange(1), default=32, show_default=True, help="MB an answer.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Web processes.")
@click.option("--children", type=click.IntRange(1, 64), default=3, show_default=True, help="Queries a worker at once.")
@click.option("--queue", type=click.IntRange(1), default=32, show_default=True, help="Queries a worker lets wait.")
@click.option("--cache", type=click.IntRange(0), default=64, show_default=True, help="MB of answers a worker keeps.")
@click.option("--client-seconds", type=click.FloatRange(0), default=60, show_default=True, help="A client's a minute.")
@click.option("--client-errors", type=click.IntRange(0), default=30, show_default=True, help="A client's a minute.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Believe its X-Forwarded-For.")
@click.option("--allow-service", "services", multiple=True, metavar="HOST", help="Let SERVICE ask this host.")
@click.option("--storage", type=click.Choice(["memory", "disk"]), default="memory", show_default=True)
@click.option("--log-queries", is_flag=True, help="Write the text of each query to the log.")
def serve(host: str, port: int, workers: int, **options: Any) -> None:  # noqa: ANN401
    """Serve the graph: SPARQL, the questions, a start page. 0 turns a budget or the cache off."""
    from shahr import serve as server

    server.serve(_settings(**options), host, port, workers)


def _settings(
    dataset: Path | None,
    endpoint: str | None,
    timeout: float,
    memory: int,
    result: int,
    cache: int,
    proxies: tuple[str, ...],
    log_queries: bool,
    storage: str,
    **others: Any,  # noqa: ANN401
) -> Settings:
    from shahr.engine import Limits
    from shahr.engine.connect import parse_address
    from shahr.engine.guard import Guard
    from shahr.web.clients import trusted_proxies
    from shahr.web.settings import Settings

    if dataset and endpoint:
        raise click.UsageError("--dataset and --endpoint exclude each other: give one")
    if endpoint:
        parse_address(endpoint)
    Guard(others["services"])
    return Settings(
        _project(),
        dataset=dataset,
        endpoint=endpoint,
        limits=Limits(timeout, memory * 1024**2, result * 1024**2),
        cache=cache * 1024**2,
        trusted_proxies=trusted_proxies(proxies),
        log_text=log_queries,
        on_disk=storage == "disk",
        **others,
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("start", type=int)
@click.argument("end", type=int)
@click.option("--article", "slug", help="The slug of an article that data/articles does not have yet.")
def passage(file: Path, start: int, end: int, slug: str | None) -> None:
    """Print the Turtle of the passage [START, END) of an article's text, digests computed."""
    from shahr.passage import passage_turtle

    click.echo(passage_turtle(_project(), file, start, end, slug), nl=False)


@main.command()
def consistency() -> None:
    """Prove with HermiT that ontology and data contradict each other nowhere."""
    from shahr.consistency import check_consistency

    result = check_consistency(_project().current)
    click.echo(f"consistent: {result.classes} classes, {result.triples} triples")
    for name in result.unsatisfiable:
        click.echo(f"no member possible: {name}", err=True)
    if result.unsatisfiable:
        sys.exit(1)
