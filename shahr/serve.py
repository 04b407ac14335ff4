"""Serving the graph from this process, by granian."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from shahr.errors import ProjectMissing
from shahr.paths import Project

THREADS = 4


def serve(project: Project, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve a built project until interrupted; ProjectMissing, before it listens, where nothing is built."""
    for path in (project.graph, project.inferred):
        if not path.is_file():
            raise ProjectMissing(f"{path} is not there yet: run `shahr run` (or `make serve`) first")
    print(f"Shahr serves http://{f'[{host}]' if ':' in host else host}:{port}/", flush=True)
    server = Granian(
        "server:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_access=False,
        respawn_failed_workers=True,  # a query that overflows the engine's stack ends its process, not the service
    )
    server.serve(target_loader=partial(load_app, project), wrap_loader=False)


def load_app(project: Project) -> Callable[..., Any]:
    """Make the app in the process that will serve it."""
    from server import create_app

    return create_app({"PROJECT": project})
