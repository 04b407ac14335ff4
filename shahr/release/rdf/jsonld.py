"""The dataset as one document of JSON-LD 1.1, a node a line, https://www.w3.org/TR/json-ld11/

The libraries that compact a document hold all of it, and more, in memory; here each node is written by itself, with
the context that stands on top of the document.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, groupby, repeat
from operator import add
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from shahr.errors import ReleaseError
from shahr.namespaces import curie, iri, prefix_map
from shahr.release.folder import Sink

_TYPE, _STRING = iri("rdf:type"), iri("xsd:string")
_NO_CONTEXT = '"@context": null, '
_NAMES = 10_000  # of properties, classes and datatypes remembered


def write_jsonld(quads: Iterable[Quad], sink: Sink, context: Mapping[str, Any]) -> None:
    """Write quads, those of one graph and subject one after another, with a context as shahr.context makes it.

    Nodes of the default graph stand beside the named graphs. ReleaseError for a triple within a triple.
    """
    sink.write(f'{{"@context": {_json(context)},\n"@graph": [\n'.encode())
    for piece in _members(quads, Writer(context), Writer({})):
        sink.write(piece.encode())
    sink.write(b"\n]}\n")


def _members(quads: Iterable[Quad], short: Writer, whole: Writer) -> Iterator[str]:
    """Give named graphs, and the nodes of the default graph, in pieces."""
    comma = ""
    for name, of_graph in groupby(quads, lambda quad: quad.graph_name):
        own = whole if short.mistakes(name) else short
        nodes = (_node(group, own, whole) for _, group in groupby(of_graph, lambda quad: quad.subject))
        opening, end = ("", "") if isinstance(name, DefaultGraph) else (_opening(name, own is whole), "\n]}")
        yield comma + opening
        yield from map(add, chain(("",), repeat(",\n")), nodes)
        yield end
        comma = ",\n"


def _opening(graph: NamedNode | BlankNode, apart: bool) -> str:
    return f'{{{_NO_CONTEXT if apart else ""}"@id": {_json(_id(graph))}, "@graph": [\n'


def _node(quads: Iterable[Quad], short: Writer, whole: Writer) -> str:
    """Write what is said of a node; without the context where that would misread a name."""
    said = list(quads)
    apart = short is not whole and any(short.mistakes(term) for quad in said for term in _terms(quad))
    node = {"@id": _id(said[0].subject)} | (whole if apart else short).properties(said)
    text = _json(node)
    return "{" + _NO_CONTEXT + text[1:] if apart else text


def _terms(quad: Quad) -> Iterator[object]:
    yield from (quad.subject, quad.predicate, quad.object)
    if isinstance(quad.object, Literal):
        yield quad.object.datatype


class Writer:
    """Writes names and values so that a reader who has a context understands them."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._names = frozenset(context)
        prefixes = prefix_map()
        self._prefixes = {name for name in context if context[name] == prefixes.get(name)}
        own = {name: one for name, one in context.items() if name not in self._prefixes}
        self._terms = {_iri_of(one): (name, *_coercion(one)) for name, one in own.items()}
        self._key = lru_cache(_NAMES)(self._find_key)
        self._name = lru_cache(_NAMES)(self._find_name)

    def mistakes(self, term: object) -> bool:
        """Tell whether a reader would take the scheme of an IRI for a prefix (JSON-LD 1.1 API, 5.2.2)."""
        return isinstance(term, NamedNode) and term.value.partition(":")[0] in self._names

    def properties(self, quads: Iterable[Quad]) -> dict[str, Any]:
        """Give all that is said of one node by its properties; one value stands alone, several in a list."""
        found: dict[str, Any] = {}
        for quad in quads:
            name, value = quad.predicate.value, quad.object
            if name == _TYPE and not isinstance(value, Literal):
                _add(found, "@type", self._class(value))
                continue
            key, datatype, by_language = self._key(name)
            if not by_language:
                _add(found, key, self._value(value, datatype))
            elif isinstance(value, Literal) and value.language and not value.direction:
                _add(found.setdefault(key, {}), value.language, value.value)
            else:
                _add(found, self._name(name), self._value(value, ""))
        return found

    def _class(self, term: NamedNode | BlankNode | Triple) -> str:
        if not isinstance(term, NamedNode):
            return _id(term)
        known = self._terms.get(term.value)
        return known[0] if known else self._name(term.value)

    def _value(self, term: NamedNode | BlankNode | Literal | Triple, datatype: str) -> str | dict[str, str]:
        """Give a value under a key whose plain strings are of `datatype`: "@id" for nodes, "" for texts."""
        if not isinstance(term, Literal):
            return _id(term) if datatype == "@id" else {"@id": _id(term)}
        if term.language:
            direction = {"@direction": str(term.direction)} if term.direction else {}
            return {"@value": term.value, "@language": term.language} | direction
        own = term.datatype.value
        if own == (datatype or _STRING):
            return term.value
        return {"@value": term.value} if own == _STRING else {"@value": term.value, "@type": self._name(own)}

    def _find_key(self, name: str) -> tuple[str, str, bool]:
        return self._terms.get(name) or (self._name(name), "", False)

    def _find_name(self, name: str) -> str:
        """Shorten an IRI by a prefix of the context where that reads back as it was."""
        short = curie(name)
        prefix, _, local = short.partition(":")
        return name if prefix not in self._prefixes or not local or local.startswith("//") else short


def _iri_of(definition: str | Mapping[str, str]) -> str:
    return iri(definition if isinstance(definition, str) else definition["@id"])


def _coercion(definition: str | Mapping[str, str]) -> tuple[str, bool]:
    """Give the datatype of plain strings, and whether texts stand by their language."""
    if isinstance(definition, str):
        return "", False
    datatype = definition.get("@type", "")
    return datatype if datatype in ("", "@id") else iri(datatype), definition.get("@container") == "@language"


def _add(found: dict[str, Any], key: str, value: str | dict[str, str]) -> None:
    if key not in found:
        found[key] = value
    elif isinstance(found[key], list):
        found[key].append(value)
    else:
        found[key] = [found[key], value]


def _id(term: object) -> str:
    if isinstance(term, NamedNode):
        return term.value
    if isinstance(term, BlankNode):
        return str(term)
    raise ReleaseError(f"JSON-LD 1.1 has no way to write {term}: state the fact without a triple within a triple")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
