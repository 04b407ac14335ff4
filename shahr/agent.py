"""Who asks: the User-Agent of every request that Shahr sends, with its version and a place to complain."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

CONTACT = "https://w3id.org/shahr"


def own_version() -> str:
    """Give the version of Shahr; a bare checkout has none."""
    try:
        return version("shahr")
    except PackageNotFoundError:
        return "dev"


def agent() -> str:
    """Give our User-Agent: name, version and contact."""
    return f"Shahr/{own_version()} ({CONTACT})"
