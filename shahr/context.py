"""The JSON-LD context of Shahr, and documents written with it (JSON-LD 1.1, sections 3.1 and 4.2.3, 4.6.2).

A property of ours is a term, so that a program reads `"twinnedWith": "https://w3id.org/shahr/city/kazan"`. Some of
them are called as the prefixes of our nodes are (city, post), so nodes have whole IRIs, which can be opened as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.errors import NotAcceptable
from shahr.namespaces import BASE, SHAHR, curie, prefix_map
from shahr.solutions import Solutions, Term

ADDRESS = BASE + "context.jsonld"
MEDIA_TYPE = "application/ld+json"
_TEXTS = {
    "label": "rdfs:label",
    "altLabel": "skos:altLabel",
    "hiddenLabel": "skos:hiddenLabel",
    "definition": "skos:definition",
    "example": "skos:example",
}
_XSD = prefix_map()["xsd"]
_NAME = re.compile("[A-Za-z][A-Za-z0-9-]*")
_Definition = str | dict[str, str]


class Compactor:
    """Writes JSON-LD with a context; the caches of the library are for one thread at a time."""

    def __init__(self) -> None:
        self._lock = Lock()

    def write(self, triples: Iterable[Triple], context: Mapping[str, Any]) -> bytes:
        """Write triples as a document that names ADDRESS as its context; nodes in the order of their IRIs.

        NotAcceptable for what cannot be written so: an IRI with a prefix of ours as scheme, a list that is not whole.
        """
        from pyld import jsonld  # it takes a while to import, and few ask for this format

        with self._lock:
            try:
                expanded = jsonld.from_rdf({"@default": [_statement(triple) for triple in triples]})
                options = {"graph": True, "skipExpansion": True}
                compacted = jsonld.compact(expanded, {"@context": dict(context)}, options)
            except (jsonld.JsonLdError, KeyError) as error:  # KeyError: a list node without rdf:first (PyLD 3.3)
                raise NotAcceptable("JSON-LD cannot carry all that is said here: ask for Turtle instead") from error
        document = {"@context": ADDRESS, "@graph": compacted["@graph"]}
        return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n"


def make_context(vocabulary: Solutions) -> dict[str, Any]:
    """Give the context for rows of (term of ours, its class, its range): prefix or term to definition.

    Classes and properties are terms. A property with one range among the datatypes of XML Schema has its values as
    plain strings, one of nodes as IRIs; texts in several languages are objects by language. What is called as no
    term can be, or as a prefix or text here is, has no term: data name it by prefix.
    """
    kinds, ranges = _gathered(vocabulary)
    texts: dict[str, _Definition] = {name: {"@id": one, "@container": "@language"} for name, one in _TEXTS.items()}
    fixed = _prefixes() | texts
    names = {iri: name for iri in sorted(kinds) if _NAME.fullmatch(name := iri.removeprefix(SHAHR))}
    return fixed | {name: _definition(iri, kinds[iri], ranges[iri]) for iri, name in names.items() if name not in fixed}


def write_context(context: Mapping[str, Any]) -> bytes:
    """Write the document that stands at ADDRESS."""
    return json.dumps({"@context": context}, ensure_ascii=False, indent=1).encode() + b"\n"


def _prefixes() -> dict[str, _Definition]:
    """Nodes of ours need none, but our terms and shapes do."""
    return {
        prefix: space for prefix, space in prefix_map().items() if not space.startswith(BASE) or space.endswith("#")
    }


def _gathered(vocabulary: Solutions) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    kinds: dict[str, set[str]] = {}
    ranges: dict[str, set[str]] = {}
    for term, kind, span in vocabulary.rows:
        if isinstance(term, NamedNode) and isinstance(kind, NamedNode):
            kinds.setdefault(term.value, set()).add(curie(kind.value))
            ranges.setdefault(term.value, set()).update({span.value} if isinstance(span, NamedNode) else ())
    return kinds, ranges


def _definition(iri: str, kinds: set[str], ranges: set[str]) -> _Definition:
    if "owl:ObjectProperty" in kinds:
        return {"@id": curie(iri), "@type": "@id"}
    (span,) = ranges if len(ranges) == 1 else ("",)
    if "owl:DatatypeProperty" in kinds and span.startswith(_XSD):
        return {"@id": curie(iri), "@type": curie(span)}
    return curie(iri)


def _statement(triple: Triple) -> dict[str, Any]:
    """Give a triple as the library takes it."""
    return {
        "subject": _term(triple.subject),
        "predicate": _term(triple.predicate),
        "object": _term(triple.object),
    }


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, BlankNode):
        return {"type": "blank node", "value": str(term)}
    if not isinstance(term, Literal):
        return {"type": "IRI", "value": getattr(term, "value", str(term))}
    language = {"language": term.language} if term.language else {}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value} | language
