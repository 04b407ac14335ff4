"""Queries made to hurt, against the real server: a limit answers in a sentence, and the next query is unharmed.

One child answers all of them, so that the query after a hostile one meets the child that it left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hostile import (
    CITIES,
    PREFIX,
    ask,
    check_refused,
    ordinary,
    ring,
)
from serving import Server, serving

OPTIONS = (
    "--timeout 0.6 --memory 128 --result 2 --workers 1 --children 1 --cache 0 --client-seconds 0 --client-errors 0"
)
TIME, TIME_OR_MEMORY, ANY_LIMIT = {503}, {503, 507}, {503, 507, 413}
REFUSED, REFUSED_OR_LIMIT = {400}, {400, 413, 503, 507}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = ring(tmp_path_factory.mktemp("data") / "ring.nq")
    with serving(*OPTIONS.split(), dataset=data) as server:
        yield server


@dataclass(frozen=True)
class Case:
    """A query; the statuses that may refuse it; the rows where it may be answered, None where it may not."""

    query: str
    statuses: set[int]
    rows: list[list[str]] | None = None


def numbers(count: int) -> str:
    return " ".join(map(str, range(count)))


def counting(pattern: str) -> str:
    return f"{PREFIX} SELECT (COUNT(*) AS ?n) {{ {pattern} }}"


def chosen(expression: str) -> str:
    return f"{PREFIX} SELECT ({expression} AS ?x) {{}}"


def doubled(times: int, wanted: str) -> str:
    """Build a string of 16 × 2^times letters, and select `wanted` of the last."""
    steps = " ".join(f"BIND(CONCAT(?s{at}, ?s{at}) AS ?s{at + 1})" for at in range(times))
    return f"SELECT ({wanted.format(f'?s{times}')} AS ?x) {{ BIND('0123456789abcdef' AS ?s0) {steps} }}"


def chain(length: int, pattern: str) -> str:
    return " ".join(pattern.format(at, at + 1) for at in range(length))


CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
TABLES = " ".join(f"VALUES ?{name} {{ {numbers(1000)} }}" for name in "abcd")
LETTERS = "a" * 30_000
PATHS = "?a ((shahr:twinnedWith*)*|(^shahr:twinnedWith)*)+ ?b . ?c (shahr:twinnedWith|!rdfs:label)+ ?d . ?e (!a)* ?f"
MANY_TRIPLES = {413, 503, 507}

CASES = {
    "a cartesian product of patterns": Case(counting(CROSS), TIME),
    "a cartesian product of VALUES": Case(counting(TABLES), TIME_OR_MEMORY),
    "a cartesian product under DISTINCT": Case(f"SELECT DISTINCT ?a ?d ?g ?j {{ {CROSS} }}", ANY_LIMIT),
    "a cartesian product counted DISTINCT": Case(f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {TABLES} }}", TIME_OR_MEMORY),
    "a cartesian product under ORDER BY": Case(f"SELECT * {{ {CROSS} }} ORDER BY ?c ?l LIMIT 1", TIME_OR_MEMORY),
    "a cartesian product under GROUP_CONCAT": Case(f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {CROSS} }}", ANY_LIMIT),
    "a cartesian product under GROUP BY": Case(
        f"SELECT ?a ?d ?g (COUNT(*) AS ?n) {{ {CROSS} }} GROUP BY ?a ?d ?g", ANY_LIMIT
    ),
    "a cartesian product under MINUS": Case(counting(f"?a ?b ?c . ?d ?e ?f MINUS {{ {TABLES} }}"), TIME_OR_MEMORY),
    "a cartesian product in OPTIONAL": Case(counting(f"?s ?p ?o OPTIONAL {{ {CROSS} }}"), TIME_OR_MEMORY),
    "a cartesian product in a sub-select": Case(
        counting(f"?s ?p ?o {{ SELECT DISTINCT ?a ?d ?g {{ {CROSS} }} }}"), TIME_OR_MEMORY
    ),
    "a cartesian product in NOT EXISTS": Case(
        counting(f"?s ?p ?o FILTER NOT EXISTS {{ {CROSS} FILTER(?l = 'none') }}"), TIME_OR_MEMORY
    ),
    "a cartesian product in DESCRIBE": Case(f"DESCRIBE ?a ?d ?g {{ {CROSS} }}", ANY_LIMIT),
    "a cartesian product in CONSTRUCT": Case(f"CONSTRUCT {{ ?a ?b ?f . ?d ?e ?l }} WHERE {{ {CROSS} }}", ANY_LIMIT),
    "nested property paths": Case(counting(PATHS), TIME_OR_MEMORY),
    "a path between any two nodes": Case(counting("?a (a|!a)* ?b . ?c (a|!a)* ?d . ?e (a|!a)* ?f"), TIME_OR_MEMORY),
    "100,000 terms in VALUES": Case(counting(f"VALUES ?x {{ {numbers(100_000)} }}"), REFUSED_OR_LIMIT, [["100000"]]),
    "100,000 terms in VALUES joined": Case(
        counting(f"?s ?p ?o VALUES ?x {{ {numbers(100_000)} }} VALUES ?y {{ {numbers(1000)} }}"), REFUSED_OR_LIMIT
    ),
    "100,000 terms after IN": Case(
        chosen(f"-1 IN ({', '.join(map(str, range(100_000)))})"), REFUSED_OR_LIMIT, [["false"]]
    ),
    "a regular expression that backtracks": Case(
        chosen(f"REGEX('{LETTERS}!', '^(a+)+$')"), REFUSED_OR_LIMIT, [["false"]]
    ),
    "a regular expression of alternatives": Case(
        chosen(f"REGEX('{LETTERS}!', '^(a|aa|a*)*$')"), REFUSED_OR_LIMIT, [["false"]]
    ),
    "a regular expression of nested repetition": Case(
        chosen("REGEX('aaaa', '((((a{1,100}){1,100}){1,100}){1,100}){1,100}')"), REFUSED_OR_LIMIT, [[]]
    ),
    "a regular expression 10,000 groups deep": Case(
        chosen(f"REGEX('a', '{'(' * 10_000}a{')' * 10_000}')"), REFUSED_OR_LIMIT, [[]]
    ),
    "a replacement that multiplies": Case(
        chosen(f"STRLEN(REPLACE(REPLACE('{LETTERS}', 'a', '{LETTERS}'), 'a', '{LETTERS}'))"), TIME_OR_MEMORY
    ),
    "10,000 parentheses": Case(chosen("(" * 10_000 + "1" + ")" * 10_000), REFUSED),
    "10,000 braces": Case("ASK " + "{" * 10_000 + "}" * 10_000, REFUSED),
    "10,000 brackets": Case("ASK { " + "[ <a:p> " * 10_000 + "1" + "]" * 10_000 + " }", REFUSED),
    "10,000 lists": Case("ASK { ?s ?p " + "(" * 10_000 + "1" + ")" * 10_000 + " }", REFUSED),
    "10,000 triple terms": Case("ASK { ?s ?p " + "<<( ?s ?p " * 10_000 + "1" + ")>>" * 10_000 + " }", REFUSED),
    "1,000 nested EXISTS": Case("ASK " + "{ ?s ?p ?o FILTER EXISTS " * 1000 + "{}" + "}" * 1000, REFUSED),
    "1,000 nested NOT EXISTS": Case("ASK " + "{ FILTER NOT EXISTS " * 1000 + "{}" + "}" * 1000, REFUSED),
    "1,000 nested sub-selects": Case("SELECT * " + "{ SELECT * " * 1000 + "{}" + "}" * 1000, REFUSED),
    "1,000 nested calls": Case(chosen("ABS(" * 1000 + "1" + ")" * 1000), REFUSED),
    "1,000 nested paths": Case(f"ASK {{ ?s {'(' * 1000}<a:p>{')*' * 1000} ?o }}", REFUSED),
    "a sum of 10,000": Case(chosen("+".join(["1"] * 10_000)), REFUSED_OR_LIMIT, [["10000"]]),
    "a product of 10,000": Case(chosen("*".join(["1"] * 10_000)), REFUSED_OR_LIMIT, [["1"]]),
    "a difference of 10,000 signed numbers": Case(chosen("1" + "-1" * 10_000), REFUSED_OR_LIMIT, [["-9999"]]),
    "10,000 alternatives of or": Case(chosen("||".join(["false"] * 10_000)), REFUSED_OR_LIMIT, [["false"]]),
    "10,000 conditions of and": Case(chosen("&&".join(["true"] * 10_000)), REFUSED_OR_LIMIT, [["true"]]),
    "10,000 times not": Case(chosen("!" * 10_000 + "true"), REFUSED_OR_LIMIT, [["true"]]),
    "10,000 times minus": Case(chosen("- " * 10_000 + "?x"), REFUSED_OR_LIMIT),
    "a path of 10,000 steps": Case(
        f"{PREFIX} ASK {{ ?s {'/'.join(['shahr:twinnedWith'] * 10_000)} ?o }}", REFUSED_OR_LIMIT
    ),
    "a path of 10,000 alternatives": Case(
        counting(f"?s {'|'.join(['a'] * 10_000)} ?o"), REFUSED_OR_LIMIT, [[str(CITIES * 10_000)]]
    ),
    "10,000 inverse paths": Case(f"ASK {{ ?s {'^' * 10_000}a ?o }}", REFUSED),
    "500 patterns in a chain": Case(counting(chain(500, "?v{0} shahr:twinnedWith ?v{1} .")), REFUSED_OR_LIMIT),
    "500 patterns without a join": Case(counting(chain(500, "?v{0} a ?t{0} .")), REFUSED_OR_LIMIT),
    "5,000 patterns about one thing": Case(
        counting(chain(5000, "?v rdfs:label ?l{0} .")), REFUSED_OR_LIMIT, [[str(CITIES)]]
    ),
    "10,000 UNIONs": Case(counting("{}" + " UNION {}" * 10_000), REFUSED_OR_LIMIT, [["10001"]]),
    "10,000 OPTIONALs": Case(counting("OPTIONAL {} " * 10_000), REFUSED_OR_LIMIT, [["1"]]),
    "10,000 OPTIONAL patterns": Case(counting(chain(10_000, "OPTIONAL {{ ?v{0} ?p ?v{1} }}")), REFUSED_OR_LIMIT),
    "10,000 MINUS": Case(counting("MINUS {} " * 10_000), REFUSED_OR_LIMIT, [["1"]]),
    "10,000 FILTERs": Case(counting("FILTER(true) " * 10_000), REFUSED_OR_LIMIT, [["1"]]),
    "10,000 BINDs": Case(counting(chain(10_000, "BIND(1 AS ?v{0})")), REFUSED_OR_LIMIT, [["1"]]),
    "10,000 keys of ORDER BY": Case(
        f"SELECT ?s {{ ?s ?p ?o }} ORDER BY ?s {chain(10_000, '?v{0}')} LIMIT 1",
        REFUSED_OR_LIMIT,
        [["https://w3id.org/shahr/city/0"]],
    ),
    "10,000 aggregates": Case(f"SELECT {chain(10_000, '(COUNT(*) AS ?v{0})')} {{ ?s ?p ?o }}", REFUSED_OR_LIMIT),
    "a string doubled 40 times": Case(doubled(40, "STRLEN({})"), {507}),
    "a large string in every row": Case(
        counting(f"?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), '{LETTERS}', STR(?d)) AS ?x)").replace(
            "COUNT(*)", "COUNT(DISTINCT ?x)"
        ),
        TIME_OR_MEMORY,
    ),
    "an answer of many rows": Case("SELECT * { ?a ?b ?c . ?d ?e ?f }", {413}),
    "an answer of one long string": Case(doubled(20, "{}"), {413}),
    "a graph of many triples": Case("CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", MANY_TRIPLES),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_query_is_answered_in_a_sentence_and_the_next_is_unharmed(server: Server, name: str) -> None:
    case = CASES[name]
    accept = "*/*" if case.query.startswith(("CONSTRUCT", "DESCRIBE")) else "application/json"
    heard = ask(server, case.query, accept=accept)
    if heard.status == 200 and case.rows is not None:
        assert heard.rows == case.rows
    else:
        check_refused(heard, case.statuses)
    assert heard.seconds < 3
    ordinary(server)


def test_a_sentence_on_size_tells_of_limit_and_of_the_dumps(server: Server) -> None:
    said = ask(server, CASES["an answer of many rows"].query).text
    assert "LIMIT" in said
    assert "dump" in said
