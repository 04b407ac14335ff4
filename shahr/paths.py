"""Where things stand in a project folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shahr.errors import ProjectMissing


@dataclass(frozen=True)
class Project:
    """A Shahr project; `root` is the folder that holds ontology/, data/, queries/ and dist/."""

    root: Path

    @classmethod
    def here(cls) -> Project:
        """Give the checkout that this package is installed from."""
        return cls.at(Path(__file__).resolve().parent.parent)

    @classmethod
    def at(cls, root: Path) -> Project:
        """Give the project in `root`; ProjectMissing where it has no ontology/."""
        project = cls(root.resolve())
        if not project.ontology.is_dir():
            raise ProjectMissing(f"{root} is not a Shahr project: it has no folder ontology/ (use --project DIR)")
        return project

    @property
    def ontology(self) -> Path:
        """Classes, properties and concepts, as Turtle."""
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        """All that editors write: articles, entities, links, external, expectations."""
        return self.root / "data"

    @property
    def articles(self) -> Path:
        """One Turtle file an article."""
        return self.data / "articles"

    @property
    def entities(self) -> Path:
        """Cities, people, organisations, posts."""
        return self.data / "entities"

    @property
    def about(self) -> Path:
        """What the dataset is called, who makes it, under which licence; no part of the graph."""
        return self.data / "dataset.ttl"

    @property
    def links(self) -> Path:
        """Mappings to other vocabularies and gazetteers, as SSSOM TSV."""
        return self.data / "links"

    @property
    def external(self) -> Path:
        """Facts from other public sources."""
        return self.data / "external"

    @property
    def expectations(self) -> Path:
        """Counts that must hold, and warnings that are accepted with a reason."""
        return self.data / "expectations.toml"

    @property
    def shapes(self) -> Path:
        """SHACL shapes."""
        return self.root / "shapes"

    @property
    def questions(self) -> Path:
        """Competency questions."""
        return self.root / "queries" / "questions"

    @property
    def wikidata(self) -> Path:
        """Competency questions that ask Wikidata too."""
        return self.root / "queries" / "wikidata"

    @property
    def checks(self) -> Path:
        """Integrity queries, which must return no row."""
        return self.root / "queries" / "checks"

    @property
    def rules(self) -> Path:
        """CONSTRUCT queries that make the inferred graph."""
        return self.root / "queries" / "rules"

    @property
    def dist(self) -> Path:
        """Everything generated."""
        return self.root / "dist"

    @property
    def releases(self) -> Path:
        """One folder a release, named by its version."""
        return self.dist / "release"

    @property
    def builds(self) -> Path:
        """One folder a build."""
        return self.dist / "builds"

    @property
    def current(self) -> Path:
        """The link to the build that serves."""
        return self.dist / "current"

    @property
    def graph(self) -> Path:
        """The sources as N-Quads, named graphs only."""
        return self.dist / "graph.nq"

    @property
    def inferred(self) -> Path:
        """What rules derive, as N-Quads."""
        return self.dist / "inferred.nq"

    @property
    def search(self) -> Path:
        """What the search of the pages reads (SQLite)."""
        return self.dist / "search.db"

    @property
    def report(self) -> Path:
        """The report of the last validation, as text."""
        return self.dist / "report.txt"
