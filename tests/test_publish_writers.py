"""`shahr publish`: several writers, folders that others left, and errors on the way."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from publishing import contents, environment, names, refused, run
from shahr.errors import BuildBusy, ReleaseError, ShahrError
from shahr.paths import Project
from shahr.release import publish as stage
from shahr.release.publish import publish
from shahr.releases import check_release

pytest_plugins = ("publishable",)


def test_one_writer_at_a_time(first: Project) -> None:
    with (first.dist / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another shahr is writing" in refused(first, "publish", "1.1.0")
        with pytest.raises(BuildBusy):
            publish(first, "1.1.0")


def test_of_two_that_publish_one_version_at_once_one_succeeds(publishable: Project) -> None:
    command = [sys.executable, "-m", "shahr.cli", "--project", str(publishable.root), "publish", "1.1.0"]
    command[1:3] = ["-c", "from shahr.cli import main; main()"]
    both = [subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert sorted(process.returncode for process in both) == [0, 1]
    assert re.fullmatch(r"shahr: [^\n]+(is there already|is writing)[^\n]+\n", "".join(said))
    check_release(publishable.releases / "1.1.0")
    assert names(publishable) == ["1.0.0", "1.1.0"]


def test_a_folder_that_a_dead_process_left_goes(publishable: Project) -> None:
    left = publishable.releases / ".next-1" / "release" / "data"
    left.mkdir(parents=True)
    (left / "shahr.nq.gz").write_bytes(b"half")
    publish(publishable, "1.1.0")
    assert names(publishable) == ["1.0.0", "1.1.0"]


@pytest.mark.parametrize("kind", ["dist", "dist/release"])
def test_a_file_where_a_folder_should_be_is_named(publishable: Project, kind: str) -> None:
    shutil.rmtree(publishable.root / kind)
    (publishable.root / kind).write_bytes(b"")
    result = run(publishable, "publish", "1.1.0")
    assert result.exit_code == 1
    assert re.fullmatch(r"shahr: [^\n]+\n", result.stderr)
    assert (publishable.root / kind).read_bytes() == b""


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_may_not_be_written_is_named(publishable: Project) -> None:
    publishable.releases.chmod(0o555)
    try:
        assert "Permission denied" in refused(publishable, "publish", "1.1.0")
    finally:
        publishable.releases.chmod(0o755)


def test_an_error_of_a_part_leaves_all_as_it_was(publishable: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(making: object) -> None:
        raise ReleaseError("this part cannot be made")

    monkeypatch.setattr(stage, "PARTS", (*stage.PARTS, fails))
    before = contents(publishable.releases)
    with pytest.raises(ReleaseError, match="this part cannot be made"):
        publish(publishable, "1.1.0")
    assert contents(publishable.releases) == before


def test_an_interruption_leaves_all_as_it_was(publishable: Project) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    before = contents(publishable.releases)
    with pytest.raises(KeyboardInterrupt):
        publish(publishable, "1.1.0", done=interrupt)
    assert contents(publishable.releases) == before


def test_one_that_is_told_to_end_leaves_all_as_it_was(publishable: Project) -> None:
    before = contents(publishable.releases)
    command = [sys.executable, "-c", "from shahr.cli import main; main()", "--project", str(publishable.root)]
    process = subprocess.Popen([*command, "publish", "1.1.0"], env=environment())
    while names(publishable) == ["1.0.0"]:
        assert process.poll() is None
        time.sleep(0.001)
    process.terminate()
    assert process.wait(60) == 143
    assert contents(publishable.releases) == before


def test_where_the_disk_fails_after_the_name_was_given_it_is_taken_back(
    publishable: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path) -> None:
        if folder == publishable.releases:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(stage, "sync_folder", fails)
    before = contents(publishable.releases)
    with pytest.raises(ShahrError, match="could not be made, and all is as it was: Input/output error"):
        publish(publishable, "1.1.0")
    assert contents(publishable.releases) == before
