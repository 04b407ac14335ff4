"""The canonical writing of Turtle: one form a graph, made so that diffs show facts.

rdflib's longturtle is the model of the layout. It is written here again, over pyoxigraph's terms, because
rdflib changes the lexical form of numbers, orders subjects by how often they are referred to, and orders
blank nodes by a hash that moves with any change; here they are ordered by what they hold.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, Triple

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE, _FIRST, _REST, _NIL = (NamedNode(_RDF + name) for name in ("type", "first", "rest", "nil"))
_LABEL = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_LOCAL = re.compile(r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?)?")
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_SHORT = re.compile(r"[\\\"\x00-\x1f\x7f]")
_LONG = re.compile(r"""[\\\x00-\x09\x0b-\x1f\x7f]|"(?=""|"?\Z)""")
_INDENT = "    "
_LINE = 100


def write_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Write triples as canonical Turtle; `prefixes` maps prefix to namespace, those in use are declared."""
    writer = _Writer(triples, prefixes)
    body = writer.subjects()
    head = "".join(f"PREFIX {name}: <{prefixes[name]}>\n" for name in sorted(writer.used))
    return "\n".join(part for part in [head, *body] if part)


def language_case(tag: str) -> str:
    """Write a language tag as RFC 5646 section 2.1.1 advises: fa-Latn, en-GB. The parser gives lower case."""
    first, *rest = tag.split("-")
    sizes = {2: str.upper, 4: str.title}
    return "-".join([first, *(sizes.get(len(part), str)(part) for part in rest)])


