"""Projects with a build that can be released: the shipped sources, and the shipped data or a few facts more."""

from __future__ import annotations

import shutil
from pathlib import Path

from shahr.namespaces import graph_iri, iri
from shahr.paths import Project
from shahr.report import Report

SOURCES = ("ontology", "data", "shapes", "queries", "node_modules", "LICENSE-DATA", "LICENSE", "pyproject.toml")
# Shiraz and Kazan, which no source calls twins, become so; Isfahan gets another English name.
MORE = (("city:shiraz", "shahr:twinnedWith", "city:kazan"), ("city:kazan", "shahr:twinnedWith", "city:shiraz"))


def releasable(root: Path, built: Path) -> Project:
    """Lay out the shipped sources in the new folder `root`, with a copy of a build of theirs that conforms."""
    root.mkdir(parents=True, exist_ok=True)
    here = Project.here().root
    for name in SOURCES:
        if (here / name).exists():
            (root / name).symlink_to(here / name)
    project = Project.at(root)
    current = project.builds / "0123456789abcdef"
    shutil.copytree(built, current)
    report = Report((), ())
    for suffix, text in {"txt": report.text, "json": report.json, "ttl": report.turtle}.items():
        (current / f"report.{suffix}").write_text(text, encoding="utf-8")
    project.current.symlink_to("builds/0123456789abcdef")
    for file in current.iterdir():
        (project.dist / file.name).symlink_to(f"current/{file.name}")
    return project


def change(project: Project) -> None:
    """Let the build of a project say a little more, and one thing otherwise."""
    lines = [f"<{iri(s)}> <{iri(p)}> <{iri(o)}> <{graph_iri('inferred')}> .\n" for s, p, o in MORE]
    inferred = project.current / "inferred.nq"
    inferred.write_text("".join(sorted({*inferred.read_text("utf-8").splitlines(True), *lines})), "utf-8")
    graph = project.current / "graph.nq"
    graph.write_text(graph.read_text("utf-8").replace('"Isfahan"@en', '"Esfahan"@en'), "utf-8")
