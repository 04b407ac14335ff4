"""The layers: `cli → stages → foundation`, and nobody upwards or sideways."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "shahr").glob("*.py"))
STAGES = ("build", "reason", "validate", "verify", "consistency", "federation", "passage", "formatting", "serve")
TOP = ("cli",)


def imports(path: Path) -> set[str]:
    """Give the modules of ours that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.removeprefix("shahr.").partition(".")[0] for name in names if name.startswith("shahr.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nobody_imports_upwards_or_sideways(path: Path) -> None:
    above = {*STAGES, *TOP} - {path.stem} if path.stem not in TOP else set()
    assert imports(path) & above == set()


@pytest.mark.parametrize("path", sorted((ROOT / "shahr").rglob("*.py")), ids=lambda path: path.stem)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted((ROOT / "shahr").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_happens_at_import(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If)
    body = [node for node in tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    assert [node for node in body if not isinstance(node, allowed)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "shahr").rglob("*.py")), ids=lambda path: path.stem)
def test_no_query_text_in_python(path: Path) -> None:
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in strings if re.search(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^.]*\{[^}]*\?\w", text)] == []


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*", line) for line in lines)
    pinned = {line.partition("==")[0].lower() for line in lines}
    assert {re.split(r"[<>=]", name)[0].lower() for name in wanted} <= pinned
