"""What a build is made of: one digest that changes with any file of ontology/, data/, shapes/ and queries/.

The description of the dataset is none of them: releases alone read it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from shahr.files import write_atomically
from shahr.paths import Project

FILE = "inputs.sha256"


def digest_inputs(project: Project) -> str:
    """Give the SHA-256 over names and bytes of the sources, hexadecimal; OSError where one cannot be read."""
    total = hashlib.sha256()
    for folder in (project.ontology, project.data, project.shapes, project.questions.parent):
        for path in sorted(set(_files(folder)) - {project.about}):
            name = path.relative_to(project.root).as_posix()
            total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def write_digest(project: Project, out: Path) -> None:
    """Note in a build which sources it is made of."""
    write_atomically(out / FILE, f"{digest_inputs(project)}\n".encode())


def is_fresh(project: Project) -> bool:
    """Tell whether the current build was made, by `shahr run`, of the sources as they are now."""
    noted = project.current / FILE
    return noted.is_file() and noted.read_bytes().strip() == digest_inputs(project).encode()


def _files(folder: Path) -> Iterator[Path]:
    """Give all files below a folder, but for hidden ones; a folder that cannot be read is an error, not empty."""
    if not folder.is_dir():
        return
    for place, folders, names in os.walk(folder, onerror=_fail, followlinks=True):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        yield from (Path(place) / name for name in names if not name.startswith("."))


def _fail(error: OSError) -> None:
    raise error
