"""How a node of ours is tied to one of another vocabulary."""

from __future__ import annotations

MATCHES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
