"""Two datasets compared: whatever differs is found, and the patch makes the one into the other."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse, serialize

from differing import PREFIXES, canonical, lines, patched, release
from shahr.dataset import nquads
from shahr.errors import ReleaseDamaged, ReleaseError, SourceError
from shahr.packing import open_packed
from shahr.paths import Project
from shahr.release.changes import components, opening
from shahr.release.changes.changes import diff
from shahr.release.changes.comparing import compare
from shahr.release.changes.patch import write_patch
from shahr.releases import NQUADS

ONE = "graph:a { city:alpha a shahr:City ; rdfs:label 'Alpha'@en }"
XML = """<!DOCTYPE rdf [{}]><rdf:RDF xmlns="x:" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="x:a"><p>&b;</p></rdf:Description></rdf:RDF>"""
TWO = "graph:a { city:alpha a shahr:City ; rdfs:label 'Alfa'@en }"

names = st.sampled_from([NamedNode("x:a"), NamedNode("x:b")])
blanks = st.sampled_from([BlankNode(name) for name in "pqrs"])
objects = names | blanks | st.sampled_from([Literal("_:p \\ <x:a>"), Literal("ب", language="fa")])
quads = st.builds(Quad, names | blanks, names, objects, names | blanks)
datasets = st.lists(quads, max_size=7)


def patch(old: list[bytes], new: list[bytes], folder: Path) -> bytes:
    out = io.BytesIO()
    write_patch(compare(old, new, folder), "old", "new", out)
    return out.getvalue()


def text(project: Project, *arguments: str) -> str:
    out = io.BytesIO()
    diff(project, arguments[0], arguments[1], out, *arguments[2:])
    return out.getvalue().decode()


@settings(max_examples=100, deadline=None)
@given(datasets, datasets)
def test_a_patch_makes_the_new_dataset_of_the_old_one(
    tmp_path_factory: pytest.TempPathFactory, one: list[Quad], other: list[Quad]
) -> None:
    old, new = nquads(one), nquads(other)
    made = patch(old.splitlines(keepends=True), new.splitlines(keepends=True), tmp_path_factory.mktemp("diff"))
    assert patched(old, made) == canonical(other)


@settings(max_examples=50, deadline=None)
@given(datasets)
def test_other_names_of_blank_nodes_are_no_difference(
    tmp_path_factory: pytest.TempPathFactory, one: list[Quad]
) -> None:
    first = as_lines(one)
    other = as_lines(parse(b"".join(first), format=RdfFormat.N_QUADS, rename_blank_nodes=True))
    assert not compare(first, other, tmp_path_factory.mktemp("diff"))


def as_lines(found: Iterable[Quad]) -> list[bytes]:
    return sorted({f"{quad} .\n".encode() for quad in found})


def test_a_blank_node_that_stays_is_left_alone_when_another_one_moves_its_label(tmp_path: Path) -> None:
    stays = "graph:a { [] rdfs:label 'stays' ; rdfs:seeAlso city:alpha }"
    made = patch(lines(stays), lines(stays + "graph:a { [] rdfs:label 'a' ; rdfs:seeAlso city:beta }"), tmp_path)
    assert b"stays" not in made
    assert made.count(b"\nA ") == 2


def test_a_second_node_with_the_same_statements_is_added_under_its_own_label(tmp_path: Path) -> None:
    one, two, three = (lines("graph:a {" + "[] rdfs:label 'same' ." * number + "}") for number in (1, 2, 3))
    first = patch(one, two, tmp_path)
    between = sorted([*one, *(row[2:] + b"\n" for row in first.splitlines() if row.startswith(b"A "))])
    made = patch(between, three, tmp_path)
    assert patched(b"".join(between), made) == canonical(parse(b"".join(three), format=RdfFormat.N_QUADS))


def test_nodes_that_all_point_at_each_other_are_compared_at_once(tmp_path: Path) -> None:
    many = [f"_:n{one} <x:p> _:n{two} .\n".encode() for one in range(20) for two in range(20) if one != two]
    assert not compare(sorted(many), sorted(many), tmp_path)


def test_blank_nodes_too_much_alike_are_refused_in_a_sentence(tmp_path: Path) -> None:
    pairs = [f"_:r <x:p> _:a{one} .\n_:a{one} <x:p> _:b{one} .\n" for one in range(12)]
    many = sorted("".join(pairs).encode().splitlines(keepends=True))
    with pytest.raises(ReleaseError, match="too much alike to be compared: give some of them an IRI"):
        compare(many, many[1:], tmp_path)


def test_a_patch_says_what_it_leads_to_and_starts_from(tmp_path: Path) -> None:
    rows = patch(lines(ONE), lines(TWO), tmp_path).decode().splitlines()
    head, before = rows[0].split(), rows[1].split()
    assert (head[:2], before[:2]) == (["H", "id"], ["H", "prev"])
    assert head[2] != before[2]
    assert rows[2:] == [
        "TX .",
        'D <https://w3id.org/shahr/city/alpha> <http://www.w3.org/2000/01/rdf-schema#label> "Alpha"@en '
        "<https://w3id.org/shahr/graph/a> .",
        'A <https://w3id.org/shahr/city/alpha> <http://www.w3.org/2000/01/rdf-schema#label> "Alfa"@en '
        "<https://w3id.org/shahr/graph/a> .",
        "TC .",
    ]


def test_the_next_patch_starts_where_the_last_one_led_to(project: Project) -> None:
    for version, trig in (("0.1.0", ONE), ("0.2.0", TWO), ("0.3.0", ONE + "graph:b { city:beta a shahr:City }")):
        release(project.releases / version, version, trig)
    first, second = (text(project, *pair, "patch") for pair in (("0.1.0", "0.2.0"), ("0.2.0", "0.3.0")))
    assert first.splitlines()[0].split()[2] == second.splitlines()[1].split()[2]


def test_a_release_is_found_by_its_version_and_by_its_folder(project: Project, tmp_path: Path) -> None:
    release(project.releases / "0.1.0", "0.1.0", ONE)
    elsewhere = release(tmp_path / "elsewhere", "0.2.0", TWO)
    assert "Alpha" in text(project, "0.1.0", str(elsewhere))
    assert "# Changes from 0.1.0 to 0.2.0" in text(project, "0.1.0", str(elsewhere))


def test_the_patch_between_two_releases_of_the_shipped_data_makes_the_second_of_the_first(
    released: Path, released_again: Path
) -> None:
    one, other = (b"".join(open_packed(folder / NQUADS)) for folder in (released, released_again))
    made = text(Project.here(), str(released), str(released_again), "patch")
    assert patched(one, made.encode()) == canonical(parse(other, format=RdfFormat.N_QUADS))


def test_two_releases_of_the_shipped_data_differ_in_words(released: Path, released_again: Path) -> None:
    sides = str(released), str(released_again)
    assert "\n- **Kazan**: one more sister city, Shiraz\n" in text(Project.here(), *sides)
    assert "\n- **کازان**: یک شهر خواهرخوانده افزوده شد: شیراز\n" in text(Project.here(), *sides, "words", "fa")
    assert "چیزی تغییر نکرده است" in text(Project.here(), sides[0], sides[0], "words", "fa")


def write_all(folder: Path, trig: str) -> list[Path]:
    """Write one dataset in each format of data; in those without graphs its triples."""
    found = list(parse((PREFIXES + trig).encode(), format=RdfFormat.TRIG))
    formats = {"nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD}
    formats |= {"nt": RdfFormat.N_TRIPLES, "ttl": RdfFormat.TURTLE, "rdf": RdfFormat.RDF_XML}
    for suffix, form in formats.items():
        what = found if form.supports_datasets else [quad.triple for quad in found]
        (folder / f"data.{suffix}").write_bytes(serialize(what, format=form) or b"")
    return [folder / f"data.{suffix}" for suffix in formats]


def test_every_format_holds_the_same(project: Project, tmp_path: Path) -> None:
    trig = ONE + "graph:b { city:alpha rdfs:seeAlso [ rdfs:label 'nobody' ; rdfs:seeAlso [] ] }"
    files = write_all(tmp_path, trig)
    release(project.releases / "0.1.0", "0.1.0", trig)
    packed = tmp_path / "again.ttl.gz"
    packed.write_bytes(gzip.compress((tmp_path / "data.ttl").read_bytes()))
    for path in [*files, packed, project.releases / "0.1.0" / "data" / "shahr.nq.zst"]:
        assert not diff(project, "0.1.0", str(path), io.BytesIO()), path.name


def test_reading_a_file_with_nameless_nodes_twice_gives_the_same_patch(project: Project, tmp_path: Path) -> None:
    one, other = tmp_path / "one.ttl", tmp_path / "other.ttl"
    one.write_text(PREFIXES + "city:a rdfs:seeAlso [ rdfs:label 'x' ], [ rdfs:label 'y' ] .", encoding="utf-8")
    other.write_text(PREFIXES + "city:a rdfs:seeAlso [ rdfs:label 'y' ] .", encoding="utf-8")
    made = text(project, str(one), str(other), "patch")
    assert made == text(project, str(one), str(other), "patch")
    assert made.count("\nD ") == 2


def test_json_counts_what_differs(project: Project, tmp_path: Path) -> None:
    one, other = (release(tmp_path / name, f"0.{name}.0", trig) for name, trig in (("1", ONE), ("2", TWO)))
    read = json.loads(text(project, str(one), str(other), "json"))
    assert (read["added"], read["removed"]) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.ttl", b"<x:a> <x:b>\n  <x:c .", r"a\.ttl:2: is not Turtle"),
        ("a.nq", b"<x:a> <x:b> <x:c> .\noops\n", r"a\.nq:2: is not N-Quads"),
        ("a.rdf", b"<rdf", r"a\.rdf.*is not RDF/XML"),
        ("a.jsonld", b'{"@id": ', r"a\.jsonld.*is not JSON-LD"),
        ("a.nt", b'<x:a> <x:b> "\xff" .\n', r"a\.nt:1: is not N-Triples"),
        ("a.csv", b"a,b\n", r"a\.csv: cannot be told by its name: it must end with \.nq, \.nt, .*\.gz or \.zst"),
        ("a.ttl.gz", b"<x:a> <x:b> <x:c> .", r"a\.ttl\.gz: cannot be unpacked"),
        ("a.nt.gz", gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 99, mtime=0)[:-9], r"a\.nt\.gz: cannot be unpacked"),
        ("a.nq.zst", b"no zstd", r"a\.nq\.zst: cannot be unpacked"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    project: Project, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message) as raised:
        diff(project, str(tmp_path / name), str(tmp_path / name), io.BytesIO())
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">',
        "<!ENTITY a 'aaaa'>\n<!ENTITY\nb 'x &amp; &a;'>",
        f'<!ENTITY a "{"a" * 1001}">',
    ],
)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_xml_whose_entities_grow_is_refused(project: Project, tmp_path: Path, entities: str, suffix: str) -> None:
    path = tmp_path / f"a.rdf{suffix}"
    text = XML.format(entities).encode()
    path.write_bytes(gzip.compress(text) if suffix else text)
    with pytest.raises(SourceError, match=r"a\.rdf.*: declares entities that hold others, or long"):
        diff(project, str(path), str(path), io.BytesIO())


def test_xml_may_have_entities_that_stand_for_a_text(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.rdf").write_text(XML.format('<!ENTITY b "x:&amp;&#99;">'), encoding="utf-8")
    (tmp_path / "b.nt").write_text('<x:a> <x:p> "x:&c" .\n', encoding="utf-8")
    assert not diff(project, str(tmp_path / "a.rdf"), str(tmp_path / "b.nt"), io.BytesIO())


def test_a_file_that_unpacks_to_far_more_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.nt.gz"
    path.write_bytes(gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 200_000))
    assert not diff(project, str(path), str(path), io.BytesIO())
    monkeypatch.setattr(opening, "FREE", 1_000_000)
    with pytest.raises(SourceError, match=r"unpacks to more than 200 times its size: if that is right, unpack it by"):
        diff(project, str(path), str(path), io.BytesIO())


def test_lists_within_lists_have_a_bound_of_their_own(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(f"<x:a> <x:b> {'(' * 150}{')' * 150} .", encoding="utf-8")
    assert not diff(project, str(path), str(path), io.BytesIO())
    monkeypatch.setattr(components, "ALONE", 10_000)
    with pytest.raises(ReleaseError, match="too much alike to be compared"):
        diff(project, str(path), str(path), io.BytesIO())


def test_what_is_not_there_is_named_with_the_versions_there_are(project: Project) -> None:
    with pytest.raises(ReleaseError, match=r"'0\.3\.0' is no file and no folder, .* there is no release yet"):
        diff(project, "0.3.0", "0.3.0", io.BytesIO())
    release(project.releases / "0.1.0", "0.1.0", ONE)
    with pytest.raises(ReleaseError, match=r"the releases are 0\.1\.0"):
        diff(project, "0.1.0", "nowhere.ttl", io.BytesIO())


def test_a_damaged_release_is_not_compared(project: Project) -> None:
    folder = release(project.releases / "0.1.0", "0.1.0", ONE)
    (folder / "data" / "shahr.nq.gz").write_bytes(b"")
    with pytest.raises(ReleaseDamaged, match=r"data/shahr\.nq\.gz is not what SHA256SUMS says"):
        diff(project, "0.1.0", "0.1.0", io.BytesIO())
    with pytest.raises(ReleaseError, match="is no release"):
        diff(project, str(project.root), "0.1.0", io.BytesIO())
