from __future__ import annotations

from pathlib import Path

import pytest

from invented import write
from shahr.errors import SourceError
from shahr.mappings import read_links
from shahr.namespaces import curie

HEAD = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence\n"
MANUAL, LEXICAL = "semapv:ManualMappingCuration", "semapv:LexicalMatching"


def links(tmp_path: Path, *rows: tuple[str, str, str, str, str], header: str = "") -> list[tuple[str, str, str]]:
    table = "".join("\t".join(row) + "\t0.9\n" for row in rows)
    triples = read_links(write(tmp_path / "a.sssom.tsv", header + HEAD + table))
    return [tuple(curie(str(term)[1:-1]) for term in triple) for triple in triples]  # type: ignore[misc]


def test_a_curated_city_is_the_same_as_its_item(tmp_path: Path) -> None:
    rows = [("city:shiraz", "skos:exactMatch", "", "wd:Q6397066", just) for just in (LEXICAL, MANUAL)]
    assert links(tmp_path, *rows) == [
        ("city:shiraz", "owl:sameAs", "wd:Q6397066"),
        ("city:shiraz", "skos:exactMatch", "wd:Q6397066"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        ("city:shiraz", "skos:exactMatch", "", "wd:Q6397066", LEXICAL),
        ("city:shiraz", "skos:closeMatch", "", "wd:Q6397066", MANUAL),
        ("organization:unesco", "skos:exactMatch", "", "wd:Q7809", MANUAL),
    ],
)
def test_other_links_are_matches_only(tmp_path: Path, row: tuple[str, str, str, str, str]) -> None:
    assert links(tmp_path, row) == [(row[0], row[1], row[3])]


def test_geonames_ends_with_a_slash(tmp_path: Path) -> None:
    rows = [("city:shiraz", "skos:exactMatch", "", name, MANUAL) for name in ("gn:115019", "gn:115019/")]
    assert links(tmp_path, *rows) == [("city:shiraz", "skos:exactMatch", "gn:115019/")]


def test_denied_and_missing_links_give_nothing(tmp_path: Path) -> None:
    rows = [
        ("city:kazan", "skos:exactMatch", "Not", "gn:743615", MANUAL),
        ("organization:uclg", "skos:exactMatch", "", "sssom:NoTermFound", MANUAL),
    ]
    assert links(tmp_path, *rows) == []


def test_the_prefixes_of_the_file_are_used(tmp_path: Path) -> None:
    header = '#mapping_set_id: x\n#curie_map:\n#  WIKI: "http://www.wikidata.org/entity/"\n#license: y\n'
    row = ("city:shiraz", "skos:exactMatch", "", "WIKI:Q1", LEXICAL)
    assert links(tmp_path, row, header=header) == [("city:shiraz", "skos:exactMatch", "wd:Q1")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("city:a", "skos:exactMatch", "", "nope:Q1", MANUAL), r":2: object_id 'nope:Q1' has no prefix"),
        (("city:a", "skos:exactMatch", "", "wd:Q 1", MANUAL), r":2: object_id 'wd:Q 1' is no IRI"),
        (("shiraz", "skos:exactMatch", "", "wd:Q1", MANUAL), r":2: subject_id 'shiraz' has no prefix"),
        (
            ("city:a", "owl:sameAs", "", "wd:Q1", MANUAL),
            r":2: predicate_id 'owl:sameAs' is not skos:exactMatch",
        ),
        (("city:a", "skos:exactMatch", "", "wd:Q1", ""), r":2: mapping_justification '' has no prefix"),
    ],
)
def test_bad_rows_are_placed(tmp_path: Path, row: tuple[str, str, str, str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        links(tmp_path, row)


def test_a_link_both_said_and_denied_is_refused(tmp_path: Path) -> None:
    rows = [("city:a", "skos:exactMatch", modifier, "wd:Q1", MANUAL) for modifier in ("Not", "")]
    with pytest.raises(SourceError, match=r":3: .* is said to match and not to match"):
        links(tmp_path, *rows)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.sssom.tsv", "#x\nsubject_id\tobject_id\n")
    with pytest.raises(SourceError, match=r":2: the table lacks the column predicate_id"):
        read_links(path)
