"""`shahr publish`: what is said where the build, the description or the date do not do."""

from __future__ import annotations

import re
import shutil
from itertools import permutations
from pathlib import Path

import pytest

from publishing import build_it, names, refused, run, small_project
from shahr.errors import ProjectMissing, ReleaseError, SourceError
from shahr.paths import Project
from shahr.release.publish import publish
from shahr.releases import read_record
from shahr.report import Report
from shahr.report import Result as Finding

pytest_plugins = ("publishable",)


# The build


def test_without_a_build_one_is_told_to_make_one(publishable: Project) -> None:
    shutil.rmtree(publishable.builds)
    assert "is not there yet: run `shahr run` first" in refused(publishable, "publish", "1.1.0")


@pytest.mark.parametrize("name", ["graph.nq", "inferred.nq", "report.json", "report.ttl", "report.txt"])
def test_a_build_that_lacks_a_file_is_not_released(publishable: Project, name: str) -> None:
    (publishable.current / name).unlink()
    with pytest.raises(ProjectMissing, match=f"{name} is not there yet: run `shahr run` first"):
        publish(publishable, "1.1.0")
    assert names(publishable) == ["1.0.0"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"conforms": "no"}', '{"conforms": false}', "\0"])
def test_what_does_not_conform_is_not_released(publishable: Project, text: str) -> None:
    (publishable.current / "report.json").write_text(text)
    with pytest.raises(ReleaseError, match="`shahr run`"):
        publish(publishable, "1.1.0")
    assert names(publishable) == ["1.0.0"]


def test_a_build_with_a_violation_is_not_released(publishable: Project) -> None:
    report = Report(
        (Finding("violation", "https://w3id.org/shahr/shapes#City", "https://w3id.org/shahr/city/alpha"),), ()
    )
    (publishable.current / "report.json").write_text(report.json)
    assert "do not conform" in refused(publishable, "publish", "1.1.0")


@pytest.mark.parametrize(
    "text",
    [
        *("no quad\n", "\n", "# a comment\n", "<urn:a> <urn:b> <urn:c> <urn:g> .", "<urn:a> <urn:b> <urn:c> <urn:g>\n"),
        *('<urn:a> <urn:b> "open <urn:g> .\n', "<urn:a> <urn:b> <urn:c> .\n", '<urn:a> <urn:b> "in none" .\n'),
        *(
            "<urn:a> <urn:b> <urn:c> _:g .\n",
            "<urn:a>  <urn:b> <urn:c> <urn:g> .\n",
            "<urn:a> <urn:b> <urn:c> <urn:g> .\r\n",
        ),
    ],
)
def test_a_build_that_somebody_spoilt_is_not_released(publishable: Project, text: str) -> None:
    with (publishable.current / "inferred.nq").open("a") as file:
        file.write(text)
    assert "is damaged: run `shahr run` first" in refused(publishable, "publish", "1.1.0")


@pytest.mark.parametrize("file", ["data/entities/cities.ttl", "shapes/city.ttl", "queries/questions/cities.rq"])
def test_sources_that_changed_since_are_built_first(publishable: Project, file: str) -> None:
    with (publishable.root / file).open("a") as text:
        text.write("\n# one line more\n")
    assert "the sources are not what `shahr run` made the graph of: run it again" in refused(
        publishable, "publish", "1.1.0"
    )
    build_it(publishable)
    assert run(publishable, "publish", "1.1.0").exit_code == 0


def test_what_was_not_built_by_one_run_is_not_released(publishable: Project) -> None:
    (publishable.current / "inputs.sha256").unlink()
    assert "run it again" in refused(publishable, "publish", "1.1.0")


def test_a_digest_of_the_sources_that_is_no_text_is_none(publishable: Project) -> None:
    (publishable.current / "inputs.sha256").write_bytes(b"\xff\xfe")
    assert "run it again" in refused(publishable, "publish", "1.1.0")


def test_blank_nodes_that_nobody_could_name_in_time_are_refused(publishable: Project) -> None:
    pairs = permutations(range(8), 2)
    with (publishable.current / "graph.nq").open("a") as file:
        file.writelines(f"_:n{one} <urn:p> _:n{other} <urn:g> .\n" for one, other in pairs)
    assert "too much alike to be named: give some of them an IRI" in refused(publishable, "publish", "1.1.0")


@pytest.mark.parametrize("name", ["a b.ttl", "a\nb.ttl", "شهر.ttl", "a%20b.ttl", "a#b.ttl", ".hidden.ttl"])
def test_a_file_whose_name_no_address_can_hold_as_it_is_is_refused(publishable: Project, name: str) -> None:
    shutil.copy(publishable.shapes / "city.ttl", publishable.shapes / name)
    build_it(publishable)
    assert "cannot stand in an address as it is: rename it" in refused(publishable, "publish", "1.1.0")


# The description of the dataset, and its date


def test_without_a_description_there_is_no_release(publishable: Project) -> None:
    publishable.about.unlink()
    assert "dataset.ttl" in refused(publishable, "publish", "1.1.0")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"dcterms:license <[^>]*> ;", ""),
        (r"dcterms:license (<[^>]*>)", r"dcterms:license \1, <https://example.org/>"),
        (r'"[^"]*"@fa', '"nothing Persian"@de'),
        (r"dcterms:created [^;]*;", ""),
        (r"foaf:homepage [^;]*;", ""),
        (r"<https://w3id\.org/shahr/>\n", "<https://example.org/>\n"),
        (r"PREFIX foaf:.*\n", ""),
    ],
)
def test_a_description_that_lacks_something_is_refused(publishable: Project, old: str, new: str) -> None:
    text = publishable.about.read_text("utf-8")
    assert re.search(old, text)
    publishable.about.write_text(re.sub(old, new, text), "utf-8")
    with pytest.raises(SourceError, match=r"dataset\.ttl"):
        publish(publishable, "1.1.0")
    assert names(publishable) == ["1.0.0"]


@pytest.mark.parametrize("epoch", ["yesterday", "1.5", "1_000", " 1", "-1", "+1", "۱۲", "1e9", "9" * 30, "nan", "0x10"])
def test_a_date_that_is_no_number_of_seconds_is_refused(first: Project, epoch: str) -> None:
    said = refused(first, "publish", "1.1.0", SOURCE_DATE_EPOCH=epoch)
    assert "SOURCE_DATE_EPOCH" in said
    assert "not a number of seconds since 1970" in said


def test_a_day_that_no_calendar_has_is_no_date(publishable: Project) -> None:
    created = "<https://w3id.org/shahr/city/alpha> <http://purl.org/dc/terms/created>"
    with (publishable.current / "graph.nq").open("a") as file:
        file.write(f'{created} "2026-02-30" <https://w3id.org/shahr/graph/entities> .\n')
        file.write(f'{created} "2026-02-03" <https://w3id.org/shahr/graph/entities> .\n')
    assert publish(publishable, "1.1.0").issued == "2026-02-03"


def test_sources_without_a_date_ask_for_one(place: Path) -> None:
    publishable = small_project(place / "project", dated=False)
    assert "set SOURCE_DATE_EPOCH" in refused(publishable, "publish", "1.0.0")
    assert run(publishable, "publish", "1.0.0", SOURCE_DATE_EPOCH="0").exit_code == 0
    assert read_record(publishable.releases / "1.0.0").issued == "1970-01-01"
