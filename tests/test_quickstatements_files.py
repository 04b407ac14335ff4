"""The files of `shahr quickstatements`: whole or not there, and texts that come through as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quickstatements_world as world
from endpoints import oxigraph
from quickstatements_grammar import Added, read_lines, read_table
from quickstatements_world import DAY, MEMBER, TWINS, known, make
from shahr.alphabet import alphabetical
from shahr.client import Client
from shahr.errors import BatchError, BuildBusy
from shahr.quickstatements import make_batch
from shahr.quickstatements.moment import Moment, read_moment
from shahr.quickstatements.sources import Reference, sendable_address, sendable_title
from shahr.quickstatements.statement import Finding, Property, Statement, Times
from shahr.quickstatements.syntax import commands, csv_tables, tsv
from shahr.solutions import Solutions


def test_a_batch_replaces_a_batch_and_nothing_else(tmp_path: Path) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    with oxigraph(known().encode()) as endpoint:
        make_batch(project, Client(endpoint), out, DAY)
        first = {path.name: path.read_bytes() for path in out.iterdir()}
        (out / "diff.md").write_text("half", encoding="utf-8")
        make_batch(project, Client(endpoint), out, DAY)
        assert {path.name: path.read_bytes() for path in out.iterdir()} == first
        assert sorted(first) == ["diff.fa.md", "diff.md", "statements.csv", "statements.tsv"]
        (out / "statements-2.csv").touch()  # of a batch with more tables
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]
        (out / "mine.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(BatchError, match=r"mine\.txt"):
            make_batch(project, Client(endpoint), out, DAY)


def test_a_batch_takes_the_place_of_another_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    with oxigraph(known().encode()) as endpoint:
        make_batch(project, Client(endpoint), out, DAY)
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        with monkeypatch.context() as killed:
            killed.setattr("shahr.files.shutil.rmtree", lambda *_, **__: None)  # what comes after that step
            make_batch(project, Client(endpoint), out, date(2027, 1, 1))
        (left,) = tmp_path.glob(".out.*")
        assert {path.name: path.read_bytes() for path in left.iterdir()} == before
        assert "1 January 2027" in (out / "diff.md").read_text("utf-8")
        make_batch(project, Client(endpoint), out, DAY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]


def test_two_runs_into_one_place_do_not_meet(tmp_path: Path) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    refused: list[str] = []

    class Meanwhile:
        """A client during whose first request another run begins."""

        endpoint = "http://127.0.0.1:9/"

        def select(self, text: str) -> Solutions:
            if not refused:
                with pytest.raises(BuildBusy) as error:
                    make_batch(project, self, out, DAY)
                refused.append(str(error.value))
            return client.select(text)

    with oxigraph(known().encode()) as endpoint:
        client = Client(endpoint)
        make_batch(project, Meanwhile(), out, DAY)
        make_batch(project, client, out, DAY)  # the lock has gone with the run that held it
    assert refused == [f"another shahr is writing {tmp_path}: try again when it has finished"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    project, link = world.project(tmp_path / "project", TWINS), tmp_path / "link"
    (tmp_path / "there").mkdir()
    link.symlink_to("there")
    with oxigraph(known().encode()) as endpoint:
        for _ in range(2):
            make_batch(project, Client(endpoint), link, DAY)
    assert link.is_symlink()
    assert (tmp_path / "there" / "diff.md").is_file()


@pytest.mark.parametrize(("name", "words"), [("file", "is a file"), ("file/below", "cannot hold a folder")])
def test_a_place_for_no_batch_is_refused_before_anybody_is_asked(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    client = Client("http://127.0.0.1:9/")
    for place, told in ((tmp_path / name, words), (Path("/"), "is no part of a batch")):
        with pytest.raises(BatchError, match=told) as error:
            make_batch(world.project(tmp_path / told, TWINS), client, place, DAY)
        assert "\n" not in str(error.value)
    assert client.requests == 0


def test_lines_of_other_columns_are_a_table_of_their_own(tmp_path: Path) -> None:
    """QuickStatements 2 takes an empty cell for a broken value, and gives its row's sources to it."""
    make(tmp_path, MEMBER + TWINS.replace("passage:told", "passage:told, passage:seconded"), known())
    heads = [(path.name, path.read_text("utf-8").splitlines()[0]) for path in sorted((tmp_path / "out").glob("*.csv"))]
    sources = "S854,s1476,s577,s407"
    assert heads == [("statements-2.csv", f"qid,P463,{sources}"), ("statements.csv", f"qid,P190,{sources}")]
    make(tmp_path / "none", "", known())
    assert (tmp_path / "none" / "out" / "statements.csv").read_bytes() == b"qid\n"
    assert (tmp_path / "none" / "out" / "statements.tsv").read_bytes() == b""


