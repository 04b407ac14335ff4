"""The tables of a release: what is in them is in the graph, and their description is CSV on the Web that holds."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
from csvw import CSVW
from csvw import utils as csvw_utils
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, parse

from shahr.errors import ReleaseError
from shahr.namespaces import iri, prefix_map
from shahr.paths import Project
from shahr.queries import Query, read_query
from shahr.release.folder import ReleaseFolder
from shahr.release.making import Making
from shahr.release.tables import tables
from shahr.releases import read_record

QUERIES = Path(tables.__file__).parent / "queries"
PREFIXES = "".join(f"PREFIX {name}: <{space}>\n" for name, space in prefix_map().items())
FACTS = ("shahr:Agreement", "shahr:Membership", "shahr:Tenure", "shahr:StatusChange", "shahr:Signing")
NARROWED = {"kind", "network", ("memberships", "city")}  # of what their path reaches they hold only some classes
Make = Callable[..., Making]


@pytest.fixture(scope="module")
def store(released: Path) -> Store:
    store = Store()
    store.bulk_load(gzip.decompress((released / "data" / "shahr.nt.gz").read_bytes()), format=RdfFormat.N_TRIPLES)
    return store


@pytest.fixture
def make(released: Path, tmp_path: Path) -> Make:
    """Give a release in the making, of the triples of some Turtle."""

    def making(turtle: str, name: str = "release") -> Making:
        triples = tmp_path / f"{name}.nt"
        quads = parse(PREFIXES + turtle, format=RdfFormat.TURTLE)
        triples.write_text("".join(f"{quad.triple} .\n" for quad in quads), "utf-8")
        folder = ReleaseFolder(tmp_path / name)
        return Making(Project.here(), folder, tmp_path, tmp_path, triples, triples, read_record(released), None)

    return making


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def query_of(name: str) -> Query:
    return read_query(QUERIES / f"{name}.rq")


def metadata(released: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((released / "tables" / "csv-metadata.json").read_bytes())
    return loaded


def values(store: Store, query: str) -> set[str]:
    found = store.query(PREFIXES + query)
    assert isinstance(found, QuerySolutions)
    return {getattr(row[0], "value", "") for row in found}


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_table_has_one_row_for_each_fact_of_its_class(released: Path, store: Store, name: str) -> None:
    found = [row["iri"] for row in rows(released / "tables" / f"{name}.csv")]
    there = values(store, f"SELECT ?fact {{ ?fact a {query_of(name).metadata['class']} }}")
    assert found == sorted(there)
    assert len(found) > 3


@pytest.mark.parametrize("name", tables.TABLES)
def test_a_cell_holds_what_its_path_reaches_in_the_graph(released: Path, store: Store, name: str) -> None:
    paths = dict(part.strip().split(" ", 1) for part in query_of(name).metadata["says"].split(","))
    filled = set()
    for row in rows(released / "tables" / f"{name}.csv"):
        for column, path in paths.items():
            cell = {one for one in row[column].split("|") if one}
            reached = values(store, f"SELECT ?value {{ <{row['iri']}> {path} ?value }}")
            assert cell <= reached if {column, (name, column)} & NARROWED else cell == reached, (row["iri"], column)
            filled |= {column} if cell else set()
    assert len(filled) > 10
    assert set(paths) == {one.value for one in _variables(name)} - {"iri"}


def _variables(name: str) -> Iterator[Any]:
    found = Store().query(query_of(name).text)
    assert isinstance(found, QuerySolutions)
    yield from found.variables


@pytest.mark.parametrize("name", tables.TABLES)
def test_another_engine_finds_the_same_rows(store: Store, name: str) -> None:
    """What stands in a branch must not lean on what stands around it, which some engines forgive."""
    graph = rdflib.Graph()
    classes = (*FACTS, "shahr:Article", "shahr:Passage", "shahr:Post", "shahr:Organization", "shahr:City")
    for class_ in classes:
        for node in values(store, f"SELECT ?node {{ ?node a {class_} }}"):
            lines = (f"{quad.triple} ." for quad in store.quads_for_pattern(NamedNode(node), None, None))
            graph.parse(data="\n".join(lines), format="nt")
    found = graph.query(query_of(name).text)
    theirs = {tuple("" if term is None else str(term) for term in row) for row in found}  # type: ignore[union-attr]
    ours = store.query(query_of(name).text)
    kinds = values(store, "SELECT ?kind { ?kind rdfs:subClassOf shahr:Agreement }")
    assert theirs == {
        cells
        for cells in (tuple(getattr(term, "value", "") for term in row) for row in ours)  # type: ignore[union-attr]
        if not kinds & set(cells)  # the classes are not among what the other engine has been given
    }


@pytest.mark.parametrize("name", tables.TABLES)
def test_the_names_of_nodes_stand_beside_them_in_the_same_order(released: Path, store: Store, name: str) -> None:
    for row in rows(released / "tables" / f"{name}.csv"):
        for column in [one.removesuffix("_en") for one in row if one.endswith("_en")]:
            node = "iri" if column == "label" else column
            for language in ("en", "fa"):
                names = row[f"{column}_{language}"]
                nodes = [NamedNode(one) for one in row[node].split("|") if one]
                label = NamedNode(iri("rdfs:label"))
                shown = [Literal(one, language=language) for one in names.split("|")] if nodes else []
                found = [next(store.quads_for_pattern(*pair)) for pair in zip(nodes, [label] * 99, shown, strict=False)]
                assert len(found) == len(nodes) == len(shown)


def test_the_tables_say_what_a_reader_of_the_articles_says(released: Path) -> None:
    agreement = next(
        row
        for row in rows(released / "tables" / "agreements.csv")
        if row["iri"] == iri("agreement:isfahan-kazan-twinning")
    )
    assert agreement["kind_en"] == "sister-city agreement"
    assert agreement["city_en"] == "Isfahan|Kazan"
    assert agreement["city_fa"] == "اصفهان|کازان"
    assert agreement["article"] == iri("article:mehr-isfahan-sister-cities")
    assert agreement["speaker_fa"] == "علی قاسم‌زاده"
    office = next(row for row in rows(released / "tables" / "offices.csv") if row["city_en"] == "Tehran")
    assert (office["person_en"], office["role_en"]) == ("Alireza Zakani", "mayor")
    assert (office["earliest"], office["jalali"]) == ("2025-10-16", "1404-07-24")
    member = next(row for row in rows(released / "tables" / "memberships.csv") if "municipality" in row["member"])
    assert (member["city_en"], member["network_en"]) == ("Mashhad", "Metropolis")


def test_the_tables_are_valid_csv_on_the_web_without_a_network(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvw_utils, "urlopen", None)
    assert complaints(released / "tables") == []


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("offices.csv", ",2025-10-16,2025-10-16,", ",16.10.2025,2025-10-16,"),
        ("offices.csv", ",2025-10-16,2025-10-16,", ",2025-02-30,2025-10-16,"),
        ("memberships.csv", "\r\nhttps://w3id.org/shahr/membership/mashhad-metropolis-founding-board,", "\r\n,"),
        ("memberships.csv", "mashhad-metropolis-founding-board,", "mashhad-metropolis-board-of-directors,"),
        ("agreements.csv", "iri,label_en,", "iri,label_en,surprise,"),
    ],
    ids=["no date", "no day", "no iri", "an iri twice", "a column more"],
)
def test_a_spoiled_table_is_found_out(released: Path, tmp_path: Path, name: str, old: str, new: str) -> None:
    for path in (released / "tables").glob("*.*"):
        text = path.read_bytes().decode()
        assert path.name != name or old in text
        (tmp_path / path.name).write_bytes((text.replace(old, new, 1) if path.name == name else text).encode())
    assert complaints(tmp_path)


def complaints(folder: Path) -> list[str]:
    """Give what a validator of CSV on the Web has against the tables of a folder."""
    read = CSVW(str(folder / "csv-metadata.json"), validate=True)
    try:
        valid = read.is_valid
    except ValueError as error:
        return [str(error)]
    assert valid == (not read.warnings)
    return [str(one.message) for one in read.warnings]


def test_what_the_description_says_of_a_column_makes_triples_of_the_graph(released: Path, store: Store) -> None:
    there = {quad.triple for quad in store}
    made = set()
    for table in metadata(released)["tables"]:
        columns = [one for one in table["tableSchema"]["columns"] if "propertyUrl" in one]
        assert not any(one.get("suppressOutput") for one in columns)
        for row in rows(released / "tables" / table["url"]):
            made |= {triple for column in columns for triple in triples_of(column, row)}
    assert len(made) > 100
    assert made <= there


def triples_of(column: dict[str, Any], row: dict[str, str]) -> Iterator[Triple]:
    """Make triples of a cell as https://www.w3.org/TR/csv2rdf/ has it."""
    subject, predicate = NamedNode(row["iri"]), NamedNode(column["propertyUrl"])
    if column.get("virtual"):
        yield Triple(subject, predicate, NamedNode(column["valueUrl"]))
        return
    cell = row[column["name"]]
    for text in filter(None, cell.split(column["separator"]) if "separator" in column else [cell]):
        if "valueUrl" in column:
            yield Triple(subject, predicate, NamedNode(text))
        elif "lang" in column:
            yield Triple(subject, predicate, Literal(text, language=column["lang"]))
        elif column["datatype"] == "string":
            yield Triple(subject, predicate, Literal(text))
        else:
            yield Triple(
                subject, predicate, Literal(text, datatype=NamedNode(iri(f"xsd:{column['datatype']['base']}")))
            )


