"""Sentences with names of the graph in them: each run of another script isolated, each name that we know linked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from markupsafe import Markup, escape

from shahr.namespaces import iri, prefix_map
from shahr.web.addresses import is_own

Href = Callable[[str], str | None]

_CURIE = re.compile(r"(?<![\w:/<.-])([a-z]+):([A-Za-z0-9][A-Za-z0-9-]*)(?![\w:/…-])")
_LATIN = re.compile(
    r"(?<![!-~…])(?:"
    r"[!-~…]*[A-Za-z][!-~…]*(?: [!-~…]*[A-Za-z0-9…][!-~…]*)*"  # words, with what stands between them
    r"|[\[.]*[0-9]+[-/:][-0-9/:.\]]*)"  # dates and times
)
_PERSIAN = r"[\u0600-\u06ff](?:[\u0600-\u06ff\u200c\s]*[\u0600-\u06ff])?"
_PERSIAN_OR_NAME = re.compile(rf"{_PERSIAN}|(?<![\w:/])[a-z]+:[^\s,;()]+")
_MACHINE = re.compile(r"[:<@#]|[a-z]/|[a-z][A-Z]")


def names_in(texts: Iterable[str]) -> set[str]:
    """Give the IRIs of ours that curies in some texts stand for."""
    found = (_named(match) for text in texts for match in _CURIE.finditer(text))
    return {one for one in found if one and is_own(one)}


def prose(text: str, language: str, href: Href) -> Markup:
    """Give a text in `language` as HTML; `href` gives the address of an IRI that may be linked, else None."""
    pattern = _LATIN if language == "fa" else _PERSIAN_OR_NAME
    return Markup("").join(_pieces(text, pattern, href))


def _pieces(text: str, pattern: re.Pattern[str], href: Href) -> Iterator[Markup]:
    end = 0
    for match in pattern.finditer(text):
        yield escape(text[end : match.start()])
        yield _run(match[0], href)
        end = match.end()
    yield escape(text[end:])


def _run(text: str, href: Href) -> Markup:
    """Marks of the sentence around a run stay in the sentence."""
    inner = text.rstrip(".,:;")
    after = text[len(inner) :]
    if inner.startswith("(") and inner.endswith(")"):
        return escape("(") + _isolated(inner[1:-1], href) + escape(")" + after)
    return _isolated(inner, href) + escape(after)


def _isolated(text: str, href: Href) -> Markup:
    if re.match(_PERSIAN, text):
        return Markup('<bdi lang="fa" dir="rtl">{}</bdi>').format(text)
    if _MACHINE.search(text):
        return Markup('<code dir="ltr" translate="no">{}</code>').format(_linked(text, href))
    return Markup('<bdi lang="en" dir="ltr">{}</bdi>').format(text)


def _linked(text: str, href: Href) -> Markup:
    result, end = Markup(""), 0
    for match in _CURIE.finditer(text):
        node = _named(match)
        address = href(node) if node else None
        if address is not None:
            result += escape(text[end : match.start()]) + Markup('<a href="{}">{}</a>').format(address, match[0])
            end = match.end()
    return result + escape(text[end:])


def _named(match: re.Match[str]) -> str | None:
    return iri(match[0]) if match[1] in prefix_map() else None
