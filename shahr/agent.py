"""Who asks: the User-Agent of every request that Shahr sends, with its version and a place to complain.

And who is asked about Wikidata, where nobody else is named.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

CONTACT = "https://w3id.org/shahr"
WIKIDATA = "https://query.wikidata.org/sparql"


def own_version() -> str:
    """Give the version of Shahr; a bare checkout has none."""
    try:
        return version("shahr")
    except PackageNotFoundError:
        return "dev"


def agent() -> str:
    """Give our User-Agent: name, version and contact."""
    return f"Shahr/{own_version()} ({CONTACT})"
