"""Labels and other texts of the data, as the change log may hold them and as it orders them."""

from __future__ import annotations

import re

_HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef]")
_ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLACES = {ord(letter): chr(0x600 + place) for place, letter in enumerate(_ALPHABET)}


def harmless(text: str) -> str:
    """Give a text without controls, which a terminal might obey, and without what turns the text around it.

    Joiners and single marks of direction stay: they belong to how a word or a sentence is written.
    """
    return _HARMFUL.sub(lambda found: " " if found[0].isspace() else "", text)


def in_order(text: str) -> tuple[str, str]:
    """Give what a text is sorted by: the order of the Latin and the Persian alphabet, capitals as small letters."""
    return text.casefold().translate(_PLACES), text
