"""A request and a reply, as every server and framework can give and take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """A request: query string as sent, header names in lower case, the peer's address, `http://host:port`."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    client: str
    base: str


@dataclass(slots=True)
class Reply:
    """A reply; the server adds Content-Length and leaves the body out of the answer to a HEAD."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
