"""Rows of a SQLite file that is only read, for any number of threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any

from shahr.errors import ProjectMissing


def open_rows(path: Path, tried: str) -> Rows:
    """Open a search.db; it stays readable when the file goes. `tried` is a statement that must be possible.

    ProjectMissing where the file cannot be opened, or is none that this version of shahr wrote.
    """
    missing = f"{path.name} cannot be opened: run `shahr index`, or `shahr run`"
    try:
        rows = Rows(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        )
    except sqlite3.Error as error:
        raise ProjectMissing(missing) from error
    try:
        rows.select(tried, {})
    except sqlite3.Error as error:
        rows.close()
        raise ProjectMissing(missing) from error
    return rows


class Rows:
    """A connection that asks one thing at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection, self._lock = connection, Lock()

    def select(self, statement: str, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Give the rows of a statement with these values."""
        with self._lock, closing(self._connection.cursor()) as cursor:
            return cursor.execute(statement, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