def test_every_column_has_a_title_in_both_languages_and_its_name_heads_it(released: Path) -> None:
    described = metadata(released)
    assert described["schema:version"] == read_record(released).version
    assert {one["@language"] for one in described["dc:title"]} == {"en", "fa"}
    for table in described["tables"]:
        columns = [one for one in table["tableSchema"]["columns"] if not one.get("virtual")]
        header = (released / "tables" / table["url"]).read_text("utf-8").partition("\n")[0].split(",")
        assert [one["titles"]["und"] for one in columns] == [one["name"] for one in columns] == header
        assert all(one["titles"]["en"] and one["titles"]["fa"] for one in columns)


def test_a_table_is_plain_rfc_4180_and_that_for_spreadsheets_is_marked(released: Path) -> None:
    for name in tables.TABLES:
        exact = (released / "tables" / f"{name}.csv").read_bytes()
        assert exact.count(b"\r\n") == exact.count(b"\n") == len(rows(released / "tables" / f"{name}.csv")) + 1
        assert exact.startswith(b"iri,")
        safe = (released / "tables" / "spreadsheet" / f"{name}.csv").read_bytes()
        assert safe.startswith("\ufeffIRI · شناسه,".encode())
        assert safe.partition(b"\r\n")[2] == exact.partition(b"\r\n")[2]


