"""The order of names: that of the Persian alphabet, which code points do not keep."""

from __future__ import annotations

_PERSIAN = {letter: place for place, letter in enumerate("آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")}


def alphabetical(text: str) -> tuple[list[tuple[int, int]], str]:
    """Give what a name is sorted by: Persian letters by their alphabet, after all others by code point, in one case."""
    return [(1, _PERSIAN[one]) if one in _PERSIAN else (0, ord(one)) for one in text.casefold()], text
