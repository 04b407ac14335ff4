"""What a release takes: `python -m benchmarks.release [SIZE]…`, in quads; without a size, the shipped data.

Each size is published twice: as first release, and with a hundredth of the quads changed, so that it is compared with
the first. For the shipped data both are the medians of several repeats, and rdflib, pyoxigraph and the command of
Oxigraph take turns with us in merely writing the same graph as Turtle, N-Triples and RDF/XML.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import click

from benchmarks.load import median
from benchmarks.serve import make_data
from benchmarks.table import markdown
from benchmarks.writing import PEERS
from shahr.namespaces import BASE, graph_iri
from shahr.paths import Project
from shahr.releases import read_record
from shahr.report import Report
from shahr.sorting import sorted_lines

MEGABYTE = 1024**2
SOURCES = ("ontology", "data", "shapes", "queries", "node_modules", "LICENSE-DATA", "LICENSE", "pyproject.toml")
FIRST, SECOND = "0.1.0", "0.2.0"
LIMITS = ((20_000, 30), (1_100_000, 180))  # up to so many quads, seconds that a release may take
MEMORY = 3 * 1024**3
CHANGED_OF = 200  # of so many quads one goes and one comes: a hundredth in all
Times = dict[str, float]


@dataclass(frozen=True)
class Seen:
    """One publish: seconds and memory's peak by part; seconds of processor and peak of the process; bytes of files."""

    parts: Times
    peaks: Mapping[str, int]
    processor: float
    peak: int
    size: int

    @property
    def seconds(self) -> float:
        """All parts together."""
        return sum(self.parts.values())


