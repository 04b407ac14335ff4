"""Releases that are there: what each holds, in what order they came, and whether their files are whole.

    dist/release/1.2.0/release.json    the record: what a program needs to know about the release
    dist/release/1.2.0/SHA256SUMS      the digest of every other file, as `sha256sum --check` reads it

A release is never changed once it has its name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shahr.errors import BadVersion, ReleaseDamaged, ReleaseError, shown
from shahr.paths import Project
from shahr.versions import parse_version

RECORD, SUMS = "release.json", "SHA256SUMS"
NQUADS = "data/shahr.nq.zst"  # where every release has its quads, in canonical N-Quads
_SUM = re.compile(r"[0-9a-f]{64}  \S.*")

LANGUAGES = ("en", "fa")
Texts = Mapping[str, str]  # by language


@dataclass(frozen=True)
class About:
    """What all releases have in common; texts by language, the licence and the home page as IRIs."""

    title: Texts
    description: Texts
    keywords: Mapping[str, tuple[str, ...]]
    creator: Texts
    licence: str
    homepage: str
    created: str


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release.

    path            below the folder of the release: "data/shahr.nq.gz"
    part            what it belongs to: data, tables, ontology, shapes, links, questions, report, changes, metadata
    media_type      of what is in it when unpacked: "application/n-quads"
    compression     "", "gzip" or "zstd"
    bytes, sha256   of the file as it is
    title           what it is, in a few words, by language
    conforms_to     IRIs of the standards it follows
    """

    path: str
    part: str
    media_type: str
    compression: str
    bytes: int
    sha256: str
    title: Texts
    conforms_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A release; counts are of triples and quads without repetition, dates are ISO 8601.

    canonical_hash   SHA-256 of the canonical N-Quads of the dataset (RDFC-1.0), hexadecimal
    triples_hash     the same of the union of all its graphs, as canonical N-Triples
    graphs           triples of each named graph by its IRI
    added, removed   quads, against `previous`; None where there is no previous release
    """

    version: str
    previous: str | None
    issued: str
    about: About
    quads: int
    triples: int
    canonical_hash: str
    triples_hash: str
    graphs: Mapping[str, int]
    added: int | None = None
    removed: int | None = None
    files: tuple[ReleaseFile, ...] = field(default=())

    def to_json(self) -> bytes:
        """Write the record, the same bytes for the same record."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode() + b"\n"

    @classmethod
    def from_json(cls, text: bytes) -> Record:
        """Read what to_json wrote; ValueError, KeyError or TypeError for anything else."""
        read: dict[str, Any] = json.loads(text)
        about = read["about"]
        keywords = {language: tuple(words) for language, words in about["keywords"].items()}
        files = tuple(ReleaseFile(**one | {"conforms_to": tuple(one["conforms_to"])}) for one in read["files"])
        return cls(**read | {"about": About(**about | {"keywords": keywords}), "files": files})


def read_record(folder: Path) -> Record:
    """Read the record of the release in a folder; ReleaseError where there is no release, ReleaseDamaged."""
    try:
        record = Record.from_json((folder / RECORD).read_bytes())
        parse_version(record.version)
        return record
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ReleaseError(f"{shown(folder)} is no release: it has no {RECORD}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, BadVersion) as error:
        raise ReleaseDamaged(folder, f"{RECORD} cannot be read ({error})") from error


def released(project: Project) -> list[str]:
    """Give the versions of the releases of a project, the newest first."""
    if not project.releases.is_dir():
        return []
    found = [name for name in (one.name for one in project.releases.iterdir() if one.is_dir()) if _is_version(name)]
    return sorted(found, key=parse_version, reverse=True)


def check_release(folder: Path) -> Record:
    """Read a release and prove that its files are whole: none missing, none more, each as its digest says.

    ReleaseError where there is no release; ReleaseDamaged names the first file that is not right.
    """
    record = read_record(folder)
    sums = _read_sums(folder)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() or path.is_symlink()} - {
        SUMS
    }
    for name in sorted(there ^ sums.keys()):
        raise ReleaseDamaged(folder, f"{name} is {'missing' if name in sums else f'not in {SUMS}'}")
    for name, digest in sums.items():
        if sha256_of(folder / name) != digest:
            raise ReleaseDamaged(folder, f"{name} is not what {SUMS} says")
    return record


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_sums(folder: Path) -> dict[str, str]:
    """Read `digest  name` lines."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise ReleaseDamaged(folder, f"{SUMS} is missing") from error
    except UnicodeDecodeError as error:
        raise ReleaseDamaged(folder, f"{SUMS} is not UTF-8 text") from error
    for number, line in enumerate(lines, 1):
        if not _SUM.fullmatch(line):
            raise ReleaseDamaged(folder, f"line {number} of {SUMS} is no digest and name")
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _is_version(name: str) -> bool:
    try:
        parse_version(name)
    except BadVersion:
        return False
    return True
