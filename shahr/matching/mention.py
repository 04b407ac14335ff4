"""What a text says besides a name: "شهرداری اصفهان", "City of Kazan", "Hyderabad, India", "شهردار X"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shahr.folding import fold

_TAIL = re.compile(r"(?P<name>.+?)\s*(?:[,،(]\s*|\s[-–—]\s)(?P<tail>[^,،()]+?)\s*\)?")


@dataclass(frozen=True)
class Reading:
    """One way to read a text: the name in it, the classes it tells of (() for any), and the place it lies in or ""."""

    name: str
    types: tuple[str, ...] = ()
    place: str = ""


def readings(text: str) -> Iterator[Reading]:
    """Give the ways to read a text, the plainest first: the whole of it is a name, as far as is known."""
    yield Reading(text)
    parted = _TAIL.fullmatch(text)
    if parted:
        yield Reading(parted["name"], place=parted["tail"])
    for reading in [Reading(text), *([Reading(parted["name"], place=parted["tail"])] if parted else [])]:
        name, types = _without_title(reading.name)
        if types:
            yield Reading(name, types, reading.place)


def types_around(before: str, after: str) -> tuple[str, ...]:
    """Give the classes that the words right before a name, or right after it, tell of; () where they tell nothing."""
    heads, tails = fold(before), fold(after)
    for words, types in _words()["before"].items():
        if heads == words or heads.endswith(f" {words}"):
            return types
    for words, types in _words()["after"].items():
        if tails == words or tails.startswith(f"{words} "):
            return types
    return ()


def _without_title(text: str) -> tuple[str, tuple[str, ...]]:
    """Take a word for the kind of thing from the beginning or the end of a name."""
    folded = fold(text)
    for words, types in _words()["before"].items():
        if folded.startswith(f"{words} "):
            return folded.removeprefix(f"{words} "), types
    for words, types in _words()["after"].items():
        if folded.endswith(f" {words}"):
            return folded.removesuffix(f" {words}"), types
    return text, ()


@cache
def _words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Read the words, folded, the longest first."""
    with (Path(__file__).parent / "words.toml").open("rb") as file:
        groups = tomllib.load(file)
    found: dict[str, dict[str, tuple[str, ...]]] = {"before": {}, "after": {}}
    for group in groups["kind"]:
        for place in found:
            found[place] |= {fold(words): tuple(group["types"]) for words in group.get(place, ())}
    return {place: dict(sorted(each.items(), key=lambda one: (-len(one[0]), one[0]))) for place, each in found.items()}
