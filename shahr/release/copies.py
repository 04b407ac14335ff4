"""The parts of a release that stand in the project as they are, or with no more than the version added.

ontology/  Turtle and RDF/XML, with the version of the release     shapes/  as they are
links/     SSSOM, with the version of the release                  report/  of the build's validation
LICENSE-DATA
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from shahr.dataset import files_in, nquads
from shahr.errors import ReleaseError
from shahr.namespaces import graph_iri, iri
from shahr.release.folder import Kind
from shahr.release.making import Making
from shahr.release.rdf.rdfxml import write_rdfxml
from shahr.release.stamp import VERSIONS
from shahr.releases import Texts
from shahr.turtle import parse_turtle, read_text, turtle_of

LICENCE = "LICENSE-DATA"
_TURTLE = ("text/turtle", "https://www.w3.org/TR/turtle/")
_XML = ("application/rdf+xml", "https://www.w3.org/TR/rdf-syntax-grammar/")
_OWL, _SHACL = "https://www.w3.org/TR/owl2-overview/", "https://www.w3.org/TR/shacl/"
_SSSOM = "https://w3id.org/sssom/"
_KEY = re.compile(r"# ?(\w+):")  # of the whole set; those of the curie_map stand further in
_VERSION = "mapping_set_version"
_STAMPS = (*VERSIONS, "dcterms:issued")
_ONTOLOGIES: dict[str, Texts] = {
    "shahr": {"en": "The ontology: classes and properties", "fa": "هستان‌شناسی: رده‌ها و ویژگی‌ها"},
    "shahr-rl": {"en": "What the ontology says in OWL 2 RL alone", "fa": "آنچه هستان‌شناسی تنها در OWL 2 RL می‌گوید"},
    "alignments": {"en": "The ontology and other vocabularies", "fa": "هستان‌شناسی و واژگان‌های دیگر"},
    "concepts": {"en": "The concepts: statuses, roles, topics", "fa": "مفهوم‌ها: وضعیت‌ها، نقش‌ها، موضوع‌ها"},
}


def write_ontology(making: Making) -> None:
    """Write each file of the ontology as Turtle and RDF/XML; each owl:Ontology has the version of the release."""
    stamps = _stamps(making.quads)
    for path in files_in(making.project.ontology, ".ttl"):
        triples = [*_unstamped(parse_turtle(path))]
        triples += [stamp for stamp in stamps if _is_ontology(stamp, triples)]
        title = _ONTOLOGIES.get(path.stem) or {"en": f"Ontology: {path.stem}", "fa": f"هستان‌شناسی: {path.stem}"}
        for suffix, text, kind in (("ttl", turtle_of(triples).encode(), _TURTLE), ("rdf", rdf_xml(triples), _XML)):
            making.folder.write(
                f"ontology/{path.stem}.{suffix}", text, Kind("ontology", kind[0], title, (kind[1], _OWL))
            )


def write_shapes(making: Making) -> None:
    """Write the SHACL shapes as they are."""
    for path in files_in(making.project.shapes, ".ttl"):
        title = {"en": f"SHACL shapes: {path.stem}", "fa": f"شکل‌های SHACL: {path.stem}"}
        making.folder.write(
            f"shapes/{path.name}", path.read_bytes(), Kind("shapes", _TURTLE[0], title, (_TURTLE[1], _SHACL))
        )


def write_links(making: Making) -> None:
    """Write the links to other data sets, each set of mappings with the version of the release."""
    for path in files_in(making.project.links, ".sssom.tsv"):
        name = path.name.removesuffix(".sssom.tsv")
        title = {"en": f"Links: {name}", "fa": f"پیوندها: {name}"}
        text = with_version(read_text(path), making.version)
        making.folder.write(
            f"links/{path.name}", text.encode(), Kind("links", "text/tab-separated-values", title, (_SSSOM,))
        )


def write_report(making: Making) -> None:
    """Write what the validation of the build has found, as SHACL report and to read."""
    title = {"en": "Report of the validation", "fa": "گزارش اعتبارسنجی"}
    report = Kind("report", _TURTLE[0], title, (_TURTLE[1], _SHACL))
    making.folder.write("report/validation.ttl", (making.build / "report.ttl").read_bytes(), report)
    text = Kind("report", "text/plain", {"en": f"{title['en']}, to read", "fa": f"{title['fa']} برای خواندن"})
    making.folder.write("report/validation.txt", (making.build / "report.txt").read_bytes(), text)


def write_licence(making: Making) -> None:
    """Write the licence of the data; ReleaseError where the project has none."""
    path = making.project.root / LICENCE
    if not path.is_file():
        raise ReleaseError(f"the project has no {LICENCE}: write there under which licence its data may be used")
    title = {"en": "Licence of the data", "fa": "پروانهٔ داده‌ها"}
    making.folder.write(LICENCE, path.read_bytes(), Kind("metadata", "text/plain", title))


def rdf_xml(triples: Iterable[Triple]) -> bytes:
    """Write triples as RDF/XML, the same bytes for the same graph: by subject, blank nodes named by RDFC-1.0."""
    lines, written = nquads(Quad(*triple) for triple in triples), io.BytesIO()
    write_rdfxml(parse(lines, format=RdfFormat.N_QUADS), written)
    return written.getvalue()


def with_version(text: str, version: str) -> str:
    """Give SSSOM TSV with `version` as its mapping_set_version: in its place, or where the order of keys wants it."""
    lines = text.split("\n")
    size = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    keys = [(number, found[1]) for number in range(size) if (found := _KEY.match(lines[number]))]
    there = [number for number, key in keys if key == _VERSION]
    at = there[0] if there else next((number for number, key in keys if key > _VERSION), size)
    lines[at : at + len(there)] = [f'#{_VERSION}: "{version}"']
    return "\n".join(lines)


def _stamps(quads: Path) -> list[Triple]:
    """Give what the release says of the versions of ontologies."""
    names, graph = "|".join(re.escape(iri(name)) for name in _STAMPS), re.escape(graph_iri("ontology"))
    said = re.compile(f"> <(?:{names})> .* <{graph}> \\.\n".encode())
    with quads.open("rb") as file:
        found = b"".join(line for line in file if said.search(line))
    return [quad.triple for quad in parse(found, format=RdfFormat.N_QUADS)]


def _unstamped(triples: list[Triple]) -> Iterator[Triple]:
    versions = {NamedNode(iri(name)) for name in _STAMPS}
    return (one for one in triples if one.predicate not in versions or not _is_ontology(one, triples))


def _is_ontology(stamp: Triple, triples: list[Triple]) -> bool:
    """Tell whether what is said of a version is said of an ontology that these triples describe."""
    return Triple(stamp.subject, NamedNode(iri("rdf:type")), NamedNode(iri("owl:Ontology"))) in triples
