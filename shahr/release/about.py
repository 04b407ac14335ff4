"""What all releases have in common, read from data/dataset.ttl."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from shahr.errors import SourceError
from shahr.namespaces import BASE, iri
from shahr.release.metadata.naming import MAKERS, licence_name
from shahr.releases import LANGUAGES, About, Texts
from shahr.turtle import parse_turtle


def read_about(path: Path) -> About:
    """Read the description of the dataset and of those who make it; SourceError names what it lacks.

    ReleaseError where the licence is none that archives know.
    """
    said = _Said(path, parse_turtle(path))
    dataset = NamedNode(BASE)
    licence_name(said.node(dataset, "dcterms:license"))
    return About(
        said.texts(dataset, "dcterms:title"),
        said.texts(dataset, "dcterms:description"),
        said.keywords(dataset),
        said.texts(NamedNode(MAKERS), "foaf:name"),
        said.node(dataset, "dcterms:license"),
        said.node(dataset, "foaf:homepage"),
        said.day(dataset, "dcterms:created"),
    )


class _Said:
    """The triples of the file."""

    def __init__(self, path: Path, triples: Iterable[Triple]) -> None:
        self._path, self._triples = path, list(triples)

    def node(self, subject: NamedNode, name: str) -> str:
        """Give the IRI that is the one value of a property."""
        value = self._one(subject, name)
        if not isinstance(value, NamedNode):
            raise SourceError(self._path, None, f"has {value} for the {name} of {subject}, where an IRI belongs")
        return value.value

    def day(self, subject: NamedNode, name: str) -> str:
        """Give the day that is the one value of a property, ISO 8601."""
        value = self._one(subject, name).value
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            place = f"the {name} of {subject}"
            raise SourceError(self._path, None, f"has {value!r} for {place}: write a day as 2026-03-21") from error

    def _one(self, subject: NamedNode, name: str) -> NamedNode | Literal:
        found = self._objects(subject, name)
        if len(found) != 1:
            raise SourceError(self._path, None, f"says {len(found)} times, not once, what the {name} of {subject} is")
        return found[0]

    def texts(self, subject: NamedNode, name: str) -> Texts:
        """Give one text in each language."""
        found = {one.language: one.value for one in self._objects(subject, name) if isinstance(one, Literal)}
        for language in LANGUAGES:
            if language not in found:
                raise SourceError(self._path, None, f"lacks the {name} of {subject} in language {language!r}")
        return {language: found[language] for language in LANGUAGES}

    def keywords(self, subject: NamedNode) -> dict[str, tuple[str, ...]]:
        """Give the keywords by language, in their order."""
        found = [one for one in self._objects(subject, "dcat:keyword") if isinstance(one, Literal)]
        return {
            language: tuple(sorted(one.value for one in found if one.language == language)) for language in LANGUAGES
        }

    def _objects(self, subject: NamedNode, name: str) -> list[NamedNode | Literal]:
        predicate = NamedNode(iri(name))
        return [
            one.object
            for one in self._triples
            if one.subject == subject and one.predicate == predicate and isinstance(one.object, NamedNode | Literal)
        ]
