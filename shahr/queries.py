"""Query files: their header, their parameters, and the one block of terms that a call may replace.

A file begins with lines `#+ key: value`: summary, summary-fa, param ("name, a kind"; as often as needed), label
("name, English, Persian": what a reader calls a parameter or a column of the result; as often as needed), and for
checks severity, message, message-fa. It runs as it stands; `bind` puts other terms in the place of the example.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store

from shahr.errors import BadParameter, MissingParameter, QueryError, SourceError, UnknownPrefix, UnknownQuestion
from shahr.namespaces import ENTITY_PREFIXES, FACT_PREFIXES, SLUG, SOURCE_PREFIXES, iri
from shahr.paths import Project
from shahr.syntax import ValuesBlock, form, has_order, service_block, values_blocks, with_rows
from shahr.tokens import tokens
from shahr.turtle import read_text

Term = NamedNode | Literal

_LINE = re.compile(r"#\+ ([a-z-]+): (.*\S)\s*$")
_PARAM = re.compile(r"([A-Za-z][A-Za-z0-9_]*),\s*(?:an? |the )?(?:[^,]* )?([A-Za-z]+)")
_LABEL = re.compile(r"([A-Za-z][A-Za-z0-9_]*),\s*([^,]*[^,\s])\s*,\s*(\S.*)")
_NAME = re.compile(SLUG)
_PHRASE = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){2,}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_TAKEN = ("format", "lang", "path", "name")  # what addresses of answers are made of besides
_PREFIXES = ENTITY_PREFIXES + SOURCE_PREFIXES + FACT_PREFIXES


@dataclass(frozen=True)
class Param:
    """A parameter; `kind` is text, integer, month, entity, fact, concept or a prefix such as city."""

    name: str
    kind: str


@dataclass(frozen=True)
class Query:
    """A query file: `text` is the whole file and runs as it stands; `metadata` is the rest of the header.

    `labels` holds (English, Persian) by the name of a parameter or a variable of the result.
    """

    name: str
    path: Path
    text: str
    summary: str
    summary_fa: str
    params: tuple[Param, ...]
    metadata: Mapping[str, str]
    labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The place of a question in a list; 0 where it has none."""
        return int(self.metadata.get("number", 0))

    def summary_in(self, language: str) -> str:
        """Give the summary in "fa", if there is one, or in English."""
        return self.summary_fa if language == "fa" and self.summary_fa else self.summary

    def labels_in(self, language: str) -> dict[str, str]:
        """Give the labels in "fa" or in English, by the name of a parameter or a variable."""
        return {name: pair[language == "fa"] for name, pair in self.labels.items()}

    def filled(self, variables: Sequence[str], rows: Iterable[Sequence[Term]]) -> str:
        """Give the text with other rows in its VALUES block over `variables`, as `fill` does; it is cut once only."""
        return with_rows(self.text, self._blocks, variables, rows)

    @cached_property
    def _blocks(self) -> list[ValuesBlock]:
        return values_blocks(self.text)


def read_query(path: Path) -> Query:
    """Read and check one file: header, syntax, and that a question is an ordered SELECT; or SourceError."""
    text = read_text(path)
    header = _header(text)
    metadata = {key: value for _, key, value in header if key not in ("param", "label")}
    params = tuple(_param(path, line, value) for line, key, value in header if key == "param")
    query = Query(
        *(path.stem, path, text, metadata.get("summary", ""), metadata.get("summary-fa", "")),
        params,
        metadata,
        _labels(path, header),
    )
    try:
        _check(query)
    except QueryError as error:
        raise SourceError(path, error.line, str(error)) from error
    return query


def read_queries(folder: Path) -> list[Query]:
    """Read all query files of a folder, in the order of their names."""
    return [read_query(path) for path in sorted(folder.glob("*.rq"))]


def in_order(questions: Iterable[Query]) -> list[Query]:
    """Give questions in the order of their numbers."""
    return sorted(questions, key=lambda one: (one.number, one.name))


def read_questions(project: Project) -> list[Query]:
    """Read the questions to our graph alone and those that ask Wikidata too, in the order of their names."""
    return sorted(chain.from_iterable(map(read_queries, _folders(project))), key=lambda one: one.name)


def find_question(project: Project, name: str) -> Query:
    """Read the question `name`; UnknownQuestion where no folder of questions has such a file."""
    for folder in _folders(project) if _NAME.fullmatch(name) else ():
        if (folder / f"{name}.rq").is_file():
            return read_query(folder / f"{name}.rq")
    raise UnknownQuestion(name)


def bind(query: Query, values: Mapping[str, Term]) -> str:
    """Give the text of a query with `values` (all parameters) in its VALUES block instead of the example."""
    names = tuple(param.name for param in query.params)
    missing = [name for name in names if name not in values]
    if missing:
        raise MissingParameter(query.name, missing[0])
    return query.filled(names, [[values[name] for name in names]])


def bind_texts(query: Query, texts: Mapping[str, str]) -> str:
    """Bind parameters given as text; QueryError for one that is missing, not known, or not of its kind."""
    unknown = sorted(set(texts) - {param.name for param in query.params})
    if unknown:
        raise QueryError(f"question {query.name!r} has no parameter {unknown[0]!r}")
    given = [param for param in query.params if param.name in texts]
    return bind(query, {param.name: parse_parameter(param, texts[param.name]) for param in given})


def parse_parameter(param: Param, text: str) -> Term:
    """Give the term of a parameter's text; BadParameter where the text is not of the parameter's kind.

    A node is "city:isfahan", "<iri>", an http(s) IRI or, where the kind is a prefix, a bare slug; a month is
    Jalali, "1404-02".
    """
    try:
        return _literal(param, text) or _node(param, text)
    except (ValueError, UnknownPrefix) as error:
        raise BadParameter(param.name, text, str(error)) from error


