"""Serving the graph from this process, by granian."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces

from shahr.errors import AddressTaken, ProjectMissing
from shahr.paths import Project

THREADS = 4
STACK = 128 * 1024**2  # bytes a thread: Oxigraph descends a level for each link of a long chain


def serve(project: Project, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve a built project until interrupted; ProjectMissing, before it listens, where nothing is built."""
    for path in (project.graph, project.inferred):
        if not path.is_file():
            raise ProjectMissing(f"{path} is not there yet: run `shahr run` (or `make serve`) first")
    address, port = _free_address(host, port)
    os.environ.setdefault("RUST_MIN_STACK", str(STACK))
    print(f"Shahr serves http://{f'[{host}]' if ':' in host else host}:{port}/", flush=True)
    server = Granian(
        "server:create_app",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        log_access=False,
        respawn_failed_workers=True,  # a query that overflows the engine's stack ends its process, not the service
    )
    server.serve(target_loader=partial(load_app, project), wrap_loader=False)


def _free_address(host: str, port: int) -> tuple[str, int]:
    """Give host as an IP address and the port, 0 made a real one; granian itself would share a taken port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:
            address: tuple[str, int] = probe.getsockname()[:2]
            return address
    except OSError as error:
        raise AddressTaken(f"cannot listen at {host}:{port}: {error.strerror}; try another --host or --port") from error


def load_app(project: Project) -> Callable[..., Any]:
    """Make the app in the process that will serve it."""
    from server import create_app

    return create_app({"PROJECT": project})
