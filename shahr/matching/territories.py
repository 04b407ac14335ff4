"""Countries by their names in English and Persian, as CLDR has them, and by their codes of two letters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from shahr.folding import glue

_LANGUAGES = ("en", "fa")
_NONE = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # codes of no country
_FILLER = "NA"  # means that nothing is known sooner than Namibia
_ALSO = {
    "Turkey": "TR",
    "USA": "US",
    "UK": "GB",
    "Great Britain": "GB",
    "Republic of Korea": "KR",
    "Russian Federation": "RU",
    "Viet Nam": "VN",
    "Czech Republic": "CZ",
}


def territory(text: str) -> str:
    """Give the code ("IR") of the country that a text names, "" where it names none; a code is in capitals."""
    code = text.strip()
    return code if code in _codes() else _names().get(glue(text), "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(_names().values()) - {_FILLER}


@cache
def _names() -> Mapping[str, str]:
    """Give the codes by glued name; CLDR has each country by one name, so some others are added."""
    names = {glue(name): code for name, code in _ALSO.items()}
    for language in _LANGUAGES:
        territories = Locale(language).territories.items()
        names |= {glue(name): code for code, name in territories if len(code) == 2 and code not in _NONE}
    return names
