"""Answering SPARQL queries: what an engine is asked, what it gives, and the limits it keeps.

Evaluator   answers at once in its own process: StoreEvaluator (a store), RemoteEvaluator (an endpoint)
Engine      answers for the web: PooledEngine sends the query to a killable child that holds an evaluator
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: kind is "results" (SELECT, ASK) or "graph" (CONSTRUCT, DESCRIBE); "page" is none of a query."""

    kind: Literal["results", "graph", "page"]
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds from its arrival, bytes of memory beyond the graph, bytes of result."""

    seconds: float = 10.0
    memory: int = 1024**3
    result: int = 32 * 1024**2


class Evaluator(Protocol):
    """Whatever answers a query in the process that asks: a store, or a connection to an endpoint."""

    def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a SPARQL 1.1 query in a media type that the Accept header `accepted` allows.

        Graphs given here beat FROM (SPARQL 1.1 Protocol, 2.1.4). QueryError for a query that cannot be read
        or is refused, NotAcceptable where no media type fits or the chosen one cannot carry the answer,
        EngineError where a limit is met.
        """


class Engine(Protocol):
    """An evaluator that others may wait for, and that keeps the limits whatever the query does."""

    async def evaluate(
        self, query: str, default_graphs: Sequence[str], named_graphs: Sequence[str], accepted: str, limits: Limits
    ) -> Answer:
        """Answer a query; see Evaluator."""
