"""Evidence: digests and measures of a text and its slices.

Offsets count Unicode code points from 0, half-open. The *evidence fold* makes two copies of one text alike
where they differ in ZWNJ, spaces, punctuation, vowel marks or the code points of ye, kaf and digits.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

from shahr.errors import BadPassage

_TATWEEL = "\u0640"
_ALIKE = str.maketrans(
    "\u064a\u0649\u0643" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "\u06cc\u06cc\u06a9" + "0123456789" * 2,
)


@dataclass(frozen=True)
class Measures:
    """What is kept of a text or a slice of it: lower-case hex digests, lengths in code points."""

    code_points: int
    sha256: str
    folded_code_points: int
    folded_sha256: str


def evidence_fold(text: str) -> str:
    """Drop marks, spaces, punctuation, controls and tatweel, and write ye, kaf and digits in one way.

    Dropped are the general categories Cc, Cf, Mn, P* and Z*. Nothing else changes; there is no
    NFC, NFD or NFKC, since decomposing would change آ.
    """
    return "".join(character for character in text if not _is_dropped(character)).translate(_ALIKE)


def digest(text: str) -> str:
    """Give the SHA-256 of a text's UTF-8 bytes as lower-case hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def measure(text: str) -> Measures:
    """Measure a whole text."""
    folded = evidence_fold(text)
    return Measures(len(text), digest(text), len(folded), digest(folded))


def passage_measures(text: str, start: int, end: int, source: str = "text") -> Measures:
    """Measure the slice [start, end) of a text; BadPassage, naming `source`, where it is empty or outside."""
    if not 0 <= start < end <= len(text):
        raise BadPassage(source, start, end, f"is not inside the text of {len(text)} code points")
    return measure(text[start:end])


def find_folded(folded_text: str, folded_code_points: int, folded_sha256: str) -> int | None:
    """Give where in a folded text a passage of this folded length and digest begins, None if nowhere."""
    last = len(folded_text) - folded_code_points
    places = range(last + 1) if folded_code_points > 0 else range(0)
    return next((at for at in places if digest(folded_text[at : at + folded_code_points]) == folded_sha256), None)


def _is_dropped(character: str) -> bool:
    category = unicodedata.category(character)
    return character == _TATWEEL or category in ("Cc", "Cf", "Mn") or category[0] in "PZ"
