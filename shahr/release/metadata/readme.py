"""README.md and README.fa.md of a release: what it is, how to check it, load it and cite it, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shahr.namespaces import iri
from shahr.release.folder import Kind, ReleaseFolder
from shahr.release.metadata.citation import bibtex, in_words
from shahr.release.metadata.figures import day, number, size
from shahr.release.metadata.naming import ENDPOINT, RELEASES, licence_name, release_iri
from shahr.release.metadata.statistics import Statistics
from shahr.releases import Record, ReleaseFile

_TEMPLATES = Path(__file__).parent / "templates"
_PATHS = {"en": "README.md", "fa": "README.fa.md"}
_TITLES = {"en": "What this release is, and how to use it", "fa": "این انتشار چیست و چگونه به کار می‌آید"}
_PARTS = ("data", "tables", "ontology", "shapes", "links", "questions", "report", "changes", "metadata")


def write_readme(folder: ReleaseFolder, record: Record, found: Statistics) -> None:
    """Write both; they list the files of the record, each with its size."""
    for language, path in _PATHS.items():
        kind = Kind("metadata", "text/markdown", {language: _TITLES[language] for language in _PATHS})
        folder.write(path, readme(record, found, language).encode(), kind)


def readme(record: Record, found: Statistics, language: str) -> str:
    """Give the text in a language, "en" or "fa", as Markdown."""
    room = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=False,  # it is Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return room.get_template(f"README.{language}.md").render(_known(record, found, language))


def _known(record: Record, found: Statistics, language: str) -> dict[str, Any]:
    """Give what the template speaks of; its functions write numbers, sizes, days and cells in the language."""
    return {
        "about": record.about,
        "record": record,
        "found": found,
        "paths": {one.path for one in record.files},
        "groups": _groups(record.files),
        "kinds": {name: found.classes.get(iri(f"shahr:{name}"), 0) for name in _kinds()},
        "address": release_iri(record.version),
        "releases": RELEASES,
        "endpoint": ENDPOINT,
        "licence": licence_name(record.about.licence),
        "citation": in_words(record)[language],
        "bibtex": bibtex(record),
        "number": lambda value: number(value, language),
        "size": lambda value: size(value, language),
        "day": lambda value: day(value, language),
        "cell": lambda text: text.replace("|", "\\|"),
    }


def _groups(files: Sequence[ReleaseFile]) -> dict[str, list[ReleaseFile]]:
    """Give the files of each part that has any."""
    groups = {part: [one for one in files if one.part == part] for part in _PARTS}
    return {part: group for part, group in groups.items() if group}


def _kinds() -> tuple[str, ...]:
    return ("City", "Person", "Organization", "Agreement", "Event", "Membership", "Tenure", "Article")
