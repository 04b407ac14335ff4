from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from invented import PREFIXES, write
from shahr.errors import SourceError, SourcesRefused
from shahr.formatting import format_sources
from shahr.longturtle import language_case
from shahr.paths import Project
from shahr.turtle import canonical_turtle, parse_turtle, turtle_of

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

names = st.sampled_from(
    [
        *(
            "https://w3id.org/shahr/city/isfahan",
            "https://w3id.org/shahr/ns#City",
            "https://example.org/a.b.",
        ),
        *(
            "https://sws.geonames.org/418863/",
            "http://example.org/شهر",
            f"{RDF}nil",
            "urn:x:y",
            "https://schema.org/",
        ),
    ]
).map(NamedNode)
predicates = names | st.sampled_from([NamedNode(RDF + name) for name in ("type", "first", "rest")])
literals = st.one_of(
    st.text(max_size=12).map(Literal),
    st.text(st.sampled_from('"\\\n\r\t\x00‌ی'), max_size=6).map(Literal),
    st.sampled_from(["en", "fa", "fa-Latn", "en-GB"]).map(lambda tag: Literal("شهر‌ها", language=tag)),
    st.tuples(
        st.sampled_from(["1", "01", "1.50", "-.5", "1.", "1e3", ".5E-1", "true", "1 "]),
        st.sampled_from(["integer", "decimal", "double", "boolean", "date"]),
    ).map(lambda pair: Literal(pair[0], datatype=NamedNode(XSD + pair[1]))),
)
blanks = st.sampled_from([BlankNode(name) for name in "abcd"])
graphs = st.lists(st.builds(Triple, names | blanks, predicates, names | blanks | literals), max_size=12)


def canonical(triples: list[Triple]) -> Dataset:
    dataset = Dataset(Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text.encode(), format=RdfFormat.TURTLE)]


@settings(max_examples=300, deadline=None)
@given(graphs)
def test_the_form_says_what_the_graph_says(triples: list[Triple]) -> None:
    assert canonical(read(turtle_of(triples))) == canonical(triples)


@settings(deadline=None)
@given(graphs, st.randoms())
def test_a_graph_has_one_form(triples: list[Triple], random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    text = turtle_of(triples)
    shuffled = list(triples)
    random.shuffle(shuffled)
    assert turtle_of(shuffled) == text
    assert canonical_turtle(text) == text


def test_layout() -> None:
    text = """# A licence line.
    @prefix c: <https://w3id.org/shahr/city/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix geo: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
    c:tehran geo:lat 35.690 ; rdfs:label "تهران"@fa, "Tehran"@en, "Tehrân"@fa-latn .
    c:isfahan sh:property [ sh:in ( 1 c:tehran ) ], [ sh:and () ] ; a sh:Shape ."""
    assert canonical_turtle(text.replace("\n    ", "\n")) == (
        "# A licence line.\n\n"
        "PREFIX city: <https://w3id.org/shahr/city/>\n"
        "PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>\n"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\n\n"
        "city:isfahan\n    a sh:Shape ;\n    sh:property\n"
        "        [\n            sh:and () ;\n        ] ,\n"
        "        [\n            sh:in ( 1 city:tehran ) ;\n        ] ;\n.\n\n"
        "city:tehran\n"
        '    rdfs:label\n        "Tehran"@en ,\n        "تهران"@fa ,\n        "Tehrân"@fa-Latn ;\n'
        "    geo:lat 35.690 ;\n.\n"
    )


def test_text_of_several_lines_stays_readable() -> None:
    text = 'PREFIX sh: <http://www.w3.org/ns/shacl#>\n\n<urn:q>\n    sh:select """ASK {\n  ?a ?b "c" }""" ;\n.\n'
    assert canonical_turtle(text) == text


@pytest.mark.parametrize(("tag", "case"), [("fa-latn", "fa-Latn"), ("en-gb", "en-GB"), ("fa", "fa")])
def test_language_tags(tag: str, case: str) -> None:
    assert language_case(tag) == case


def test_one_new_fact_moves_its_own_lines_only() -> None:
    triples = [Triple(NamedNode(f"urn:{name}"), NamedNode("urn:p"), Literal(name)) for name in "abc"]
    before = turtle_of(triples).splitlines()
    after = turtle_of([*triples, Triple(NamedNode("urn:a"), NamedNode("urn:p"), NamedNode("urn:c"))]).splitlines()
    assert [line for line in before if line not in after] == ['    <urn:p> "a" ;']


def test_a_syntax_error_is_placed(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.ttl", PREFIXES + "city:a a shahr:City ;\n  shahr:status concept:in-force ]\n")
    with pytest.raises(SourceError, match=r"bad\.ttl:12: is not Turtle: .*\]") as caught:
        parse_turtle(path)
    assert caught.value.line == 12


def test_a_text_longer_than_the_parser_takes_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "long.ttl", f'<x:a> <x:b> "{"a" * 17_000_000}" .')
    with pytest.raises(SourceError, match=r"long\.ttl: has a name or text that is longer than the parser takes"):
        parse_turtle(path)


def test_nodes_that_all_point_at_each_other_are_refused_before_they_are_named() -> None:
    text = "".join(f"_:n{one} <x:p> _:n{other} .\n" for one, other in permutations(range(9), 2))
    with pytest.raises(SourceError, match="has blank nodes that are too much alike to be named: give some of them"):
        canonical_turtle(text)


def test_text_that_is_not_utf8_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttl"
    path.write_bytes("# خوب\n".encode() + "# شهر".encode("cp1256"))
    with pytest.raises(SourceError, match=r"bad\.ttl:2: is not UTF-8"):
        parse_turtle(path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        parse_turtle(tmp_path)


def test_formatting_a_project(project: Project) -> None:
    cities = project.entities / "cities.ttl"
    before = cities.read_text(encoding="utf-8")
    assert cities in format_sources(project, check=True)
    assert cities.read_text(encoding="utf-8") == before
    assert cities in format_sources(project)
    assert format_sources(project) == []


def test_formatting_writes_nothing_where_a_file_is_broken(project: Project) -> None:
    before = (project.entities / "cities.ttl").read_bytes()
    write(project.shapes / "broken.ttl", "nonsense")
    with pytest.raises(SourcesRefused, match=r"broken\.ttl:1"):
        format_sources(project)
    assert (project.entities / "cities.ttl").read_bytes() == before


def test_the_shipped_turtle_is_canonical() -> None:
    assert format_sources(Project.here(), check=True) == []
