"""`shahr diff` on the command line: what it prints, its exit codes, and one sentence for what cannot be compared."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from differing import PREFIXES, release
from shahr.cli import main
from shahr.paths import Project

ONE = "graph:a { city:alpha a shahr:City ; rdfs:label 'Alpha'@en, 'آلفا'@fa . }"
TWO = ONE + "graph:b { city:alpha shahr:twinnedWith city:beta . city:beta rdfs:label 'Beta'@en, 'بتا'@fa }"


@pytest.fixture
def two(project: Project) -> Project:
    """A project with the releases 0.1.0 and 0.2.0."""
    for version, trig in (("0.1.0", ONE), ("0.2.0", TWO)):
        release(project.releases / version, version, trig)
    return project


def run(project: Project, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["--project", str(project.root), "diff", *map(str, arguments)])


def refused(project: Project, *arguments: object) -> str:
    """Run a command that must fail with one sentence and print nothing else; give the sentence."""
    result = run(project, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"shahr: [^\n]+\n", result.stderr)
    return result.stderr


def test_words_are_in_english_or_persian(two: Project) -> None:
    english, persian = run(two, "0.1.0", "0.2.0"), run(two, "0.1.0", "0.2.0", "--language", "fa")
    assert (english.exit_code, english.stderr) == (0, "")
    assert english.stdout.startswith("# Changes from 0.1.0 to 0.2.0\n")
    assert "- **Alpha**: one more sister city, Beta\n" in english.stdout
    assert "- **آلفا**: یک شهر خواهرخوانده افزوده شد: بتا\n" in persian.stdout


def test_a_patch_and_json_are_for_programs(two: Project) -> None:
    patch = run(two, "0.1.0", "0.2.0", "--format", "patch").stdout.splitlines()
    assert [line[:3] for line in patch] == ["H i", "H p", "TX ", *["A <"] * 3, "TC "]
    read = json.loads(run(two, "0.1.0", "0.2.0", "--format", "json").stdout)
    assert (read["added"], read["removed"]) == (3, 0)
    assert {one["label"]["fa"] for one in read["entities"]} == {"آلفا", "بتا"}


@pytest.mark.parametrize("form", ["words", "patch", "json"])
def test_with_exit_code_a_difference_is_one(two: Project, form: str) -> None:
    options = "--exit-code", "--format", form
    assert run(two, "0.1.0", "0.1.0", *options).exit_code == 0
    different = run(two, "0.1.0", "0.2.0", *options)
    assert (different.exit_code, different.stderr) == (1, "")
    assert different.stdout


def test_a_version_a_folder_and_a_file_can_be_compared(two: Project, tmp_path: Path) -> None:
    file = tmp_path / "one.trig"
    file.write_text(PREFIXES + ONE, encoding="utf-8")
    for one in ("0.1.0", two.releases / "0.1.0", two.releases / "0.1.0" / "data" / "shahr.nq.gz"):
        assert "Nothing has changed." in run(two, one, file).stdout
        assert "one more sister city" in run(two, one, "0.2.0").stdout


def test_a_version_that_is_not_there_is_named_with_those_that_are(two: Project) -> None:
    said = refused(two, "0.1.0", "0.3.0")
    assert "'0.3.0' is no file and no folder, and no version of a release: the releases are 0.2.0, 0.1.0" in said


def test_a_damaged_release_is_named_with_its_file(two: Project) -> None:
    (two.releases / "0.2.0" / "data" / "shahr.nq.zst").write_bytes(b"")
    assert "0.2.0 is damaged: data/shahr.nq.zst is not what SHA256SUMS says" in refused(two, "0.1.0", "0.2.0")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"a,b\n", "a.csv: cannot be told by its name: it must end with .nq"),
        ("a.ttl", b"<x:a> <x:b>\n<x:c .", "a.ttl:2: is not Turtle"),
        ("a.nq", b"<x:a> <x:b> <x:c> .\noops\n", "a.nq:2: is not N-Quads"),
        ("a.nq", b"\x1b[31m", "a.nq:1: is not N-Quads"),
        ("a.nt.gz", gzip.compress(b"<x:a> <x:b> <x:c> .\n" * 99, mtime=0)[:-9], "a.nt.gz: cannot be unpacked"),
        (
            "a.nt.gz",
            gzip.compress(b'<x:a> <x:b> "' + b"a" * 17_000_000, mtime=0),
            "a.nt.gz: has a name or text that is longer",
        ),
        ("a.jsonld", b'{"@context": "http://127.0.0.1:9/", "@id": "x:a"}', "a.jsonld: names a context elsewhere, and"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_line(
    two: Project, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    said = refused(two, "0.1.0", tmp_path / name)
    assert sentence in said
    assert said.removesuffix("\n").isprintable()


def test_one_that_is_told_to_end_clears_up_before(two: Project, tmp_path: Path) -> None:
    (tmp_path / "many.nt").write_text("".join(f"<x:a{number}> <x:b> <x:c> .\n" for number in range(400_000)))
    room = tmp_path / "room"
    room.mkdir()
    command = [sys.executable, "-c", "from shahr.cli import main; main()", "--project", str(two.root), "diff", "0.1.0"]
    process = subprocess.Popen([*command, str(tmp_path / "many.nt")], env={**os.environ, "TMPDIR": str(room)})
    while not list(room.iterdir()):
        assert process.poll() is None
        time.sleep(0.005)
    process.terminate()
    assert process.wait(60) == 143
    assert list(room.iterdir()) == []


@pytest.mark.parametrize("arguments", [(), ("0.1.0",), ("0.1.0", "0.2.0", "--format", "csv")])
def test_a_wrong_call_is_told_how(two: Project, arguments: tuple[str, ...]) -> None:
    result = run(two, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr
