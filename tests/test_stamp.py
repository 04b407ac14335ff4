"""The version of a release goes into what describes an ontology, and nothing else is touched."""

from __future__ import annotations

from shahr.namespaces import GRAPH, iri
from shahr.release.stamp import stamped

ONTOLOGY = f"<urn:o> <{iri('rdf:type')}> <{iri('owl:Ontology')}> <{GRAPH}ontology> .\n".encode()
OLD = f'<urn:o> <{iri("owl:versionInfo")}> "0.0.1" <{GRAPH}ontology> .\n'.encode()


def stamps(*lines: bytes) -> list[bytes]:
    return list(stamped(lines, "1.1.0", "1.0.0", "2026-01-02"))


def test_an_ontology_has_the_version_of_the_release_and_no_older_one() -> None:
    found = stamps(ONTOLOGY, OLD)
    assert OLD not in found
    assert f'<urn:o> <{iri("owl:versionInfo")}> "1.1.0" <{GRAPH}ontology> .\n'.encode() in found
    assert f"<urn:o> <{iri('owl:priorVersion')}> <urn:o/1.0.0> <{GRAPH}ontology> .\n".encode() in found


def test_a_text_about_versions_and_ontologies_stays_and_is_no_ontology() -> None:
    for said in (f" <{iri('owl:versionInfo')}> ", f"<{iri('rdf:type')}> <{iri('owl:Ontology')}> "):
        line = f'<urn:a> <urn:b> "{said}" <urn:g> .\n'.encode()
        assert stamps(line) == [line]
