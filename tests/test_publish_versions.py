"""`shahr publish`: which versions there may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing import names, refused, small_project
from shahr.errors import BadVersion
from shahr.paths import Project
from shahr.release.publish import publish
from shahr.releases import read_record, released
from shahr.versions import parse_version

pytest_plugins = ("publishable",)

NO_VERSIONS = [
    *("", " ", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0 ", " 1.0.0", "1.0.0\n", "1.0.0-rc.1\n", "01.0.0", "1.0.0-01"),
    *("1.0.0+x", "1.0.0-rc.1+x", "../x", "../../1.0.0", "1.0.0/..", "/tmp/1.0.0", ".", "..", ".next-1", "1.0.0-a/b"),
    *(
        "۱.۰.۰",
        "1.0.٣",
        "１.0.0",
        "1.0.0-é",
        "1.0.0\0",
        "1.0.0-\u200c",
        "latest",
        "-1.0.0",
        "1.0.0-",
        "1.-1.0",
        "1e3.0.0",
    ),
    *("1.0.0-" + "x" * 60, "9" * 5000, "\ud800.0.0", "1.0.0-a..b"),
]


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_what_is_no_version_is_refused_in_one_line(first: Project, version: str) -> None:
    with pytest.raises(BadVersion, match=r"cannot be the version of a release: write MAJOR\.MINOR\.PATCH") as caught:
        publish(first, version)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500
    assert names(first) == ["1.0.0"]


@given(st.text() | st.from_regex(r"\A\d+\.\d+\.\d+[-+.\s]?[\w.]*\Z"))
def test_any_text_is_a_version_as_it_stands_or_refused(text: str) -> None:
    try:
        said = str(parse_version(text))
    except BadVersion as error:
        said = str(error)
        fits = said.splitlines() == [said]
    else:
        fits = said == Path("folder", text).name == text and text.isascii() and text.isprintable()
    assert fits, said


@pytest.mark.parametrize("version", ["1.0.0", "0.9.9", "0.0.0", "1.0.0-rc.1", "1.0.0-alpha"])
def test_a_version_that_is_there_or_lower_is_refused(first: Project, version: str) -> None:
    assert "cannot be the version of a release" in refused(first, "publish", version)


def test_a_version_that_is_there_is_called_so(first: Project) -> None:
    assert "is there already, and a release never changes" in refused(first, "publish", "1.0.0")


def test_a_version_lower_than_a_release_elsewhere_is_refused(first: Project, place: Path) -> None:
    publishable = small_project(place / "other")
    said = refused(publishable, "publish", "0.9.0", "--previous", str(first.releases / "1.0.0"))
    assert "the newest release is 1.0.0" in said


def test_versions_come_in_their_order_and_not_in_that_of_letters(publishable: Project) -> None:
    for version in ("1.9.0", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0"):
        publish(publishable, version)
    assert released(publishable) == ["1.10.0", "1.10.0-rc.10", "1.10.0-rc.2", "1.9.0", "1.0.0"]
    assert read_record(publishable.releases / "1.10.0").previous == "1.10.0-rc.10"


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link", "link to a folder"])
def test_a_name_that_is_taken_by_hand_is_left_alone(publishable: Project, kind: str, place: Path) -> None:
    taken = publishable.releases / "2.0.0"
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_bytes(b"mine")
    else:
        taken.symlink_to(place if kind == "link to a folder" else "nowhere")
    assert "2.0.0 is there already" in refused(publishable, "publish", "2.0.0")
    assert os.path.lexists(taken)
