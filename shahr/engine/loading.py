"""Loading files to be served: their named graphs, and as default graph the union of all, each triple once.

Oxigraph's own union view would repeat a triple that stands in two graphs, and every COUNT would be wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from shahr.agent import own_version
from shahr.engine.summary import digest_of
from shahr.errors import ProjectMissing, SourceError

_SUFFIXES = {
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
}


def load_files(store: Store, paths: Sequence[Path]) -> None:
    """Load N-Quads, N-Triples, Turtle or TriG into a store; SourceError names file and line, or the suffixes."""
    for path in paths:
        _load(store, path)
    store.update((Path(__file__).parent / "queries" / "union.ru").read_text(encoding="utf-8"))


def digest_loaded(store: Store, paths: Sequence[Path]) -> str:
    """Give 32 hex digits that change with what answers would say.

    Turtle may hold blank nodes without a name; they get a new one at each start, so there the store itself counts.
    """
    return digest_of(store) if any(path.suffix in (".ttl", ".trig") for path in paths) else digest_files(paths)


def digest_files(paths: Sequence[Path]) -> str:
    """Give 32 hex digits that change with the files, with the engine and with Shahr; ProjectMissing without files."""
    total = hashlib.blake2b(f"{version('pyoxigraph')} {own_version()}\n".encode(), digest_size=16)
    for path in paths:
        try:
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "blake2b").digest())
        except FileNotFoundError as error:
            raise ProjectMissing(f"{path} is not there") from error
    return total.hexdigest()


def load_lines(store: Store, path: Path, format_: RdfFormat) -> None:
    """Load N-Quads or N-Triples; SourceError, ProjectMissing.

    The fast loader gives blank nodes new names each time, so the lines that have any take the other way.
    """
    with_blank = re.compile(rb"^.*_:.*$", re.MULTILINE)
    try:
        data = path.read_bytes()
        if with_blank.search(data):
            store.bulk_extend(parse(b"\n".join(with_blank.findall(data)), format=format_))
            data = with_blank.sub(b"", data)
        store.bulk_load(data, format=format_)
    except FileNotFoundError as error:
        raise ProjectMissing(f"{path} is not there") from error
    except SyntaxError as error:
        raise _placed(path, format_, error) from error


def _placed(path: Path, format_: RdfFormat, error: SyntaxError) -> SourceError:
    """Read a broken file again from its start: the line that `error` names counts only the lines loaded with it."""
    try:
        for _ in parse(path=path, format=format_):
            pass
    except SyntaxError as whole:
        error = whole
    return SourceError(path, error.lineno, f"is not {format_.name}: {error.msg}")


def _load(store: Store, path: Path) -> None:
    format_ = _SUFFIXES.get(path.suffix)
    if format_ is None:
        raise SourceError(path, None, f"cannot be served: its name must end in {', '.join(_SUFFIXES)}")
    if path.suffix in (".nq", ".nt"):
        load_lines(store, path, format_)
        return
    try:
        store.bulk_extend(parse(path=path, format=format_, base_iri=f"urn:{path.name}:"))
    except FileNotFoundError as error:
        raise ProjectMissing(f"{path} is not there") from error
    except SyntaxError as error:
        raise SourceError(path, error.lineno, f"is not {format_.name}: {error.msg}") from error
