"""The service on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shahr.cli.terminal import project_here

if TYPE_CHECKING:
    from shahr.web.settings import Settings


@click.command()
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
        project_here(),
        dataset=dataset,
        endpoint=endpoint,
        limits=Limits(timeout, memory * 1024**2, result * 1024**2),
        cache=cache * 1024**2,
        trusted_proxies=trusted_proxies(proxies),
        log_text=log_queries,
        on_disk=storage == "disk",
        **others,
    )
