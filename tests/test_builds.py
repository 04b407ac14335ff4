from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shahr.builds import next_build
from shahr.errors import BuildBusy, ProjectMissing
from shahr.paths import Project


def publish(project: Project, graph: bytes, keep: tuple[str, ...] = ()) -> None:
    with next_build(project, keep) as out:
        (out / "graph.nq").write_bytes(graph)


def folders(project: Project) -> list[str]:
    return sorted(path.name for path in project.builds.iterdir())


def test_a_build_is_linked_when_it_is_done(project: Project) -> None:
    with next_build(project) as out:
        (out / "graph.nq").write_bytes(b"one")
        assert not project.graph.exists()
    assert project.graph.read_bytes() == b"one"
    assert str(project.current.readlink()) == f"builds/{folders(project)[0]}"
    assert not Path(project.graph.readlink()).is_absolute()


def test_the_build_before_goes(project: Project) -> None:
    publish(project, b"one")
    before = folders(project)
    publish(project, b"two")
    assert project.graph.read_bytes() == b"two"
    assert len(folders(project)) == 1
    assert folders(project) != before


def test_the_same_build_changes_nothing(project: Project) -> None:
    publish(project, b"one")
    before = (folders(project), project.graph.stat().st_ino)
    publish(project, b"one")
    assert (folders(project), project.graph.stat().st_ino) == before


def test_other_inferences_from_one_graph_are_another_build(project: Project) -> None:
    publish(project, b"one")
    for inferred in (b"a", b"b"):
        with next_build(project, keep=("graph.nq",)) as out:
            (out / "inferred.nq").write_bytes(inferred)
        assert project.inferred.read_bytes() == inferred
        assert project.graph.read_bytes() == b"one"


def test_a_spoilt_build_is_mended(project: Project) -> None:
    publish(project, b"one")
    (project.current / "graph.nq").unlink()
    publish(project, b"one")
    assert project.graph.read_bytes() == b"one"


def test_a_failing_build_leaves_the_old_one(project: Project) -> None:
    publish(project, b"one")
    with pytest.raises(TypeError):
        publish(project, "no bytes")  # type: ignore[arg-type]
    assert project.graph.read_bytes() == b"one"
    assert len(folders(project)) == 1


def test_nothing_to_keep_says_what_to_do(project: Project) -> None:
    with pytest.raises(ProjectMissing, match=r"graph\.nq is not there yet: run `shahr run`"):
        publish(project, b"", keep=("graph.nq",))


def test_one_writer_at_a_time(project: Project) -> None:
    publish(project, b"one")
    with (project.dist / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BuildBusy, match="another shahr is writing"):
            publish(project, b"two")
    publish(project, b"three")
    assert project.graph.read_bytes() == b"three"


KILLED = """
import os, pathlib, signal, sys
from shahr import builds
from shahr.paths import Project
count = int(sys.argv[2])
def trace(frame, event, argument):
    global count
    count -= 1
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return trace
with builds.next_build(Project.at(pathlib.Path(sys.argv[1]))) as out:
    (out / "graph.nq").write_bytes(b"new")
    sys.settrace(trace)
"""


@pytest.mark.parametrize("line", [1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 120, 150])
def test_killed_anywhere_a_whole_build_serves(line: int, project: Project) -> None:
    publish(project, b"old")
    command = [sys.executable, "-c", KILLED, str(project.root), str(line)]
    done = subprocess.run(command, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode in (0, -signal.SIGKILL)
    assert project.graph.read_bytes() in (b"old", b"new")
    publish(project, b"newest")
    assert project.graph.read_bytes() == b"newest"
    assert len(folders(project)) == 1
