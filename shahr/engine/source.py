"""What a zygote is told to open: files, or an endpoint, and what its children may take."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from pyoxigraph import Store

from shahr.engine import Evaluator
from shahr.engine.loading import digest_files, load_files
from shahr.engine.store import StoreEvaluator
from shahr.summary import summarise


@dataclass(frozen=True)
class Source:
    """Where answers come from.

    kind "files": `files` are loaded into memory; "endpoint": queries go to `endpoint`; "services": blocks of
    SERVICE go to one of `hosts`. `memory` is what a child may take beyond what is loaded, in bytes. `version`
    tells apart what was in the same files at different times.
    """

    kind: Literal["files", "endpoint", "services"]
    files: tuple[str, ...] = ()
    endpoint: str = ""
    hosts: tuple[str, ...] = ()
    memory: int = 1024**3
    version: str = ""

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
        return 0 if self.kind == "files" else 64


def open_source(source: Source) -> tuple[Evaluator, dict[str, Any]]:
    """Open a source: what answers from it, and its summary; ShahrError where it cannot be used."""
    if source.kind == "endpoint":
        from shahr.engine.remote import RemoteEvaluator

        return RemoteEvaluator(source.endpoint), {"digest": "", "triples": None, "graphs": []}
    if source.kind == "services":
        from shahr.engine.federated import ServiceFetcher

        return ServiceFetcher(source.hosts), {"digest": "", "triples": None, "graphs": []}
    paths = [Path(file) for file in source.files]
    store = Store()
    load_files(store, paths)
    return StoreEvaluator(store), asdict(summarise(store, digest_files(store, paths)))