class _Writer:
    """One document in the making; `used` collects the prefixes that it needs."""

    def __init__(self, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
        self.namespaces = {namespace: prefix for prefix, namespace in prefixes.items()}
        self.used: set[str] = set()
        self.properties: dict[Node, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        references: Counter[Term] = Counter()
        for triple in _canonical(triples):
            self.properties[_node(triple.subject)][triple.predicate].append(triple.object)
            references[triple.object] += 1
        self.nested = {node for node in self.properties if references[node] == 1 and _is_blank(node)}
        self.nested -= self._cyclic()
        self.referenced = references

    def _cyclic(self) -> set[Node]:
        """Give the blank nodes that are reached from no subject that is written on its own."""
        reached = {node for node in self.properties if node not in self.nested}
        ahead = list(reached)
        while ahead:
            objects = (term for terms in self.properties[ahead.pop()].values() for term in terms)
            new = {term for term in objects if term in self.nested and term not in reached}
            reached |= new  # type: ignore[arg-type]
            ahead += new  # type: ignore[arg-type]
        return self.nested - reached

    def subjects(self) -> list[str]:
        """Give one block a subject: IRIs in order, then blank nodes by what they hold."""
        named = sorted((node for node in self.properties if not _is_blank(node)), key=str)
        blank = (node for node in self.properties if _is_blank(node) and node not in self.nested)
        return [self.block(node) for node in named] + sorted(self.block(node) for node in blank)

    def block(self, subject: Node) -> str:
        """Write a subject and all it says, the closing dot on a line of its own."""
        name = self.term(subject, 0) if self.referenced[subject] or not _is_blank(subject) else "[]"
        return f"{name}\n{self.lines(subject, 1)}.\n"

    def lines(self, subject: Node, depth: int) -> str:
        """Write the predicates of a subject, each line indented by `depth`."""
        properties = self.properties[subject]
        ordered = sorted(properties, key=lambda name: (name != _TYPE, name != _LABEL, name.value))
        return "".join(
            f"{_INDENT * depth}{self.verb(name)}{self.objects(properties[name], depth)} ;\n" for name in ordered
        )

    def verb(self, predicate: NamedNode) -> str:
        """Write a predicate."""
        return "a" if predicate == _TYPE else self.name(predicate)

    def objects(self, terms: list[Term], depth: int) -> str:
        """Write an object after its predicate, or several below it in order."""
        if len(terms) == 1:
            return " " + self.term(terms[0], depth)
        written = [text for _, text in sorted((_rank(term), self.term(term, depth + 1)) for term in terms)]
        start = "\n" + _INDENT * (depth + 1)
        return start + f" ,{start}".join(written)

    def term(self, term: Term, depth: int) -> str:
        """Write a term; `depth` is the indent of the line it begins on."""
        if isinstance(term, NamedNode):
            return "()" if term == _NIL else self.name(term)
        if isinstance(term, Literal):
            return self.literal(term)
        if isinstance(term, Triple) or term not in self.nested:
            return str(term)
        items = self.items(term)
        return f"[\n{self.lines(term, depth + 1)}{_INDENT * depth}]" if items is None else self.list(items, depth)

    def items(self, node: Node) -> list[Term] | None:
        """Give the members of a well-formed list whose cells nobody else points to, None for other nodes."""
        members: list[Term] = []
        while node != _NIL:
            cell = self.properties.get(node, {})
            if node not in self.nested or {name: len(terms) for name, terms in cell.items()} != {
                _FIRST: 1,
                _REST: 1,
            }:
                return None
            members.append(cell[_FIRST][0])
            rest = cell[_REST][0]
            if not isinstance(rest, NamedNode | BlankNode):
                return None
            node = rest
        return members

    def list(self, items: list[Term], depth: int) -> str:
        """Write a list on one line where it fits, else one member a line."""
        short = " ".join(["(", *(self.term(item, depth) for item in items), ")"])
        if "\n" not in short and len(short) <= _LINE:
            return short
        lines = (f"{_INDENT * (depth + 1)}{self.term(item, depth + 1)}\n" for item in items)
        return f"(\n{''.join(lines)}{_INDENT * depth})"

    def literal(self, literal: Literal) -> str:
        """Write a literal, numbers and booleans bare and with their lexical form untouched."""
        if literal.language:
            return f"{_quoted(literal.value)}@{language_case(literal.language)}"
        datatype = literal.datatype
        if datatype.value in _BARE and _BARE[datatype.value].fullmatch(literal.value):
            return literal.value
        suffix = "" if datatype.value == _XSD + "string" else f"^^{self.name(datatype)}"
        return _quoted(literal.value) + suffix

    def name(self, node: NamedNode) -> str:
        """Write an IRI with its longest prefix, or whole where the rest would need escapes."""
        cuts = (max(node.value.rfind("#"), node.value.rfind("/")) + 1, node.value.rfind("/") + 1)
        for cut in cuts:
            prefix, local = self.namespaces.get(node.value[:cut]), node.value[cut:]
            if prefix is not None and _LOCAL.fullmatch(local):
                self.used.add(prefix)
                return f"{prefix}:{local}"
        return str(node)


def _canonical(triples: Iterable[Triple]) -> list[Triple]:
    """Name blank nodes by RDFC-1.0, so that those which need a name get the same one every time."""
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def _node(term: Term) -> Node:
    if isinstance(term, NamedNode | BlankNode):
        return term
    raise TypeError(f"{term} cannot be a subject")


def _is_blank(term: Term) -> bool:
    return isinstance(term, BlankNode)


def _rank(term: Term) -> tuple[int, str, str]:
    """Order objects: IRIs, then literals by language and datatype, then blank nodes."""
    if isinstance(term, Literal):
        return (1, term.language or term.datatype.value, term.value)
    return (0, term.value, "") if isinstance(term, NamedNode) else (2, "", "")


def _quoted(text: str) -> str:
    """Quote a string: long quotes where it has line breaks, Persian letters and ZWNJ as they are."""
    if "\n" not in text:
        return f'"{_SHORT.sub(_escape, text)}"'
    return f'"""{_LONG.sub(_escape, text)}"""'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\r": "\\r"}.get(character, f"\\u{ord(character):04X}")
