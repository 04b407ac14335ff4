"""What others take merely to write a graph: `python -m benchmarks.writing PEER FILE.nt FOLDER`.

The graph is read once, then written as Turtle, N-Triples and RDF/XML, not compressed; seconds of each go to standard
output as JSON. The command of Oxigraph reads anew for each format.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
FORMATS = ("ttl", "nt", "rdf")
Steps = list[tuple[str, Callable[[], object]]]


def rdflib(source: Path, folder: Path) -> Steps:
    """Give what rdflib does, by name."""
    from rdflib import Graph

    graph = Graph()
    formats = {"ttl": "turtle", "nt": "nt", "rdf": "xml"}
    return [
        ("read", lambda: graph.parse(source, format="nt")),
        *((name, _rdflib_write(graph, folder / f"rdflib.{name}", formats[name])) for name in FORMATS),
    ]


def _rdflib_write(graph: object, path: Path, name: str) -> Callable[[], object]:
    return lambda: graph.serialize(path, format=name, encoding="utf-8")  # type: ignore[attr-defined]


def pyoxigraph(source: Path, folder: Path) -> Steps:
    """Give what pyoxigraph does, by name."""
    from pyoxigraph import RdfFormat, Triple, parse, serialize

    triples: list[Triple] = []
    formats = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}

    def write(name: str) -> Callable[[], object]:
        return lambda: serialize(triples, folder / f"pyoxigraph.{name}", format=formats[name])

    return [
        ("read", lambda: triples.extend(quad.triple for quad in parse(path=source))),
        *((name, write(name)) for name in FORMATS),
    ]


def oxigraph(source: Path, folder: Path) -> Steps:
    """Give what the command does, by name."""

    def convert(name: str) -> Callable[[], object]:
        command = [str(OXIGRAPH), "convert", "-f", str(source), "-t", str(folder / f"oxigraph.{name}")]
        return lambda: subprocess.run(command, check=True, capture_output=True)

    return [(name, convert(name)) for name in FORMATS]


PEERS = {"rdflib": rdflib, "pyoxigraph": pyoxigraph, "oxigraph convert": oxigraph}


def main(peer: str, source: str, folder: str) -> None:
    """Let a peer write, and print the seconds by name."""
    took = {}
    for name, step in PEERS[peer](Path(source), Path(folder)):
        start = time.monotonic()
        step()
        took[name] = time.monotonic() - start
    json.dump(took, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
