"""A bounded cache of whole answers, and the ETags by which a client's own copy counts (RFC 9110, 8.8.3 and 13.1.2).

An answer is the dataset's, so its key names the dataset: a new build makes the old entries unreachable, and they
leave as the least recently used. Fresh blank nodes, of BNODE() say, keep an answer out: their labels are drawn
anew each time, and a strong ETag promises the very bytes.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from shahr.engine import Answer

ENTRY = 1024  # bytes of an entry beyond its bodies: 550 measured, and what the allocator rounds up
HEADER = 192  # bytes of a header beyond its text: a pair of strings
_CHANGING = {  # a word that is looked for first, since that is fast, and what then has to stand there
    word: re.compile(pattern)
    for word, pattern in (
        ("rand", r"rand[\s(#]"),
        ("now", r"now[\s(#]"),
        ("uuid", r"uuid[\s(#]"),
        ("bnode", r"bnode[\s(#]"),
        ("service", r"service(?!s[\s\"'>)])"),
        ("\\u", r"\\u"),
    )
}
_TAG = re.compile(r'[ \t,]*+(?:W/)?("[\x21\x23-\x7e\x80-\xff]*+")[ \t]*+(?:,|$)')


@dataclass(slots=True)
class Cached:
    """An answer and its coded bodies, by the name of the content coding ("gzip"); of a page, its headers too."""

    key: bytes
    answer: Answer
    headers: tuple[tuple[str, str], ...] = ()
    coded: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Give the bytes that this entry counts for."""
        headers = sum(HEADER + len(name) + len(text) for name, text in self.headers)
        return ENTRY + headers + len(self.answer.body) + sum(map(len, self.coded.values()))


class AnswerCache:
    """Answers by key, `capacity` bytes of them at most (0: none); for one thread, such as that of an event loop.

    The least recently used leaves first; an answer of more than an eighth of the capacity is not kept.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity, self.size = capacity, 0
        self._largest = capacity // 8
        self._entries: OrderedDict[bytes, Cached] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Cached | None:
        """Give what is kept under a key, and count it as used."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: bytes, answer: Answer, headers: tuple[tuple[str, str], ...] = ()) -> Cached:
        """Keep an answer, if it is small enough, in place of what stood there; give its entry, kept or not."""
        self._drop(key)
        entry = Cached(key, answer, headers)
        if entry.size <= self._largest:
            self._entries[key] = entry
            self._grow(entry.size)
        return entry

    def add_coded(self, entry: Cached, coding: str, body: bytes) -> None:
        """Keep the coded body of an answer beside it, if the entry is kept and stays small enough."""
        added = len(body) - len(entry.coded.get(coding, b""))
        if self._entries.get(entry.key) is not entry or entry.size + added > self._largest:
            return
        entry.coded[coding] = body
        self._entries.move_to_end(entry.key)
        self._grow(added)

    def _grow(self, size: int) -> None:
        self.size += size
        while self.size > self.capacity:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.size -= entry.size


def answer_key(
    dataset: str,
    query: str,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
    negotiated: tuple[str | None, str | None],
) -> bytes:
    """Give the key, 32 bytes, of an answer: by dataset, query, graphs asked for, and the two types negotiated.

    `negotiated` holds the media types that a result and a graph would come in, None where none fits. Different
    inputs have different keys, as they have different literals in Python.
    """
    literal = repr((dataset, query, tuple(default_graphs), tuple(named_graphs), negotiated))
    return blake2b(literal.encode("utf-8"), digest_size=32).digest()


def is_repeatable(query: str) -> bool:
    """Tell whether a query gives the same bytes as long as the dataset stays: no RAND, NOW, UUID, BNODE, SERVICE.

    A CONSTRUCT may make fresh blank nodes, as `_:b`, `[]` or a collection; one that might is not repeatable.
    It reads no grammar, and errs on the safe side: such a word in a literal, or any \\u, counts as well, and so
    does a longer one that ends like it: Oxigraph wants no space around a keyword (`FILTERRAND()`).
    """
    text = query.lower()
    if any(word in text and pattern.search(text) for word, pattern in _CHANGING.items()):
        return False
    return "construct" not in text or not any(sign in text for sign in ("_:", "[", "("))


def etag(key: bytes, media_type: str, coding: str | None) -> str:
    """Give the strong ETag, quotes included, of the answer with a key in one media type and content coding."""
    data = key + f"{media_type} {coding or 'identity'}".encode("utf-8", "surrogatepass")
    return f'"{blake2b(data, digest_size=16).hexdigest()}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match header names an ETag, by weak comparison (RFC 9110, 13.1.2).

    `*` names every one; a header that is not a list of entity tags names none.
    """
    header = if_none_match.strip(" \t,")
    return header in ("*", tag) or tag in _tags(header)


def _tags(header: str) -> list[str]:
    found, position = [], 0
    while position < len(header):
        match = _TAG.match(header, position)
        if match is None:
            return []
        found.append(match[1])
        position = match.end()
    return found
