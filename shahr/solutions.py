"""The rows of a SELECT, as every engine and endpoint gives them: SPARQL results in JSON."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)

Term = NamedNode | Literal | BlankNode | Triple


@dataclass(frozen=True)
class Solutions:
    """The rows of a SELECT: `variables` in their order, a term or None in each place; `json` as they came."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]]
    json: bytes

    def serialize(self, writer: QueryResultsFormat) -> bytes:
        """Write the rows as SPARQL results: JSON, XML, CSV or TSV."""
        return parse_query_results(self.json, format=QueryResultsFormat.JSON).serialize(format=writer) or b""


def read_solutions(body: bytes) -> Solutions:
    """Read SPARQL results in JSON; SyntaxError if broken, ValueError for the answer of an ASK."""
    parsed = parse_query_results(body, format=QueryResultsFormat.JSON)
    if not isinstance(parsed, QuerySolutions):
        raise ValueError("it is a boolean and has no rows")
    return Solutions(tuple(one.value for one in parsed.variables), [tuple(row) for row in parsed], body)
