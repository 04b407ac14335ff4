"""`shahr publish`: the release that a new one is compared with, whole or damaged, here or elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from publishing import names, refused, small_project
from shahr.errors import ReleaseDamaged
from shahr.paths import Project
from shahr.release.publish import publish
from shahr.releases import RECORD, SUMS

pytest_plugins = ("publishable",)

CHANGED = b"changed\n"


def _without_record(folder: Path) -> None:
    (folder / RECORD).unlink()


def _without_sums(folder: Path) -> None:
    (folder / SUMS).unlink()


def _without_file(folder: Path) -> None:
    (folder / "data" / "shahr.nq.zst").unlink()


def _with_file(folder: Path) -> None:
    (folder / "data" / "added.txt").write_bytes(CHANGED)


def _with_link(folder: Path) -> None:
    (folder / "data" / "added").symlink_to("..")


def _changed_byte(folder: Path) -> None:
    path = folder / "data" / "shahr.nq.zst"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _changed_sum(folder: Path) -> None:
    text = (folder / SUMS).read_text()
    (folder / SUMS).write_text(("1" if text[0] == "0" else "0") + text[1:])


def _removed_sum(folder: Path) -> None:
    (folder / SUMS).write_text("".join((folder / SUMS).read_text().splitlines(True)[1:]))


def _added_sum(folder: Path) -> None:
    with (folder / SUMS).open("a") as file:
        file.write(f"{sha256(CHANGED).hexdigest()}  ../outside.txt\n")
    (folder.parent / "outside.txt").write_bytes(CHANGED)


def _garbled_sums(folder: Path) -> None:
    (folder / SUMS).write_text("no digest\n")


def _binary_sums(folder: Path) -> None:
    (folder / SUMS).write_bytes(b"\xff\xfe\n")


def _record(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        record = json.loads((folder / RECORD).read_bytes())
        change(record)
        (folder / RECORD).write_text(json.dumps(record))

    return spoil


def _text(text: str) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / RECORD).write_text(text)

    return write


DAMAGES: dict[str, Callable[[Path], None]] = {
    "no digests": _without_sums,
    "a file is missing": _without_file,
    "a file is added": _with_file,
    "a link is added": _with_link,
    "a byte is changed": _changed_byte,
    "a digest is changed": _changed_sum,
    "a digest is removed": _removed_sum,
    "a digest of a file outside": _added_sum,
    "digests without digests": _garbled_sums,
    "digests that are no text": _binary_sums,
    "an empty record": _text(""),
    "a record that is no JSON": _text("{"),
    "a record that is a list": _text("[]"),
    "a record that is a number": _text("1"),
    "a record too deep": _text("[" * 100_000),
    "a record without files": _record(lambda record: record.pop("files")),
    "a record with something more": _record(lambda record: record.update(more=1)),
    "a version that is a number": _record(lambda record: record.update(version=1)),
    "a version that is none": _record(lambda record: record.update(version="../1")),
    "keywords that are a list": _record(lambda record: record["about"].update(keywords=[])),  # type: ignore[attr-defined]
    "files that are texts": _record(lambda record: record.update(files=["a"])),
    "another count": _record(lambda record: record.update(quads=1)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_release_before_that_is_damaged_is_refused(publishable: Project, damage: str, place: Path) -> None:
    folder = publishable.releases / "1.0.0"
    DAMAGES[damage](folder)
    with pytest.raises(ReleaseDamaged, match="is damaged: ") as caught:
        publish(publishable, "1.1.0")
    assert len(str(caught.value).splitlines()) == 1
    assert "1.1.0" not in names(publishable)


@pytest.mark.parametrize("kind", ["nothing", "an empty folder", "a file", "no record"])
def test_what_is_no_release_cannot_be_the_one_before(publishable: Project, kind: str, place: Path) -> None:
    before = place / "before"
    if kind == "an empty folder":
        before.mkdir()
    elif kind == "a file":
        before.write_bytes(CHANGED)
    elif kind == "no record":
        _without_record(shutil.copytree(publishable.releases / "1.0.0", before))
    assert "is no release: it has no release.json" in refused(
        publishable, "publish", "1.1.0", "--previous", str(before)
    )


def test_a_link_that_leads_to_itself_is_named(first: Project, place: Path) -> None:
    (place / "loop").symlink_to("loop")
    assert "loop" in refused(first, "publish", "1.1.0", "--previous", str(place / "loop"))


def test_a_release_somebody_made_by_hand_stops_the_next_one(publishable: Project) -> None:
    (publishable.releases / "1.5.0").mkdir()
    assert "1.5.0 is no release: it has no release.json" in refused(publishable, "publish", "2.0.0")


def test_names_that_are_no_versions_are_no_matter(publishable: Project) -> None:
    (publishable.releases / "notes").mkdir()
    (publishable.releases / "README").write_bytes(b"mine")
    publish(publishable, "1.1.0")
    assert names(publishable) == ["1.0.0", "1.1.0", "README", "notes"]


def test_a_release_may_be_compared_with_one_elsewhere(first: Project, place: Path) -> None:
    publishable = small_project(place / "other")
    record = publish(publishable, "1.1.0", previous=first.releases / "1.0.0")
    assert record.previous == "1.0.0"


def test_a_release_older_than_the_newest_one_here_is_not_compared_with(publishable: Project, place: Path) -> None:
    old = Path(shutil.copytree(publishable.releases / "1.0.0", place / "old"))
    publish(publishable, "1.1.0")
    for folder in (old, publishable.releases / "1.0.0"):
        said = refused(publishable, "publish", "2.0.0", "--previous", str(folder))
        assert (
            "is the release 1.0.0, but the newest release is 1.1.0: compare with that, or leave --previous out" in said
        )


def test_the_newest_release_may_be_named_here_or_as_a_copy_and_so_may_a_newer_one(
    publishable: Project, place: Path
) -> None:
    copy = Path(shutil.copytree(publishable.releases / "1.0.0", place / "copy"))
    assert publish(publishable, "1.1.0", previous=copy).previous == "1.0.0"
    newer = Path(shutil.move(publishable.releases / "1.1.0", place / "newer"))
    assert publish(publishable, "1.2.0", previous=newer).previous == "1.1.0"
    assert publish(publishable, "1.3.0", previous=publishable.releases / "1.2.0").previous == "1.2.0"
