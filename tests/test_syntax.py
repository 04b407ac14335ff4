from __future__ import annotations

import socket
from collections.abc import Iterator
from itertools import pairwise
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from shahr.errors import QueryError
from shahr.syntax import check_query, dataset_clauses, service_block, values_blocks
from shahr.tokens import place, tokens


def cut(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text)]


def test_the_kinds_of_tokens() -> None:
    text = '?a <b:c> \'d\' """e"f""" g:h-1.2 _:i @fa-Latn 1.5e3 SELECT << # not this\n>>'
    assert cut(text) == [
        *(("variable", "?a"), ("iri", "<b:c>"), ("string", "'d'"), ("string", '"""e"f"""')),
        *(("name", "g:h-1.2"), ("name", "_:i"), ("language", "@fa-Latn"), ("number", "1.5e3")),
        *(("word", "SELECT"), ("mark", "<<"), ("mark", ">>")),
    ]


def test_a_persian_name_with_zwnj_is_one_token() -> None:
    assert cut("ex:خواهر\u200cشهر ?شهر") == [("name", "ex:خواهر\u200cشهر"), ("variable", "?شهر")]


def line_of_refusal(text: str) -> int | None:
    try:
        tokens(text)
    except QueryError as error:
        return error.line
    return None


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_tokens_stand_where_they_say(text: str) -> None:
    if line_of_refusal(text) is not None:
        return
    found = tokens(text)
    assert all(text[token.start : token.end] == token.text for token in found)
    between = [text[one.end : two.start] for one, two in pairwise(found)]
    assert all(gap.isspace() or gap == "" or "#" in gap for gap in between)


@given(st.text())
def test_line_and_column_lead_back_to_the_place(text: str) -> None:
    line, column = place(text, len(text))
    assert len("\n".join(text.split("\n")[: line - 1])) + (line > 1) + column - 1 == len(text)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?p 'SERVICE <a:b> {}' } # SERVICE <a:b> {",
        "PREFIX service: <http://x/> SELECT * { service:x ?p ?o . GRAPH service:y { ?s ?p <urn:SERVICE> } }",
        'SELECT * { ?s ?p """SERVICE " <a:b> {}""" }',
        "SELECT * { FILTER(?a<?b && ?c>?d) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (<urn:a#b>, <http://a/b#c>)) }",
        "PREFIX ex: <urn:x#> SELECT * { ?s ex:a\\'b ?o }",
    ],
)
def test_what_only_looks_like_a_call_passes(query: str) -> None:
    check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://a/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://a/> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } }",
        "PREFIX : <http://a/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "PREFIX ex: <http://a/> SELECT * { SERVICEex:x { ?s ?p ?o } }",
        "PREFIX ex: <http://a/> SELECT * { SERVICESILENTex:x { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICE <http://a/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o FILTER(?a<?b#>'''\n) SERVICE <http://a/> { ?x ?y ?z } #'''\n}",
        "SELECT * { VALUES ?x { '''x' } SERVICE <http://a/> {} #\\q'''\n}",
    ],
)
def test_calls_are_refused_with_their_place(query: str) -> None:
    with pytest.raises(QueryError, match=r"line \d+, column \d+"):
        check_query(query)


