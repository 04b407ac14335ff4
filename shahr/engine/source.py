"""What a zygote is told to open: files, or an endpoint, and what its children may take."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from pyoxigraph import Store

from shahr.engine import Evaluator
from shahr.engine.disk import prepare
from shahr.engine.loading import digest_loaded, load_files
from shahr.engine.store import StoreEvaluator
from shahr.engine.summary import summarise


@dataclass(frozen=True)
class Source:
    """Where answers come from.

    kind "files": `files` are loaded into memory; "endpoint": queries go to `endpoint`; "services": blocks of
    SERVICE go to one of `hosts`. `memory` is what a child may take beyond what is loaded, in bytes. `version`
    tells apart what was in the same files at different times. With `store`, a folder, N-Quads are loaded there,
    not into memory.
    """

    kind: Literal["files", "endpoint", "services"]
    files: tuple[str, ...] = ()
    endpoint: str = ""
    hosts: tuple[str, ...] = ()
    memory: int = 1024**3
    version: str = ""
    store: str = ""

    def to_json(self) -> str:
        """Write it for the command line of a zygote."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Source:
        """Read what to_json wrote."""
        fields = json.loads(text)
        return cls(**fields | {"files": tuple(fields["files"]), "hosts": tuple(fields["hosts"])})

    @property
    def name(self) -> str:
        """Give a name that tells two sources apart, fit for a file."""
        return blake2b(self.to_json().encode(), digest_size=8).hexdigest()

    @property
    def offline(self) -> bool:
        """Tell whether children need no network."""
        return self.kind == "files"

    @property
    def open_files(self) -> int:
        """Give the number of files and sockets a child may have open: none at all where it works in memory."""
        return 0 if self.kind == "files" and not self.store else 1024


def summary_file(address: Path) -> Path:
    """Give the file in which a zygote, by its socket, tells of its dataset: a packet could not hold it all."""
    return address.with_suffix(".json")


def open_source(source: Source) -> tuple[Callable[[], Evaluator], dict[str, Any]]:
    """Open a source: what makes an evaluator in each child, and the summary; ShahrError where it cannot be used."""
    if source.kind == "files":
        paths = [Path(file) for file in source.files]
        return _on_disk(Path(source.store), paths) if source.store else _in_memory(paths)
    from shahr.engine.federated import ServiceFetcher  # an HTTP client is no part of the others
    from shahr.engine.remote import RemoteEvaluator

    unknown: dict[str, Any] = {"digest": "", "triples": None, "graphs": []}
    if source.kind == "endpoint":
        return partial(RemoteEvaluator, source.endpoint), unknown
    return partial(ServiceFetcher, source.hosts), unknown


def _in_memory(paths: list[Path]) -> tuple[Callable[[], Evaluator], dict[str, Any]]:
    """All children share one store, copy on write."""
    store = Store()
    load_files(store, paths)
    evaluator = StoreEvaluator(store)
    return lambda: evaluator, asdict(summarise(store, digest_loaded(store, paths)))


def _on_disk(folder: Path, paths: list[Path]) -> tuple[Callable[[], Evaluator], dict[str, Any]]:
    """Each child opens the store for itself, which takes some ten milliseconds."""
    store, summary = prepare(folder, paths)
    return lambda: StoreEvaluator(Store.read_only(str(store))), summary
