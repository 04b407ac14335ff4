"""Small datasets to compare, as N-Quads lines, as releases and as files; and a reader of RDF Patch."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad, RdfFormat, parse

from shahr.dataset import nquads
from shahr.paths import Project
from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.making import Making
from shahr.releases import RECORD, SUMS, About, Record, read_record

PREFIXES = """
@prefix agreement: <https://w3id.org/shahr/agreement/> .
@prefix article: <https://w3id.org/shahr/article/> .
@prefix city: <https://w3id.org/shahr/city/> .
@prefix concept: <https://w3id.org/shahr/concept/> .
@prefix graph: <https://w3id.org/shahr/graph/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix passage: <https://w3id.org/shahr/passage/> .
@prefix person: <https://w3id.org/shahr/person/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix shahr: <https://w3id.org/shahr/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_TEXTS = {"en": "", "fa": ""}
_ABOUT = About(_TEXTS, _TEXTS, {"en": (), "fa": ()}, _TEXTS, "", "", "2026-01-02")


def lines(trig: str) -> list[bytes]:
    """Give TriG with our prefixes as canonical N-Quads lines."""
    return nquads(parse((PREFIXES + trig).encode(), format=RdfFormat.TRIG)).splitlines(keepends=True)


def canonical(quads: Iterable[Quad]) -> str:
    """Give a text that isomorphic datasets have in common."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset)))


def patched(old: bytes, patch: bytes) -> str:
    """Apply an RDF Patch to N-Quads, and give what canonical gives; a line to take out must be there."""
    held = set(old.splitlines())
    rows = patch.splitlines()
    assert (rows[2], rows[-1]) == (b"TX .", b"TC .")
    for operation, _, line in (row.partition(b" ") for row in rows[3:-1]):
        assert (line in held) == (operation == b"D")
        (held.remove if operation == b"D" else held.add)(line)
    return canonical(parse(b"\n".join(sorted(held)), format=RdfFormat.N_QUADS))


def record(version: str, quads: list[bytes], previous: str | None = None) -> Record:
    """Describe a release of these lines."""
    digest = sha256(b"".join(quads)).hexdigest()
    return Record(version, previous, "2026-01-02", _ABOUT, len(quads), len(quads), digest, digest, {})


def release(folder: Path, version: str, trig: str) -> Path:
    """Write a release with its quads and nothing else."""
    quads = lines(trig)
    writing = ReleaseFolder(folder)
    with writing.packed("data/shahr.nq", Kind("data", "application/n-quads", _TEXTS)) as sink:
        sink.write(b"".join(quads))
    (folder / RECORD).write_bytes(record(version, quads).to_json())
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    sums = [f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / SUMS).write_text("".join(sums), encoding="utf-8")
    return folder


def begun(root: Path, version: str, trig: str, previous: Path | None = None) -> Making:
    """Begin a release below `root`."""
    quads, scratch = lines(trig), root / "scratch"
    scratch.mkdir(parents=True)
    (scratch / "shahr.nq").write_bytes(b"".join(quads))
    before = (read_record(previous), previous) if previous else None
    files = scratch / "shahr.nq", scratch / "shahr.nt"
    about = record(version, quads, before[0].version if before else None)
    return Making(Project(root), ReleaseFolder(root / "release"), scratch, root, *files, about, before)
