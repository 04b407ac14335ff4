"""What a text says besides a name: "شهرداری اصفهان", "City of Kazan", "Hyderabad, India", "Zakani, Alireza"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from shahr.folding import fold

_PARTING = re.compile(r"[,،;؛()\[\]/|]|\s[-–—]\s")
_ZWNJ = "\u200c"
_PERSIAN = re.compile("[\u0620-\u06ff ]+")
_SHORTEST = 3  # letters of what is taken for a name though no space is before it
_MOST_PARTS = 4  # "Isfahan, Isfahan Province, Iran"; what has more of them is no name


@dataclass(frozen=True)
class Reading:
    """One way to read a text: the name in it, the classes it tells of (() for any), and the places it lies in.

    With `office`, the text names an office or a body of what has the name, such as "mayor of". With `unread`, there
    is something more in it: "Greater", or a place that nobody knows.
    """

    name: str
    types: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    office: bool = False
    unread: bool = False


@dataclass(frozen=True)
class Kind:
    """Words for a kind of thing, folded, and what they tell: see words.toml."""

    words: str
    types: tuple[str, ...]
    office: bool
    loose: bool


def readings(text: str) -> Iterator[Reading]:
    """Give the ways to read a text, the plainest first: the whole of it is a name, as far as is known."""
    parted = list(_parted(text))
    for reading in [Reading(text), *parted]:
        yield reading
    for reading in [Reading(text), *parted]:
        if not reading.types:
            yield from _without_title(reading)


def types_around(before: str, after: str) -> tuple[str, ...]:
    """Give the classes that the words right before a name, or right after it, tell of; () where they tell nothing."""
    heads, tails = fold(before), fold(after)
    found = [kind for kind in _kinds("before") if heads == kind.words or heads.endswith(f" {kind.words}")]
    found += [kind for kind in _kinds("after") if tails == kind.words or tails.startswith(f"{kind.words} ")]
    return tuple(dict.fromkeys(name for kind in _longest(found) for name in kind.types if not kind.loose))


def is_kind(text: str) -> bool:
    """Tell whether a text is nothing but words for a kind of thing, such as "the city of"."""
    folded = fold(text)
    return any(kind.words == folded for kind in (*_kinds("before"), *_kinds("after")))


def beside_offices(text: str) -> Iterator[tuple[Reading, str]]:
    """Part "شهردار تهران علیرضا زاکانی" into a person's name and an office, in each way in which it may be meant."""
    words = text.split()
    for cut in range(1, len(words)):
        one, other = " ".join(words[:cut]), " ".join(words[cut:])
        for name, office in ((one, other), (other, one)):
            if _is_office(office):
                for reading in [Reading(name), *_without_title(Reading(name))]:
                    yield replace(reading, types=("Person",), office=False), office


def _is_office(text: str) -> bool:
    folded = fold(text)
    kinds = [kind for kind in _kinds("before") if kind.office or "Person" in kind.types]
    return any(folded.startswith(f"{kind.words} ") for kind in kinds)


def with_kind(name: str, types: Sequence[str]) -> list[str]:
    """Give a name with each of the words for things of these classes: "Tehran" as a Region is "Tehran Province"."""
    heads = [f"{kind.words} {name}" for kind in _kinds("before") if _is_part_of_name(kind, types)]
    tails = [f"{name} {kind.words}" for kind in _kinds("after") if _is_part_of_name(kind, types)]
    return [*heads, *tails]


def _is_part_of_name(kind: Kind, types: Sequence[str]) -> bool:
    return not kind.office and not kind.loose and not set(types).isdisjoint(kind.types)


def _parted(text: str) -> Iterator[Reading]:
    """Read a name with what stands behind a comma or in brackets: places, a kind of thing, or a first name."""
    parts = [part.strip() for part in _PARTING.split(text) if part.strip()]
    if not 1 < len(parts) <= _MOST_PARTS:
        return
    name, *tails = parts
    behind = fold(tails[0])
    kinds = [kind for kind in (*_kinds("before"), *_kinds("after")) if kind.words == behind]
    if kinds and len(tails) == 1:
        yield Reading(name, kinds[0].types)
        return
    yield Reading(name, places=tuple(tails))
    if len(tails) == 1 and re.search("[,،]", text):
        yield Reading(f"{tails[0]} {name}", ("Person",))


def _without_title(reading: Reading) -> Iterator[Reading]:
    """Take words for the kind of thing from the beginning or the end of a name."""
    folded = fold(reading.name)
    heads = [kind for kind in _kinds("before") if folded.startswith(f"{kind.words} ")]
    tails = [kind for kind in _kinds("after") if folded.endswith(f" {kind.words}")]
    glued = [] if heads else [kind for kind in _kinds("before") if _is_glued_to(kind.words, folded)]
    for kind in _longest(heads or glued):
        name = folded.removeprefix(kind.words).strip()
        yield replace(reading, name=name, types=kind.types, office=kind.office, unread=kind.loose)
    for kind in _longest(tails):
        name = folded.removesuffix(kind.words).strip()
        yield replace(reading, name=name, types=kind.types, office=kind.office, unread=kind.loose)


def _is_glued_to(words: str, name: str) -> bool:
    """Tell whether a name begins with Persian words after which the space was lost: "شهرشیراز"."""
    return name.startswith(words) and len(name) - len(words) >= _SHORTEST and bool(_PERSIAN.fullmatch(words))


def _longest(kinds: Sequence[Kind]) -> list[Kind]:
    most = max((len(kind.words) for kind in kinds), default=0)
    return [kind for kind in kinds if len(kind.words) == most]


@cache
def _kinds(place: str) -> tuple[Kind, ...]:
    """Read the words for before or after a name."""
    with (Path(__file__).parent / "words.toml").open("rb") as file:
        groups = tomllib.load(file)["kind"]
    return tuple(
        Kind(words, tuple(group["types"]), group.get("office", False), group.get("loose", False))
        for group in groups
        for words in dict.fromkeys(
            fold(one) for told in group.get(place, ()) for one in (told, told.replace(_ZWNJ, " "))
        )
    )
