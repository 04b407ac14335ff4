"""What archives and portals read: citation, Zenodo, Croissant, and the README, whose own words are tried."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyld import jsonld

from describing import described, digest
from shahr.errors import ReleaseError, SourceError
from shahr.paths import Project
from shahr.release.about import read_about
from shahr.release.metadata.figures import day, number, size
from shahr.release.metadata.naming import licence_name
from shahr.releases import Record, read_record

ROOT = Project.here().root
BASE = "https://w3id.org/shahr/"
QUADS = f'<{BASE}city/a> <http://www.w3.org/2000/01/rdf-schema#label> "A"@en <{BASE}graph/entities> .\n'
ZENODO = {  # https://developers.zenodo.org/#representation
    *("upload_type", "publication_date", "title", "creators", "description", "access_right", "license"),
    *("keywords", "related_identifiers", "version", "language"),
}
RELATIONS = {"isIdenticalTo", "isNewVersionOf", "isDocumentedBy"}
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def record(released: Path) -> Record:
    return read_record(released)


@pytest.fixture(scope="module")
def croissant(released: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((released / "metadata" / "croissant.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second release of a graph of one statement."""
    return described(tmp_path_factory.mktemp("small"), QUADS, "1.1.0")


def test_the_citation_is_of_this_release(released: Path, record: Record) -> None:
    said = yaml.safe_load((released / "CITATION.cff").read_text(encoding="utf-8"))
    assert said["cff-version"] == "1.2.0"
    assert (said["version"], str(said["date-released"])) == (record.version, record.issued)
    assert (said["title"], said["type"], said["license"]) == (record.about.title["en"], "dataset", "CC-BY-4.0")
    assert said["authors"][0]["name"] == record.about.creator["en"]
    assert said["url"] == f"{BASE}dumps/0.1.0/"


def test_the_citation_of_the_project_says_what_the_dataset_says_and_no_version() -> None:
    said, about = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8")), read_about(Project.here().about)
    assert (said["title"], said["authors"][0]["name"], said["url"]) == (
        *(about.title["en"], about.creator["en"]),
        about.homepage,
    )
    assert said["keywords"] == list(about.keywords["en"])
    assert licence_name(about.licence) in said["license"]
    assert "version" not in said


def test_a_deposit_has_what_zenodo_asks_for(small: Path) -> None:
    said = json.loads((small / "metadata" / "zenodo.json").read_text(encoding="utf-8"))["metadata"]
    assert said.keys() == ZENODO
    assert (said["upload_type"], said["access_right"], said["license"]) == ("dataset", "open", "cc-by-4.0")
    assert date.fromisoformat(said["publication_date"]) == date(2026, 3, 4)
    assert all(isinstance(one, str) and one for one in said["keywords"])
    assert "doi" not in json.dumps(said)
    related = {one["relation"]: one["identifier"] for one in said["related_identifiers"]}
    assert related.keys() <= RELATIONS
    assert related["isNewVersionOf"] == f"{BASE}dumps/1.1.0/"


def test_croissant_has_what_its_specification_demands(croissant: dict[str, Any]) -> None:
    assert croissant["@type"] == "sc:Dataset"
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    wanted = ("name", "description", "license", "url", "creator", "datePublished", "distribution", "version", "citeAs")
    assert [name for name in wanted if not croissant.get(name)] == []


def test_croissant_tells_of_every_file_but_the_metadata(
    released: Path, record: Record, croissant: dict[str, Any]
) -> None:
    files = {one["@id"]: one for one in croissant["distribution"]}
    assert sorted(files) == sorted(one.path for one in record.files if one.part != "metadata")
    for path, file in files.items():
        assert file["@type"] == "cr:FileObject"
        assert file["contentUrl"] == f"{BASE}dumps/0.1.0/{path}"
        assert file["sha256"] == digest(released / path)
        assert file["contentSize"] == f"{(released / path).stat().st_size} B"


def test_the_fields_of_croissant_are_the_columns_of_the_tables(released: Path, croissant: dict[str, Any]) -> None:
    tables = sorted((released / "tables").glob("*.csv"))
    assert [f"{one['@id']}.csv" for one in croissant["recordSet"]] == [f"tables/{path.name}" for path in tables]
    for path, record_set in zip(tables, croissant["recordSet"], strict=True):
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [one["source"]["extract"]["column"] for one in record_set["field"]] == header
        assert {one["source"]["fileObject"]["@id"] for one in record_set["field"]} == {f"tables/{path.name}"}
        assert record_set["key"]["@id"] in {one["@id"] for one in record_set["field"]}


