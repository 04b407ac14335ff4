"""What README and CONTRIBUTING tell a user to type is there to be typed, and what they point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shahr.cli import main
from shahr.engine import Limits
from shahr.paths import Project
from shahr.queries import read_questions
from shahr.readme import with_questions
from shahr.syntax import DEEPEST, MOST_CALLS
from shahr.web.coding import LEAST
from shahr.web.endpoint import HEADERS, RANGES
from shahr.web.protocol import FIELDS
from shahr.web.rsgi import PATIENCE, SLOWEST, UNREAD, UNSENT
from shahr.web.settings import Settings

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


def test_every_option_of_the_server_is_told_with_its_default() -> None:
    command = main.commands["serve"]
    defaults = command.make_context("serve", []).params
    found = {one.opts[0]: defaults[one.name] for one in command.params if one.name}
    expected = {name: f"{value:g}" if isinstance(value, float) else str(value or "") for name, value in found.items()}
    rows = re.findall(r"^\| `(--[a-z-]+)[^`]*` \| ([^|]*?) ?\|", text("README.md"), re.MULTILINE)
    assert dict(rows) == expected
    assert len(rows) == len(expected)


def test_the_limits_are_told_as_they_are() -> None:
    settings, limits, kilo, mega = Settings(Project.here()), Limits(), 1024, 1024**2
    told = (
        f"nests deeper than {DEEPEST} levels",
        f"body is over {settings.body // mega} MB, or the answer over {limits.result // mega} MB",
        f"headers over {HEADERS // kilo} KB",
        f"used {settings.client_seconds:g} seconds of query time, or made {settings.client_errors} errors",
        f"| {limits.seconds:g} seconds were not enough",
        f"more than {limits.memory // 1024**3} GB of memory",
        f"body took longer than {PATIENCE:g} seconds",
        f"answers of {LEAST // kilo} KB and more",
        f"{settings.body // mega} MB a body, {DEEPEST} levels of nesting, {FIELDS:,} fields a form",
        f"and {SLOWEST // kilo} KB a second at which a large answer",
        f"cache + {(UNSENT + UNREAD) // mega} MB",
        f"`Accept` over {RANGES} types",
        f"may have {MOST_CALLS} such blocks",
    )
    page = " ".join(text("README.md").split())
    assert [sentence for sentence in told if sentence not in page] == []


def test_the_examples_in_python_can_be_read() -> None:
    examples = re.findall(r"^```python\n(.*?)^```", text("README.md"), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        compile(example, "README.md", "exec")


def test_the_questions_are_shown_as_they_are() -> None:
    path = ROOT / "README.md"
    assert text("README.md") == with_questions(path, read_questions(Project.here())), "run `shahr format`"
