"""Texts that are slow to read, not to answer: while one is read the service answers everybody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hostile import ask, check_refused, exchange, get_path, ordinary, pulse, request, ring, statuses
from serving import Server, serving

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One web worker, so that /health asks the one that reads."""
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    options = "--timeout 0.5 --memory 256 --workers 1 --children 2 --client-seconds 0 --client-errors 0"
    with serving(*options.split(), dataset=data) as server:
        yield server


LONG = 1_900_000
LONG_TEXTS = {
    "letters": "a" * LONG,
    "dots": "." * LONG,
    "a name of dots": "a:" + "b." * (LONG // 2),
    "a prefix of dots": "b." * (LONG // 2) + ":",
    "colons": ":" * LONG,
    "operators that could begin an IRI": "ASK { FILTER(1" + "<a" * (LONG // 2),
    "angles": "<" * LONG,
    "a string without end": "'" + "a" * LONG,
    "a long string without end": "'''" + "a'" * (LONG // 2),
    "strings": "''" * (LONG // 2),
    "backslashes": "'" + "\\" * LONG,
    "escapes": "\\u0041" * (LONG // 6),
    "comments": "#\n" * (LONG // 2),
    "line breaks": "\n" * LONG,
    "question marks": "?" * LONG,
    "variables": "?a " * (LONG // 3),
    "prefixes": "PREFIX a: <a:> " * (LONG // 15),
    "percents": "a:" + "%41" * (LONG // 3),
    "digits": "ASK { ?s ?p " + "1" * LONG + "x }",
    "NULs": "\x00" * LONG,
    "SERVICE without a block": "service " * (LONG // 8),
    "FROM without a query": "FROM <a:a> " * (LONG // 11),
    "closing braces": "}" * LONG,
    "words for a function that is not repeatable": "RAND UUID NOW " * (LONG // 14),
    "Persian letters": "ش" * (LONG // 2),
    "zero-width non-joiners": "\u200c" * (LONG // 3),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_a_long_text_holds_up_nobody(server: Server, name: str) -> None:
    with pulse(server) as felt:
        heard = ask(server, LONG_TEXTS[name])
    check_refused(heard, {400, 413, 503, 507})
    assert heard.seconds < 3
    assert felt.worst < 0.5, felt
    ordinary(server)


def test_a_text_of_two_million_letters_may_be_asked(server: Server) -> None:
    heard = ask(server, f"SELECT (STRLEN('{'ب' * 900_000}') AS ?n) {{}}")
    assert (heard.status, heard.rows) == (200, [["900000"]])


FORMS = {
    "percent signs": b"%" * 1_900_000,
    "escapes": b"%41" * 630_000,
    "Persian escapes": b"%D8%B4" * 310_000,
    "bad escapes": b"%zz" * 630_000,
    "letters and escapes": "ش%41".encode() * 380_000,
    "pluses": b"+" * 1_900_000,
    "fields": b"&a=b" * 475_000,
    "graphs": b"&default-graph-uri=a:a" * 86_000,
    "ampersands": b"&" * 1_900_000,
}


@pytest.mark.parametrize("name", FORMS)
def test_a_long_form_holds_up_nobody(server: Server, name: str) -> None:
    with pulse(server) as felt:
        heard = request(server, "POST", "/sparql", b"query=" + FORMS[name], {"Content-Type": FORM})
    check_refused(heard, {400, 413, 503, 507})
    assert heard.seconds < 3
    assert felt.worst < 0.5, felt
    ordinary(server)


LISTS = {
    "Accept": "a/b{0};q=0.{0},",
    "Accept-Encoding": "a{0};q=0.{0},",
    "If-None-Match": '"{0}",',
    "X-Forwarded-For": "10.0.{0}.1,",
    "Content-Type": "a;b{0}={0};",
    "Cookie": "a{0}=b;",
}


@pytest.mark.parametrize("length", [60_000, 300_000])
@pytest.mark.parametrize("name", LISTS)
def test_a_long_list_in_a_header_holds_up_nobody(server: Server, name: str, length: int) -> None:
    value = "".join(LISTS[name].format(number) for number in range(length // 8))[:length]
    lines = f"{name}: {value}\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with pulse(server) as felt:
        for method in ("GET", "POST"):
            answer = exchange(server, f"{method} {get_path('ASK {}')} HTTP/1.1\r\n{lines}".encode())
            assert statuses(answer) in ([200], [400], [406], [415], [431])
    assert felt.worst < 0.5, felt
    ordinary(server)
