"""What an editor may do wrong in the shipped sources: one clear sentence, exit code 1, and nothing written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from shahr.cli import main
from shahr.paths import Project

ARTICLE = "data/articles/mehr-isfahan-sister-cities.ttl"
EVIDENCE = "    shahr:evidence passage:mehr-isfahan-sister-cities-390-537 ;\n    shahr:status concept:in-force ;"
END = "    shahr:endOffset 537 ;"


def replaced(old: str, new: str) -> Callable[[str], str]:
    """Replace one place of a file, which must be there once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    return edit


def first(old: str, new: str) -> Callable[[str], str]:
    """Replace the first of several places."""
    return lambda text: text.replace(old, new, 1)


CASES: dict[str, tuple[str, Callable[[str], str], list[str]]] = {
    "a syntax error": (ARTICLE, lambda text: text + "city:isfahan shahr:city", [ARTICLE, "Turtle"]),
    "a fact without evidence": (
        ARTICLE,
        replaced(EVIDENCE, "    shahr:status concept:in-force ;"),
        ["agreement:isfahan-kazan-twinning", "evidence"],
    ),
    "offsets outside the article": (
        ARTICLE,
        replaced(END, "    shahr:endOffset 99537 ;"),
        ["passage:mehr-isfahan-sister-cities-390-537", "99537"],
    ),
    "a digest that is none": (
        ARTICLE,
        replaced("9d2e3666304b3e2cab195f42050012355c79257aed74866eef439461d3a1c509", "9d2e"),
        ["passage:mehr-isfahan-sister-cities-390-537", "SHA-256"],
    ),
    "a duplicate slug": (
        "data/entities/people.ttl",
        lambda text: text + '\n<https://w3id.org/shahr/city/kazan> rdfs:label "Kazan"@en .\n',
        ["city:kazan", "cities.ttl", "people.ttl"],
    ),
    "an undeclared term": (
        ARTICLE,
        replaced(EVIDENCE, EVIDENCE + "\n    shahr:sisterOf city:kazan ;"),
        [ARTICLE, "shahr:sisterOf", "not declared"],
    ),
    "an entity that does not exist": (
        ARTICLE,
        replaced("        city:kazan ;\n", "        city:kazaan ;\n"),
        [ARTICLE, "city:kazaan", "not described"],
    ),
    "a day that does not exist": (
        "data/external/isfahan-kazan-twinning.ttl",
        first('"2025-04-09"^^xsd:date', '"2025-02-30"^^xsd:date'),
        ["isfahan-kazan-twinning.ttl", "2025-02-30", "xsd:date"],
    ),
    "a file that is not text": (ARTICLE, lambda text: "\udc00", [ARTICLE, "UTF-8"]),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the shipped sources, to be spoilt."""
    for folder in ("ontology", "data", "shapes", "queries"):
        shutil.copytree(Project.here().root / folder, tmp_path / folder)
    return Project.at(tmp_path)


@pytest.mark.parametrize("case", CASES)
def test_one_sentence_and_nothing_written(project: Project, case: str) -> None:
    name, edit, words = CASES[case]
    path = project.root / name
    spoilt = edit(path.read_text(encoding="utf-8"))
    path.write_bytes(spoilt.encode("utf-8", "surrogateescape") if spoilt != "\udc00" else b"\xff\xfe\x00")
    result = CliRunner().invoke(main, ["--project", str(project.root), "run"])
    assert result.exit_code == 1
    assert [word for word in words if word not in result.stderr] == []
    assert "Traceback" not in result.stderr
    assert not project.current.exists()


def test_a_wrong_digest_is_found_by_verify(project: Project, articles_dir: Path) -> None:
    """A digest of the right form passes the build; only the text of the article can refute it."""
    path = project.root / ARTICLE
    digest = "9d2e3666304b3e2cab195f42050012355c79257aed74866eef439461d3a1c509"
    path.write_text(replaced(digest, "a" * 64)(path.read_text(encoding="utf-8")), encoding="utf-8")
    result = CliRunner().invoke(main, ["--project", str(project.root), "verify", "--articles", str(articles_dir)])
    assert result.exit_code == 1
    assert "passage:mehr-isfahan-sister-cities-390-537" in result.output
    assert "sha256" in result.output.lower()
