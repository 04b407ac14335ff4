"""The shipped questions over the shipped graph, as a project of its own, and a service without budgets."""

from __future__ import annotations

import shutil
from pathlib import Path

from flask import Flask

from server import create_app
from shahr.index import index
from shahr.paths import Project
from shahr.web.settings import Settings


def shipped_app(built: Path, root: Path) -> Flask:
    """Give the app over what was built into `built`, in the new folder `root`."""
    (root / "ontology").mkdir()
    shutil.copytree(Project.here().questions.parent, root / "queries")
    project = Project.at(root)
    project.current.mkdir(parents=True)
    for path in (project.graph, project.inferred):
        shutil.copy(built / path.name, project.current)
        path.symlink_to(project.current / path.name)
    index(project, project.current)
    return create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0)})
