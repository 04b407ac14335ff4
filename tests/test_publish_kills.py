"""Whatever happens to `shahr publish`: the release is whole or not there, and the old one is what it was."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from publishing import environment, quick_folder, small_project

FAULTS = Path(__file__).resolve().with_name("faults.py")
KILLS = 200
ALONE = ("unshare", "--mount", "--propagation", "private")  # what is mounted is seen by nobody else, and goes


def seen(*kinds: tuple[object, ...], before: tuple[str, ...] = ()) -> dict[str, Any]:
    """Let faults happen to small projects, one a kind, all at the same time; add up what is seen."""
    with quick_folder() as folder:
        roots = [small_project(folder / str(number)).root for number, _ in enumerate(kinds)]
        commands = [
            [*before, sys.executable, str(FAULTS), str(kind), str(root), *map(str, numbers)]
            for (kind, *numbers), root in zip(kinds, roots, strict=True)
        ]
        running = [
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
            for command in commands
        ]
        said = [process.communicate(timeout=300) for process in running]
    assert [process.returncode for process in running] == [0] * len(kinds), said
    found = [json.loads(out) for out, _ in said]
    return {name: sum((one[name] for one in found[1:]), found[0][name]) for name in found[0]}


def may(*command: str) -> bool:
    """Tell whether a command can be run here, and succeeds."""
    return (
        shutil.which(command[0]) is not None
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def test_killed_at_any_moment_a_release_is_whole_or_not_there() -> None:
    found = seen(("kills", KILLS // 2, 7), ("kills", KILLS // 2, 8))
    assert found["wrong"] == []
    assert found["hit"] == KILLS
    assert len(found["unfinished"]) > KILLS / 4
    assert len(set(found["unfinished"])) > 5  # files that there were: the moments lie all over the run


def test_where_a_system_call_fails_one_sentence_says_so_and_nothing_is_left() -> None:
    if not may("strace", "-o", os.devnull, "true"):
        pytest.skip("strace is not installed, or may not trace here")
    found = seen(("calls", 7, 0), ("calls", 7, 1))
    assert found["wrong"] == []
    assert found["hit"] > 30
    assert any("No space left on device" in sentence for sentence in found["sentences"])


def test_where_the_disk_is_full_one_sentence_says_so_and_nothing_is_left() -> None:
    if os.geteuid() or not may(*ALONE, "true"):
        pytest.skip("only root may mount a small file system, and only where there are namespaces")
    found = seen(("full",), before=ALONE)
    assert found["wrong"] == []
    assert found["hit"] > 5
    assert found["finished"] == 1
    assert all("No space left on device" in sentence for sentence in found["sentences"])
