"""`shahr link`, killed at any moment: no answer is asked for twice, and the file comes out as without the kills."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from misbehaving import Asked, Reply, misbehaving
from shahr.cli import main
from shahr.sssom import read_mapping_set
from wikidatalike import honest, invented, project_with, turtle

ENTITIES, KILLS, BATCH = 300, 10, 20


def slow(reply: Reply) -> Reply:
    """Take a moment for each answer, so that there is something to kill."""
    assert callable(reply)

    def pieces(asked: Asked) -> Iterator[bytes]:
        time.sleep(0.02)
        if is_whole(asked):
            yield from reply(asked)

    return pieces


def is_whole(asked: Asked) -> bool:
    """Tell whether a request came with its body, and was not cut off by a kill."""
    return "query" in asked.form


def test_killed_runs_repeat_no_answered_request_and_end_in_the_same_file(tmp_path: Path) -> None:
    truth, chance = invented(ENTITIES), random.Random(6)
    reply = slow(honest(turtle(truth.things)))
    killed, whole = (project_with(tmp_path / name, truth.ours) for name in ("killed", "whole"))
    with misbehaving({"/sparql": reply, "/whole": reply}) as server:
        command = [sys.executable, "-c", "from shahr.cli import main; main()", "--project", str(killed.root)]
        words = ["link", "--batch", str(BATCH), "--endpoint", f"{server.address}/sparql"]
        kept, kills = killed.dist / "link", 0
        while kills < KILLS:
            process = subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL)
            start = len(server.requests)
            while len(server.requests) == start and process.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.2))
            assert process.poll() is None, "it came to its end before it was killed: make the task longer"
            process.kill()
            process.wait(20)
            kills += 1
            path = killed.links / "wikidata.sssom.tsv"
            assert not path.exists()
        lines = sum(file.read_bytes().count(b"\n") for file in kept.glob("*/answers.jsonl"))
        assert subprocess.run([*command, *words], capture_output=True, timeout=60).returncode == 0
        asked = [one.query for one in server.requests if is_whole(one)]
        again = CliRunner().invoke(
            main,
            ["--project", str(whole.root), "link", "--batch", str(BATCH), "--endpoint", f"{server.address}/whole"],
        )
        assert again.exit_code == 0, again.output
        needed = sum(map(is_whole, server.requests)) - len(asked)
    assert lines > KILLS
    assert set(asked) == {one.query for one in server.requests if is_whole(one)}
    assert len(asked) - needed <= KILLS  # what was on its way when a kill came, and nothing else
    assert max(Counter(asked).values()) <= 1 + KILLS
    assert _file(killed.links) == _file(whole.links)
    found = read_mapping_set(killed.links / "wikidata.sssom.tsv").rows
    assert {row.subject_id.replace(":", "/"): row.object_id.removeprefix("wd:") for row in found} == truth.items


def _file(folder: Path) -> bytes:
    return (folder / "wikidata.sssom.tsv").read_bytes()
