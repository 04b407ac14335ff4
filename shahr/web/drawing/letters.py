"""What a drawing must know of a text: its direction, its likely width, and how to cut it short."""

from __future__ import annotations

import re
import unicodedata

JOINERS = {"\u200c", "\u200d"}  # belong to the spelling of Persian words, unlike other format characters
NARROW, ARABIC, COMMON, BROAD, FULL = 0.36, 0.5, 0.62, 0.84, 1.0  # of the type size
_ENDS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef" + _ENDS + "]"
)


def harmless(text: str) -> str:
    """Give a text as a page may hold it: without controls, noncharacters, and what turns the text around it.

    Joiners and single marks of direction stay: they belong to how a word or a sentence is written.
    """
    return _HARMFUL.sub(lambda found: " " if found[0].isspace() else "", text)


def plain(text: str) -> str:
    """Give the text on one line without control characters, bidi controls among them."""
    kept = (letter if letter in JOINERS or not _hidden(letter) else " " if letter.isspace() else "" for letter in text)
    return " ".join("".join(kept).split())


def shortened(text: str, limit: int) -> str:
    """Give a text of at most `limit` characters, with … where something was cut off."""
    whole = plain(text)
    return whole if len(whole) <= limit else whole[: limit - 1].rstrip() + "…"


def fitted(text: str, size: float, room: float) -> str:
    """Give as much of a text as `room` holds at a type size, with … where something was cut off."""
    whole = shortened(text, max(2, int(room / size / NARROW)))
    while len(whole) > 2 and width_of(whole, size) > room:
        whole = whole[:-2].rstrip() + "…"
    return whole


def direction_of(text: str) -> str:
    """Give "rtl" or "ltr", by the first letter that has a direction."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL", "L"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def foreign(text: str, rtl: bool) -> str:
    """Guess the language of a text whose letters run against those of the page, of the two that Shahr has; else ""."""
    if (direction_of(text) == "rtl") == rtl or not any(letter.isalpha() for letter in text):
        return ""
    return "en" if rtl else "fa"


def width_of(text: str, size: float) -> float:
    """Estimate how wide a text is at a type size, rather too wide than too narrow."""
    return size * sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    """Estimate the width of a letter, as a share of the type size."""
    if unicodedata.combining(letter) or _hidden(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return FULL
    if unicodedata.bidirectional(letter) == "AL":
        return ARABIC
    if letter in " .,:;'|!iIjlftr()[]،":
        return NARROW
    return BROAD if letter.isupper() or letter in "mwMW—…" else COMMON


def _hidden(letter: str) -> bool:
    """Tell whether a character is a control, a format character, a lone surrogate or a line break."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
