"""The entities with their names, classes and values, from an index and in memory alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from shahr.errors import ProjectMissing
from shahr.folding import glue
from shahr.gazetteer import Entity, EntitySet, Gazetteer, entity_id, open_gazetteer, term_iri
from shahr.matching.source import open_matcher
from shahr.namespaces import BASE, ENTITY_PREFIXES
from shahr.search import Index, open_index, searchable_kinds


@pytest.fixture(scope="module")
def gazetteer(built: Path) -> Gazetteer:
    return open_gazetteer(built / "search.db")


@pytest.fixture(scope="module")
def opened(built: Path) -> Index:
    return open_index(built / "search.db")


@pytest.fixture(scope="module")
def entities(gazetteer: Gazetteer) -> Sequence[Entity]:
    found = [
        gazetteer.holding("country", f"{BASE}country/{name}") for name in ("iran", "china", "south-korea", "india")
    ]
    return [entity for held in found for entity in held]


def ids(entities: Sequence[Entity]) -> list[str]:
    return [entity.id for entity in entities]


def test_an_entity_has_its_names_classes_and_values(gazetteer: Gazetteer) -> None:
    isfahan = gazetteer.entity("city/isfahan")
    assert isfahan is not None
    assert (isfahan.kind, isfahan.iri) == ("city", f"{BASE}city/isfahan")
    assert isfahan.types == ("City", "Place", "Entity")
    assert (isfahan.label("fa").text, isfahan.label("en").text, isfahan.label("xx").language) == (
        "اصفهان",
        "Isfahan",
        "en",
    )
    assert [value.target for value in isfahan.values["country"]] == [f"{BASE}country/iran"]
    assert [value.text for value in isfahan.values["wikidata"]] == ["Q42053"]
    assert [value.text for value in isfahan.values["geonames"]] == ["418863"]
    assert isfahan.facts > 0
    assert gazetteer.entity("city/atlantis") is None


def test_names_are_found_glued_and_slips_by_what_is_nearest(gazetteer: Gazetteer) -> None:
    assert ids(gazetteer.named([glue("نووی‌ساد")])) == ["city/novi-sad"]
    assert set(ids(gazetteer.named(["شانگهای"]))) == {"city/shanghai", "organization/shanghai-cooperation-organization"}
    assert ids(gazetteer.named([])) == ids(gazetteer.named(["city:isfahan"])) == []
    assert "city/isfahan" in ids(gazetteer.near("isfhan", 1))
    assert ids(gazetteer.near("zzzzzzzz", 2)) == []


def test_hidden_names_are_names_after_the_others(gazetteer: Gazetteer) -> None:
    (tehran,) = gazetteer.named([glue("طهران")])
    assert tehran.id == "city/tehran"
    roles = [name.role for name in tehran.names]
    assert roles == sorted(roles, key=("label", "alternative", "hidden").index)
    assert ("طهران", "ar", "hidden") in {(name.text, name.language, name.role) for name in tehran.names}
    assert tehran.label("ar").text == "Tehran"


def test_a_hidden_name_is_of_one_entity_and_spelt_unlike_its_other_names(gazetteer: Gazetteer) -> None:
    for entity in gazetteer.of_kinds(ENTITY_PREFIXES):
        glued = [glue(name.text) for name in entity.names if name.role == "hidden"]
        shown = {glue(name.text) for name in entity.names if name.role != "hidden"}
        assert all(glued)
        assert len(set(glued) - shown) == len(glued), entity.id
        assert [ids(gazetteer.named([one])) for one in glued] == [[entity.id]] * len(glued)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("گوانگجو", {"city/gwangju", "city/guangzhou", "place/gwangju-or-guangzhou"}),
        ("شانگهای", {"city/shanghai", "organization/shanghai-cooperation-organization"}),
        ("حیدرآباد", {"city/hyderabad-india", "city/hyderabad-pakistan", "place/hyderabad"}),
    ],
)
def test_no_hidden_name_makes_an_ambiguous_name_certain(gazetteer: Gazetteer, text: str, meant: set[str]) -> None:
    found = gazetteer.named([glue(text)])
    assert set(ids(found)) == meant
    assert all(name.role != "hidden" for one in found for name in one.names if glue(name.text) == glue(text))


def test_entities_come_in_the_order_asked_for_each_once(gazetteer: Gazetteer) -> None:
    asked = ["city/tehran", "city/atlantis", "city/isfahan", "city/tehran", "' OR 1=1 --"]
    assert ids(gazetteer.those(asked)) == ["city/tehran", "city/isfahan"]


def test_values_tell_who_holds_them(gazetteer: Gazetteer) -> None:
    assert ids(gazetteer.holding("wikidata", "Q42053")) == ["city/isfahan"]
    assert "city/suzhou" in ids(gazetteer.holding("country", f"{BASE}country/china"))
    assert ids(gazetteer.holding("country", "")) == ids(gazetteer.holding("nothing", "Q42053")) == []


def test_classes_and_properties_are_counted(gazetteer: Gazetteer) -> None:
    types, properties = gazetteer.types, gazetteer.properties
    assert types["City"] == properties["country"]["City"] == properties["country"][""]
    assert list(types.values()) == sorted(types.values(), reverse=True)
    assert types["Entity"] >= types["Place"] > types["City"] > 0


def test_labels_are_by_iri_and_language(gazetteer: Gazetteer) -> None:
    found = gazetteer.labels([f"{BASE}city/isfahan", f"{BASE}city/atlantis"])
    assert list(found) == [f"{BASE}city/isfahan"]
    assert (found[f"{BASE}city/isfahan"]["fa"], found[f"{BASE}city/isfahan"]["en"]) == ("اصفهان", "Isfahan")


def test_classes_have_definitions_and_classes_right_above_them(gazetteer: Gazetteer) -> None:
    found = gazetteer.definitions([term_iri("City"), f"{BASE}city/atlantis"])
    assert list(found) == [term_iri("City")]
    assert {"en", "fa"} <= found[term_iri("City")].keys()
    above = gazetteer.above(gazetteer.types)
    assert above["City"] == ("Place",)
    assert "Entity" not in above
    assert gazetteer.above(["Nothing"]) == {}


def test_entities_in_memory_are_found_as_those_of_an_index(gazetteer: Gazetteer, entities: Sequence[Entity]) -> None:
    memory = EntitySet(entities)
    known = set(ids(entities))
    assert known == set(ids(memory.entities)) > set()
    for entity in entities:
        for name in entity.names:
            key = glue(name.text)
            assert set(ids(memory.named([key]))) == set(ids(gazetteer.named([key]))) & known
            assert set(ids(memory.near(key[:-1], 1))) >= set(ids(memory.named([key])))
        for value in entity.values.get("wikidata", ()):
            assert ids(memory.holding("wikidata", value.text)) == ids(gazetteer.holding("wikidata", value.text))
    assert ids(memory.those(["city/isfahan", "city/atlantis"])) == ["city/isfahan"]


def test_threads_share_a_gazetteer(built: Path) -> None:
    gazetteer = open_gazetteer(built / "search.db")

    def asked(_: int) -> tuple[object, ...]:
        named, near = gazetteer.named(["isfahan", "اصفهان"]), gazetteer.near("esfehan", 2)
        return ids(named), ids(near), gazetteer.types, gazetteer.properties

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(asked, range(40)))
    assert found == [found[0]] * 40
    assert all(found[0])


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    (tmp_path / "search.db").write_text("no database", encoding="utf-8")
    for path in (tmp_path / "search.db", tmp_path / "none.db"):
        with pytest.raises(ProjectMissing, match="shahr index"):
            open_gazetteer(path)


@pytest.mark.parametrize("table", ["spelling", "value", "words"])
def test_an_index_of_an_older_form_is_refused(built: Path, tmp_path: Path, table: str) -> None:
    path = tmp_path / "search.db"
    path.write_bytes((built / "search.db").read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"DROP TABLE {table}")
        connection.commit()
    with pytest.raises(ProjectMissing, match="shahr index"):
        open_matcher(path)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("city/isfahan", "city/isfahan"),
        (" city:isfahan ", "city/isfahan"),
        (f"{BASE}city/isfahan", "city/isfahan"),
        ("isfahan", None),
        ("town/isfahan", None),
        ("city/", None),
        ("", None),
    ],
)
def test_an_id_is_read_in_each_of_its_forms(text: str, id: str | None) -> None:
    assert entity_id(text) == id


# Completion, which reads each tier only as far as it must, and search, which reads them all


def test_completion_gives_the_first_names_that_search_gives(opened: Index, entities: Sequence[Entity]) -> None:
    typed = {name.text[:length] for entity in entities for name in entity.names for length in (1, 2, 3, 5, 8, 13)}
    for text in sorted(typed):
        if not glue(text):
            continue
        for kinds in ((), ("city",), searchable_kinds("entity"), ("post", "term")):
            named = [hit for hit in opened.search(text, kinds, 1000).hits if hit.score != 50]
            found = opened.complete(text, kinds, 10)
            if named or (found and found[0].score > 50):
                assert [(hit.iri, hit.score) for hit in found] == [(hit.iri, hit.score) for hit in named[:10]], text


def test_completion_means_words_spelt_alike_where_no_name_of_the_kind_begins_so(opened: Index) -> None:
    assert [hit.iri for hit in opened.complete("Isfahna", ("city",))] == [f"{BASE}city/isfahan"]
    assert opened.complete("qqqqqqqq") == []
