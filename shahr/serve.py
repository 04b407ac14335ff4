"""Serving the graph from this process, by granian."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from shahr.engine.control import start_zygote
from shahr.engine.kernel import bind_to_parent
from shahr.errors import AddressTaken
from shahr.files import temporary_folder
from shahr.web.budget import Ledger
from shahr.web.generations import source_now
from shahr.web.settings import Settings

PARTING = 2  # seconds for requests in hand when the service ends
HEADERS_WITHIN = 10_000  # milliseconds for a request's head to arrive


def serve(settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 2) -> None:
    """Serve until interrupted; before it listens, ShahrError where there is nothing to serve or no free address."""
    with temporary_folder() as folder:
        first = source_now(settings)
        settings = replace(settings, folder=folder, first=first)
        address, port = _free_address(host, port)
        start_zygote(folder, first)
        Ledger.create(folder / "budgets")
        _share_metrics(folder / "metrics")
        _open_many_files()
        print(f"Shahr serves http://{f'[{host}]' if ':' in host else host}:{port}/", flush=True)
        server = Granian(
            "server:create_app",
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            http=HTTPModes.http1,
            loop=Loops.asyncio,
            workers=workers,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN),
            websockets=False,
            log_access=False,
            respawn_failed_workers=True,
            respawn_interval=0.1,
            workers_kill_timeout=PARTING,
            log_dictconfig=_log_to_stderr(),
        )
        server.serve(target_loader=partial(load_application, settings), wrap_loader=False)


def load_application(settings: Settings) -> Callable[..., Any]:
    """Make the application in the process that will serve it."""
    bind_to_parent()
    from server import create_app
    from shahr.web.rsgi import Application

    return Application(create_app({"SERVICE": settings}))  # type: ignore[return-value]


def _log_to_stderr() -> dict[str, Any]:
    """Standard output is for the address alone: who reads only that must not make a full pipe block the workers."""
    handler = {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {"handlers": {"console": handler, "access": handler}}


def _open_many_files() -> None:
    """A connection is an open file, and a service has more of them than the usual limit foresees."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _share_metrics(folder: Path) -> None:
    """The workers, and the processes they start, inherit it."""
    folder.mkdir()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _free_address(host: str, port: int) -> tuple[str, int]:
    """Give host as an IP address and the port, 0 made a real one; granian itself would share a taken port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:
            address: tuple[str, int] = probe.getsockname()[:2]
            return address
    except OSError as error:
        raise AddressTaken(f"cannot listen at {host}:{port}: {error.strerror}; try another --host or --port") from error
