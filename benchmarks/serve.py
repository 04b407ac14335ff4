"""Our server against its peers, in one run: `make bench`, or `python -m benchmarks.serve --help`.

It prints what each answers in a second, by class of queries, and the ratios that were to be reached, and writes the
same as serve.json and serve.svg. A class in which a peer refused or broke off anything is marked invalid for it.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks import peers
from benchmarks.classes import make_workloads, read_catalogue
from benchmarks.generate import generate
from benchmarks.load import Load, write_requests
from benchmarks.measure import Point, disagreements, measure
from benchmarks.peers import Peer, Start
from benchmarks.plot import plot
from benchmarks.table import cells, rates_table, targets_table

CHOICES = ("shahr", "oxigraph", "rdflib-endpoint", "virtuoso", "nginx")
CLASSES = (*peers.UNCACHED, *peers.REPEATED)


@click.command()
@click.option("--size", default=100_000, show_default=True, help="Quads of the generated data.")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(min=1))
@click.option("--seconds", default=5, show_default=True, type=click.IntRange(min=1), help="Of each measurement.")
@click.option("--connections", default=16, show_default=True, type=click.IntRange(min=2))
@click.option("--peer", "names", multiple=True, type=click.Choice(CHOICES), help="Only these; may be repeated.")
@click.option("--class", "classes", multiple=True, type=click.Choice(CLASSES), help="Only these; may be repeated.")
@click.option("--out", default="dist/bench", show_default=True, type=click.Path(path_type=Path, file_okay=False))
def main(
    size: int,
    repeats: int,
    seconds: int,
    connections: int,
    names: Sequence[str],
    classes: Sequence[str],
    out: Path,
) -> None:
    """Measure our server and its peers over generated data."""
    chosen = _available(names or CHOICES)
    out.mkdir(parents=True, exist_ok=True)
    data = make_data(out, size)
    wanted = [workload for workload in make_workloads(read_catalogue(data)) if workload.name in (classes or CLASSES)]
    starts = [start for name in chosen for start in _starts(name, out)]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        found = [stack.enter_context(start) for start in _placed(starts, data, Path(folder))]
        for workload in wanted:
            write_requests(Path(folder), workload)
        differing = disagreements(found, wanted)
        load = Load(seconds, connections)
        points = measure(found, wanted, Path(folder), repeats, load, _say)
    _report(points, differing, f"{size:,} quads, {connections} connections, answers a second", out)


def make_data(out: Path, size: int) -> Path:
    """Give the generated file of a size; it is made where it is not there yet."""
    path = out / f"{size}.nq"
    if not path.is_file():
        _say(f"generating {size:,} quads")
        unfinished = path.with_suffix(".tmp")
        for _ in generate(unfinished, size):
            pass
        unfinished.replace(path)
    return path


def need(*commands: str) -> None:
    """End the run with a sentence where a command is not installed."""
    missing = [command for command in commands if not shutil.which(command)]
    if missing:
        packages = "wrk nginx virtuoso-opensource-7"
        click.echo(f"{missing[0]} is not installed: on Debian, `apt-get install {packages}`.", err=True)
        raise SystemExit(2)


def _available(names: Sequence[str]) -> list[str]:
    need("wrk")
    there = {"nginx": shutil.which("nginx") is not None, "virtuoso": peers.VIRTUOSO.is_file()}
    for name in names:
        if not there.get(name, True):
            _say(f"{name} is not installed and left out")
    return [name for name in names if there.get(name, True)]


def _starts(name: str, out: Path) -> Sequence[Start]:
    if name in ("oxigraph", "rdflib-endpoint"):
        commands = peers.install((out / "peers").absolute())
        return [peers.oxigraph(commands) if name == "oxigraph" else peers.rdflib_endpoint(commands)]
    return {"shahr": [peers.uncached, peers.cached], "virtuoso": [peers.virtuoso], "nginx": [peers.nginx]}[name]


def _placed(starts: Sequence[Start], data: Path, folder: Path) -> Iterator[AbstractContextManager[Peer]]:
    """Give each server a folder of its own, and say that it is started."""
    for number, start in enumerate(starts):
        place = folder / str(number)
        place.mkdir()
        yield _said(start(data.absolute(), place))


@contextmanager
def _said(start: AbstractContextManager[Peer]) -> Iterator[Peer]:
    with start as peer:
        _say(f"{peer.name} is up")
        yield peer


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


def _report(points: Sequence[Point], differing: Sequence[str], title: str, out: Path) -> None:
    found = cells(points)
    _say("")
    click.echo(f"{title}\n\n{rates_table(found)}\n\n{targets_table(found)}")
    if differing:
        click.echo(f"\nOther rows than the others gave: {', '.join(differing)}.")
    record = {"title": title, "differing": list(differing), "points": [asdict(point) for point in points]}
    (out / "serve.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    (out / "serve.svg").write_text(plot(found, title), encoding="utf-8")


if __name__ == "__main__":
    main()
