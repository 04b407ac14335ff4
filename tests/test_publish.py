"""`shahr publish`: what a release is, the same bytes each time."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from publishing import contents, environment, names, run, withdraw
from shahr.paths import Project
from shahr.release import publish as stage
from shahr.release.publish import publish, steps
from shahr.releases import RECORD, SUMS, Record, check_release, read_record

pytest_plugins = ("publishable",)


# What a release is


def test_what_is_released_is_whole_and_said_in_one_line(publishable: Project) -> None:
    result = run(publishable, "publish", "1.1.0")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    record = check_release(publishable.releases / "1.1.0")
    assert result.stdout.startswith(f"{record.quads} quads in {len(record.files)} files: ")
    assert result.stdout.rstrip("\n").endswith("dist/release/1.1.0")
    assert (record.version, record.previous) == ("1.1.0", "1.0.0")
    assert names(publishable) == ["1.0.0", "1.1.0"]


def test_the_record_lists_every_file_with_size_and_digest(first: Project) -> None:
    folder = first.releases / "1.0.0"
    record = check_release(folder)
    assert (record.previous, record.added, record.removed) == (None, None, None)
    listed = {file.path: file for file in record.files}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert listed.keys() == there - {RECORD, SUMS}
    assert list(listed) == sorted(listed)
    for path, file in listed.items():
        data = (folder / path).read_bytes()
        assert (file.bytes, file.sha256) == (len(data), sha256(data).hexdigest())
        assert file.compression == {".gz": "gzip", ".zst": "zstd"}.get(Path(path).suffix, "")
        assert file.title.keys() == {"en", "fa"}
        assert all(file.title.values())


def test_packed_files_have_a_checksum_of_what_is_in_them(first: Project) -> None:
    """The descriptor of a frame has a bit for that (RFC 8878, 3.1.1.1.1)."""
    packed = sorted((first.releases / "1.0.0").rglob("*.zst"))
    assert packed
    assert [path.name for path in packed if not path.read_bytes()[4] & 0b100] == []


def test_the_record_reads_back_as_it_was_written(first: Project) -> None:
    text = (first.releases / "1.0.0" / RECORD).read_bytes()
    assert Record.from_json(text).to_json() == text


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_sha256sum_agrees(first: Project) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", SUMS]
    done = subprocess.run(command, cwd=first.releases / "1.0.0", capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_release_tells_nothing_of_the_machine(first: Project) -> None:
    folder = first.releases / "1.0.0"
    words = [f"{path}/".encode() for path in (first.root, Path.home(), Project.here().root)]
    for path in (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".zst"):
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        assert [word for word in words if word in text] == [], path


def test_progress_is_told_as_often_as_it_is_said(publishable: Project) -> None:
    told: list[None] = []
    publish(publishable, "1.1.0", done=lambda: told.append(None))
    assert len(told) == steps()


def test_the_date_is_the_newest_of_the_sources_or_the_one_that_is_set(publishable: Project) -> None:
    assert read_record(publishable.releases / "1.0.0").issued == "2026-01-02"
    assert run(publishable, "publish", "1.1.0", SOURCE_DATE_EPOCH="1700000000").exit_code == 0
    assert read_record(publishable.releases / "1.1.0").issued == "2023-11-14"


# Determinism


def test_two_copies_at_other_places_give_the_same_bytes_whatever_the_environment(first: Project, place: Path) -> None:
    """The one is published here, the other elsewhere, in another zone, language, order of hashes and umask."""
    other = Project.at(shutil.copytree(first.root, place / "an other place" / "شهر", symlinks=True))
    here = Project.at(shutil.copytree(first.root, place / "here", symlinks=True))
    script = "import os, sys; os.umask(int(sys.argv.pop(1), 8)); from shahr.cli import main; main()"
    settings: list[tuple[Project, str, dict[str, str]]] = [
        (here, "022", {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}),
        (other, "077", {"TZ": "Asia/Tehran", "LC_ALL": "C", "PYTHONHASHSEED": "17", "HOME": "/", "PYTHONUTF8": "0"}),
    ]
    for publishable, umask, variables in settings:
        command = [sys.executable, "-c", script, umask, "--project", str(publishable.root), "publish", "1.1.0"]
        subprocess.run(command, check=True, env=environment(**variables), cwd=place, capture_output=True)
    found = [contents(publishable.releases / "1.1.0") for publishable, *_ in settings]
    assert found[0] == found[1]


def test_everyone_may_read_a_release_whatever_the_umask(publishable: Project) -> None:
    before = os.umask(0o077)
    try:
        publish(publishable, "1.1.0")
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    folder = publishable.releases / "1.1.0"
    modes = {(path.is_dir(), oct(path.stat().st_mode & 0o777)) for path in [folder, *folder.rglob("*")]}
    assert modes == {(True, "0o755"), (False, "0o644")}


def test_the_same_release_made_again_has_the_same_bytes_whatever_the_order_of_its_parts(
    publishable: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "PARTS", stage.PARTS[::-1])
    before = contents(publishable.releases / "1.0.0")
    withdraw(publishable, "1.0.0")
    publish(publishable, "1.0.0")
    assert contents(publishable.releases / "1.0.0") == before
