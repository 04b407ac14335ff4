"""Labels and other texts of the data, as the change log may hold them."""

from __future__ import annotations

import re

_HARMFUL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef]")


def harmless(text: str) -> str:
    """Give a text without controls, which a terminal might obey, and without what turns the text around it.

    Joiners and single marks of direction stay: they belong to how a word or a sentence is written.
    """
    return _HARMFUL.sub(lambda found: " " if found[0].isspace() else "", text)
