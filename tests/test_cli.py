from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from pyoxigraph import Literal, NamedNode

from invented import PREFIXES, write
from shahr.cli import main
from shahr.paths import Project
from shahr.table import table

Shahr = Callable[..., Result]


def snapshot(folder: Path) -> dict[str, bytes | str]:
    """Give every file and link below a folder with what it holds."""
    return {
        str(path.relative_to(folder)): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


def test_build(shahr: Shahr, project: Project) -> None:
    result = shahr("build")
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"{len(project.graph.read_bytes().splitlines())} quads" in result.stdout


def test_run_twice_gives_the_same_dist(shahr: Shahr, project: Project) -> None:
    result = shahr("run")
    assert result.exit_code == 0, result.output
    assert project.inferred.exists()
    assert "conforms: yes" in project.report.read_text(encoding="utf-8")
    before = snapshot(project.dist)
    assert shahr("run").exit_code == 0
    assert snapshot(project.dist) == before


def test_a_failing_build_leaves_dist_intact(shahr: Shahr, project: Project) -> None:
    assert shahr("run").exit_code == 0
    before = snapshot(project.dist)
    write(project.articles / "bad.ttl", PREFIXES + "city:gamma shahr:colour 1 .")
    for command in ("build", "run"):
        result = shahr(command)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.startswith(f"shahr: {project.articles / 'bad.ttl'}:11: shahr:colour is not declared")
        assert "Traceback" not in result.stderr
    assert snapshot(project.dist) == before


SHAPE = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX shape: <https://w3id.org/shahr/shapes#>
PREFIX shahr: <https://w3id.org/shahr/ns#>
shape:City a sh:NodeShape ; sh:targetClass shahr:City ; sh:property shape:City-status .
shape:City-status sh:path shahr:status ; sh:minCount 1 ; sh:message "no status"@en, "وضعیت ندارد"@fa .
"""


def test_data_that_do_not_conform_are_not_linked(shahr: Shahr, project: Project) -> None:
    assert shahr("run").exit_code == 0
    before = snapshot(project.dist)
    write(project.shapes / "city.ttl", SHAPE)
    result = shahr("run")
    assert result.exit_code == 1
    assert "city:alpha" in result.stderr
    assert result.stderr.rstrip().split("\n")[-1].startswith("shahr: the data do not conform")
    assert snapshot(project.dist) == before


def test_validate_reports_and_fails(shahr: Shahr, project: Project) -> None:
    assert shahr("build").exit_code == 0
    assert shahr("validate").exit_code == 1  # nothing is inferred yet
    assert shahr("reason").exit_code == 0
    assert shahr("validate").exit_code == 0
    write(project.shapes / "city.ttl", SHAPE)
    result = shahr("validate", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["conforms"] is False
    assert "city:beta" in project.report.read_text(encoding="utf-8")


def test_verify(shahr: Shahr, texts: Path) -> None:
    result = shahr("verify", "--articles", texts, "--json")
    assert (result.exit_code, json.loads(result.stdout)["proved"]) == (0, True)
    (texts / "any name.txt").unlink()
    result = shahr("verify", "--articles", texts)
    assert result.exit_code == 1
    assert "article:first-paper is in none of the files" in result.stdout


QUESTION = """#+ summary: Which cities are there?
#+ summary-fa: چه شهرهایی هست؟
PREFIX shahr: <https://w3id.org/shahr/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?city ?name WHERE { ?city a shahr:City ; rdfs:label ?name FILTER(LANG(?name) = "fa") } ORDER BY ?city
"""


def test_query(shahr: Shahr, project: Project) -> None:
    write(project.questions / "cities.rq", QUESTION)
    assert shahr("run").exit_code == 0
    assert shahr("query", "cities").stdout == "city        name\n----------  ----\ncity:alpha  آلفا\ncity:beta   بتا\n"
    assert (
        shahr("query", "cities", "--format", "csv").stdout.splitlines()[1] == "https://w3id.org/shahr/city/alpha,آلفا"
    )
    assert len(json.loads(shahr("query", "cities", "--format", "json").stdout)["results"]["bindings"]) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["query", "no-such"], 1, "shahr: no question is called 'no-such'"),
        (["query", "cities", "alpha"], 2, "'alpha' is not KEY=VALUE"),
        (["query", "cities", "a=1", "a=2"], 2, "each key once"),
        (["reason"], 1, "graph.nq is not there yet: run `shahr run` first"),
        (["verify"], 2, "Missing option '--articles'"),
        (["verify", "--articles", "nowhere"], 1, "shahr: nowhere is not a folder"),
        (["nonsense"], 2, "No such command"),
        (["passage", "nowhere.txt", "1", "2"], 1, "shahr: nowhere.txt: cannot be read: No such file or directory"),
        (["serve", "--port", "99999"], 2, "is not in the range"),
    ],
)
def test_errors_are_one_sentence(shahr: Shahr, arguments: list[str], code: int, message: str) -> None:
    result = shahr(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--project", str(tmp_path), "build"])
    assert result.exit_code == 1
    assert "is not a Shahr project" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_dist_that_cannot_be_written(shahr: Shahr, project: Project) -> None:
    project.dist.write_text("in the way", encoding="utf-8")
    result = shahr("build")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"shahr: {project.dist}")


def test_format_check(shahr: Shahr) -> None:
    result = shahr("format", "--check")
    assert result.exit_code == 1
    assert "cities.ttl" in result.stdout
    assert shahr("format").exit_code == 0
    assert shahr("format", "--check").exit_code == 0


def test_passage(shahr: Shahr, texts: Path) -> None:
    result = shahr("passage", texts / "any name.txt", 0, 15)
    assert result.exit_code == 0
    assert "passage:first-paper-0-15\n    a shahr:Passage ;" in result.stdout
    result = shahr("passage", texts / "any name.txt", 15, 9999)
    assert (result.exit_code, result.stderr) == (
        1,
        "shahr: any name.txt [15,9999): is not inside the text of 72 code points\n",
    )


def test_every_command_explains_itself() -> None:
    assert isinstance(main, click.Group)
    for name in main.commands:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0
        assert main.commands[name].help


def test_a_table_is_aligned() -> None:
    rows: list[list[object]] = [
        [NamedNode("https://w3id.org/shahr/city/isfahan"), Literal("می‌رود")],
        [None, Literal("a\nb")],
    ]
    assert table(["city", "x"], rows) == "city          x\n------------  -----\ncity:isfahan  می‌رود\n              a b"


def test_a_taken_port_is_said_before_anything_is_loaded(shahr: Callable[..., Result]) -> None:
    shahr("build")
    shahr("reason")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = shahr("serve", "--port", taken.getsockname()[1])
    assert result.exit_code == 1
    assert "cannot listen at 127.0.0.1" in result.stderr
