"""Writing quads fast: terms are names with a prefix or ready literals, lines go straight to a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from shahr.namespaces import GRAPH, prefix_map

Pair = tuple[str, str]


class Sheet:
    """An N-Quads file in the making: `count` lines so far; `limit` is how many it is to have."""

    def __init__(self, file: IO[str], limit: int) -> None:
        self.file = file
        self.limit = limit
        self.count = 0
        self.prefixes = prefix_map()
        self.edges: set[tuple[str, str, str]] = set()

    @property
    def full(self) -> bool:
        """Whether it has all its lines."""
        return self.count >= self.limit

    def term(self, text: str) -> str:
        """Write "city:isfahan" as an IRI in brackets; what begins with a quotation mark stays as it is."""
        if text.startswith('"'):
            return text
        prefix, _, local = text.partition(":")
        return f"<{self.prefixes[prefix]}{local}>"

    def add(self, graph: str, subject: str, pairs: Iterable[Pair]) -> None:
        """Write the facts of a subject (predicate and object) into the named graph."""
        head, tail = self.term(subject), f" <{GRAPH}{graph}> .\n"
        lines = [f"{head} {self.term(predicate)} {self.term(value)}{tail}" for predicate, value in pairs]
        self.file.write("".join(lines))
        self.count += len(lines)

    def derive(self, subject: str, pairs: Iterable[Pair]) -> None:
        """Write what the rules give into the graph `inferred`."""
        self.add("inferred", subject, pairs)

    def edge(self, one: str, predicate: str, other: str) -> None:
        """Derive a plain edge that several facts may give: it is written once."""
        if (one, predicate, other) not in self.edges:
            self.edges.add((one, predicate, other))
            self.derive(one, [(predicate, other)])


def text(value: str, language: str = "") -> str:
    """Write a string that needs no escapes as a literal."""
    return f'"{value}"@{language}' if language else f'"{value}"'


def typed(value: object, datatype: str) -> str:
    """Write a literal of a datatype of XML Schema: typed(5, "integer")."""
    return f'"{value}"^^<http://www.w3.org/2001/XMLSchema#{datatype}>'


def labels(english: str, persian: str) -> list[Pair]:
    """Give the two labels every entity and fact has."""
    return [("rdfs:label", text(english, "en")), ("rdfs:label", text(persian, "fa"))]
