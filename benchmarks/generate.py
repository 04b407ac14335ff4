"""Inventing a graph in Shahr's shape, of any size: `python -m benchmarks.generate SIZE FILE [--seed 7]`.

The ontology is the real one; cities, people, networks and articles are invented, each article with its passages
and facts in a graph of its own, and what the rules give of them in the graph `inferred`. The same size and seed
give the same bytes. A city has as many facts at every size, so that a lookup finds as much in a large graph as
in a small one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import click
from pyoxigraph import NamedNode, Triple

from benchmarks.articles import write_articles
from benchmarks.sheet import Sheet
from benchmarks.world import make_world, write_world
from shahr.dataset import Source, nquads, quads_of
from shahr.namespaces import curie, iri
from shahr.paths import Project
from shahr.turtle import parse_turtle

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def generate(path: Path, size: int, seed: int = 7) -> Iterator[int]:
    """Write `size` quads (a few dozen more at most) as N-Quads to `path`; give how many there are, on the way."""
    sources = _ontology()
    lines = nquads(quads_of(sources)).decode()
    random = Random(seed)
    with path.open("w", encoding="utf-8", buffering=1 << 20, newline="\n") as file:
        sheet = Sheet(file, size)
        file.write(lines)
        sheet.count = lines.count("\n")
        world = make_world(random, size - sheet.count, _supers(sources))
        write_world(world, sheet)
        yield sheet.count
        yield from write_articles(world, sheet)


def _ontology() -> list[Source]:
    paths = sorted(Project.here().ontology.glob("*.ttl"))
    return [Source("ontology", path, parse_turtle(path)) for path in paths]


def _supers(sources: list[Source]) -> Mapping[str, list[str]]:
    """Give all classes above each class of Shahr, by their names with prefix."""
    above: dict[str, set[str]] = {}
    for triple in (triple for source in sources for triple in source.triples):
        _note(above, triple)
    return {name: sorted(_closure(above, name)) for name in above if name.startswith("shahr:")}


def _note(above: dict[str, set[str]], triple: Triple) -> None:
    one, other = triple.subject, triple.object
    if triple.predicate.value == iri("rdfs:subClassOf") and isinstance(one, NamedNode) and isinstance(other, NamedNode):
        above.setdefault(curie(one.value), set()).add(curie(other.value))


def _closure(above: Mapping[str, set[str]], name: str) -> set[str]:
    found: set[str] = set()
    waiting = list(above.get(name, ()))
    while waiting:
        found.add(waiting[-1])
        waiting.extend(above.get(waiting.pop(), set()) - found)
    return found - {name}


@click.command()
@click.argument("size", type=click.IntRange(min=10_000))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seed", default=7, show_default=True, help="Another seed gives another world.")
def main(size: int, file: Path, seed: int) -> None:
    """Write SIZE quads in Shahr's shape to FILE."""
    label = f"{size:,} quads" if sys.stdout.isatty() else None  # a pipe would get the label at least
    with click.progressbar(length=size, label=label) as bar:
        done = 0
        for count in generate(file, size, seed):
            if count - done > size // 200:
                bar.update(count - done)
                done = count
        bar.update(size - done)


if __name__ == "__main__":
    main()
