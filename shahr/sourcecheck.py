"""What the sources must hold before anything is built from them; each breach comes back as an error."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.dataset import Source
from shahr.datatypes import is_well_typed
from shahr.errors import SourceError, shown
from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SHAHR, SLUG, SOURCE_PREFIXES, curie, iri

RESERVED = ("ontology", "entities", "links", "inferred")
_SLUG = re.compile(SLUG)
_TYPE = NamedNode(iri("rdf:type"))


def check_sources(sources: Sequence[Source]) -> list[SourceError]:
    """Give every error of the sources, ordered by file and line; an empty list means they can be built.

    Refused are: a subject described in two files, a name that is no slug or of no known kind, a `shahr:` term
    or concept that the ontology does not declare, a reference to a node that no file describes, a blank node
    in data/, and two files for one graph.
    """
    errors = [*_twice_described(sources), *_clashing_graphs(sources)]
    known = {name for source in sources if source.graph != "links" for name in _subjects(source)}
    declared = _declared(sources)
    for source in sources:
        errors += [*_bad_names(source), *_undescribed(source, known, declared)]
        errors += [*_blank_nodes(source), *_bad_literals(source)]
    return sorted(errors, key=lambda error: (str(error.path), error.line or 0, error.reason))


def line_of(path: Path, name: str) -> int | None:
    """Give the first line of a file where an IRI stands, with its prefix or whole; None if it is nowhere."""
    written = re.compile(rf"(?<![\w:-]){re.escape(curie(name))}(?![\w-])|<{re.escape(name)}>")
    lines = path.read_text(encoding="utf-8").split("\n")
    return next((number for number, line in enumerate(lines, 1) if written.search(line)), None)


def _error(source: Source, name: str, reason: str) -> SourceError:
    return SourceError(source.path, line_of(source.path, name), f"{curie(name)} {reason}")


def _names(triple: Triple) -> Iterator[str]:
    """Give the IRIs of a triple."""
    yield from (term.value for term in (triple.subject, triple.predicate, triple.object) if isinstance(term, NamedNode))


def _subjects(source: Source) -> list[str]:
    """Give the IRIs that a file describes, in order."""
    return sorted({triple.subject.value for triple in source.triples if isinstance(triple.subject, NamedNode)})


def _is_slugged(name: str) -> bool:
    """Tell whether an IRI is ours and of a kind whose names are slugs."""
    return name.startswith(tuple(map(iri, _slug_prefixes())))


def _slug_prefixes() -> list[str]:
    return [f"{prefix}:" for prefix in (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept")]


def _is_data(source: Source) -> bool:
    return source.graph not in ("ontology", "links")


def _declared(sources: Sequence[Source]) -> set[str]:
    """Give the terms and concepts that the ontology gives a type."""
    triples = (triple for source in sources if source.graph == "ontology" for triple in source.triples)
    typed = (triple.subject for triple in triples if triple.predicate == _TYPE)
    return {subject.value for subject in typed if isinstance(subject, NamedNode)}


def _twice_described(sources: Sequence[Source]) -> Iterator[SourceError]:
    """The files of ontology/ describe one term together; a name of data/ is described in one file only."""
    files: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        for name in _subjects(source) if source.graph != "links" else ():
            files[name].append(source)
    for name, describing in files.items():
        data = [source for source in describing if _is_data(source)]
        if data and len(describing) > 1 and name.startswith(BASE):
            first = shown(describing[0].path)
            yield _error(data[-1], name, f"is described in {first} too; one file describes a name, so rename one")


def _clashing_graphs(sources: Sequence[Source]) -> Iterator[SourceError]:
    """A file of data/articles or data/external has a graph of its own."""
    taken: dict[str, Path] = {}
    for source in sources:
        own = source.path.parent.name in ("articles", "external")
        if own and (source.graph in RESERVED or not _SLUG.fullmatch(source.graph)):
            yield SourceError(source.path, None, f"{source.graph!r} cannot name a graph; use a slug like shiraz-digest")
        elif own and source.graph in taken:
            yield SourceError(source.path, None, f"has the name of {shown(taken[source.graph])}; rename one of the two")
        taken.setdefault(source.graph, source.path)


def _bad_names(source: Source) -> Iterator[SourceError]:
    if source.graph == "links":
        return
    for name in _subjects(source):
        if _is_slugged(name) and not _SLUG.fullmatch(name.removeprefix(BASE).partition("/")[2]):
            yield _error(source, name, "is not a good name: use lower-case ASCII words joined by single hyphens")
        elif _is_data(source) and name.startswith(BASE) and not _is_slugged(name):
            yield _error(source, name, "is of no kind that data/ may describe")


def _undescribed(source: Source, known: set[str], declared: set[str]) -> Iterator[SourceError]:
    names = {name for triple in source.triples for name in _names(triple) if name.startswith(BASE)}
    for name in sorted(names):
        if name.startswith((SHAHR, iri("concept:"))):
            if name not in declared and name != SHAHR:
                yield _error(source, name, "is not declared in ontology/; correct it or declare it there")
        elif _is_slugged(name) and name not in known:
            yield _error(source, name, "is not described in any file; correct the name or describe it")


def _blank_nodes(source: Source) -> Iterator[SourceError]:
    """Blank nodes have no name to point at, so data/ holds none; one error a file is enough."""
    if not _is_data(source):
        return
    objects = (triple for triple in source.triples if isinstance(triple.object, BlankNode))
    subjects = (triple for triple in source.triples if isinstance(triple.subject, BlankNode))
    for triple in [*objects, *subjects][:1]:
        yield _error(source, triple.predicate.value, "has a blank node at one end; give that node a name")


def _bad_literals(source: Source) -> Iterator[SourceError]:
    """Refuse what is no value, such as a 30th of February: libraries further on would fail on it, or say nothing."""
    for triple in source.triples if _is_data(source) else ():
        literal = triple.object
        if isinstance(literal, Literal) and not is_well_typed(literal.value, curie(literal.datatype.value)):
            reason = (
                f"has {literal.value!r} as {curie(triple.predicate.value)}, which is no {curie(literal.datatype.value)}"
            )
            yield _error(source, _shown_subject(triple), f"{reason} that data/ may use")


def _shown_subject(triple: Triple) -> str:
    return triple.subject.value if isinstance(triple.subject, NamedNode) else str(triple.subject)
