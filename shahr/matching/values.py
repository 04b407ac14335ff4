"""Values as people write them: numbers in any digits, and identifiers, bare or in an address of their own."""

from __future__ import annotations

import math
import re

from shahr.entityvalues import identifiers
from shahr.folding import fold
from shahr.matching.query import Wanted

_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|sws\.|m\.)*(?P<site>wikidata|geonames)\.org/"
    r"(?:wiki/Special:EntityData/|wiki/|entity/)?(?P<id>\w+)(?:[./?#]\S*)?"
)
_FORMS = {"wikidata": re.compile("Q[1-9][0-9]*"), "geonames": re.compile("[1-9][0-9]*")}
_MARKS = str.maketrans({"\u066b": ".", "\u066c": ",", "،": ",", "\u2212": "-"})
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LONGEST = 1000  # bits of a number that is read


def written(wanted: Wanted) -> str:
    """Give a wanted value as text, a whole number without ".0"; "" for a number of hundreds of digits."""
    if isinstance(wanted, float) and wanted.is_integer():
        wanted = int(wanted)
    return "" if isinstance(wanted, int) and wanted.bit_length() > _LONGEST else str(wanted).strip()


def numbers(text: str) -> list[float]:
    """Give the numbers that a text may be: "32,652" is one with decimals or one with thousands; [] for all else."""
    plain = text.strip().translate(_MARKS)
    ways = [plain.replace(",", ".")] if plain.count(",") <= 1 else []
    ways += [plain.replace(",", "")] if _THOUSANDS.fullmatch(plain) else []
    return [number for way in ways if (number := _number(way)) is not None]


def identified(text: str) -> dict[str, str]:
    """Give what identifier a text may be, by the property that holds such: "q42053" is {"wikidata": "Q42053"}."""
    address = _ADDRESS.fullmatch(text.strip())
    local = fold(address["id"] if address else text.strip().removesuffix(".0")).upper()
    sites = (address["site"],) if address else identifiers()
    return {site: local for site in sites if _FORMS[site].fullmatch(local)}


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
