"""The texts that a name may stand as in Wikidata, where a label is found by its very characters only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from shahr.folding import visible

_ZWNJ = "\u200c"
_ARABIC = re.compile("[\u0620-\u06ff]")
_ARABIC_LETTERS = str.maketrans({"ی": "\u064a", "ک": "\u0643"})
_TAIL = re.compile(r"\s*\([^()]*\)$")


def texts(name: str) -> list[str]:
    """Give a name as it stands and, where words in brackets tell it from its namesakes, without them."""
    whole = visible(name)
    return list(dict.fromkeys(text for text in (whole, _TAIL.sub("", whole)) if text))


def labels_of(text: str) -> list[Literal]:
    """Give the labels that a text may be, the likeliest first.

    A Persian one is asked for with its ZWNJ, without and with spaces instead, in Persian and in Arabic letters; one in
    Latin letters as English and as of all languages ("mul"); any also without a language.
    """
    if not _ARABIC.search(text):
        return [Literal(text, language="en"), Literal(text, language="mul"), Literal(text)]
    return [*(Literal(one, language="fa") for one in dict.fromkeys(_written(text))), Literal(text)]


def _written(text: str) -> Iterator[str]:
    for joint in (_ZWNJ, "", " "):
        yield text.replace(_ZWNJ, joint)
    for joint in (_ZWNJ, "", " "):
        yield text.replace(_ZWNJ, joint).translate(_ARABIC_LETTERS)
