"""Releases as they lie on the disk, of files of choice: what a server of releases needs to see, and no more."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from shahr.paths import Project
from shahr.releases import About, Record, ReleaseFile

KINDS = {
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv",
    ".json": "application/json",
    ".md": "text/markdown",
}
PACKED = {".gz": "gzip", ".zst": "zstd"}
TEXTS = {"en": "A file", "fa": "پرونده"}
ABOUT = About(
    {"en": "Shahr", "fa": "شهر"},
    {"en": "Cities", "fa": "شهرها"},
    {"en": ("cities",), "fa": ("شهرها",)},
    {"en": "The Shahr developers", "fa": "پدیدآورندگان شهر"},
    "https://creativecommons.org/licenses/by/4.0/",
    "https://w3id.org/shahr/",
    "2026-01-01",
)


def shelve(
    project: Project, version: str, files: Mapping[str, bytes], issued: str = "2026-03-04", previous: str | None = None
) -> Path:
    """Put a release with some files into dist/release of a project, in one step; give its folder."""
    project.releases.mkdir(parents=True, exist_ok=True)
    folder = project.releases / f".next-{version}"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    record = Record(
        *(version, previous, issued, ABOUT, 3, 2, "0" * 64, "1" * 64, {"https://w3id.org/shahr/graph/entities": 3}),
        files=tuple(_file(name, data) for name, data in sorted(files.items())),
    )
    folder.mkdir(exist_ok=True)
    (folder / "release.json").write_bytes(record.to_json())
    (folder / "SHA256SUMS").write_text("".join(f"{one.sha256}  {one.path}\n" for one in record.files), "utf-8")
    return folder.rename(project.releases / version)


def shipped(root: Path, built: Path, *releases: Path) -> Project:
    """Lay out a project of the shipped sources and build, with some releases."""
    root.mkdir()
    here = Project.here().root
    for name in ("ontology", "data", "shapes", "queries", "node_modules"):
        if (here / name).is_dir():
            (root / name).symlink_to(here / name)
    (root / "dist" / "release").mkdir(parents=True)
    for file in built.iterdir():
        (root / "dist" / file.name).symlink_to(file)
    for release in releases:
        (root / "dist" / "release" / release.name).symlink_to(release)
    return Project.at(root)


def _file(name: str, data: bytes) -> ReleaseFile:
    path = Path(name)
    compression = PACKED.get(path.suffix, "")
    media_type = KINDS.get(Path(path.stem).suffix if compression else path.suffix, "text/plain")
    part = path.parts[0] if len(path.parts) > 1 else ""
    return ReleaseFile(name, part, media_type, compression, len(data), hashlib.sha256(data).hexdigest(), TEXTS)
