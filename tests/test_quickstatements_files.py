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
from shahr.client import Client
from shahr.errors import BatchError
from shahr.quickstatements import make_batch
from shahr.quickstatements.batch import FILES
from shahr.quickstatements.moment import Moment, read_moment
from shahr.quickstatements.sources import Reference, sendable_address, sendable_title
from shahr.quickstatements.statement import Finding, Property, Statement, Times
from shahr.quickstatements.syntax import commands, csv_table, tsv


def test_a_batch_replaces_a_batch_and_nothing_else(tmp_path: Path) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    with oxigraph(known().encode()) as endpoint:
        make_batch(project, Client(endpoint), out, DAY)
        first = {path.name: path.read_bytes() for path in out.iterdir()}
        (out / "diff.md").write_text("half", encoding="utf-8")
        make_batch(project, Client(endpoint), out, DAY)
        assert {path.name: path.read_bytes() for path in out.iterdir()} == first
        assert sorted(first) == sorted(FILES)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "project"]
        (out / "mine.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(BatchError, match=r"mine\.txt"):
            make_batch(project, Client(endpoint), out, DAY)


def test_a_batch_that_breaks_off_leaves_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, out = world.project(tmp_path / "project", TWINS), tmp_path / "out"
    with oxigraph(known().encode()) as endpoint:
        make_batch(project, Client(endpoint), out, DAY)
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        monkeypatch.setattr("shahr.quickstatements.batch.write_atomically", full_after(2))
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
        path.write_bytes(data)

    return write


def test_the_pages_say_the_same_in_both_languages_and_obey_no_label(tmp_path: Path) -> None:
    made = make(tmp_path, MEMBER, known())
    raw = (tmp_path / "out" / "diff.md").read_text("utf-8")
    assert r"The \*Net\* \<b\>" in raw
    assert (
        "Receipt: The report, code points [10, 20), in the reporter's own words, published 8 June 2017" in made.english
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
    assert read_table(csv_table(batch)) == lines
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
