"""What tests/fair.py judges: a release, the server over it, and what is known of both; and how a check is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType

import rdflib
from backports import zstd
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Store, parse

from server import create_app
from shahr.namespaces import iri
from shahr.paths import Project
from shahr.releases import NQUADS, Record, read_record
from shahr.web.settings import Settings

# What no file of ours can give: what a person has to do for each.
NEEDED = MappingProxyType(
    {
        "w3id": "https://w3id.org/shahr/ leads nowhere yet: run the server in public and follow w3id/README.md",
        "DOI": "no archive has given a DOI: deposit a release, for instance at Zenodo, with metadata/zenodo.json",
        "archive": "no copy outside the server: the same deposit keeps data and metadata when the server is gone",
        "portal": "no search engine for data knows of it: the same deposit, or a portal that harvests /catalog",
        "prefix": "no registry knows the prefix: add shahr at https://prefix.cc/ once w3id answers",
        "namespace of the prefix": "as above: prefix.cc has to give https://w3id.org/shahr/ns# for it",
        "registry": "no registry of vocabularies has it: suggest it at https://lov.linkeddata.es/ once w3id answers",
    }
)
REGISTERED: frozenset[str] = frozenset()  # the names of those that a person has done


@dataclass(frozen=True)
class Result:
    """How a check came out: `of` points could be had, and each of `missing`, a name in NEEDED or words, is one less."""

    principle: str
    check: str
    of: int
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Give the part of the points that was reached, 0 to 1: all checks weigh the same."""
        return 1 - len(self.missing) / self.of if self.of else 0.0


@dataclass(frozen=True)
class Answer:
    """What the server said at last, redirects followed."""

    status: int
    media_type: str
    text: str


@dataclass(frozen=True)
class Assessed:
    """A release as a reader has it.

    ontology    ontology/shahr.ttl
    catalogue   metadata/dcat.ttl
    void        metadata/void.ttl
    dataset     the quads, and in the default graph the union of their graphs
    texts       the small files of the release by path
    ask         asks the server for a path, with an Accept header
    """

    record: Record
    ontology: rdflib.Graph
    catalogue: rdflib.Graph
    void: rdflib.Graph
    dataset: Store
    texts: Mapping[str, str]
    ask: Callable[[str, str], Answer]

    def count(self, pattern: str) -> int:
        """Give how many ?one fit a SPARQL pattern with our prefixes, over the union of the graphs."""
        prefixes = "".join(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())
        rows = self.dataset.query(f"{prefixes}SELECT DISTINCT ?one WHERE {{ {pattern} }}")
        assert isinstance(rows, QuerySolutions)
        return len(list(rows))

    def subjects_of(self, curie: str) -> list[str]:
        """Give the IRIs of what has a property."""
        found = self.dataset.quads_for_pattern(None, NamedNode(iri(curie)), None, DefaultGraph())
        return sorted({one.subject.value for one in found if isinstance(one.subject, NamedNode)})


PREFIXES = MappingProxyType(
    {
        "dcterms": "http://purl.org/dc/terms/",
        "graph": "https://w3id.org/shahr/graph/",
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "shahr": "https://w3id.org/shahr/ns#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
    }
)


def weigh(principle: str, check: str, points: Mapping[str, bool]) -> Result:
    """Count a check: `points` says by what would be lacking whether it is there."""
    return Result(principle, check, len(points), tuple(name for name, there in points.items() if not there))


def registered(*names: str) -> dict[str, bool]:
    """Give the points that no file can give, by their names in NEEDED."""
    return {name: name in REGISTERED for name in names}


def read_assessed(release: Path) -> Assessed:
    """Read the release in dist/release/VERSION/ of a project, and put the server over that project."""
    project = Project.at(release.resolve().parent.parent.parent)
    app = create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0)})
    paths = (path for path in release.rglob("*") if path.is_file() and path.suffix not in (".gz", ".zst"))
    texts = {str(path.relative_to(release)): path.read_text("utf-8") for path in paths}
    ontology, catalogue, void = (
        rdflib.Graph().parse(data=texts.get(name, ""), format="turtle")
        for name in ("ontology/shahr.ttl", "metadata/dcat.ttl", "metadata/void.ttl")
    )
    dataset, ask = read_dataset(release / NQUADS), asking(app.test_client())
    return Assessed(read_record(release), ontology, catalogue, void, dataset, texts, ask)


def read_dataset(path: Path) -> Store:
    """Load packed N-Quads, and the union of their graphs as default graph."""
    quads = list(parse(zstd.decompress(path.read_bytes()), format=RdfFormat.N_QUADS))
    store = Store()
    store.extend(chain(quads, (Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in quads)))
    return store


def asking(client: FlaskClient) -> Callable[[str, str], Answer]:
    """Give what asks a server as a client of its own would."""

    def ask(path: str, accept: str) -> Answer:
        response = client.get(path, headers={"Accept": accept}, follow_redirects=True)
        text = response.get_data().decode("utf-8", "replace")
        return Answer(response.status_code, response.mimetype or "", text)

    return ask
