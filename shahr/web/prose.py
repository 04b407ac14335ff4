"""Sentences of the graph as HTML: each run of another script, and each name of a node, is isolated and marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from shahr.namespaces import iri, prefix_map
from shahr.web.addresses import is_own
from shahr.web.drawing.letters import harmless

_CURIE = re.compile(r"(?<![\w:/<.-])([a-z]+):([A-Za-z0-9][A-Za-z0-9-]*)(?![\w:/…-])")
_LATIN = re.compile(
    r"(?<![!-~…])(?:"
    r"[!-~…]*[A-Za-z][!-~…]*(?: [!-~…]*[A-Za-z0-9…][!-~…]*)*"  # words, with what stands between them
    r"|[\[.]*[0-9]+[-/:][-0-9/:.\]]*)"  # dates and times
)
_PERSIAN = r"[\u0600-\u06ff](?:[\u0600-\u06ff\u200c\s]*[\u0600-\u06ff])?"
_PERSIAN_OR_NAME = re.compile(rf"{_PERSIAN}|<[^\s<>]+>|(?<![\w:/])[a-z]+:[^\s,;()]+")
_MACHINE = re.compile(r"[:<@#]|[a-z]/|[a-z][A-Z]")


def names_in(texts: Iterable[str]) -> set[str]:
    """Give the IRIs of ours that curies in some texts stand for."""
    found = (match for text in texts for match in _CURIE.finditer(text) if match[1] in prefix_map())
    return {one for match in found if is_own(one := iri(match[0]))}


def prose(text: str, language: str) -> Markup:
    """Give a text in `language` as HTML, without what could turn the text around it."""
    return Markup("").join(_pieces(harmless(text), _LATIN if language == "fa" else _PERSIAN_OR_NAME))


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[Markup]:
    end = 0
    for match in pattern.finditer(text):
        yield escape(text[end : match.start()])
        yield _run(match[0])
        end = match.end()
    yield escape(text[end:])


def _run(text: str) -> Markup:
    """Marks of the sentence around a run stay in the sentence."""
    inner = text.rstrip(".,:;")
    after = text[len(inner) :]
    if inner.startswith("(") and inner.endswith(")"):
        return escape("(") + _isolated(inner[1:-1]) + escape(")" + after)
    return _isolated(inner) + escape(after)


def _isolated(text: str) -> Markup:
    if re.match(_PERSIAN, text):
        return Markup('<bdi lang="fa" dir="rtl">{}</bdi>').format(text)
    if _MACHINE.search(text):
        return Markup('<code dir="ltr" translate="no">{}</code>').format(text)
    return Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(text)
