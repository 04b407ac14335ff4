"""What a service is told: what it serves, and the limits it keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from shahr.engine import Limits
from shahr.engine.source import Source
from shahr.paths import Project


@dataclass(frozen=True)
class Settings:
    """The settings of a service; times in seconds, sizes in bytes, 0 for a budget or the cache turns it off.

    It serves `endpoint` (an address) if there is one, else `dataset` (a file), else what is built in `project`.
    `folder` is where the processes of one service meet, and `first` what they all begin with; None for a service
    of one process.
    """

    project: Project
    dataset: Path | None = None
    endpoint: str | None = None
    limits: Limits = field(default_factory=Limits)
    body: int = 2 * 1024**2
    children: int = 3
    queue: int = 32
    cache: int = 64 * 1024**2
    client_seconds: float = 60.0
    client_errors: int = 30
    trusted_proxies: frozenset[str] = frozenset()
    services: tuple[str, ...] = ()
    log_text: bool = False
    on_disk: bool = False
    folder: Path | None = None
    first: Source | None = None
