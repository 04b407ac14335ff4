"""Files of RDF from anywhere, opened so that a small one cannot become a huge one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pyoxigraph import RdfFormat

from shahr.errors import SourceError
from shahr.packing import SUFFIXES, open_packed

FREE, TIMES = 1 << 30, 200  # bytes that any file may unpack to, and how often its size; dumps take 10 to 20 times
LONGEST = 1000  # bytes of what an entity stands for: an IRI, as a rule
_HEAD = 1 << 20  # bytes in which entities are looked for
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?[^\s%]+\s+(?:\"([^\"]*)\"|'([^']*)')")
_OTHER = re.compile(rb"&(?!#|(?:amp|lt|gt|quot|apos);)[^\s;&]+;")


@contextmanager
def opened(path: Path, form: RdfFormat) -> Iterator[Unpacked]:
    """Open a file, unpacked; SourceError where its entities, or its packing, blow it up, and BROKEN on reading."""
    if form == RdfFormat.RDF_XML:
        _check_entities(path)
    with open_packed(path) as file:
        yield Unpacked(file, path)


class Unpacked:
    """A file that is read once from start to end, and not without end."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path = file, path
        self._left = max(FREE, TIMES * path.stat().st_size)
        self._is_packed = path.suffix in SUFFIXES

    def read(self, size: int = -1) -> bytes:
        """Read some bytes; SourceError where they are more than a file of this size may hold."""
        data = self._file.read(size)
        self._left -= len(data)
        if self._is_packed and self._left < 0:
            reason = f"unpacks to more than {TIMES} times its size: if that is right, unpack it by hand"
            raise SourceError(self._path, None, reason)
        return data


def _check_entities(path: Path) -> None:
    """Make sure that an XML file declares no entities that hold others, of which ten lines can fill any memory."""
    with open_packed(path) as file:
        head = file.read(_HEAD)
    values = (one or other for one, other in _ENTITY.findall(head))
    if any(len(value) > LONGEST or _OTHER.search(value) for value in values):
        raise SourceError(path, None, "declares entities that hold others, or long texts: write them out")
