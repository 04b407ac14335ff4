"""Turtle and TriG with their prefixes in order: the library writes a file as it goes, but its prefixes at random."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, cast

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from shahr.namespaces import prefix_map
from shahr.release.folder import Sink


def write_headed(statements: Iterable[Triple] | Iterable[Quad], sink: Sink, form: RdfFormat, top: bytes = b"") -> None:
    """Write statements, those of one subject (and graph) one after another, as Turtle or TriG; `top` comes first.

    All prefixes of Shahr are declared, so that who adds to the file, or asks it, has them.
    """
    prefixes = prefix_map()
    head = b"".join(f"@prefix {name}: <{space}> .\n".encode() for name, space in prefixes.items())
    sink.write(top + head + b"\n")
    serialize(statements, cast("IO[bytes]", _Headless(sink, len(head))), format=form, prefixes=prefixes)


class _Headless:
    """Leaves out the first bytes: the same prefixes, in whatever order."""

    def __init__(self, sink: Sink, head: int) -> None:
        self._sink, self._left = sink, head

    def write(self, data: bytes) -> int:
        if self._left < len(data):
            self._sink.write(data[self._left :])
        self._left = max(0, self._left - len(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""
