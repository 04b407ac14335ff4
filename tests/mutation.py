"""The mutation test: puts a fault into a copy of the shipped data, and looks whether a shape or check finds it.

`python tests/mutation.py` prints the figures. Only the node that holds the fault and the nodes that refer to it
are validated again. The inferred graph stays that of the shipped data: checks that look into it only excuse by
what they find there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

import rdflib
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, serialize
from rdflib.namespace import RDF, RDFS, SH

from mutant_operators import structural
from mutants import Mutant, World, make_mutants, placed, read_world
from shahr.build import build
from shahr.dataset import load_store
from shahr.errors import ReportError
from shahr.namespaces import curie
from shahr.paths import Project
from shahr.queries import Query, read_queries
from shahr.reason import reason
from shahr.report import Result
from shahr.turtle import parse_turtle
from shahr.validate import check_results, default_graph, read_shapes, shape_results
from valid_mutants import valid_data

KNOWN_SURVIVORS = {  # "operator class property", with * for any
    "value-out-of-range * shahr:consulted 2999-01-01": "no stage asks what day it is: a run gives the same tomorrow",
}

EACH = 2  # patterns for each operator and class
VALID_DATA = {
    "optional-dropped": "nobody but a reader of the article can miss what need not be said",
    "like-for-like": "another person, city, passage or concept of the same kind: the article decides",
    "number-changed": "another number or day in range; shahr verify refutes offsets and lengths",
    "digest-other": "another digest of the right form: shahr verify refutes it",
    "text-other": "another name or gist in the right language",
    "class-alike": "a wider class is true as well",
}


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: the shape or check (a curie) that found it, or None; by is "shape" or "check"."""

    mutant: Mutant
    by: str
    killer: str | None


class Targets:
    """Validates single nodes by giving each shape just those of them that it targets, and no other.

    pySHACL 0.40 holds its option focus_nodes against the values that sh:node and sh:qualifiedValueShape look at
    too: the first then pass whatever they are, the second never count.
    """

    def __init__(self, shapes: rdflib.Graph) -> None:
        """Take the targets out of a copy of the shapes."""
        self.shapes = rdflib.Graph() + shapes
        self.by_class = list(shapes.subject_objects(SH.targetClass))
        self.by_property = list(shapes.subject_objects(SH.targetSubjectsOf))
        for target in (SH.targetClass, SH.targetSubjectsOf):
            self.shapes.remove((None, target, None))

    def results(self, data: rdflib.Graph, nodes: Iterable[str]) -> list[Result]:
        """Validate these nodes (IRIs) against all shapes that target them."""
        for node in map(rdflib.URIRef, nodes):
            for shape in self._shapes_of(data, node):
                self.shapes.add((shape, SH.targetNode, node))
        results = shape_results(data, self.shapes, meta_shacl=False)
        self.shapes.remove((None, SH.targetNode, None))
        return results

    def _shapes_of(self, data: rdflib.Graph, node: rdflib.URIRef) -> set[rdflib.term.Node]:
        types = {
            above for one in data.objects(node, RDF.type) for above in data.transitive_objects(one, RDFS.subClassOf)
        }
        held = set(data.predicates(node))
        by_class = {shape for shape, class_ in self.by_class if class_ in types}
        return by_class | {shape for shape, property_ in self.by_property if property_ in held}


