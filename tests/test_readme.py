"""What README and CONTRIBUTING tell a user to type is there to be typed, and what they point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shahr.cli import main
from shahr.paths import Project
from shahr.queries import read_queries
from shahr.readme import with_questions

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: str) -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?shahr ([a-z]+)", text(page)))
    named |= set(re.findall(r"\.venv/bin/shahr ([a-z]+)", text(page)))
    assert named
    assert named - set(main.commands) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_task_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", text(page)))
    assert named
    assert named - targets == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_file_exists(page: str) -> None:
    linked = set(re.findall(r"\]\(([^)#:]+)\)", text(page))) | set(
        re.findall(r"`(data/[\w./-]+|tests/[\w./-]+)`", text(page))
    )
    placeholders = {path for path in linked if re.search(r"[A-Z<]{4}", path.rpartition("/")[2].partition(".")[0])}
    assert [path for path in sorted(linked - placeholders) if not (ROOT / path).exists()] == []


def test_every_subcommand_is_told() -> None:
    assert [name for name in main.commands if f"shahr {name}" not in text("README.md")] == []


def test_the_questions_are_shown_as_they_are() -> None:
    path = ROOT / "README.md"
    assert text("README.md") == with_questions(path, read_queries(Project.here().questions)), "run `shahr format`"