def test_croissant_is_jsonld_of_its_vocabulary(croissant: dict[str, Any]) -> None:
    (dataset,) = jsonld.expand(croissant)
    assert dataset["@type"] == ["https://schema.org/Dataset"]
    assert len(dataset["https://schema.org/distribution"]) == len(croissant["distribution"])
    assert len(dataset.get("http://mlcommons.org/croissant/recordSet", [])) == len(croissant["recordSet"])
    assert "http://purl.org/dc/terms/conformsTo" in dataset


@pytest.mark.parametrize("name", ["README.md", "README.fa.md"])
def test_a_readme_lists_every_file_before_it_and_the_hash(released: Path, record: Record, name: str) -> None:
    text = (released / name).read_text(encoding="utf-8")
    others = [one.path for one in record.files if not one.path.startswith("README")]
    assert [path for path in others if f"]({path})" not in text] == []
    assert record.canonical_hash in text
    assert record.about.title["fa" if "fa" in name else "en"] in text


@pytest.mark.parametrize("name", ["README.md", "README.fa.md"])
def test_every_link_of_a_readme_leads_to_a_file_of_the_release(released_again: Path, name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", (released_again / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (released_again / link).is_file()] == []


def test_both_readmes_tell_the_same_commands_and_files(released: Path) -> None:
    blocks = [re.findall(r"```.*?```", (released / f"README{one}.md").read_text(), re.DOTALL) for one in ("", ".fa")]
    assert blocks[0] == blocks[1]


def test_a_readme_has_the_figures_in_the_digits_of_its_language(released: Path, record: Record) -> None:
    assert f"| {number(record.quads, 'en')} |" in (released / "README.md").read_text(encoding="utf-8")
    persian = (released / "README.fa.md").read_text(encoding="utf-8")
    assert f"| {number(record.quads, 'fa')} |" in persian


def test_the_canonical_hash_comes_out_as_the_readme_says(released: Path, record: Record) -> None:
    program = next(block for block in PYTHON.findall((released / "README.md").read_text()) if "hashlib" in block)
    run = subprocess.run([sys.executable, "-c", program], cwd=released, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == record.canonical_hash


def test_the_digests_are_checked_as_the_readme_says(released: Path) -> None:
    assert "$ sha256sum --check --quiet SHA256SUMS" in (released / "README.md").read_text()
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=released, check=True)


def test_the_readme_of_a_small_release_leaves_out_what_is_not_there(small: Path) -> None:
    text = (small / "README.md").read_text(encoding="utf-8")
    assert "after version 1.1.0" in text
    assert "tables/" not in text
    assert "CHANGES" not in text
    assert "| cities |" not in text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (number(3_600_000, "en"), "3,600,000"),
        (number(3_600_000, "fa"), "۳٬۶۰۰٬۰۰۰"),
        (size(0, "en"), "0 B"),
        (size(999, "en"), "999 B"),
        (size(1_000, "en"), "1.0 kB"),
        (size(6_500, "fa"), "۶٫۵ کیلوبایت"),
        (size(139_418, "en"), "139 kB"),
        (size(999_600, "en"), "1.0 MB"),
        (size(7_200_000_000_000, "en"), "7,200 GB"),
        (day("2026-11-22", "en"), "22 November 2026"),
        (day("2026-11-22", "fa"), "۱ آذر ۱۴۰۵ (۲۲ نوامبر ۲۰۲۶)"),
    ],
)
def test_numbers_sizes_and_days_are_written_as_each_language_does(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("licence", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
    ],
)
def test_a_licence_has_the_name_that_archives_know(licence: str, name: str) -> None:
    assert licence_name(licence) == name


def about_with(path: Path, old: str, new: str) -> Path:
    text = Project.here().about.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_licence_that_archives_do_not_know_is_refused_by_name(tmp_path: Path) -> None:
    path = about_with(
        tmp_path / "dataset.ttl", "https://creativecommons.org/licenses/by/4.0/", "https://example.org/own"
    )
    with pytest.raises(ReleaseError, match=re.escape("https://example.org/own")):
        read_about(path)


@pytest.mark.parametrize(
    ("old", "new", "lacking"),
    [
        ("dcterms:title", "dcterms:alternative", "dcterms:title"),
        ('"The Shahr developers"@en', '"The Shahr developers"', "foaf:name"),
        ("dcterms:created", "dcterms:available", "dcterms:created"),
    ],
)
def test_a_dataset_that_is_not_described_whole_is_refused(tmp_path: Path, old: str, new: str, lacking: str) -> None:
    with pytest.raises(SourceError, match=lacking):
        read_about(about_with(tmp_path / "dataset.ttl", old, new))


def test_the_makers_are_those_that_the_dataset_names() -> None:
    text = Project.here().about.read_text(encoding="utf-8")
    assert f"dcterms:creator <{BASE}catalog#developers>" in text
