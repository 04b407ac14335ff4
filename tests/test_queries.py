from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store

from shahr.errors import BadParameter, MissingParameter, QueryError, SourceError, UnknownQuestion
from shahr.paths import Project
from shahr.queries import (
    Param,
    Query,
    bind,
    bind_texts,
    example,
    find_question,
    in_order,
    parse_only,
    parse_parameter,
    read_queries,
    read_query,
    read_questions,
)
from shahr.syntax import check_query
from shahr.tokens import tokens
from tiny import SISTERS

FIND = """\
#+ summary: Which nodes bear a word in a month?
#+ param: word, a text
#+ param: month, a Jalali month
SELECT ?s WHERE { VALUES (?month ?word) { ("1404-02" "a}b") } ?s ?month ?word }
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def sisters(tmp_path: Path) -> Query:
    return read_query(write(tmp_path / "questions", "sisters.rq", SISTERS))


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Query:
    return read_query(write(tmp_path_factory.mktemp("checks"), "find.rq", FIND))


def test_the_header_is_read(sisters: Query) -> None:
    assert sisters.name == "sisters"
    assert sisters.summary == "Which cities are sisters of a city?"
    assert sisters.summary_fa.startswith("کدام")
    assert sisters.params == (Param("city", "city"),)


def test_bind_replaces_the_example_and_nothing_else(sisters: Query) -> None:
    bound = bind_texts(sisters, {"city": "city:shiraz"})
    assert bound.replace(" <https://w3id.org/shahr/city/shiraz> ", " city:isfahan ") == SISTERS


def test_terms_go_to_their_own_variables(find: Query) -> None:
    bound = bind_texts(find, {"word": "صلح", "month": "1403-12"})
    assert '{ ("1403-12" "صلح") }' in bound


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_can_leave_its_literal(find: Query, word: str) -> None:
    bound = bind_texts(find, {"word": word, "month": "1404-01"})
    if "\\u0000" not in bound:
        check_query(bound)
    cut = [token.text for token in tokens(bound)]
    assert len(cut) == len(tokens(FIND))
    only = bound.replace("?s ?month ?word }", "}").replace("SELECT ?s", "SELECT ?word")
    assert [row["word"] for row in Store().query(only)] == [Literal(word)]  # type: ignore[union-attr]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_iri_can_leave_its_brackets(tail: str) -> None:
    query = Query("sisters", Path("sisters.rq"), SISTERS, "s", "s", (Param("city", "city"),), {})
    try:
        bound = bind_texts(query, {"city": f"<https://example.org/{tail}>"})
    except BadParameter:
        return
    assert len(tokens(bound)) == len(tokens(SISTERS))


@pytest.mark.parametrize(
    ("kind", "text", "term"),
    [
        ("city", "city:isfahan", NamedNode("https://w3id.org/shahr/city/isfahan")),
        ("city", "isfahan", NamedNode("https://w3id.org/shahr/city/isfahan")),
        ("entity", "<urn:x:y>", NamedNode("urn:x:y")),
        ("fact", "https://example.org/شهر", NamedNode("https://example.org/شهر")),
        ("text", "city:isfahan", Literal("city:isfahan")),
        ("integer", "-3", Literal(-3)),
        ("month", "1404-02", Literal("1404-02")),
    ],
)
def test_each_kind_gives_its_term(kind: str, text: str, term: object) -> None:
    assert parse_parameter(Param("it", kind), text) == term


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("city", "nowhere:isfahan"),
        ("entity", "isfahan"),
        ("city", "<a b>"),
        ("city", ""),
        ("city", "<relative>"),
        ("integer", "3.5"),
        ("integer", "۳"),
        ("month", "1404-13"),
        ("month", "1404-02-09"),
    ],
)
def test_a_bad_value_names_its_parameter(kind: str, text: str) -> None:
    with pytest.raises(BadParameter, match="parameter 'it'"):
        parse_parameter(Param("it", kind), text)


def test_partial_and_unknown_parameters_are_errors(find: Query) -> None:
    with pytest.raises(MissingParameter, match="'word'"):
        bind_texts(find, {"month": "1404-02"})
    with pytest.raises(QueryError, match="'weather'"):
        bind_texts(find, {"weather": "fine"})
    with pytest.raises(MissingParameter):
        bind(find, {})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("#+ summary: Which", "# Which"), "summary"),
        (("#+ summary-fa", "#+ note"), "summary-fa"),
        (("ORDER BY ?city ?sister", ""), "ORDER BY"),
        (("SELECT ?city ?sister", "ASK"), "SELECT"),
        (("a city", "a planet"), "kind"),
        (("VALUES ?city { city:isfahan }", ""), "VALUES"),
        (("VALUES ?city { city:isfahan }", "VALUES ?city { }"), "needs a row"),
        (("a city", "a month"), "cannot be 'city:isfahan'"),
        (("?city shahr:twinnedWith ?sister", "?city shahr:twinnedWith"), "line 6, column"),
        (("shahr:twinnedWith ?sister", "'open ?sister"), "string"),
    ],
)
def test_a_faulty_file_is_named_with_its_reason(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    path = write(tmp_path / "questions", "faulty.rq", SISTERS.replace(*change))
    with pytest.raises(SourceError, match=reason) as caught:
        read_query(path)
    assert caught.value.path == path


@pytest.mark.parametrize("name", ["format", "lang", "path", "name"])
def test_a_parameter_has_no_word_that_addresses_need(tmp_path: Path, name: str) -> None:
    text = SISTERS.replace("?city", f"?{name}").replace("city, a city", f"{name}, a city")
    path = write(tmp_path / "questions", "taken.rq", text)
    with pytest.raises(SourceError, match=f"cannot be called '{name}'"):
        read_query(path)


def test_questions_stand_in_the_order_of_their_numbers(sisters: Query) -> None:
    ten, two, none = (replace(sisters, name=name, metadata=given) for name, given in (
        ("a", {"number": "10"}), ("b", {"number": "2"}), ("c", {})))  # fmt: skip
    assert [one.name for one in in_order([ten, two, none])] == ["c", "b", "a"]


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.rq"
    path.write_bytes(b"#+ summary: caf\xe9\nASK {}")
    with pytest.raises(SourceError, match="UTF-8"):
        read_query(path)


def test_queries_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.rq", "a.rq"):
        write(tmp_path, name, "#+ summary: any\nASK {}\n")
    assert [query.name for query in read_queries(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("name", ["nothing", "../secret", "", "a/b", "a\x00b"])
def test_an_unknown_question_never_reaches_the_file_system(tmp_path: Path, name: str) -> None:
    write(tmp_path, "secret.rq", SISTERS)
    with pytest.raises(UnknownQuestion):
        find_question(Project(tmp_path), name)


def test_questions_to_wikidata_are_questions_too(tmp_path: Path) -> None:
    (tmp_path / "queries" / "questions").mkdir(parents=True)
    (tmp_path / "queries" / "wikidata").mkdir()
    project = Project(tmp_path)
    assert read_questions(project) == []
    write(project.wikidata, "here-and-there.rq", SISTERS)
    write(project.questions, "sisters.rq", SISTERS)
    assert [one.name for one in read_questions(project)] == ["here-and-there", "sisters"]
    assert find_question(project, "here-and-there").path.parent == project.wikidata
    write(project.wikidata, "unordered.rq", "#+ summary: a\n#+ summary-fa: b\nSELECT * { ?s ?p ?o }\n")
    with pytest.raises(SourceError, match="ORDER BY"):
        read_questions(project)


def test_parsing_a_service_block_sends_nothing() -> None:
    parse_only("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } ?s ?p ?o }")
    with pytest.raises(QueryError, match="SILENT"):
        parse_only("SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }")


def test_every_shipped_query_can_be_read() -> None:
    folders = Path(__file__).resolve().parent.parent / "queries"
    for folder in sorted(path for path in folders.iterdir() if path.is_dir() and path.name != "wikidata"):
        read_queries(folder)


def test_the_example_of_a_question_can_be_given_back(tmp_path: Path) -> None:
    text = SISTERS.replace("VALUES ?city { city:isfahan }", 'VALUES (?city ?month) { (city:isfahan "1404-02") }')
    text = text.replace("a city\n", "a city\n#+ param: month, a month\n")
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "sisters.rq").write_text(text, encoding="utf-8")
    question = read_query(tmp_path / "questions" / "sisters.rq")
    assert example(question) == {"city": "city:isfahan", "month": "1404-02"}
    assert bind_texts(question, example(question)) != ""
