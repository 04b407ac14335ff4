"""The IRIs of releases and of those who make them, and the standard names of their licence."""

from __future__ import annotations

import re

from shahr.errors import ReleaseError
from shahr.namespaces import BASE

DATASET = BASE  # over all its versions
MAKERS = BASE + "catalog#developers"
RELEASES = BASE + "dumps/"
ENDPOINT = BASE + "sparql"
_LICENCE = re.compile(r"https?://creativecommons\.org/(?:licenses/(by[a-z-]*)|publicdomain/(zero))/(\d\.\d)/?")


def release_iri(version: str) -> str:
    """Give the IRI of a release: https://w3id.org/shahr/dumps/1.2.0/"""
    return f"{RELEASES}{version}/"


def file_iri(version: str, path: str) -> str:
    """Give the IRI of a file of a release, which is also where it is fetched."""
    return release_iri(version) + path


def part_iri(version: str, name: str) -> str:
    """Give the IRI of something that only the description of a release speaks of."""
    return f"{release_iri(version)}#{name}"


def licence_name(licence: str) -> str:
    """Give the SPDX identifier of a Creative Commons licence, "CC-BY-4.0"; ReleaseError where it is none."""
    found = _LICENCE.fullmatch(licence)
    if not found:
        raise ReleaseError(f"{licence} is no licence of Creative Commons: name one in data/dataset.ttl")
    kind, zero, version = found.groups()
    return f"CC0-{version}" if zero else f"CC-{kind.upper()}-{version}"