def test_a_batch_that_breaks_off_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    with oxigraph(known().encode()) as endpoint:
        make_batch(project, Client(endpoint), out, DAY)
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        monkeypatch.setattr(Path, "write_bytes", full_after(2))
        with pytest.raises(OSError, match="full"):
            make_batch(project, Client(endpoint), out, date(2027, 1, 1))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]


def full_after(files: int) -> Callable[[Path, bytes], None]:
    """Write some files, and then find the disk full."""
    left = iter(range(files))

    def write(path: Path, data: bytes) -> None:
        if next(left, None) is None:
            raise OSError("the disk is full")
        path.write_text(data.decode(), encoding="utf-8")

    return write


def test_the_pages_say_the_same_in_both_languages_and_obey_no_label(tmp_path: Path) -> None:
    made = make(tmp_path, MEMBER, known())
    raw = (tmp_path / "out" / "diff.md").read_text("utf-8")
    assert r"The \*Net\* \<b\>" in raw
    assert (
        "Receipt: The report, characters 10 to 20, in the reporter's own words, published 8 June 2017" in made.english
    )
    assert "(18 Khordad 1396)" in made.english
    assert "۱۸ خرداد ۱۳۹۶ (۸ ژوئن ۲۰۱۷)" in made.persian
    assert made.english.count("\n- ") == made.persian.count("\n- ") == 1
    assert made.english.count("\n## ") == made.persian.count("\n## ") == 6


LETTERS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"'\t\n\r|ن\u200c،“/*\\"), max_size=40)


def sent(title: str, address: str) -> list[Added]:
    property_ = Property("P190", {"en": "twin", "fa": "خواهر"}, False)
    finding = Finding(Statement("fact", property_, "a", "b", "Q1", "Q2"), "absent", times=Times(start=Moment("2017")))
    reference = Reference(address, title, "fa" if title else "", Moment("2017-06"), "Q9168", Moment("2026-11-22"))
    batch = commands([(finding, [reference])])
    lines = read_lines(tsv(batch))
    (table,) = csv_tables(batch)
    assert read_table(table) == lines
    return lines


@given(LETTERS)
def test_a_headline_comes_through_as_it_is_on_one_line_or_not_at_all(text: str) -> None:
    (line,) = sent(sendable_title(text), "https://news.example/")
    one_line = " ".join(text.split())
    told = dict(line.sources).get("S1476")
    assert told in (("fa", one_line), None)
    if told is None:
        assert not one_line or re.search(r"[|\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd]|/\*|\*/", one_line)


@given(LETTERS)
def test_an_address_comes_through_encoded_and_only_from_the_web(text: str) -> None:
    address = sendable_address(f"https://news.example/{text}")
    (line,) = sent("", address)
    told = dict(line.sources)["S854"][1]
    assert told == address
    assert not re.search(r'[\s"|<>\x00-\x1f\x7f-\x9f]', told)
    assert sendable_address(address) == address
    assert sendable_address(text) == "" or text.lower().startswith(("http:", "https:"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://a.example/", "https://", "http://[", "https://me@a.example/", ""]
)
def test_no_other_address_is_sent(address: str) -> None:
    assert sendable_address(address) == ""


@pytest.mark.parametrize(
    ("text", "precision", "wanted"),
    [
        ("2017-06-08", None, "2017-06-08"),
        ("2017-06", None, "2017-06"),
        ("2017", None, "2017"),
        ("2017-06-08T00:00:00Z", 11, "2017-06-08"),
        ("2017-01-01T00:00:00Z", 9, "2017"),
        ("2010-01-01T00:00:00Z", 8, "201"),
        ("2000-01-01T00:00:00Z", 6, None),
        ("-0500-01-01T00:00:00Z", 9, None),
        ("soon", None, None),
    ],
)
def test_times_are_cut_to_what_is_known_of_them(text: str, precision: int | None, wanted: str | None) -> None:
    assert read_moment(text, precision) == (Moment(wanted) if wanted else None)


def test_names_are_sorted_by_the_persian_alphabet() -> None:
    names = ["Kazan", "اصفهان", "پاریس", "کازان", "گوانگجو", "نووی‌ساد", "یزد"]
    assert sorted(set(names), key=alphabetical) == names
