"""The SHACL shapes as their page shows them: targets, path and constraints, by the files that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from shahr.namespaces import BASE, SHAPE, iri
from shahr.web.triples import Node, Triples, Value

SHACL = iri("sh:")
DEEPEST = 12
_PATHS = ("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath")
_TARGETS = ("targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode")
_COUNTS = {"count": ("minCount", "maxCount"), "qualified": ("qualifiedMinCount", "qualifiedMaxCount")}
_SILENT = {"path", "severity", "message", "name", "description", "order", "group", "ignoredProperties", *_TARGETS}
_LOGIC = ("or", "and", "xone")
_ORDER = ("count", "class", "datatype", "nodeKind", "in", "hasValue", "node", "property")


@dataclass(frozen=True)
class Path:
    """A way from a node to values: a property, or a kind of way (sequence, alternative, inversePath …) over parts."""

    kind: str
    iri: str = ""
    parts: tuple[Path, ...] = ()

    def properties(self) -> Iterator[str]:
        """Give the properties on the way."""
        if self.iri:
            yield self.iri
        for part in self.parts:
            yield from part.properties()


@dataclass(frozen=True)
class Constraint:
    """One condition: `kind` is the name in SHACL (class, pattern, or …), or count, qualified, if.

    It holds terms (the values of a list one by one), shapes, and the least and the greatest number allowed.
    """

    kind: str
    terms: tuple[Value, ...] = ()
    shapes: tuple[Shape, ...] = ()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Shape:
    """A shape; one within another has an empty `iri` unless it has a name, and then only that is told of it here."""

    iri: str
    labels: Mapping[str, str]
    messages: Mapping[str, str]
    severity: str
    targets: tuple[tuple[str, str], ...]
    path: Path | None
    constraints: tuple[Constraint, ...]

    @property
    def name(self) -> str:
        """The name behind the prefix, which is the id on the page: City."""
        return self.iri.removeprefix(SHAPE)

    def within(self) -> Iterator[Shape]:
        """Give the shape itself and all that stand within it."""
        yield self
        for constraint in self.constraints:
            for shape in constraint.shapes:
                yield from shape.within()

    def guarded(self) -> set[str]:
        """Give the classes and properties that the shape says something about: its targets and paths."""
        targets = {target for _, target in self.targets}
        return targets | {one for shape in self.within() if shape.path for one in shape.path.properties()}

    def mentioned(self) -> set[str]:
        """Give the IRIs of ours that the shape speaks of."""
        terms = {one.value for shape in self.within() for part in shape.constraints for one in _nodes(part.terms)}
        return {one for one in self.guarded() | terms if one.startswith(BASE)}


@dataclass(frozen=True)
class ShapeBook:
    """The shapes by the file that holds them, both in order."""

    files: Mapping[str, tuple[Shape, ...]]

    def __iter__(self) -> Iterator[Shape]:
        return (shape for shapes in self.files.values() for shape in shapes)

    @cached_property
    def guards(self) -> Mapping[str, tuple[Shape, ...]]:
        """The shapes that guard a class or a property, by its IRI; those of a class with their parts."""
        found: dict[str, dict[str, Shape]] = {}
        for shape in self:
            for one in shape.guarded():
                found.setdefault(one, {})[shape.iri] = shape
            for _, target in shape.targets:
                found.setdefault(target, {}).update(self._parts(shape))
        return {one: tuple(shapes[name] for name in sorted(shapes)) for one, shapes in found.items()}

    @cached_property
    def users(self) -> Mapping[str, tuple[Shape, ...]]:
        """The shapes that ask another one, by the IRI of that."""
        found: dict[str, list[Shape]] = {}
        for shape in self:
            for name in {one.iri for one in shape.within() if one.iri and one is not shape}:
                found.setdefault(name, []).append(shape)
        return {name: tuple(shapes) for name, shapes in found.items()}

    @cached_property
    def _named(self) -> Mapping[str, Shape]:
        return {shape.iri: shape for shape in self}

    def _parts(self, shape: Shape) -> dict[str, Shape]:
        names = [one.iri for part in shape.constraints if part.kind == "property" for one in part.shapes]
        return {name: self._named[name] for name in names if name in self._named}


def make_book(files: Mapping[str, Iterable[Triple]]) -> ShapeBook:
    """Make the book of the shapes that files hold, given as triples by the name of the file."""
    triples = Triples(triple for found in files.values() for triple in found)
    names = {stem: {triple.subject.value for triple in found if isinstance(triple.subject, NamedNode)}
             for stem, found in files.items()}  # fmt: skip
    return ShapeBook({stem: tuple(_shape(triples, NamedNode(one)) for one in sorted(names[stem])) for stem in files})


def _shape(triples: Triples, node: Node, depth: int = 0) -> Shape:
    """Shapes may ask each other in a circle: a named one within another is told of by its name alone."""
    is_named = isinstance(node, NamedNode)
    paths = [_path(triples, one) for one in triples.values(node, "sh:path")]
    skipped = depth >= DEEPEST or (is_named and depth > 0)
    return Shape(
        node.value if is_named else "",
        triples.texts(node, "rdfs:label"),
        triples.texts(node, "sh:message"),
        next(iter(triples.iris(node, "sh:severity")), iri("sh:Violation")).removeprefix(SHACL),
        tuple((kind, one) for kind in _TARGETS for one in triples.iris(node, f"sh:{kind}")),
        paths[0] if paths else None,
        () if skipped else tuple(sorted(_constraints(triples, node, depth), key=_rank)),
    )


def _constraints(triples: Triples, node: Node, depth: int) -> Iterator[Constraint]:
    said = {
        name.removeprefix(SHACL): values for name, values in triples.properties(node).items() if name.startswith(SHACL)
    }
    for kind, (low, high) in _COUNTS.items():
        shapes = tuple(_shapes(triples, said.pop(f"{kind}ValueShape", []), depth))
        least, most = _number(said.pop(low, [])), _number(said.pop(high, []))
        if least is not None or most is not None:
            yield Constraint(kind, (), shapes, least, most)
    for name, values in said.items():
        if name not in _SILENT:
            yield from _plain(triples, node, name, values, depth)


def _plain(triples: Triples, node: Node, name: str, values: list[Value], depth: int) -> Iterator[Constraint]:
    ordered = sorted(values, key=str)  # names of blank nodes are random: what has one is ordered by what it holds
    if name in _LOGIC:
        logic = (tuple(_shapes(triples, triples.items(head), depth)) for head in ordered)
        yield from (_logic(name, group) for group in sorted(logic, key=repr))
    elif name in ("not", "node", "property"):
        found = sorted(_shapes(triples, ordered, depth), key=lambda one: (one.iri, str(one.path), repr(one)))
        groups = [tuple(found)] if name == "property" else [(one,) for one in found]
        yield from (Constraint(name, (), group) for group in groups)
    elif name in ("in", "languageIn"):
        yield from sorted((Constraint(name, tuple(triples.items(head))) for head in ordered), key=repr)
    elif name == "closed":
        allowed = [one for items in triples.lists(node, "sh:ignoredProperties") for one in items]
        yield Constraint(name, tuple(allowed))
    else:
        yield from (Constraint(name, (one,)) for one in ordered)


def _logic(name: str, shapes: tuple[Shape, ...]) -> Constraint:
    """`not A, or B` is how SHACL says: where A holds, so does B."""
    if name == "or" and len(shapes) == 2:
        first = shapes[0].constraints
        if len(first) == 1 and first[0].kind == "not":
            return Constraint("if", (), (first[0].shapes[0], shapes[1]))
    return Constraint(name, (), shapes)


def _shapes(triples: Triples, values: Iterable[Value], depth: int) -> Iterator[Shape]:
    return (_shape(triples, one, depth + 1) for one in values if isinstance(one, Node))


def _path(triples: Triples, value: Value, depth: int = 0) -> Path:
    if not isinstance(value, BlankNode) or depth > DEEPEST:
        return Path("property", value.value)
    for kind in _PATHS:
        for part in triples.values(value, f"sh:{kind}"):
            return Path(kind, "", (_path(triples, part, depth + 1),))
    alternatives = triples.values(value, "sh:alternativePath")
    items = triples.items(alternatives[0] if alternatives else value)
    return Path(
        "alternative" if alternatives else "sequence", "", tuple(_path(triples, one, depth + 1) for one in items)
    )


def _number(values: list[Value]) -> int | None:
    numbers = [one.value for one in values if isinstance(one, Literal) and one.value.isdecimal()]
    return int(numbers[0]) if numbers else None


def _rank(constraint: Constraint) -> tuple[int, str, str]:
    place = _ORDER.index(constraint.kind) if constraint.kind in _ORDER else len(_ORDER)
    return place, constraint.kind, str(constraint.terms)


def _nodes(terms: Iterable[Value]) -> Iterator[NamedNode]:
    return (one for one in terms if isinstance(one, NamedNode))
