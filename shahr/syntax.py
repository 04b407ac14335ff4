"""What a query's tokens tell before an engine sees it: what is refused, where VALUES and SERVICE stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shahr.errors import QueryError
from shahr.tokens import Token, place, tokens

DEEPEST = 120
MOST_CALLS = 8
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")


@dataclass(frozen=True)
class ValuesBlock:
    """A VALUES block: its variables without `?`, and the span [start, end) between its braces."""

    variables: tuple[str, ...]
    start: int
    end: int
    bracketed: bool


@dataclass(frozen=True)
class ServiceBlock:
    """A SERVICE block: span of the whole [start, end), and of what stands inside its braces."""

    start: int
    end: int
    body_start: int
    body_end: int


@dataclass(frozen=True)
class ServiceCall:
    """One `SERVICE [SILENT] endpoint { … }`: the endpoint as an IRI, without < >, and where it all stands."""

    endpoint: str
    silent: bool
    block: ServiceBlock


def check_query(text: str) -> None:
    """Refuse with a QueryError what must not reach the engine: updates, SERVICE, nesting over 120 levels."""
    found = tokens(text)
    _check_form(text, found)
    service = next(service_tokens(found), None)
    if service:
        message = "federated queries are off here: take SERVICE out and query the other endpoint directly"
        raise QueryError(message, *place(text, service.start))
    _check_depth(text, found)


def is_plain(text: str) -> bool:
    """Tell cheaply whether check_query has nothing to refuse in a query that the engine's parser takes.

    A query without the word SERVICE (which escapes might hide), without NUL and with few brackets is plain.
    """
    brackets = text.count("{") + text.count("(") + text.count("[")
    return brackets <= DEEPEST and "\\" not in text and "\0" not in text and "service" not in text.lower()


def names_graphs(text: str) -> bool:
    """Tell cheaply whether a query may have a FROM clause."""
    return "from" in text.lower() or "\\" in text


def service_tokens(found: Sequence[Token]) -> Iterator[Token]:
    """Give the tokens that begin a SERVICE block.

    Oxigraph wants no space after a keyword (`SERVICEex:a {` calls ex:a), so a word that only holds "service",
    and a name that does before `{`, count too; GRAPH and FROM may have such a name.
    """
    end = Token("mark", "", 0, 0)
    for before, token, after in zip([end, *found], found, [*found[1:], end], strict=False):
        if "service" not in token.text.lower():
            continue
        glued = token.kind == "name" and after.text == "{" and not before.is_word("GRAPH", "FROM", "NAMED")
        if token.kind == "word" or glued:
            yield token


def values_blocks(text: str) -> list[ValuesBlock]:
    """Give the VALUES blocks that stand directly in the outermost group."""
    found = tokens(text)
    depths = _brace_depths(found)
    starts = [at for at, token in enumerate(found) if token.is_word("VALUES") and depths[at] == 1]
    return [_values_block(text, found, at) for at in starts]


def with_rows(
    text: str, blocks: Iterable[ValuesBlock], variables: Sequence[str], rows: Iterable[Sequence[object]]
) -> str:
    """Replace the rows of that one among the VALUES blocks of a text which is over `variables`, in any order.

    The terms of the RDF library write themselves. QueryError where there is no such block, or more than one.
    """
    fitting = [block for block in blocks if set(block.variables) == set(variables)]
    if len(fitting) != 1:
        raise QueryError(f"needs exactly one VALUES block over {', '.join(variables)} in its outermost group")
    block = fitting[0]
    order = [variables.index(name) for name in block.variables]
    lines = (" ".join(str(row[index]) for index in order) for row in rows)
    terms = " ".join(f"({line})" if block.bracketed else line for line in lines)
    return f"{text[: block.start]} {terms} {text[block.end :]}"


def service_block(text: str) -> ServiceBlock | None:
    """Give the one `SERVICE <endpoint> { … }` of a query, None if there is none; QueryError for others."""
    found = tokens(text)
    calls = list(service_tokens(found))
    if not calls:
        return None
    at = found.index(calls[0])
    kinds = [token.kind for token in found[at : at + 2]] + [token.text for token in found[at + 2 : at + 3]]
    if len(calls) > 1 or kinds != ["word", "iri", "{"] or not calls[0].is_word("SERVICE"):
        message = "a question may hold one block SERVICE <endpoint> { … }, without SILENT"
        raise QueryError(message, *place(text, calls[-1].start))
    last = _closing(text, found, at + 2)
    return ServiceBlock(calls[0].start, found[last].end, found[at + 2].end, found[last].start)


def variable_query(text: str, block: ServiceBlock, variable: str) -> str:
    """Give a query for the terms of a variable that can join with a SERVICE block: the rest of the outermost group.

    Filters on what the block tells are left out, for they would be errors and hide terms.
    """
    found = tokens(text)
    inside = [token for token in found if block.start <= token.start < block.end]
    outside = [token for token in found if not block.start <= token.start < block.end]
    told = {token.text[1:] for token in inside if token.kind == "variable"} - {variable}
    braces = (at for at, token in enumerate(found) if token.text == "{")
    spans = ((found[at].start, found[_closing(text, found, at)].end) for at in braces)
    first, last = next((start, end) for start, end in spans if end >= block.end)
    cuts = [(block.start, block.end), *_filters(text, outside, told)]
    return f"{prologue(text)}SELECT DISTINCT ?{variable} WHERE {_without(text, first, last, sorted(cuts))}"


def service_calls(text: str) -> list[ServiceCall]:
    """Give the SERVICE blocks of a query, at most 8; QueryError for a variable endpoint and for one in another."""
    found = tokens(text)
    starts = {token.start for token in service_tokens(found)}
    if len(starts) > MOST_CALLS:
        raise QueryError(
            f"a query may ask at most {MOST_CALLS} other endpoints", *place(text, sorted(starts)[MOST_CALLS])
        )
    calls = [_service_call(text, found, at) for at, token in enumerate(found) if token.start in starts]
    for one, two in pairwise(calls):
        if two.block.start < one.block.end:
            raise QueryError("SERVICE cannot stand inside SERVICE", *place(text, two.block.start))
    return calls


def prologue(text: str) -> str:
    """Give the PREFIX and BASE lines of a query, all that stands before its form."""
    first = _form(tokens(text))
    return text[: first.start] if first else text


def has_order(text: str) -> bool:
    """Tell whether the outermost query is ordered."""
    found = tokens(text)
    depths = _brace_depths(found)
    return any(
        one.is_word("ORDER") and two.is_word("BY") and depths[at] == 0 for at, (one, two) in enumerate(pairwise(found))
    )


def form(text: str) -> str:
    """Give the first word after the prologue, SELECT or ASK say, in capitals; "" where there is none."""
    first = _form(tokens(text))
    return first.text.upper() if first else ""


def dataset_clauses(text: str) -> tuple[list[str], list[str]]:
    """Give the IRIs after FROM and after FROM NAMED, prefixed names expanded."""
    found = tokens(text)
    prefixes = _prefixes(found)
    default = [two for one, two in pairwise(found) if one.is_word("FROM") and not two.is_word("NAMED")]
    named = [three for one, two, three in _threes(found) if one.is_word("FROM") and two.is_word("NAMED")]
    return [_expand(token, prefixes) for token in default], [_expand(token, prefixes) for token in named]


def _threes(found: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    return zip(found, found[1:], found[2:], strict=False)


def _prefixes(found: Sequence[Token]) -> dict[str, str]:
    return {two.text: three.text[1:-1] for one, two, three in _threes(found) if one.is_word("PREFIX")}


def _expand(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes.get(f"{prefix}:", "") + local.replace("\\", "")


def _form(found: Sequence[Token]) -> Token | None:
    at = 0
    while at < len(found) and found[at].is_word("PREFIX", "BASE"):
        at += 3 if found[at].is_word("PREFIX") else 2
    return found[at] if at < len(found) else None


def _check_form(text: str, found: Sequence[Token]) -> None:
    first = _form(found)
    if first is None:
        raise QueryError("the query is empty: write SELECT, ASK, CONSTRUCT or DESCRIBE")
    if first.is_word(*_UPDATES):
        message = f"{first.text.upper()} is an update, and this graph is read only"
        raise QueryError(message, *place(text, first.start))


def _check_depth(text: str, found: Sequence[Token]) -> None:
    """A relative IRI may be an operator to the engine: its ( count, its ) do not."""
    depth = 0
    for token in found:
        if token.kind == "mark":
            depth += token.text in ("(", "{", "[", "<<")
            depth = max(0, depth - (token.text in (")", "}", "]", ">>")))
        elif token.kind == "iri" and not token.is_absolute:
            depth += token.text.count("(")
        if depth > DEEPEST:
            raise QueryError(f"the query nests deeper than {DEEPEST} levels", *place(text, token.start))


def _brace_depths(found: Sequence[Token]) -> list[int]:
    depths, depth = [], 0
    for token in found:
        depth += (token.text == "{") - (token.text == "}")
        depths.append(depth)
    return depths


def _closing(text: str, found: Sequence[Token], opening: int) -> int:
    """Give the place of the } or ) that belongs to a { or (."""
    begin, end = found[opening].text, {"{": "}", "(": ")"}[found[opening].text]
    depth = 0
    for at in range(opening, len(found)):
        depth += (found[at].text == begin) - (found[at].text == end)
        if depth == 0:
            return at
    raise QueryError(f"this {begin} is never closed", *place(text, found[opening].start))


def _filters(text: str, found: Sequence[Token], variables: set[str]) -> Iterator[tuple[int, int]]:
    """Give the spans of the filters that name one of some variables."""
    for at in (at for at, token in enumerate(found) if token.is_word("FILTER")):
        opening = next(i for i in range(at, len(found)) if found[i].text in ("(", "{"))
        inside = found[at : _closing(text, found, opening) + 1]
        if any(token.kind == "variable" and token.text[1:] in variables for token in inside):
            yield inside[0].start, inside[-1].end


def _without(text: str, first: int, last: int, cuts: Sequence[tuple[int, int]]) -> str:
    """Give a part of a text with an empty group, which joins with everything, for each span that is cut out."""
    kept, position = "", first
    for start, end in cuts:
        if start >= position:  # else it lies in the one before
            kept, position = f"{kept}{text[position:start]}{{}}", end
    return kept + text[position:last]


def _service_call(text: str, found: Sequence[Token], at: int) -> ServiceCall:
    silent = any(token.is_word("SILENT") for token in found[at + 1 : at + 2])
    where = found[at + 1 + silent : at + 3 + silent]
    kinds = [token.kind for token in where[:1]] + [token.text for token in where[1:]]
    if not found[at].is_word("SERVICE") or kinds not in (["iri", "{"], ["name", "{"]):
        message = "SERVICE needs the IRI of an endpoint, and then a block { … }: a variable cannot stand there"
        raise QueryError(message, *place(text, found[at].start))
    opening = at + 2 + silent
    last = _closing(text, found, opening)
    block = ServiceBlock(found[at].start, found[last].end, found[opening].end, found[last].start)
    return ServiceCall(_expand(where[0], _prefixes(found)), silent, block)


def _values_block(text: str, found: Sequence[Token], at: int) -> ValuesBlock:
    opening = next((i for i in range(at, len(found)) if found[i].text == "{"), None)
    if opening is None:
        raise QueryError("VALUES needs a block { … }", *place(text, found[at].start))
    head = found[at + 1 : opening]
    variables = tuple(token.text[1:] for token in head if token.kind == "variable")
    closing = _closing(text, found, opening)
    return ValuesBlock(variables, found[opening].end, found[closing].start, head[0].text == "(" if head else False)
