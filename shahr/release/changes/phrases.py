"""The words of the change log, read from phrases.toml: sentences in both languages, with numbers and names in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shahr.alphabet import alphabetical
from shahr.namespaces import BASE, SHAHR, iri
from shahr.releases import LANGUAGES, Texts

NAMED = 10  # names given in one sentence

_FILE = Path(__file__).with_name("phrases.toml")
_PERSIAN = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")
_DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+.*")


@dataclass(frozen=True)
class Tie:
    """How to speak of a property that ties two nodes; see phrases.toml."""

    one: Texts | None
    many: Texts | None
    now: Texts | None
    nomore: Texts | None
    unless: bytes | None
    inverse: bool
    names: bool
    quoted: bool


class Phrases:
    """The words; `groups` are the titles of the sections by name, in their order."""

    def __init__(self, path: Path = _FILE) -> None:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        self._numbers, self._marks, self._kinds = read["numbers"], read["marks"], read["kinds"]
        self._lines: dict[str, Any] = read["lines"]
        self.page: dict[str, Texts] = read["page"]
        self.groups: dict[str, Texts] = read["groups"]
        self.ties = {_term(name): _tie(said) for name, said in read["ties"].items()}
        self.nouns: dict[bytes, Texts] = {_term(name): noun for name, noun in read["nouns"].items()}
        self._quiet = {_term(name) for name in read["quiet"]["properties"]}

    def kind_of(self, term: bytes) -> str | None:
        """Give the kind of a node, by its IRI as N-Triples has it; None where the change log has no words for it."""
        kind = term[len(BASE) + 1 :].partition(b"/")[0].decode() if term.startswith(f"<{BASE}".encode()) else ""
        return kind if kind in self._kinds else None

    def group_of(self, kind: str) -> str:
        """Give the section that nodes of a kind belong to."""
        return str(self._kinds[kind]["group"])

    def is_told(self, predicate: bytes) -> bool:
        """Tell whether the change log speaks of the values of a property."""
        own = predicate.startswith(f"<{SHAHR}".encode()) and predicate not in self._quiet
        return own or predicate in self.ties or predicate in self.nouns

    def came(self, kind: str, ties: Sequence[Texts] = ()) -> Texts:
        """Say that a node of a kind is new, and what ties it has."""
        new: Texts = self._kinds[kind]["new"]
        if not ties:
            return new
        together = {language: self._join([one[language] for one in ties], language) for language in LANGUAGES}
        return self.line("with", new=new, ties=together)

    def gone(self, kind: str) -> Texts:
        """Say that a node of a kind is there no more."""
        return self.line("gone", kind=self._kinds[kind])

    def line(self, name: str, **values: Texts) -> Texts:
        """Fill one of the [lines]."""
        return fill(self._lines[name], **values)

    def in_other_language(self, name: str, language: str, noun: Texts) -> Texts:
        """Say that a text in a language came, changed or went, without its words."""
        return fill(self._lines["in_other_language"][language][name], noun=noun)

    def number(self, number: int) -> Texts:
        """Write a number, in words up to ten."""
        return {
            language: self._numbers[language][number] if number <= 10 else digits(f"{number:,}", language)
            for language in LANGUAGES
        }

    def joined(self, names: Sequence[Texts]) -> Texts:
        """Write names in the order of each language, the last ones as a number where there are many."""
        return {language: self._listed([one[language] for one in names], language) for language in LANGUAGES}

    def quoted(self, text: str, language: str) -> str:
        """Put a text in the quotation marks of a language."""
        return f"{self._marks[language]['open']}{text}{self._marks[language]['close']}"

    def together(self, sentences: Sequence[Texts], language: str) -> str:
        """Write sentences about one thing as one."""
        return str(self._marks[language]["then"]).join(one[language] for one in sentences)

    def _listed(self, names: Sequence[str], language: str) -> str:
        shown = sorted(names, key=alphabetical)
        if len(shown) > NAMED:
            others = self.line("others", n=self.number(len(shown) - NAMED + 1))
            shown = [*shown[: NAMED - 1], others[language]]
        return self._join(shown, language)

    def _join(self, names: Sequence[str], language: str) -> str:
        marks = self._marks[language]
        first = marks["comma"].join(names[:-1])
        return f"{first}{marks['and']}{names[-1]}" if first else names[-1]


def fill(sentence: Texts, **values: Texts) -> Texts:
    """Put texts into the {places} of a sentence, in each language."""
    return {
        language: sentence[language].format(**{name: value[language] for name, value in values.items()})
        for language in LANGUAGES
    }


def same(text: str) -> Texts:
    """Give a text that is the same in each language but for its digits."""
    return {language: digits(text, language) for language in LANGUAGES}


def digits(text: str, language: str) -> str:
    """Write the digits of a number or date as a language does; those of a version are the same in all."""
    if language != "fa" or _VERSION.fullmatch(text):
        return text
    return (text.replace(".", "٫") if _DECIMAL.fullmatch(text) else text).translate(_PERSIAN)


def _term(name: str) -> bytes:
    return f"<{iri(name)}>".encode()


def _tie(said: Mapping[str, Any]) -> Tie:
    one, many = ({"en": said[name], "fa": said["fa"]} if "fa" in said else None for name in ("one", "many"))
    unless = _term(said["unless"]) if "unless" in said else None
    flags = said.get("inverse", False), said.get("names", True), said.get("quoted", False)
    return Tie(one, many, said.get("now"), said.get("nomore"), unless, *flags)
