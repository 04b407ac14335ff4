"""What the views of one app share: the engine over its graph, and what is known about that graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from pyoxigraph import NamedNode

from shahr.engine import Engine
from shahr.errors import UnknownQuestion
from shahr.queries import Query, read_query
from shahr.solutions import Solutions, read_solutions

EXTENSION = "shahr"


@dataclass(frozen=True)
class State:
    """One served graph: its questions by name, the size of its union, the IRIs of its named graphs."""

    questions: Mapping[str, Query]
    engine: Engine
    triples: int
    graphs: tuple[NamedNode, ...]

    def question(self, name: str) -> Query:
        """Give the question `name`; UnknownQuestion where there is none."""
        try:
            return self.questions[name]
        except KeyError as error:
            raise UnknownQuestion(name) from error

    def select(self, query: str) -> Solutions:
        """Give the rows of a SELECT."""
        return read_solutions(self.engine.evaluate(query, [], [], "application/sparql-results+json").body)


def state() -> State:
    """Give the state of the app that answers this request."""
    found: State = current_app.extensions[EXTENSION]
    return found


def page_query(name: str) -> Query:
    """Read one of the queries that the pages themselves need."""
    return read_query(Path(__file__).parent / "queries" / f"{name}.rq")