class Judge:
    """Holds the shipped data once, and judges mutants of it one by one."""

    def __init__(self, project: Project, out: Path) -> None:
        """Take a build: out/graph.nq and out/inferred.nq."""
        self.asserted = load_store(out / "graph.nq")
        self.everything = load_store(out / "graph.nq", out / "inferred.nq")
        self.data, self.shapes = default_graph(self.asserted), read_shapes(project.shapes)
        self.checks = read_queries(project.checks)
        self.world = _world(project, self.asserted)
        self.baseline = set(shape_results(self.data, self.shapes, meta_shacl=False))
        self.targets = Targets(self.shapes)
        self.baseline |= set(check_results(self.everything, self.checks))

    def judge(self, mutants: Iterable[Mutant]) -> list[Verdict]:
        """Apply, validate and undo each mutant."""
        return [self._verdict(mutant) for mutant in mutants]

    def _verdict(self, mutant: Mutant) -> Verdict:
        with self._applied(mutant):
            killer = next(self._found(mutant), None)
        return Verdict(mutant, *(killer or ("", None)))

    def _found(self, mutant: Mutant) -> Iterator[tuple[str, str]]:
        for focus in ([mutant.node], self._referring(mutant.node)):
            yield from (("shape", source) for source in self._broken_shapes(focus))
        for check in self.checks:
            yield from (("check", curie(one.source)) for one in self._new(self._rows(check)))

    def _broken_shapes(self, focus: Sequence[str]) -> list[str]:
        try:
            return [curie(one.source) for one in self._new(self.targets.results(self.data, focus))]
        except (ReportError, TypeError):  # pySHACL cannot order a date that is none, "2025-02-30"
            return ["shape:unreadable"]

    def _rows(self, check: Query) -> list[Result]:
        return check_results(self.everything, [check])

    def _new(self, results: Iterable[Result]) -> list[Result]:
        return [one for one in results if one.severity != "info" and one not in self.baseline]

    def _referring(self, node: str) -> list[str]:
        quads = self.asserted.quads_for_pattern(None, None, NamedNode(node), DefaultGraph())
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)} - {node})

    @contextmanager
    def _applied(self, mutant: Mutant) -> Iterator[None]:
        self._change(mutant.removed, mutant.added)
        try:
            yield
        finally:
            self._change(mutant.added, mutant.removed)

    def _change(self, removed: Sequence[Quad], added: Sequence[Quad]) -> None:
        for store in (self.asserted, self.everything):
            _change_store(store, removed, added)
        for triple in _rdflib(removed):
            self.data.remove(triple)
        for triple in _rdflib(added):
            self.data.add(triple)


def figures(verdicts: Iterable[Verdict]) -> dict[str, tuple[int, int, int]]:
    """Give for each operator how many mutants were made, killed by shapes, killed by checks."""
    found: dict[str, list[str]] = defaultdict(list)
    for verdict in verdicts:
        found[verdict.mutant.operator].append(verdict.by)
    return {name: (len(by), by.count("shape"), by.count("check")) for name, by in sorted(found.items())}


def table(verdicts: Sequence[Verdict]) -> str:
    """Write the figures as a table, with a line for all."""
    rows = figures(verdicts)
    rows["all"] = (*(sum(column) for column in zip(*rows.values(), strict=True)),)
    head = f"{'operator':26}{'made':>6}{'shapes':>8}{'checks':>8}{'killed':>8}"
    lines = [f"{name:26}{m:6}{s:8}{c:8}{(s + c) / m:8.1%}" for name, (m, s, c) in rows.items()]
    return "\n".join([head, *lines])


def survivors(verdicts: Iterable[Verdict]) -> list[Mutant]:
    """Give the mutants that nothing found."""
    return [verdict.mutant for verdict in verdicts if verdict.killer is None]


def known(mutant: Mutant) -> str | None:
    """Give the key of KNOWN_SURVIVORS that a mutant falls under."""
    return next((key for key in KNOWN_SURVIVORS if fnmatchcase(mutant.pattern, key)), None)


def main() -> None:
    """Judge all mutants and print what became of them."""
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # it has much to say on a date that is none
    project = Project.here()
    with TemporaryDirectory() as folder:
        build(project, Path(folder))
        reason(project, Path(folder))
        judge = Judge(project, Path(folder))
    made = judge.judge(make_mutants(judge.world, structural(), EACH))
    valid = judge.judge(make_mutants(judge.world, valid_data(), 1))
    print("Structural mutants\n", table(made), sep="")
    for mutant in survivors(made):
        reason_ = KNOWN_SURVIVORS.get(known(mutant) or "", "unexplained")
        print(f"survives: {mutant.pattern}: {curie(mutant.node)}: {reason_}")
    print("\nMutants that leave valid data\n", table(valid), sep="")
    print(*(f"{name}: {reason_}" for name, reason_ in VALID_DATA.items()), sep="\n")


def _world(project: Project, asserted: Store) -> World:
    shapes = Store()
    triples = [triple for path in sorted(project.shapes.glob("*.ttl")) for triple in parse_turtle(path)]
    shapes.extend(Quad(one.subject, one.predicate, one.object, DefaultGraph()) for one in triples)
    return read_world(asserted, shapes)


def _change_store(store: Store, removed: Iterable[Quad], added: Iterable[Quad]) -> None:
    """Change named graphs and keep the default graph their union."""
    for quad in removed:
        store.remove(quad)
        left = [other.graph_name for other in store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)]
        if left == [DefaultGraph()]:
            store.remove(placed(quad.triple, DefaultGraph()))
    for quad in added:
        store.extend([quad, placed(quad.triple, DefaultGraph())])


def _rdflib(quads: Sequence[Quad]) -> rdflib.Graph:
    text = serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b""
    return rdflib.Graph().parse(data=text, format="nt")


if __name__ == "__main__":
    main()
