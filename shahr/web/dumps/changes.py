"""What changed with a release, in the words of its change log (changes/changes.json), for readers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shahr.web.dumps.shelf import Offer

LOG = "changes/changes.json"
LARGEST = 8 * 1024**2  # bytes of a log that a page is made of
MOST = 100  # entities

Texts = Mapping[str, str]  # by language: "en", "fa"


@dataclass(frozen=True)
class Changed:
    """What is new or gone about one node: a line each."""

    iri: str
    label: Texts
    lines: Sequence[Texts]


@dataclass(frozen=True)
class Changes:
    """The changes of a release: the first MOST entities, whether there are more, and what became of the ontology."""

    entities: Sequence[Changed] = ()
    more: bool = False
    breaking: Sequence[Texts] = ()
    compatible: Sequence[Texts] = ()

    def first_lines(self, language: str, most: int) -> list[str]:
        """Give the first lines in a language, breaking changes of the ontology first; at most `most`."""
        lines = [one[language] for one in self.breaking]
        lines += [f"{one.label[language]}: {line[language]}" for one in self.entities for line in one.lines]
        return lines[:most]


def read_changes(offer: Offer | None) -> Changes:
    """Read the log of a release; no changes where it has none, or one that is too large or no such log."""
    if offer is None or offer.bytes > LARGEST or not offer.is_whole():
        return Changes()
    try:
        return _changes(json.loads(offer.path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Changes()


def _changes(log: Mapping[str, Any]) -> Changes:
    entities = [
        Changed(str(one["iri"]), _texts(one["label"]), [_texts(line) for line in one["lines"]])
        for one in log["entities"][:MOST]
    ]
    ontology = log.get("ontology", {})
    told = ([_texts(one) for one in ontology.get(name, ())] for name in ("breaking", "compatible"))
    return Changes(entities, len(log["entities"]) > MOST, *told)


def _texts(text: Mapping[str, object]) -> Texts:
    return {language: str(text[language]) for language in ("en", "fa")}
