"""A difference in words as a page of Markdown in each language, and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from shahr.alphabet import alphabetical
from shahr.release.changes.letters import harmless
from shahr.release.changes.phrases import Phrases, fill, same
from shahr.release.changes.words import Entity, Told
from shahr.releases import LANGUAGES, Texts

LISTED = 500  # entities of a section that a page lists, and sentences about the ontology

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def to_json(told: Told) -> bytes:
    """Write what was told, the same bytes for the same difference.

    {"added", "removed": quads, or triples where graphs were left out, "entities": [{"iri", "kind", "label", "lines"}],
    "ontology": {"breaking", "compatible"}, "rest": {"statements", "graphs"}}; every text is {"en", "fa"}.
    """
    read: dict[str, Any] = {
        "added": told.added,
        "removed": told.removed,
        "entities": [
            {"iri": one.iri, "kind": one.kind, "label": one.label, "lines": one.lines} for one in told.entities
        ],
        "ontology": {"breaking": told.ontology.breaking, "compatible": told.ontology.compatible},
        "rest": {"statements": told.rest, "graphs": told.rest_graphs},
    }
    return json.dumps(read, ensure_ascii=False, indent=1).encode() + b"\n"


def to_markdown(told: Told, phrases: Phrases, language: str, old: str, new: str) -> str:
    """Write a page in one language; `old` and `new` are what to call the two sides."""
    return "\n".join(_Page(told, phrases, language).lines(old, new)) + "\n"


class _Page:
    """A page in the making."""

    def __init__(self, told: Told, phrases: Phrases, language: str) -> None:
        self._told, self._phrases, self._language = told, phrases, language
        entities = sorted(told.entities, key=lambda one: alphabetical(one.label[language]))
        sections = {name: [one for one in entities if phrases.group_of(one.kind) == name] for name in phrases.groups}
        self._sections = {name: entities for name, entities in sections.items() if entities}

    def lines(self, old: str, new: str) -> Iterator[str]:
        """Give the lines of the page."""
        names = {place: dict.fromkeys(LANGUAGES, name) for place, name in (("old", old), ("new", new))}
        yield f"# {_escaped(self._said('title', **names))}"
        yield ""
        if not self._told.added and not self._told.removed:
            yield self._said("none")
            return
        yield from self._summary()
        for name, entities in self._sections.items():
            yield from self._section(
                self._phrases.groups[name][self._language], [self._entity(one) for one in entities]
            )
        yield from self._ontology()
        if self._told.rest:
            yield from ("", self._rest())
        elif not self._sections and not self._told.ontology.terms:
            yield from ("", self._said("only_version"))

    def _summary(self) -> Iterator[str]:
        """Give the table of numbers."""
        yield f"| {self._said('what')} | {self._said('number')} |"
        yield "|---|---:|"
        kind = "_union" if self._told.union else ""
        rows = [(self._said(f"added{kind}"), self._told.added), (self._said(f"removed{kind}"), self._told.removed)]
        rows += [(self._phrases.groups[name][self._language], len(found)) for name, found in self._sections.items()]
        yield from (f"| {title} | {self._figure(number)} |" for title, number in rows)

    def _section(self, title: str, items: Sequence[str], level: str = "##") -> Iterator[str]:
        yield from ("", f"{level} {title}", "")
        yield from (f"- {item}" for item in items[:LISTED])
        if len(items) > LISTED:
            yield f"- {self._said('omitted', n=same(f'{len(items) - LISTED:,}'))}"

    def _entity(self, one: Entity) -> str:
        label, said = one.label[self._language], self._phrases.together(one.lines, self._language)
        return f"**{_escaped(label)}**: {_escaped(said)}"

    def _ontology(self) -> Iterator[str]:
        parts = {"breaking": self._told.ontology.breaking, "compatible": self._told.ontology.compatible}
        if any(parts.values()):
            yield from ("", f"## {self._phrases.groups['ontology'][self._language]}")
        for name, sentences in parts.items():
            if sentences:
                yield from self._section(self._said(name), [_escaped(one[self._language]) for one in sentences], "###")

    def _rest(self) -> str:
        number, graphs = self._told.rest, self._told.rest_graphs
        if self._told.union:
            return self._said(f"{_plural('rest', number)}_union", n=self._phrases.number(number))
        where = fill(self._phrases.page[_plural("graphs", graphs)], n=self._phrases.number(graphs))
        return self._said(_plural("rest", number), n=self._phrases.number(number), graphs=where)

    def _figure(self, number: int) -> str:
        return same(f"{number:,}")[self._language]

    def _said(self, name: str, **values: Texts) -> str:
        return fill(self._phrases.page[name], **values)[self._language]


def _plural(name: str, number: int) -> str:
    return f"{name}_{'one' if number == 1 else 'many'}"


def _escaped(text: str) -> str:
    """Write text on one line, so that nothing in it is taken for Markdown, or by a terminal."""
    return _MARKUP.sub(r"\\\1", " ".join(harmless(text).split()))
