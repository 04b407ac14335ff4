"""Reading Turtle sources, and the one canonical form they are kept in.

The parser is pyoxigraph's, which takes exactly what the Turtle grammar allows and knows lines. The form is
that of rdflib's longturtle with subjects ordered by IRI and blank nodes by content, so that a diff shows facts.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

from pyoxigraph import Literal, RdfFormat, Triple, parse

from shahr.blanknodes import ALIKE, too_much_alike
from shahr.errors import SourceError
from shahr.longturtle import write_turtle
from shahr.namespaces import prefix_map


def read_text(path: Path) -> str:
    """Read a UTF-8 file without newline translation; SourceError where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(path, None, f"cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(path, line, f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def parse_turtle(path: Path) -> list[Triple]:
    """Give the triples of a Turtle file; SourceError with the line where it is not Turtle.

    Blank nodes are renamed at random, so that those of two files never meet.
    """
    return _parse(read_text(path), path)[0]


def canonical_turtle(text: str, path: Path = Path("<text>")) -> str:
    """Give the canonical form of a Turtle document; `path` names it in a SourceError.

    One is raised for blank nodes that are too much alike, too. Comments on top of the document are kept, others lost.
    """
    triples, declared = _parse(text, path)
    if too_much_alike(triples):
        raise SourceError(path, None, f"has blank nodes that are {ALIKE}")
    own = prefix_map()
    taken = {*own, *own.values()}
    others = {name: space for name, space in sorted(declared.items()) if not {name, space} & taken}
    top = "".join(line + "\n" for line in takewhile(lambda line: line.startswith("#"), text.split("\n")))
    return "\n".join(part for part in (top, write_turtle(triples, others | own)) if part)


def turtle_of(triples: Iterable[Triple]) -> str:
    """Write triples as canonical Turtle with the prefixes of Shahr."""
    return write_turtle(triples, prefix_map())


def _parse(text: str, path: Path) -> tuple[list[Triple], dict[str, str]]:
    parser = parse(text.encode(), format=RdfFormat.TURTLE, rename_blank_nodes=True)
    try:
        triples = [quad.triple for quad in parser]
    except SyntaxError as error:
        raise SourceError(path, error.lineno, f"is not Turtle: {_reason(error)}") from error
    except MemoryError as error:  # the parser's own, of some 16 MB
        raise SourceError(path, None, "has a name or text that is longer than the parser takes: cut it") from error
    if beyond := [triple for triple in triples if _is_beyond_rdf11(triple.object)]:
        raise SourceError(
            path,
            None,
            f"holds {beyond[0]}: triple terms and directions are RDF 1.2, which SHACL and OWL tools cannot read",
        )
    return triples, dict(parser.prefixes)


def _is_beyond_rdf11(term: object) -> bool:
    return isinstance(term, Triple) or (isinstance(term, Literal) and term.direction is not None)


def _reason(error: SyntaxError) -> str:
    """Leave out the place from the parser's message: SourceError names the line already."""
    return error.msg.partition(": ")[2] or error.msg
