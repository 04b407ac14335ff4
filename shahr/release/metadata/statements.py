"""Saying things about a release in RDF: statements without blank nodes, written as Turtle and as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, Triple

from shahr.longturtle import write_turtle
from shahr.namespaces import prefix_map
from shahr.releases import Texts

Term = NamedNode | Literal
Values = Term | Iterable[Term]
_Json: TypeAlias = str | dict[str, str]
PREFIXES = MappingProxyType(
    prefix_map()
    | {
        "adms": "http://www.w3.org/ns/adms#",
        "dqv": "http://www.w3.org/ns/dqv#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "spdx": "http://spdx.org/rdf/terms#",
    }
)
_TYPE = PREFIXES["rdf"] + "type"
_STRING = PREFIXES["xsd"] + "string"


def say(subject: str, kind: str, said: Mapping[str, Values]) -> Iterator[Triple]:
    """Give the statements that an IRI is of a class, and has values for properties; names as "dcterms:title"."""
    node = NamedNode(subject)
    yield Triple(node, NamedNode(_TYPE), term(kind))
    for name, values in said.items():
        for value in (values,) if isinstance(values, NamedNode | Literal) else values:
            yield Triple(node, term(name), value)


def term(name: str) -> NamedNode:
    """Expand "dcat:Dataset"."""
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def nodes(iris: Iterable[str]) -> list[NamedNode]:
    """Give IRIs as terms."""
    return [NamedNode(one) for one in iris]


def texts(by_language: Texts) -> list[Literal]:
    """Give a text in each of its languages."""
    return [Literal(text, language=language) for language, text in by_language.items()]


def typed(value: object, datatype: str) -> Literal:
    """Give a literal of a type such as "xsd:date"."""
    return Literal(str(value), datatype=term(datatype))


def number(value: int) -> Literal:
    """Give an integer."""
    return typed(value, "xsd:integer")


def turtle(statements: Iterable[Triple]) -> bytes:
    """Write statements as canonical Turtle."""
    return write_turtle(statements, PREFIXES).encode()


def jsonld(statements: Iterable[Triple]) -> bytes:
    """Write statements as JSON-LD with a context of its own, subjects and properties in the order of their IRIs."""
    found: dict[str, dict[str, list[_Json]]] = {}
    for one in sorted(set(statements), key=str):
        assert isinstance(one.subject, NamedNode)
        node = found.setdefault(one.subject.value, {})
        is_type = one.predicate.value == _TYPE
        value = _short(one.object.value) if is_type and isinstance(one.object, NamedNode) else _value(one.object)
        node.setdefault("@type" if is_type else _short(one.predicate.value), []).append(value)
    graph = [{"@id": name} | {key: _single(values) for key, values in node.items()} for name, node in found.items()]
    body = json.dumps(graph, ensure_ascii=False)
    context = {prefix: space for prefix, space in sorted(PREFIXES.items()) if f'"{prefix}:' in body}
    return json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1).encode() + b"\n"


def _value(found: object) -> _Json:
    if isinstance(found, NamedNode):
        return {"@id": found.value}
    assert isinstance(found, Literal)
    if found.language:
        return {"@language": found.language, "@value": found.value}
    if found.datatype.value == _STRING:
        return found.value
    return {"@type": _short(found.datatype.value), "@value": found.value}


def _short(name: str) -> str:
    """Shorten the IRI of a property, class or datatype of a vocabulary."""
    for prefix, space in PREFIXES.items():
        if name.startswith(space):
            return f"{prefix}:{name.removeprefix(space)}"
    return name


def _single(values: list[_Json]) -> _Json | list[_Json]:
    return values[0] if len(values) == 1 else values
