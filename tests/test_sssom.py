"""Sets of mappings: what is written is read back, in one form, and what is broken is refused before it is written."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.errors import SourceError
from shahr.paths import Project
from shahr.sssom import (
    COMPOSITE,
    LEXICAL,
    MANUAL,
    NO_TERM_FOUND,
    NOT,
    Mapping,
    MappingSet,
    mapping_set_text,
    parse_mapping_set,
    read_mapping_set,
    write_mapping_set,
)

FILES = sorted(Project.here().links.glob("*.sssom.tsv"))
HEADER = ("curie_map:", '  city: "https://w3id.org/shahr/city/"', 'mapping_set_id: "https://w3id.org/shahr/links/a"')
SHIRAZ = Mapping("city:shiraz", "skos:exactMatch", "wd:Q6397066", MANUAL)
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
ROW = f"city:shiraz\tskos:exactMatch\twd:Q6397066\t{MANUAL}"

CELLS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
NAMES = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)
MAPPINGS = st.builds(
    Mapping,
    subject_id=NAMES.map("city:{}".format),
    predicate_id=st.sampled_from(["skos:exactMatch", "skos:closeMatch"]),
    object_id=NAMES.map("wd:{}".format) | NAMES.map("gn:{}/".format) | st.just(NO_TERM_FOUND),
    mapping_justification=st.sampled_from([LEXICAL, COMPOSITE, MANUAL]),
    subject_label=CELLS,
    predicate_modifier=st.sampled_from(["", NOT]),
    object_label=CELLS,
    author_label=CELLS,
    mapping_tool=CELLS,
    mapping_tool_version=CELLS,
    mapping_date=st.just("") | st.dates().map(date.isoformat),
    confidence=st.none() | st.floats(0, 1),
    match_string=CELLS,
    comment=CELLS,
    others=st.dictionaries(st.sampled_from(["see_also", "our_own", "record_id"]), CELLS).map(
        lambda one: (*one.items(),)
    ),
)


def written(*rows: Mapping, header: tuple[str, ...] = HEADER, columns: tuple[str, ...] = ()) -> str:
    return mapping_set_text(MappingSet(header, rows, columns))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_shipped_file_is_written_as_it_is(path: Path) -> None:
    found = read_mapping_set(path)
    assert len(found.rows) > 50
    assert mapping_set_text(found).encode() == path.read_bytes()


@given(st.lists(MAPPINGS, unique=True, max_size=6))
def test_what_is_written_is_read_back(rows: list[Mapping]) -> None:
    text = written(*rows)
    found = parse_mapping_set(text)
    assert len(found.rows) == len(rows)
    assert set(found.rows) == set(rows)
    assert mapping_set_text(found) == text == written(*reversed(rows))


@given(st.lists(MAPPINGS, unique=True, max_size=6), st.lists(MAPPINGS, max_size=6))
def test_rows_that_are_added_and_taken_away_leave_the_rest(rows: list[Mapping], new: list[Mapping]) -> None:
    found = MappingSet(HEADER, tuple(rows))
    assert set(found.with_rows(new).rows) == {*rows, *new}
    assert found.with_rows(new).with_rows(new) == found.with_rows(new)
    assert set(found.with_rows(new).without(new).rows) == {*rows} - {*new}


@given(st.text(max_size=60) | st.text('ab:\t\n#"\r ', max_size=60).map(lambda text: f"{COLUMNS}\n{ROW}{text}"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_mapping_set(text)
    except SourceError:
        return
    assert set(parse_mapping_set(mapping_set_text(found)).rows) == set(found.rows)


def test_columns_stand_in_the_order_of_sssom_and_unknown_ones_behind() -> None:
    row = f"0.9\tsehen\t{ROW}\tShiraz\tb\t\t2026-11-22\t10"
    text = f"confidence\tzuletzt\t{COLUMNS}\tsubject_label\tauthor_id\tother\tmapping_date\trecord_id\n{row}\n"
    kept = mapping_set_text(parse_mapping_set(text)).split("\n")
    assert [line for line in kept if not line.startswith("#")] == [
        "record_id\tsubject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\tauthor_id"
        "\tmapping_date\tconfidence\tother\tzuletzt",
        f"10\tcity:shiraz\tShiraz\tskos:exactMatch\twd:Q6397066\t{MANUAL}\tb\t2026-11-22\t0.9\t\tsehen",
        "",
    ]


def test_the_curie_map_grows_and_is_put_in_order() -> None:
    header = ("#", "mapping_set_id: x", "curie_map:", "    wd: 'http://www.wikidata.org/entity/'", "license: y")
    rows = [SHIRAZ, Mapping("city:shiraz", "skos:exactMatch", "gn:115019/", MANUAL)]
    assert written(*rows, header=header).split("\n")[:9] == [
        *("##", "#mapping_set_id: x", "#curie_map:", '#    city: "https://w3id.org/shahr/city/"'),
        *('#    gn: "https://sws.geonames.org/"', '#    semapv: "https://w3id.org/semapv/vocab/"'),
        *('#    skos: "http://www.w3.org/2004/02/skos/core#"', "#    wd: 'http://www.wikidata.org/entity/'"),
        "#license: y",
    ]
    assert written(SHIRAZ, header=("license: y",)).startswith('#curie_map:\n#  city: "https://w3id.org/shahr/city/"\n')
    assert written(header=("license: y",)) == f"#license: y\n{COLUMNS}\n"


def test_a_name_has_a_prefix_of_the_header_or_of_ours() -> None:
    found = MappingSet(("curie_map:", '  own: "https://own.example/"', "license: y"))
    assert [found.expand(name) for name in ("own:a", "city:a")] == [
        "https://own.example/a",
        "https://w3id.org/shahr/city/a",
    ]
    with pytest.raises(ValueError, match="has no prefix that the curie_map knows"):
        found.expand("license:a")


def test_a_confidence_has_three_decimals() -> None:
    assert [Mapping("", "", "", "", confidence=one).confidence for one in (0.87654, -0.0001)] == [0.877, 0]
    for value, text in ((0.87654, "0.877"), (1.0, "1"), (0.0, "0"), (0.9, "0.9"), (-0.0, "0")):
        assert Mapping("", "", "", "", confidence=value).cells == {"confidence": text}


def test_a_row_knows_its_line_and_is_the_same_in_another() -> None:
    found = parse_mapping_set(f"#license: y\n{COLUMNS}\n{ROW}\n")
    assert found.rows == (SHIRAZ,)
    assert found.rows[0].line == 3
    assert found.with_rows([SHIRAZ]) == found


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (f"{COLUMNS}\n{ROW}\tmore\n", 2, "has 5 cells where the table has 4 columns"),
        (f"{COLUMNS}\n{ROW[:20]}\n", 2, "has 2 cells where the table has 4 columns"),
        (f"{COLUMNS}\n{ROW}\n\n", 3, "is empty: remove the line"),
        (f"{COLUMNS}\n{ROW}", 2, "has no newline at its end: the file may be cut off"),
        (f"{COLUMNS}\r\n{ROW}\r\n", 1, "ends with CR LF: save the file with LF at the end of each line"),
        (f"{COLUMNS}\n{ROW}\r\n", 2, "ends with CR LF"),
        (f"\ufeff{COLUMNS}\n{ROW}\n", 1, "starts with a byte order mark: save it as UTF-8 without one"),
        (f"#a: b\n{COLUMNS}\n{ROW}\n{ROW}\n", 4, "the row of city:shiraz and wd:Q6397066 is in line 3 already"),
        (f'{COLUMNS}\tcomment\n{ROW}\t"open\n', 2, "is no row of a table: unexpected end of data"),
        (
            f"{COLUMNS}\n{ROW.replace('wd:', 'nope:')}\n",
            2,
            "object_id 'nope:Q6397066' has no prefix that the curie_map",
        ),
        (f"{COLUMNS}\n{ROW.replace('Q', 'Q ')}\n", 2, "object_id 'wd:Q 6397066' is no IRI"),
        (f"{COLUMNS}\n{ROW.replace('city:', '')}\n", 2, "subject_id 'shiraz' has no prefix that the curie_map knows"),
        (f"{COLUMNS}\n{ROW[:-1]}\n", 2, "mapping_justification 'semapv:ManualMappingCuratio' is none that SSSOM knows"),
        (f"{COLUMNS}\n{ROW.replace('semapv', 'wd')}\n", 2, "'wd:ManualMappingCuration' is none that SSSOM knows"),
        (f"{COLUMNS}\tcomment\n{ROW}\ta\u2028b\n", 2, r"comment 'a\\u2028b' holds a character that a cell cannot"),
        (f"{COLUMNS}\tcomment\n{ROW}\ta\rb\n", 2, r"comment 'a\\rb' holds a character that a cell cannot"),
        (f"{COLUMNS}\tcomment\tcomment\n{ROW}\t\t\n", 1, "the table has the column comment twice"),
        (f"{COLUMNS}\t\n{ROW}\t\n", 1, "'' cannot be the name of a column"),
        (f"{COLUMNS.replace('object_id', 'object')}\n{ROW}\n", 1, "the table lacks the column object_id"),
        ("", 1, "the table lacks the column subject_id"),
        (f"#curie_map: {{wd: x}}\n{COLUMNS}\n", 1, "the curie_map must stand once, and have one line for each prefix"),
        (f"#curie_map:\n#  own: x\n#a: b\n#curie_map:\n{COLUMNS}\n", 4, "the curie_map must stand once"),
        (
            f"#curie_map:\n#  own: x\n#  own: y\n{COLUMNS}\n",
            3,
            "'own: y' is no new prefix: write prefix: \"namespace\"",
        ),
        (f"#curie_map:\n#  wd x\n{COLUMNS}\n", 2, "'wd x' is no new prefix"),
        (
            f"#curie_map:\n#  wd: https://w.org/\n{COLUMNS}\n",
            2,
            "wd is http://www.wikidata.org/entity/ here: write that",
        ),
        (f"#a\tb\n{COLUMNS}\n", 1, "holds a character that a header cannot"),
    ],
)
def test_a_broken_file_is_refused_at_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "a.sssom.tsv"
    path.write_bytes(text.encode())
    with pytest.raises(SourceError, match=message) as caught:
        read_mapping_set(path)
    assert (caught.value.path, caught.value.line) == (path, line)


@pytest.mark.parametrize("value", ["1.5", "1.0001", "-0.1", "nan", "inf", "0,9", "high", "0.9 ", "۰٫۹", "0_1"])
def test_a_confidence_that_is_no_number_from_0_to_1_is_refused(value: str) -> None:
    with pytest.raises(SourceError, match=r":2: confidence .* is not a number from 0 to 1"):
        parse_mapping_set(f"{COLUMNS}\tconfidence\n{ROW}\t{value}\n")


@pytest.mark.parametrize("value", ["22.11.2026", "2026-11-31", "2026-11", "20261122", "۲۰۲۶-۱۱-۲۲", "2026-11-22T00:00"])
def test_a_day_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SourceError, match=r":2: mapping_date .* is not a day: write YYYY-MM-DD"):
        parse_mapping_set(f"{COLUMNS}\tmapping_date\n{ROW}\t{value}\n")


@pytest.mark.parametrize("value", ["not", "NOT", "Maybe"])
def test_a_modifier_but_not_is_refused(value: str) -> None:
    with pytest.raises(SourceError, match=r":2: predicate_modifier .* is not Not or empty"):
        parse_mapping_set(f"{COLUMNS}\tpredicate_modifier\n{ROW}\t{value}\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "the row of city:shiraz and wd:Q6397066 is there already: remove one"),
        ({"object_id": "nope:Q1"}, "object_id 'nope:Q1' has no prefix"),
        ({"mapping_justification": ""}, "mapping_justification '' has no prefix"),
        ({"confidence": 1.1}, "confidence '1.1' is not a number"),
        ({"confidence": float("nan")}, "confidence 'nan' is not a number"),
        ({"mapping_date": "today"}, "mapping_date 'today' is not a day"),
        ({"comment": "a\tb"}, r"comment 'a\\tb' holds a character"),
        ({"comment": "a\nb"}, r"comment 'a\\nb' holds a character"),
        ({"comment": "\ud800"}, r"comment '\\ud800' holds a character"),
        ({"others": (("a b", "c"),)}, "'a b' cannot be the name of a column"),
        ({"others": (("comment", "c"),)}, "comment has two cells in one row"),
        ({"others": (("x", "1"), ("x", "2"))}, "x has two cells in one row"),
    ],
)
def test_a_row_that_cannot_be_used_leaves_the_file_as_it_was(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "a.sssom.tsv"
    write_mapping_set(path, MappingSet(HEADER, (SHIRAZ,)))
    before = path.read_bytes()
    with pytest.raises(SourceError, match=message):
        write_mapping_set(path, MappingSet(HEADER, (SHIRAZ, replace(SHIRAZ, **change))))
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before
