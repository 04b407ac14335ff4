"""A store on disk, for a graph that memory does not hold: built once for each content, opened read-only by children.

    FOLDER/<digest>/store/        the RocksDB of Oxigraph
    FOLDER/<digest>/summary.json  written last: a store without it is not whole

`python -m shahr.engine.disk FOLDER FILE…` builds one: RocksDB has threads of its own, and a zygote must not.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store, parse

from shahr.engine.loading import digest_files, load_lines
from shahr.engine.summary import summarise
from shahr.errors import ShahrError, SourceError
from shahr.files import write_atomically


def prepare(folder: Path, paths: Sequence[Path]) -> tuple[Path, dict[str, Any]]:
    """Give the store for N-Quads files and its summary, built now if it is not there; SourceError for other files."""
    for path in paths:
        if path.suffix != ".nq":
            raise SourceError(path, None, "cannot be served from disk: only N-Quads (.nq) can")
    place = folder / digest_files(paths)
    if not (place / "summary.json").is_file():
        command = [sys.executable, "-m", "shahr.engine.disk", str(place), *map(str, paths)]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SourceError(place, None, f"cannot be built: {done.stderr.strip()}")
    return place / "store", json.loads((place / "summary.json").read_text(encoding="utf-8"))


def build(place: Path, paths: Sequence[Path]) -> None:
    """Build the store of some N-Quads files in `place`; of the others there only the youngest stays, still in use."""
    shutil.rmtree(place, ignore_errors=True)
    others = sorted(place.parent.glob("*"), key=lambda other: other.stat().st_mtime)
    for old in others[:-1]:
        shutil.rmtree(old)
    place.mkdir(parents=True)
    store = Store(place / "store")
    for path in paths:
        load_lines(store, path, RdfFormat.N_QUADS)
        store.bulk_extend(_triples(path))
    store.flush()
    store.optimize()
    summary = asdict(summarise(store, place.name))
    write_atomically(place / "summary.json", json.dumps(summary).encode())


def _triples(path: Path) -> Iterator[Quad]:
    """Give what a file says, without the names of graphs."""
    for quad in parse(path=path, format=RdfFormat.N_QUADS):
        yield Quad(quad.subject, quad.predicate, quad.object, DefaultGraph())


def main(place: str, *paths: str) -> None:
    """Build, or say in one sentence why not."""
    try:
        build(Path(place), [Path(path) for path in paths])
    except (ShahrError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
