"""Where a reader finds a page about an IRI, and where this service is."""

from __future__ import annotations

import re

from flask import request

from shahr.namespaces import BASE, ENTITY_PREFIXES, FACT_PREFIXES, SLUG, SOURCE_PREFIXES
from shahr.web.description import usable_address

KINDS = (*ENTITY_PREFIXES, *SOURCE_PREFIXES, *FACT_PREFIXES, "concept", "graph")
_NODE = re.compile(rf"({'|'.join(KINDS)})/({SLUG})(/[a-z]+)?")
_TERM = re.compile(r"(ns|shapes)#([A-Za-z][A-Za-z0-9-]*)")


def base_address() -> str:
    """Give the http(s) address of this service, with a slash at its end; Shahr's own for an odd Host header."""
    return usable_address(f"{request.host_url}sparql").removesuffix("sparql")


def is_own(iri: str) -> bool:
    """Tell whether an IRI is one of Shahr's."""
    return iri.startswith(BASE)


def address_of(iri: str) -> str | None:
    """Give the address of the page about an IRI: of ours "/city/isfahan.html", of others the http(s) IRI itself.

    The whole graph is at "/".
    None for an IRI that no reader should be sent to, javascript: say.
    """
    if not is_own(iri):
        return iri if re.match(r"https?://[^/?#]", iri) else None
    local = iri.removeprefix(BASE)
    if found := _NODE.fullmatch(local):
        return f"/{found[1]}/{found[2]}.html"
    if found := _TERM.fullmatch(local):
        return f"/{found[1]}.html#{found[2]}"
    if not local:
        return "/"
    if local.partition("/")[0] == "ns":
        return "/ns.html"
    return f"/{local}.html" if local in ("shapes", "concept", "graph") else None


def slug_of(iri: str) -> tuple[str, str] | None:
    """Give kind and slug of one of our nodes: ("city", "isfahan"); None for any other IRI."""
    found = _NODE.fullmatch(iri.removeprefix(BASE)) if is_own(iri) else None
    return (found[1], found[2]) if found else None
