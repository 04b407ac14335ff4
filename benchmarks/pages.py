"""How long a page takes to come: `python -m benchmarks.pages`.

Two servers over the built graph, one that keeps nothing and one that keeps its pages, are asked in turn for the page
of every entity in both languages, one request at a time. No peer makes such pages: the two are each other's.
"""

from __future__ import annotations

import http.client
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import click

from benchmarks.processes import await_answer, free_port, running
from benchmarks.table import markdown

KINDS = ("city", "country", "place", "person", "organization", "post")
WANTED = 20.0  # milliseconds in the median, uncached


@click.command()
@click.option("--repeats", default=5, show_default=True, help="Rounds over all pages at each server.")
def main(repeats: int) -> None:
    """Measure how long the pages of entities take, made anew and kept."""
    with ExitStack() as stack:
        fresh = stack.enter_context(_served("--cache", "0"))
        kept = stack.enter_context(_served())
        paths = _paths(fresh)
        times: dict[tuple[str, str], list[float]] = {}
        for connection in (fresh, kept):
            _ask_all(connection, paths)  # to be warm
        for _ in range(repeats):
            for name, connection in (("anew", fresh), ("kept", kept)):
                for path, milliseconds in _ask_all(connection, paths):
                    times.setdefault((name, path.split("/")[1]), []).append(milliseconds)
    rows = [_row(times, kind, [kind]) for kind in KINDS]
    click.echo(markdown(("pages", "anew: median, p95 ms", "kept: median, p95 ms"), [*rows, _row(times, "all", KINDS)]))
    found = median(one for (name, _), values in times.items() if name == "anew" for one in values)
    verdict = "met" if found < WANTED else "missed"
    click.echo(f"\nmedian of all made anew: {found:.1f} ms, wanted under {WANTED:g} ms: {verdict}")


@contextmanager
def _served(*options: str) -> Iterator[http.client.HTTPConnection]:
    port = free_port()
    shahr = str(Path(sys.executable).with_name("shahr"))
    command = [shahr, "serve", "--port", str(port), "--workers", "1", "--client-seconds", "0", *options]
    with tempfile.TemporaryDirectory() as folder, running(command, Path(folder) / "log") as pid:
        await_answer(f"http://127.0.0.1:{port}/sparql?query=", pid)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        yield connection
        connection.close()


def _paths(connection: http.client.HTTPConnection) -> list[str]:
    """Give the addresses of all entities' pages in both languages, from the lists by kind."""
    found: list[str] = []
    for kind in KINDS:
        body, _ = _ask(connection, f"/{kind}.html")
        pages = sorted(set(re.findall(rf'href="(/{kind}/[a-z0-9-]+\.html)"', body.decode())))
        found += [f"{page}?lang={language}" for page in pages for language in ("en", "fa")]
    return found


def _ask_all(connection: http.client.HTTPConnection, paths: Sequence[str]) -> Iterator[tuple[str, float]]:
    return iter([(path, _ask(connection, path)[1]) for path in paths])


def _ask(connection: http.client.HTTPConnection, path: str) -> tuple[bytes, float]:
    """Give the body of a page and the milliseconds that it took; RuntimeError where there is none."""
    start = perf_counter()
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip" if "?" in path else ""})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} gives {response.status}")
    return body, (perf_counter() - start) * 1000


def _row(times: dict[tuple[str, str], list[float]], name: str, kinds: Sequence[str]) -> tuple[str, str, str]:
    cells = []
    for way in ("anew", "kept"):
        values = [one for kind in kinds for one in times[way, kind]]
        cells.append(f"{median(values):.1f}, {quantiles(values, n=20)[-1]:.1f}")
    return (name, *cells)  # type: ignore[return-value]


if __name__ == "__main__":
    main()