PIECES = [
    *(
        "SERVICE",
        "service SILENT",
        "CALL",
        "'''",
        "'",
        '"',
        '"""',
        "#",
        "\n",
        " ",
        "<",
        ">",
        "<<",
        ">>",
        "<?b#>",
        "(",
        ")",
    ),
    *(
        "FILTER(",
        "?a",
        "ex:",
        ":x",
        "{ ?s ?p ?o }",
        "{",
        "}",
        "true",
        "1",
        "\\",
        "@en",
        "^^",
        ".",
        "\\'",
        "VALUES ?v {",
        "&&",
    ),
    *("?a<?b", "<a:b#'>", "OPTIONAL", "a", "||", "?s ?p ?o"),
]


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address that notes every connection and answers none."""
    calls: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            calls.append("called")
            connection.close()

    thread = Thread(target=listen, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=st.lists(st.sampled_from(PIECES), max_size=7), after=st.lists(st.sampled_from(PIECES), max_size=5))
def test_no_call_can_be_smuggled_past_the_tokens(
    listener: tuple[str, list[str]], before: list[str], after: list[str]
) -> None:
    address, calls = listener
    call = f"SERVICE <{address}> {{ ?x ?y ?z }}"
    prefixes = f"PREFIX ex: <{address}> PREFIX : <{address}> "
    query = prefixes + "SELECT * { ?s ?p ?o " + "".join(before).replace("CALL", call) + call + "".join(after) + "\n}"
    try:
        check_query(query)
    except QueryError:
        return
    store = Store()
    store.add(Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o")))
    try:
        store.query(query)
    except SyntaxError:
        return
    except OSError as error:
        raise AssertionError(f"{query!r} reached out") from error
    assert calls == []


@pytest.mark.parametrize("opening", ["(", "{", "[", "<<", "?a<b("])
def test_nesting_is_bounded(opening: str) -> None:
    check_query("SELECT * { " + opening * 100)
    with pytest.raises(QueryError, match="120"):
        check_query("SELECT * { " + opening * 200)


@pytest.mark.parametrize("update", ["INSERT DATA {}", "prefix a: <b:c> delete where {}", "BASE <a:b> LOAD <c:d>"])
def test_updates_are_named_as_such(update: str) -> None:
    with pytest.raises(QueryError, match="read only"):
        check_query(update)


@pytest.mark.parametrize("text", ["", "  ", "# only a comment", "PREFIX a: <b:c>"])
def test_an_empty_query_says_so(text: str) -> None:
    with pytest.raises(QueryError, match="empty"):
        check_query(text)


@pytest.mark.parametrize("text", ["ASK { ?s ?p '\x00' }", "ASK { ?s ?p '\ud800' }"])
def test_characters_no_query_can_hold(text: str) -> None:
    with pytest.raises(QueryError, match="line 1, column 14"):
        check_query(text)


def test_values_blocks_of_the_outermost_group() -> None:
    text = "SELECT * { VALUES ?a { <b:c> } VALUES (?d ?e) { (1 '}') } { VALUES ?f { 1 } } }"
    blocks = values_blocks(text)
    assert [(block.variables, text[block.start : block.end].strip()) for block in blocks] == [
        (("a",), "<b:c>"),
        (("d", "e"), "(1 '}')"),
    ]


def test_the_service_block_and_its_body() -> None:
    text = "SELECT * { ?s ?p '}' MINUS { SERVICE <a:b> { ?s ?p '{' OPTIONAL {} } } }"
    block = service_block(text)
    assert block is not None
    assert text[block.start : block.end] == "SERVICE <a:b> { ?s ?p '{' OPTIONAL {} }"
    assert text[block.body_start : block.body_end] == " ?s ?p '{' OPTIONAL {} "
    assert service_block("ASK { ?service ?p 'SERVICE' }") is None


def test_dataset_clauses() -> None:
    text = "PREFIX g: <a:g#> SELECT * FROM g:one FROM NAMED <a:two> FROM <a:three> { ?s ?p 'FROM <a:four>' }"
    assert dataset_clauses(text) == (["a:g#one", "a:three"], ["a:two"])


@pytest.mark.parametrize(
    "name", ["e:b.b.SERVICE", r"e:w3id.org\/x\#City.SERVICE", "e:b.1.SERVICE", r"e:a.\..b.SERVICE"]
)
def test_a_name_that_oxigraph_ends_early_hides_no_service(name: str) -> None:
    with pytest.raises(QueryError, match="several dots"):
        check_query(f"PREFIX e: <a:> ASK {{ ?s ?p {name} <http://127.0.0.1:1/> {{}} }}")


@pytest.mark.parametrize("word", ["ا", "a.a.", "a-a-", "e:a", ":", "<", "1a", "?a"])
def test_tokens_are_cut_in_linear_time(word: str) -> None:
    """A scan that looked for a prefix at every letter would take minutes here, and find the same tokens."""
    text = word * 20_000
    assert "".join(token.text for token in tokens(text)) == text


def test_a_prefix_after_a_dot_is_still_one() -> None:
    kinds = [(token.kind, token.text) for token in tokens("?s.:p ?o:x. e:b.c a.b:c")]
    assert ("name", ":p") in kinds
    assert ("name", "e:b.c") in kinds
    assert ("name", "a.b:c") in kinds
