"""What a fact rests on: the references that can go to Wikidata, and the receipt that a reader is shown."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from pyoxigraph import Literal, QuerySolution, Store

from shahr.quickstatements.asking import rows_about, text_of
from shahr.quickstatements.moment import Moment, read_moment

LONGEST_TITLE = 1500  # characters of a text in one language, as Wikidata takes it
LONGEST_ADDRESS = 2000

_LANGUAGES = {"en": "Q1860", "fa": "Q9168"}
_UNSENDABLE = re.compile(r"\||/\*|\*/|[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd]")
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"<>\\^`{|}')


@dataclass(frozen=True, order=True)
class Reference:
    """A reference of a statement: S854, S1476, S577, S407 and S813.

    `language` is an item; `title_language` a language code. What is "" or None is not known, and not sent.
    """

    address: str
    title: str
    title_language: str
    published: Moment | None
    language: str
    retrieved: Moment | None


@dataclass(frozen=True)
class Passage:
    """Where in which article a fact stands, half-open in code points, and in whose words."""

    article: str
    start: int
    end: int
    speaker: str | None
    post: str | None
    of_reporter: bool


@dataclass(frozen=True)
class Sources:
    """What a fact rests on: passages of articles, with the day each article appeared on, and others' pages.

    `references` are those that have an address which can be sent; `pages` are the addresses of others' pages.
    """

    references: tuple[Reference, ...] = ()
    passages: tuple[Passage, ...] = ()
    published: Mapping[str, Moment] = field(default_factory=dict)
    pages: tuple[str, ...] = ()

    @property
    def is_of_one_speaker(self) -> bool:
        """Whether all of it is one speaker's words: no page of others, no reporter's voice, no second speaker."""
        if self.pages or not self.passages or any(one.of_reporter for one in self.passages):
            return False
        speakers = {one.speaker for one in self.passages if one.speaker}
        posts = {one.post for one in self.passages}
        return len(speakers) <= 1 and (all(one.speaker for one in self.passages) or len(posts) <= 1)


def read_sources(store: Store, facts: Iterable[str]) -> dict[str, Sources]:
    """Give what each fact rests on."""
    wanted = sorted(set(facts))
    told: defaultdict[str, list[QuerySolution]] = defaultdict(list)
    passages: defaultdict[str, list[Passage]] = defaultdict(list)
    for row in rows_about(store, "sources", "fact", wanted):
        told[text_of(row, "fact") or ""].append(row)
    for row in rows_about(store, "passages", "fact", wanted):
        passages[text_of(row, "fact") or ""].append(_passage(row))
    return {fact: _sources(told[fact], passages[fact]) for fact in wanted}


def _sources(told: list[QuerySolution], passages: list[Passage]) -> Sources:
    references: dict[str, Reference] = {}
    for row in sorted(told, key=lambda row: (row["title"] is None, row["consulted"] is None)):
        found = _reference(row)
        if found:  # of several that give one address, the one that tells most
            references.setdefault(found.address, found)
    days = ((text_of(row, "article"), read_moment(text_of(row, "published") or "")) for row in told)
    published = {article: day for article, day in days if article and day}
    pages = {text_of(row, "address") or "" for row in told if row["article"] is None}
    ordered = tuple(sorted(references.values(), key=lambda one: one.address))
    return Sources(ordered, tuple(passages), published, tuple(sorted(pages)))


def _passage(row: QuerySolution) -> Passage:
    place = text_of(row, "article") or "", int(text_of(row, "start") or 0), int(text_of(row, "end") or 0)
    return Passage(*place, text_of(row, "speaker"), text_of(row, "post"), row["voice"] is not None)


def _reference(row: QuerySolution) -> Reference | None:
    address = sendable_address(text_of(row, "address") or "")
    if not address:
        return None
    title, language = row["title"], text_of(row, "language") or ""
    text, code = (title.value, title.language or "") if isinstance(title, Literal) else ("", "")
    text = sendable_title(text) if code in _LANGUAGES else ""
    published = read_moment(text_of(row, "published") or "")
    retrieved = read_moment(text_of(row, "consulted") or "")
    return Reference(address, text, code if text else "", published, _LANGUAGES.get(language, ""), retrieved)


def sendable_address(address: str) -> str:
    """Give an http or https address as QuickStatements carries it, `|`, quotes and spaces encoded; "" for another."""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        is_web = False
    encoded = re.sub(r"[\x00-\x7f]", lambda found: quote(found[0], safe=_SAFE), address)
    encoded = re.sub(r"[\s\x80-\x9f]", lambda found: quote(found[0]), encoded)
    return encoded if is_web and len(encoded) <= LONGEST_ADDRESS else ""


def sendable_title(text: str) -> str:
    """Give a headline on one line; "" for one that QuickStatements would read as something else, such as with `|`."""
    title = " ".join(text.split())
    return "" if _UNSENDABLE.search(title) or len(title) > LONGEST_TITLE else title


def facts_contested(store: Store, facts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Give for the facts that contest another, or are contested, those others."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows_about(store, "contested", "fact", facts):
        found[text_of(row, "fact") or ""].append(text_of(row, "other") or "")
    return {fact: tuple(others) for fact, others in found.items()}
