"""The index of names of the build that serves, as all that searches, completes and matches names shares it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from shahr.errors import ProjectMissing
from shahr.gazetteer import Gazetteer, open_gazetteer
from shahr.search import Index, open_index
from shahr.web.settings import Settings
from shahr.web.site import site_of

EXTENSION = "shahr.index"


@dataclass(frozen=True)
class Names:
    """What one search.db holds: the index to search in, and the entities with their values."""

    index: Index
    gazetteer: Gazetteer


class CurrentIndex:
    """The names of the build that serves: when another build is linked, its search.db is opened."""

    def __init__(self) -> None:
        self._open: tuple[Path | None, Names | None] = (None, None)

    def of(self, settings: Settings) -> Names | None:
        """Give the names, None where the graph of the project is not what is served, or was built without an index."""
        if settings.dataset or settings.endpoint:
            return None
        for _again in range(2):  # the build may have gone between a look at the link and the opening
            path = (settings.project.current / "search.db").resolve()
            known, names = self._open
            if path == known:
                return names
            try:
                self._open = (path, Names(open_index(path), open_gazetteer(path)))
            except ProjectMissing:
                continue
        return self._open[1] if self._open[0] == path else None


def current_names() -> Names | None:
    """Give the names of the build that the app of this request serves; None where there is no index."""
    current: CurrentIndex = current_app.extensions.setdefault(EXTENSION, CurrentIndex())
    return current.of(site_of(current_app).service.settings)


def names_or_404() -> Names:
    """Give the names as `current_names` does, to match others with; NotFound, with a sentence, without an index."""
    names = current_names()
    if names is None:
        command = "`shahr run`"
        raise NotFound(
            _(
                "reconciliation needs the built graph with its index: serve a project, after %(command)s",
                command=command,
            )
        )
    return names


def without_index() -> str:
    """Say, in the language of the request, what search misses."""
    sentence: str = _("search needs the built graph with its index: serve a project, after %(command)s")
    return sentence % {"command": "`shahr run`"}