def fill(text: str, variables: Sequence[str], rows: Iterable[Sequence[Term]]) -> str:
    """Replace the rows of the VALUES block over `variables` in any order; the RDF library writes terms."""
    return with_rows(text, values_blocks(text), variables, rows)


def example(query: Query) -> dict[str, str]:
    """Give the first row of the VALUES block as the texts of parameters: {"city": "city:isfahan"}."""
    names = {param.name for param in query.params}
    blocks = [block for block in values_blocks(query.text) if set(block.variables) == names]
    if not blocks:
        return {}
    terms = [token for token in tokens(query.text[blocks[0].start : blocks[0].end]) if token.kind != "mark"]
    return {name: token.text.strip("\"'") for name, token in zip(blocks[0].variables, terms, strict=False)}


def asks_elsewhere(query: Query) -> bool:
    """Tell whether a query also asks another endpoint, by SERVICE; looking for the word first is fast."""
    return "service" in query.text.lower() and service_block(query.text) is not None


def without_header(text: str) -> str:
    """Give the text of a query file without the lines of its header."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("#+ "))


def parse_only(text: str) -> None:
    """Let the engine parse a query, QueryError with line and column if it cannot; nothing is sent out."""
    block = service_block(text)
    local = text if block is None else text[: block.start] + "{" + text[block.body_start :]
    try:
        Store().query(local)
    except SyntaxError as error:
        raise syntax_error(error) from error


def syntax_error(error: SyntaxError) -> QueryError:
    """Give the engine's complaint, "error at 1:25: expected …", as one sentence with line and column."""
    found = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", str(error), re.DOTALL)
    if not found:
        return QueryError(f"the query cannot be parsed: {' '.join(str(error).split())}")
    return QueryError(f"the query cannot be parsed: {_reason(found[3])}", int(found[1]), int(found[2]))


def _reason(expected: str) -> str:
    """The parser lists all it would take; a phrase among that ("Prefix not found") tells more than the rest."""
    listed = " ".join(expected.split())
    phrase = _PHRASE.search(listed)
    if phrase:
        return phrase[0]
    return f"expected {listed}" if len(listed) <= 80 and "[" not in listed else "something else is expected here"


def _folders(project: Project) -> tuple[Path, Path]:
    return project.questions, project.wikidata


def _header(text: str) -> list[tuple[int, str, str]]:
    """Header lines as (line, key, value); the header ends with the first other line."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.match(line)
        if not match:
            break
        found.append((number, match[1], match[2]))
    return found


def _param(path: Path, line: int, value: str) -> Param:
    found = _PARAM.fullmatch(value)
    kinds = ("text", "integer", "month", "entity", "fact", "concept", *_PREFIXES)
    if not found or found[2].lower() not in kinds:
        raise SourceError(path, line, f'param needs "name, a kind" with one kind of {", ".join(kinds)}')
    return Param(found[1], found[2].lower())


def _labels(path: Path, header: Sequence[tuple[int, str, str]]) -> dict[str, tuple[str, str]]:
    labels: dict[str, tuple[str, str]] = {}
    for line, key, value in header:
        if key != "label":
            continue
        found = _LABEL.fullmatch(value)
        if not found or found[1] in labels:
            raise SourceError(path, line, 'label needs "name, English, Persian", once for each name')
        labels[found[1]] = found[2], found[3]
    return labels


def _check(query: Query) -> None:
    if not query.summary and "message" not in query.metadata:
        raise QueryError("begin the file with a line `#+ summary: …`", 1)
    if not query.metadata.get("number", "0").isdecimal():
        raise QueryError("`#+ number:` needs a whole number", 1)
    parse_only(query.text)
    if query.params:
        fill(query.text, [param.name for param in query.params], [])
    if query.path.parent.name in ("questions", "wikidata"):
        _check_question(query)


def _check_question(query: Query) -> None:
    if not query.summary_fa:
        raise QueryError("a question needs a line `#+ summary-fa: …`", 1)
    if form(query.text) != "SELECT" or not has_order(query.text):
        raise QueryError("a question is a SELECT with an ORDER BY")
    if query.params:
        _check_example(query)


def _check_example(query: Query) -> None:
    taken = [param.name for param in query.params if param.name in _TAKEN]
    if taken:
        raise QueryError(f"a parameter cannot be called {taken[0]!r}: addresses need that word themselves", 1)
    given = example(query)
    if not given:
        raise QueryError("the VALUES block needs a row: it is the example")
    bind_texts(query, given)


def _literal(param: Param, text: str) -> Literal | None:
    if param.kind == "text":
        return Literal(text)
    if param.kind == "month" and not _MONTH.fullmatch(text):
        raise ValueError('write a Jalali month as "1404-02"')
    if param.kind == "integer" and not _INTEGER.fullmatch(text):
        raise ValueError("write a whole number")
    if param.kind == "month":
        return Literal(text)
    return Literal(text, datatype=NamedNode(_XSD_INTEGER)) if param.kind == "integer" else None


def _node(param: Param, text: str) -> NamedNode:
    if text.startswith("<") and text.endswith(">"):
        return NamedNode(text[1:-1])
    if text.startswith(("http://", "https://")):
        return NamedNode(text)
    if not text.strip():
        raise ValueError("it is empty")
    bare = param.kind in (*_PREFIXES, "concept") and ":" not in text
    return NamedNode(iri(f"{param.kind}:{text}" if bare else text))
