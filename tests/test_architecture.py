"""The layers: `cli → stages → foundation` and `cli → serve, edition → web → engine → foundation`, and never upwards."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "shahr").rglob("*.py"))
STAGES = (
    *("build", "reason", "index", "validate", "verify", "consistency", "federation", "passage", "formatting"),
    *("release", "link", "compare", "quickstatements"),
)
LAYERS = ("foundation", "engine", "web", "edition", "serve", "cli")


def layer(name: str) -> str:
    """Give the layer of a module or package of ours, by the first part of its name."""
    return name if name in (*LAYERS, *STAGES) else "foundation"


def imports(path: Path) -> set[str]:
    """Give the modules of ours that a file imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.removeprefix("shahr.").partition(".")[0] for name in names if name.startswith("shahr.")}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "shahr")))
def test_nobody_imports_upwards_or_sideways(path: Path) -> None:
    own = layer(path.relative_to(ROOT / "shahr").with_suffix("").parts[0])
    allowed = {"foundation", own}
    if own in LAYERS:
        allowed |= {one for one in LAYERS if LAYERS.index(one) < LAYERS.index(own)}
    if own == "federation":
        allowed.add("engine")  # it answers in this process where no other endpoint is named
    if own == "cli":
        allowed |= set(STAGES)
    assert {layer(name) for name in imports(path)} <= allowed


def test_the_modules_of_a_package_form_no_cycle() -> None:
    edges = {
        name: module_imports(name)
        for name in ("compare", "engine", "link", "matching", "quickstatements", "release", "web")
    }
    for graph in edges.values():
        seen: set[str] = set()
        while graph:
            free = [module for module, wanted in graph.items() if wanted <= seen]
            assert free, f"a cycle among {sorted(graph)}"
            seen |= set(free)
            for module in free:
                del graph[module]


def module_imports(package: str) -> dict[str, set[str]]:
    """Give for each module of a package, and of those in it, the modules of the same that it imports."""
    folder = ROOT / "shahr" / package
    names = {path: ".".join(path.relative_to(folder).with_suffix("").parts) for path in folder.rglob("*.py")}
    found: dict[str, set[str]] = {}
    for path, name in names.items():
        text = path.read_text(encoding="utf-8")
        wanted = set(re.findall(rf"^from shahr\.{package}\.([\w.]+) import", text, re.MULTILINE))
        inside = re.findall(rf"^from shahr\.{package}\.(\w+) import (\w+)", text, re.MULTILINE)
        wanted |= {f"{part}.{module}" for part, module in inside}
        found[name] = wanted & set(names.values())
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "shahr").rglob("*.py")), ids=lambda path: path.stem)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted((ROOT / "shahr").rglob("*.py")), ids=lambda path: path.stem)
def test_nothing_happens_at_import(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = (
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.If,
    )
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
