"""Keeping the Turtle sources, and the README's table of questions, in their one form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shahr.errors import SourceError, SourcesRefused
from shahr.files import write_atomically
from shahr.paths import Project
from shahr.queries import read_questions
from shahr.readme import with_questions
from shahr.turtle import canonical_turtle, read_text


def turtle_files(project: Project) -> list[Path]:
    """Give every Turtle file of ontology/, data/ and shapes/."""
    folders = (project.ontology, project.data, project.shapes)
    return sorted(path for folder in folders for path in folder.rglob("*.ttl"))


def format_sources(project: Project, check: bool = False) -> list[Path]:
    """Bring all Turtle files and README.md into their form and give those that were not; `check` writes nothing.

    SourcesRefused where a file cannot be read or is not Turtle; nothing is written then.
    """
    changed = dict([*_changes(turtle_files(project)), *_readme(project)])
    for path, text in changed.items():
        if not check:
            write_atomically(path, text.encode())
    return list(changed)


def _readme(project: Project) -> Iterator[tuple[Path, str]]:
    path = project.root / "README.md"
    if path.exists():
        text = with_questions(path, read_questions(project))
        if text != path.read_text(encoding="utf-8"):
            yield path, text


def _changes(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    errors = []
    for path in paths:
        try:
            text = read_text(path)
            canonical = canonical_turtle(text, path)
        except SourceError as error:
            errors.append(error)
            continue
        if canonical != text:
            yield path, canonical
    if errors:
        raise SourcesRefused(errors)
