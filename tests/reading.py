"""The texts of a page as a reader sees or hears them, each with the language that it is said to be in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

LATIN = re.compile(r"[A-Za-z]{3,}")
ARABIC = re.compile(r"[؀-ۿݐ-ݿﭐ-﷿ﹰ-﻾]")
NOT_PERSIAN = re.compile(r"[0-9٠-٩يك]")  # digits of other scripts, and the Arabic forms of two letters
EXEMPT = ("code", "pre", "kbd", "samp", "script", "style", "textarea")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label")
BUTTONS = ("button", "submit", "reset")


@dataclass(frozen=True)
class Text:
    """A text that a reader sees or hears: its words, the language it is said to be in, the element it belongs to."""

    words: str
    language: str
    tag: str

    def __str__(self) -> str:
        return f"{self.language}: <{self.tag}> {' '.join(self.words.split())[:90]}"


def read_texts(element: HtmlElement, around: str) -> Iterator[Text]:
    """Give the texts in an element, in their order; `around` is the language where it stands."""
    language = element.get("lang", around)
    spoken = [element.get(name) for name in SPOKEN]
    if element.tag == "input" and element.get("type") in BUTTONS:
        spoken.append(element.get("value"))
    if element.tag not in EXEMPT:
        spoken.append(element.text)
    yield from (Text(words, language, element.tag) for words in spoken if words and not words.isspace())
    for child in element if element.tag not in EXEMPT else ():
        if isinstance(child.tag, str):
            yield from read_texts(child, language)
        if child.tail and not child.tail.isspace():
            yield Text(child.tail, language, element.tag)


def is_foreign(text: Text) -> bool:
    """Tell whether a text is in another script than its language; a Persian sentence may name UCLG or UNESCO."""
    if text.language == "en":
        return bool(ARABIC.search(text.words))
    latin = LATIN.findall(text.words)
    sentence = ARABIC.search(text.words) and all(map(str.isupper, latin))
    return text.language == "fa" and bool(latin) and not sentence


def writes_otherwise(text: Text) -> bool:
    """Tell whether a text in Persian has digits or letters that Persian writes otherwise."""
    return text.language == "fa" and bool(NOT_PERSIAN.search(text.words))
