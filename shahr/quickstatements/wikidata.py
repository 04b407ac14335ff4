"""What an endpoint of Wikidata's shape has already: https://www.mediawiki.org/wiki/Wikibase/Indexing/RDF_Dump_Format"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from pyoxigraph import Literal, NamedNode

from shahr.errors import EndpointError
from shahr.namespaces import iri
from shahr.quickstatements.asking import own_query
from shahr.quickstatements.moment import Moment, read_moment
from shahr.solutions import Term
from shahr.wikidata import Asks, Found, batches, rows_about

_P = "http://www.wikidata.org/prop/"
_DEPRECATED = "http://wikiba.se/ontology#DeprecatedRank"
# The variables of the queries, and the path of each below _P:
_PRESENT = {"property": "", "ps": "statement/", "psv": "statement/value/"}
_BARE = {"property": "", "ps": "statement/", "direct": "direct/"}
Asked = tuple[str, str]  # an item and a property: ("Q42053", "P190")


@dataclass(frozen=True)
class Existing:
    """A statement that is there.

    value       "Q900" or the IRI of another thing; None where it says that there is none
    time        the value where it is a time that we can read
    is_whole    whether the endpoint told it with rank, time and references, not the bare value
    """

    value: str | None
    time: Moment | None
    deprecated: bool
    starts: tuple[Moment | None, ...]
    ends: tuple[Moment | None, ...]
    referenced: bool
    is_whole: bool


@dataclass
class Told:
    """What an endpoint told: items it knows, statements by item and property; why it did not tell of others."""

    known: set[str] = field(default_factory=set)
    existing: dict[Asked, list[Existing]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)  # items, and the endpoint's excuse


def ask(client: Asks, items: Iterable[str], wanted: Iterable[Asked]) -> Told:
    """Ask for the items that are known, and for the statements of those pairs of item and property.

    After a request that fails no more of its kind are sent: its items and theirs are untold. EndpointError where the
    first of all fails.
    """
    told, named = Told(), sorted(set(items))
    known = ((batch, partial(_read_known, client, batch, told)) for batch in batches(named))
    error = _attempt(told, known)
    if error and len(told.failed) == len(named):
        raise error
    pairs = batches(sorted(pair for pair in set(wanted) if pair[0] not in told.failed))
    _attempt(told, (([item for item, _ in batch], partial(_read_statements, client, batch, told)) for batch in pairs))
    return told


def _attempt(told: Told, requests: Iterable[tuple[Sequence[str], Callable[[], None]]]) -> EndpointError | None:
    """Send requests until one fails; note the endpoint's excuse for the items of that and of those after it."""
    failed: EndpointError | None = None
    for items, read in requests:
        failed = failed or _error(read)
        if failed:
            told.failed |= dict.fromkeys(items, str(failed))
    return failed


def _error(read: Callable[[], None]) -> EndpointError | None:
    try:
        read()
    except EndpointError as error:
        return error
    return None


def _read_known(client: Asks, items: Sequence[str], told: Told) -> None:
    rows = rows_about(client, own_query("known"), ["item"], ([NamedNode(iri(f"wd:{item}"))] for item in items))
    told.known |= {_id(row["item"]) for row in rows}


def _read_statements(client: Asks, wanted: Sequence[Asked], told: Told) -> None:
    found: defaultdict[Asked, defaultdict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for query, paths in (("present", _PRESENT), ("bare", _BARE)):
        terms = ([NamedNode(iri(f"wd:{item}")), *_terms(paths, name)] for item, name in wanted)
        for row in rows_about(client, own_query(query), ["item", *paths], terms):
            asked = _id(row.get("item")), _text(row.get("property")).removeprefix(_P)
            found[asked][str(row.get("statement") or row.get("value"))].append(row)
    for pair in wanted:
        told.existing[pair] = [_existing(rows) for _, rows in sorted(found[pair].items())]


def _terms(paths: Mapping[str, str], property_: str) -> Iterator[NamedNode]:
    return (NamedNode(f"{_P}{path}{property_}") for path in paths.values())


def _existing(rows: Sequence[Found]) -> Existing:
    first = rows[0]
    value = first.get("value")
    return Existing(
        None if value is None else _id(value),
        _time(first, "value", "precision") if isinstance(value, Literal) else None,
        _text(first.get("rank")) == _DEPRECATED,
        tuple(_times(rows, "start", "startPrecision")),
        tuple(_times(rows, "end", "endPrecision")),
        _text(first.get("referenced")) == "true",
        first.get("statement") is not None and first.get("rank") is not None,
    )


def _times(rows: Sequence[Found], name: str, precision: str) -> Iterator[Moment | None]:
    """Give each time of a qualifier once; None for one that is unknown or cannot be read."""
    told = {str(row[name]): row for row in rows if row.get(name) is not None}
    yield from (_time(row, name, precision) for _, row in sorted(told.items()))


def _time(row: Found, name: str, precision: str) -> Moment | None:
    term, told = row.get(name), _text(row.get(precision))
    if not isinstance(term, Literal):
        return None
    return read_moment(term.value, int(told) if told.isdecimal() else None)


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _id(term: Term | None) -> str:
    return _text(term).removeprefix(iri("wd:")) if isinstance(term, NamedNode | Literal) else str(term)