def test_what_looks_like_a_formula_is_exact_in_the_table_and_text_in_a_spreadsheet(make: Make) -> None:
    making = make('tenure:a a shahr:Tenure ; rdfs:label "=1+1"@en , "-۱"@fa .')
    tables.write_tables(making)
    exact, safe = (making.folder.root / "tables" / name / "offices.csv" for name in ("", "spreadsheet"))
    assert rows(exact)[0]["label_en"] == "=1+1"
    assert safe.read_text("utf-8").splitlines()[1].split(",")[1:3] == ["'=1+1", "'-۱"]


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        ('agreement:a a shahr:Agreement ; shahr:city city:b . city:b rdfs:label "B|C"@en .', "'B|C'"),
        ("tenure:a a shahr:Tenure ; shahr:holder person:b , person:c .", "2 values of person"),
    ],
    ids=["a separator", "two holders"],
)
def test_a_value_that_has_no_place_in_a_cell_stops_the_release(make: Make, turtle: str, message: str) -> None:
    making = make(turtle)
    with pytest.raises(ReleaseError, match=message.replace("|", r"\|")):
        tables.write_tables(making)
    assert making.folder.files == []


def test_a_node_without_a_name_keeps_its_place_among_the_names(make: Make) -> None:
    making = make('agreement:a a shahr:Agreement ; shahr:city city:b , city:c . city:c rdfs:label "C"@en .')
    tables.write_tables(making)
    row = rows(making.folder.root / "tables" / "agreements.csv")[0]
    assert (row["city_en"], row["city_fa"]) == ("|C", "")


def test_the_order_of_the_triples_and_a_store_on_the_disk_change_no_byte(
    make: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [str(quad.triple) + " .\n" for quad in store]
    once, again = make("".join(said), "once"), make("".join(reversed(said)), "again")
    tables.write_tables(replace(once, record=replace(once.record, triples=tables.IN_MEMORY + 1)))
    assert (once.scratch / "tables").is_dir()
    tables.write_tables(again)
    assert once.folder.files == again.folder.files
    assert len(once.folder.files) == 7


def test_where_nothing_is_known_a_table_is_its_header(make: Make) -> None:
    making = make("city:a a shahr:City .")
    tables.write_tables(making)
    assert [rows(making.folder.root / "tables" / f"{name}.csv") for name in tables.TABLES] == [[], [], []]
    assert complaints(making.folder.root / "tables") == []
