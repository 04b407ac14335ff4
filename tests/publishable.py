"""Fixtures of the tests of `shahr publish`, which name this file as a plugin."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from publishing import quick_folder, small_project
from shahr.paths import Project
from shahr.release.publish import publish


@pytest.fixture(scope="session")
def first() -> Iterator[Project]:
    """A small project with the release 1.0.0; not to be changed."""
    with quick_folder() as folder:
        project = small_project(folder / "project")
        publish(project, "1.0.0")
        yield project


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder where writing is quick."""
    with quick_folder() as folder:
        yield folder


@pytest.fixture
def publishable(first: Project, place: Path) -> Project:
    """A copy of it, to do with what one likes."""
    return Project.at(shutil.copytree(first.root, place / "project", symlinks=True))