@click.command()
@click.argument("sizes", nargs=-1, type=click.IntRange(min=10_000), metavar="[SIZE]...")
@click.option("--repeats", default=5, show_default=True, type=click.IntRange(min=1), help="With the shipped data.")
@click.option("--out", default="dist/bench", show_default=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--place", type=click.Path(path_type=Path, file_okay=False), help="Make the releases in this folder.")
def main(sizes: Sequence[int], repeats: int, out: Path, place: Path | None) -> None:
    """Measure how long a release takes, and how much memory."""
    out.mkdir(parents=True, exist_ok=True)
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            _say(f"a build of {size:,} quads")
            project = _generated(Path(folder), make_data(out, size))
            _print("generated", _quads(project), *_twice(project))
    if not sizes:
        with tempfile.TemporaryDirectory(dir=place) as folder:
            _shipped(Path(folder), repeats)


def _shipped(folder: Path, repeats: int) -> None:
    """Measure with what is built in the checkout, and let the peers take turns with us."""
    here = Project.here()
    if not (here.current / "report.json").is_file():
        raise click.ClickException("nothing is built yet: run `shahr run` first")
    source = folder / "union.nt"
    runs: list[tuple[Seen, Seen]] = []
    others: dict[str, list[Times]] = {name: [] for name in PEERS}
    for repeat in range(repeats):
        project = _laid_out(folder / str(repeat))
        shutil.copytree(here.current.resolve(), project.current, dirs_exist_ok=True)
        runs.append(_twice(project))
        if not source.is_file():
            source.write_bytes(gzip.decompress((project.releases / FIRST / "data" / "shahr.nt.gz").read_bytes()))
        for name in _turned(list(PEERS), repeat):
            _say(f"{repeat + 1}/{repeats} {name}")
            others[name].append(_write(name, source, folder))
    first, second = (_middle([run[at] for run in runs]) for at in (0, 1))
    _print(f"as shipped, medians of {repeats}", _quads(project), first, second)
    _print_peers(first, {name: _medians(times) for name, times in others.items()})


def _twice(project: Project) -> tuple[Seen, Seen]:
    """Publish the build, and then a build in which a hundredth of the quads is another."""
    _say("publishing")
    first = _publish(project, FIRST)
    _change(project.current / "graph.nq")
    _say("publishing again")
    return first, _publish(project, SECOND)


def _publish(project: Project, version: str) -> Seen:
    command = [sys.executable, "-m", "benchmarks.timed", str(project.root), version]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(command, stdout=words)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            raise click.ClickException(f"publishing {version} failed")
        words.seek(0)
        parts = json.load(words)
    size = sum(file.bytes for file in read_record(project.releases / version).files)
    times = {name: seconds for name, seconds, _ in parts}
    return Seen(
        times, {name: peak for name, _, peak in parts}, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, size
    )


def _write(peer: str, source: Path, folder: Path) -> Times:
    command = [sys.executable, "-m", "benchmarks.writing", peer, str(source), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return dict[str, Any](json.loads(done.stdout))


def _generated(root: Path, data: Path) -> Project:
    """Lay out a project with a generated graph as its build, the inferred quads apart."""
    project = _laid_out(root)
    inferred = f"<{graph_iri('inferred')}> .\n".encode()
    with data.open("rb") as lines, tempfile.TemporaryDirectory(dir=root) as scratch:
        files = {name: (project.current / name).open("wb") for name in ("graph.nq", "inferred.nq")}
        for line in sorted_lines(lines, Path(scratch)):
            files["inferred.nq" if line.endswith(inferred) else "graph.nq"].write(line)
        for file in files.values():
            file.close()
    report = Report((), ())
    for suffix, text in {"txt": report.text, "json": report.json, "ttl": report.turtle}.items():
        (project.current / f"report.{suffix}").write_text(text, encoding="utf-8")
    return project


def _laid_out(root: Path) -> Project:
    """Make a project of the shipped sources, with room for a build."""
    root.mkdir(exist_ok=True)
    here = Project.here()
    for name in SOURCES:
        if (here.root / name).exists():
            (root / name).symlink_to(here.root / name)
    project = Project.at(root)
    project.current.mkdir(parents=True)
    return project


def _change(graph: Path) -> None:
    """Take one of so many quads away and add as many, but leave the ontology alone: it may not break."""
    ontology = f"<{graph_iri('ontology')}> .\n".encode()
    changed = graph.with_suffix(".changed")
    with graph.open("rb") as old, changed.open("wb") as new:
        for number, line in enumerate(old):
            if number % CHANGED_OF or line.endswith(ontology):
                new.write(line)
            else:
                new.write(_another(number))
    changed.replace(graph)


def _another(number: int) -> bytes:
    comment = "http://www.w3.org/2000/01/rdf-schema#comment"
    return f'<{BASE}city/new-{number // 20}> <{comment}> "{number}"@en <{graph_iri("entities")}> .\n'.encode()


def _turned(names: list[str], repeat: int) -> Iterator[str]:
    first = repeat % len(names)
    return chain(names[first:], names[:first])


def _medians(times: Sequence[Times]) -> Times:
    return {name: median([one[name] for one in times]) for name in times[0]}


def _middle(seen: Sequence[Seen]) -> Seen:
    processor = median([one.processor for one in seen])
    peak = max(one.peak for one in seen)
    return Seen(_medians([one.parts for one in seen]), seen[-1].peaks, processor, peak, seen[-1].size)


def _quads(project: Project) -> int:
    """Count the lines of the build."""
    return sum(1 for name in ("graph.nq", "inferred.nq") for _ in (project.current / name).open("rb"))


def _print(title: str, quads: int, first: Seen, second: Seen) -> None:
    _say("")
    names = list(dict.fromkeys([*first.parts, *second.parts]))
    rows = [[name, *(text for seen in (first, second) for text in _row(seen, name))] for name in names]
    rows.append(["all", *(text for seen in (first, second) for text in (f"{seen.seconds:.2f}", _mega(seen.peak)))])
    rows.append(["processor", *(text for seen in (first, second) for text in (f"{seen.processor:.2f}", ""))])
    rows.append(["files", *(text for seen in (first, second) for text in ("", _mega(seen.size)))])
    head = ["part", "first release, s", "peak, MB", "1 % changed, s", "peak, MB"]
    click.echo(f"{quads:,} quads, {title}\n\n{markdown(head, rows)}\n")
    if limit := next((seconds for most, seconds in LIMITS if quads <= most), None):
        kept = max(first.seconds, second.seconds) <= limit and max(first.peak, second.peak) <= MEMORY
        click.echo(f"wanted: ≤ {limit} s, ≤ {_mega(MEMORY)} MB: {'pass' if kept else 'FAIL'}\n")


def _row(seen: Seen, name: str) -> tuple[str, str]:
    return (f"{seen.parts[name]:.2f}", _mega(seen.peaks[name])) if name in seen.parts else ("", "")


def _mega(size: int) -> str:
    return f"{size / MEGABYTE:,.1f}"


def _print_peers(ours: Seen, others: Mapping[str, Times]) -> None:
    """Print what the others take to write three files, against our whole release."""
    columns = list(dict.fromkeys(chain.from_iterable(others.values())))
    rows = [
        [name, *(f"{times[column]:.3f}" if column in times else "" for column in columns), *_against(times, ours)]
        for name, times in others.items()
    ]
    release = f"a whole release, {ours.seconds:.2f} s, over it"
    click.echo(markdown(["the same graph, seconds", *columns, "together", release], rows))


def _against(times: Times, ours: Seen) -> tuple[str, str]:
    total = sum(times.values())
    return f"{total:.2f}", f"{ours.seconds / total:.2f}"


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)


if __name__ == "__main__":
    main()
