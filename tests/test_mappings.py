from __future__ import annotations

from pathlib import Path

import pytest

from invented import write
from shahr.errors import SourceError
from shahr.mappings import accepted_links, read_links
from shahr.namespaces import curie
from shahr.paths import Project

HEAD = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tconfidence\n"
EXACT, CLOSE = "skos:exactMatch", "skos:closeMatch"
MANUAL, LEXICAL = "semapv:ManualMappingCuration", "semapv:LexicalMatching"


def table(path: Path, *rows: tuple[str, str, str, str, str], header: str = "") -> Path:
    return write(path, header + HEAD + "".join("\t".join(row) + "\t0.9\n" for row in rows))


def links(tmp_path: Path, *rows: tuple[str, str, str, str, str], header: str = "") -> list[tuple[str, str, str]]:
    triples = read_links(table(tmp_path / "a.sssom.tsv", *rows, header=header))
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
        ("city:shiraz", "skos:closeMatch", "", "wd:Q6397066", MANUAL),
        ("organization:unesco", "skos:exactMatch", "", "wd:Q7809", MANUAL),
        ("city:shiraz", "skos:exactMatch", "", "gn:115019/", MANUAL),
    ],
)
def test_other_links_are_matches_only(tmp_path: Path, row: tuple[str, str, str, str, str]) -> None:
    assert links(tmp_path, row) == [(row[0], row[1], row[3])]


@pytest.mark.parametrize("justification", [LEXICAL, "semapv:CompositeMatching", "semapv:MappingReview"])
def test_what_no_person_accepted_is_no_link(tmp_path: Path, justification: str) -> None:
    assert links(tmp_path, ("city:shiraz", "skos:exactMatch", "", "wd:Q6397066", justification)) == []


@pytest.mark.parametrize("modifiers", [("", "Not"), ("Not", "")])
def test_what_a_machine_denies_or_proposes_counts_for_nothing_beside_a_person(
    tmp_path: Path, modifiers: tuple[str, str]
) -> None:
    rows = [
        ("organization:a", "skos:exactMatch", modifier, "wd:Q1", just)
        for modifier, just in zip(modifiers, (LEXICAL, MANUAL), strict=True)
    ]
    accepted = [] if modifiers[1] else [("organization:a", "skos:exactMatch", "wd:Q1")]
    assert links(tmp_path, *rows) == accepted


def test_geonames_ends_with_a_slash(tmp_path: Path) -> None:
    rows = [("city:shiraz", EXACT, "", name, MANUAL) for name in ("gn:115019", "gn:115019/")]
    assert links(tmp_path, *rows) == [("city:shiraz", "skos:exactMatch", "gn:115019/")]


def test_denied_and_missing_links_give_nothing(tmp_path: Path) -> None:
    rows = [
        ("city:kazan", "skos:exactMatch", "Not", "gn:743615", MANUAL),
        ("organization:uclg", "skos:exactMatch", "", "sssom:NoTermFound", MANUAL),
    ]
    assert links(tmp_path, *rows) == []


def test_the_prefixes_of_the_file_are_used(tmp_path: Path) -> None:
    header = '#mapping_set_id: x\n#curie_map:\n#  WIKI: "http://www.wikidata.org/entity/"\n#license: y\n'
    row = ("organization:a", "skos:exactMatch", "", "WIKI:Q1", MANUAL)
    assert links(tmp_path, row, header=header) == [("organization:a", "skos:exactMatch", "wd:Q1")]


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


@pytest.mark.parametrize("modifiers", [("", "Not"), ("Not", "")])
def test_a_pair_that_a_person_accepts_and_denies_is_refused(tmp_path: Path, modifiers: tuple[str, str]) -> None:
    rows = [("city:a", "skos:exactMatch", modifier, "gn:1/", MANUAL) for modifier in modifiers]
    message = r":3: gn:1/ is said both to match and not to match city:a, here and in line 2: remove one"
    with pytest.raises(SourceError, match=message):
        links(tmp_path, *rows)


def test_a_near_match_may_be_denied_as_an_exact_one(tmp_path: Path) -> None:
    rows = [("city:a", name, sign, "wd:Q1", MANUAL) for name, sign in (("skos:exactMatch", "Not"), (CLOSE, ""))]
    assert links(tmp_path, *rows) == [("city:a", CLOSE, "wd:Q1")]


def test_an_entity_has_one_item_at_most(tmp_path: Path) -> None:
    rows = [("city:a", name, "", f"wd:Q{number}", MANUAL) for number, name in ((1, EXACT), (2, CLOSE), (3, EXACT))]
    with pytest.raises(SourceError, match=r":4: wd:Q3 is city:a here and wd:Q1 is city:a in line 2, which cannot both"):
        links(tmp_path, *rows)


def test_an_item_is_one_entity_at_most(tmp_path: Path) -> None:
    rows = [(f"city:{name}", how, "", "wd:Q1", MANUAL) for name, how in (("a", EXACT), ("b", CLOSE), ("c", EXACT))]
    with pytest.raises(SourceError, match=r":4: wd:Q1 is city:c here and wd:Q1 is city:a in line 2, which cannot both"):
        links(tmp_path, *rows)


def test_the_links_of_a_project_are_the_accepted_pairs_of_all_its_files(tmp_path: Path) -> None:
    project = Project(tmp_path)
    assert accepted_links(project) == []
    table(
        project.links / "b.sssom.tsv", ("city:a", EXACT, "", "wd:Q1", MANUAL), ("city:b", EXACT, "", "wd:Q2", LEXICAL)
    )
    table(project.links / "a.sssom.tsv", ("city:c", CLOSE, "", "wd:Q3", MANUAL), ("city:a", EXACT, "", "wd:Q1", MANUAL))
    found = [(curie(link.subject), curie(link.predicate), curie(link.object)) for link in accepted_links(project)]
    assert found == [("city:a", EXACT, "wd:Q1"), ("city:c", CLOSE, "wd:Q3")]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ("city:a", EXACT, "Not", "wd:Q1", MANUAL),
            r"b\.sssom\.tsv:2: wd:Q1 is said both .* in .*a\.sssom\.tsv:2: remove",
        ),
        (
            ("city:a", EXACT, "", "wd:Q2", MANUAL),
            r"b\.sssom\.tsv:2: wd:Q2 is .* wd:Q1 is .* in .*a\.sssom\.tsv:2, which cannot both be: deny",
        ),
    ],
)
def test_two_files_must_agree(tmp_path: Path, row: tuple[str, str, str, str, str], message: str) -> None:
    project = Project(tmp_path)
    table(project.links / "a.sssom.tsv", ("city:a", EXACT, "", "wd:Q1", MANUAL))
    table(project.links / "b.sssom.tsv", row)
    with pytest.raises(SourceError, match=message):
        accepted_links(project)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.sssom.tsv", "#x\nsubject_id\tobject_id\n")
    with pytest.raises(SourceError, match=r":2: the table lacks the column predicate_id"):
        read_links(path)
