"""A small project with a build, fit for many releases in a row; and what one looks for in the folder of releases."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner, Result

from invented import CITIES, LINKS, ONTOLOGY, PREFIXES, TEXT, article_turtle, write
from shahr.build import build
from shahr.builds import next_build
from shahr.cli import main
from shahr.inputs import write_digest
from shahr.paths import Project
from shahr.reason import reason
from shahr.report import Report

DATED = """
<https://w3id.org/shahr/ns#>
  <http://purl.org/dc/terms/created> "2026-01-02"^^<http://www.w3.org/2001/XMLSchema#date> .
"""
QUESTION = """\
#+ summary: Which cities are there?
#+ summary-fa: چه شهرهایی هست؟
PREFIX shahr: <https://w3id.org/shahr/ns#>
SELECT ?city WHERE { ?city a shahr:City } ORDER BY ?city
"""
MEMORY = Path("/dev/shm")
SHIPPED = ("data/dataset.ttl", "LICENSE-DATA", "shapes/city.ttl")


@contextmanager
def quick_folder() -> Iterator[Path]:
    """Give a folder in memory where there is one: to bring so many small files to a disk takes longer than all else."""
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        yield Path(folder)


def small_project(root: Path, dated: bool = True) -> Project:
    """Write a project of two invented cities into `root`, and build it; without `dated` nothing in it has a date."""
    write(root / "ontology" / "shahr.ttl", PREFIXES + ONTOLOGY + (DATED if dated else ""))
    write(root / "data" / "entities" / "cities.ttl", PREFIXES + CITIES)
    write(root / "data" / "links" / "cities.sssom.tsv", LINKS)
    write(root / "data" / "articles" / "first-paper.ttl", article_turtle(TEXT, "first-paper", [(0, 15), (17, 42)]))
    write(root / "queries" / "questions" / "cities.rq", QUESTION)
    for name in SHIPPED:
        write(root / name, (Project.here().root / name).read_text(encoding="utf-8"))
    project = Project.at(root)
    build_it(project)
    return project


def build_it(project: Project) -> None:
    """Build the project, with a report that nothing is wrong."""
    with next_build(project) as out:
        write_digest(project, out)
        build(project, out)
        reason(project, out)
        report = Report((), ())
        for suffix, text in {"txt": report.text, "json": report.json, "ttl": report.turtle}.items():
            write(out / f"report.{suffix}", text)


def names(project: Project) -> list[str]:
    """Give what lies in the folder of releases, hidden or not."""
    return sorted(path.name for path in project.releases.iterdir())


def contents(folder: Path) -> dict[str, tuple[int, str]]:
    """Give the mode and the digest of everything below a folder."""
    return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*"))}


def _content(path: Path) -> tuple[int, str]:
    return path.lstat().st_mode, sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def withdraw(project: Project, version: str) -> None:
    """Take a release away, as nobody should but a test that makes it anew."""
    shutil.rmtree(project.releases / version)


def environment(**values: str) -> dict[str, str]:
    """Give the environment of this process but for what releases depend on, and with `values`."""
    own = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    return {**own, "PYTHONDONTWRITEBYTECODE": "1", **values}


def run(project: Project, *arguments: str, **variables: str) -> Result:
    """Run a command on a project."""
    return CliRunner().invoke(
        main, ["--project", str(project.root), *arguments], env={"SOURCE_DATE_EPOCH": "", **variables}
    )


def refused(project: Project, *arguments: str, **variables: str) -> str:
    """Run a command that must fail with one sentence and leave the releases as they are; give the sentence."""
    before = contents(project.releases) if project.releases.is_dir() else {}
    result = run(project, *arguments, **variables)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert re.fullmatch(r"shahr: [^\n]+\n", result.stderr)
    assert result.stdout == ""
    assert (contents(project.releases) if project.releases.is_dir() else {}) == before
    return result.stderr
