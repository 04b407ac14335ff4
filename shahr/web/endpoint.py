"""/sparql, /health and /metrics, without a framework: its dispatch costs more than a small query."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from hashlib import blake2b

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestHeaderFieldsTooLarge

from shahr.errors import NotAcceptable, OverBudget, ShahrError
from shahr.formats import REMEMBERED, Format, graph_formats, negotiate, parse_accept, result_formats
from shahr.web.cache import Cached, etag, matches
from shahr.web.clients import client_of
from shahr.web.coding import LEAST, choose_coding, encode
from shahr.web.description import describe
from shahr.web.errors import reply_to
from shahr.web.generations import Generation
from shahr.web.messages import Reply, Request
from shahr.web.protocol import ProtocolRequest, read_request
from shahr.web.replays import Replays
from shahr.web.service import Asked, Service

PATHS = frozenset({"/sparql", "/health", "/metrics"})
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
READ = ("GET", "HEAD")
HEADERS = 8192  # characters in all headers together
RANGES = 100
_INLINE = 64 * 1024  # bytes: a larger body is read or compressed beside the event loop


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What an Accept header asks for: a type for results, one for graphs, and whether a page comes first."""

    types: tuple[str | None, str | None]
    page: bool
    page_without_query: bool


def takes(path: str) -> bool:
    """Tell whether the endpoint answers at a path; `//sparql`, which frameworks read as a host, is nobody's."""
    return path in PATHS or path.startswith("//")


def shared_headers() -> tuple[tuple[str, str], ...]:
    """Give the headers of every reply: open to scripts of any site, and taken for nothing else than it says."""
    return (
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, Retry-After"),
        ("X-Content-Type-Options", "nosniff"),
    )


class Endpoint:
    """Replies to requests for the paths it takes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._negotiated: dict[str, Negotiated] = {}
        self._clients: dict[tuple[str, str | None], str] = {}
        self._shared = shared_headers()
        self.replays = Replays(service)

    async def reply(self, request: Request) -> Reply | None:
        """Reply to a request; None where a page is wanted, which the application makes."""
        try:
            reply = await self._reply(request)
        except HTTPException as error:
            reply = self._blame(request, error)
        except ShahrError as error:
            reply = reply_to(error)
        if reply is not None:
            reply.headers.extend(self._shared)
            if request.path == "/sparql":
                reply.headers.append(("Vary", "Accept, Accept-Encoding"))
        return reply

    async def _reply(self, request: Request) -> Reply | None:
        if request.path not in PATHS:
            raise NotFound
        if request.path != "/sparql":
            if request.method not in READ:
                raise MethodNotAllowed(READ, f"{request.path} is only read, by GET or HEAD")
            return self._health() if request.path == "/health" else self._metrics()
        if request.method not in METHODS:
            raise MethodNotAllowed(METHODS, "the endpoint takes GET, HEAD, POST and OPTIONS")
        return _options() if request.method == "OPTIONS" else await self._query(request)

    def _blame(self, request: Request, error: HTTPException) -> Reply:
        """An error of the protocol counts for its client, whose later ones may be over its budget."""
        try:
            self.service.blame(self._client(request.client, request.headers.get("x-forwarded-for")))
        except OverBudget as over:
            return reply_to(over)
        return reply_to(error)

    async def _query(self, request: Request) -> Reply | None:
        if sum(map(len, request.headers.values())) > HEADERS:
            raise RequestHeaderFieldsTooLarge(f"the headers hold more than {HEADERS} characters")
        if len(request.query_string) + len(request.body) > _INLINE:
            asked = await asyncio.get_running_loop().run_in_executor(None, read_request, request)
        else:
            asked = read_request(request)
        accept = request.headers.get("accept", "")
        if accept.count(",") >= RANGES:
            raise RequestHeaderFieldsTooLarge(f"the Accept header names more than {RANGES} types")
        wanted = self._negotiate(accept)
        if wanted.page if asked.query is not None else wanted.page_without_query:
            return None
        generation = await self.service.generations.acquire()
        try:
            if asked.query is None:
                return self._description(request, generation, accept)
            return await self._answer(request, generation, self.asked(request, asked, accept))
        finally:
            generation.release()

    def asked(self, request: Request, asked: ProtocolRequest, accept: str) -> Asked:
        """Give a request of the protocol as the service takes it."""
        limit = self.service.settings.limits.seconds
        forwarded = request.headers.get("x-forwarded-for")
        return Asked(
            asked.query or "",
            asked.default_graphs,
            asked.named_graphs,
            accept,
            self._negotiate(accept).types,
            self._client(request.client, forwarded),
            min(asked.timeout or limit, limit),
        )

    async def _answer(self, request: Request, generation: Generation, asked: Asked) -> Reply:
        key = self.service.key(generation, asked)
        coding = choose_coding(request.headers.get("accept-encoding"))
        held = request.headers.get("if-none-match") if request.method in READ else None  # RFC 9110, 13.1.2
        anything = key is not None and held is not None and held.strip() == "*"
        if held and key and not anything:
            for media_type in asked.negotiated:
                for tag in _tags(key, media_type, coding):
                    if matches(held, tag):
                        self.service.not_modified(asked)
                        return Reply(304, [("ETag", tag), ("Cache-Control", "no-cache")], b"")
        entry = await self.service.answer(generation, asked, key, unseen=not anything)
        body, coding = await self._coded(entry, coding)
        reply = _reply(entry, body, coding, anything)
        if entry.key and reply.status == 200 and generation is self.service.generations.current:
            self.replays.remember(request, generation, asked.query, entry, reply)
        return reply

    async def _coded(self, entry: Cached, coding: str | None) -> tuple[bytes, str | None]:
        body = entry.answer.body
        if coding is None or len(body) < LEAST:
            return body, None
        coded = entry.coded.get(coding)
        if coded is None:
            if len(body) <= _INLINE:
                coded = encode(body, coding)
            else:
                coded = await asyncio.get_running_loop().run_in_executor(None, encode, body, coding)
            self.service.cache.add_coded(entry, coding, coded)
        return coded, coding

    def _client(self, peer: str, forwarded: str | None) -> str:
        client = self._clients.get((peer, forwarded))
        if client is None:
            if len(self._clients) >= REMEMBERED:
                self._clients.clear()
            client = client_of(peer, forwarded, self.service.settings.trusted_proxies)
            self._clients[peer, forwarded] = client
        return client

    def _negotiate(self, accept: str) -> Negotiated:
        found = self._negotiated.get(accept)
        if found is None:
            if len(self._negotiated) >= REMEMBERED:
                self._negotiated.clear()
            found = self._negotiated[accept] = _negotiated(accept)
        return found

    def _description(self, request: Request, generation: Generation, accept: str) -> Reply:
        media_type, chosen = negotiate(accept, graph_formats())
        federated = bool(self.service.settings.services)
        body = describe(f"{request.base}/sparql", generation.summary, chosen, federated)
        tag = _digest(body)
        held = request.headers.get("if-none-match") if request.method in READ else None
        if held and matches(held, tag):
            return Reply(304, [("ETag", tag), ("Cache-Control", "no-cache")], b"")
        headers = [("Content-Type", content_type(media_type)), ("Cache-Control", "no-cache"), ("ETag", tag)]
        return Reply(200, headers, body)

    def _health(self) -> Reply:
        self.service.generations.look()
        generation, service = self.service.generations.current, self.service
        up = generation is not None and not generation.lost
        summary = generation.summary if generation else None
        engine = {
            "children": service.settings.children,
            "busy": service.admission.busy,
            "queued": len(service.admission.waiting),
            "kills": service.kills,
        }
        state = {
            "status": "ok" if up else "starting",
            "triples": summary.triples if summary else None,
            "dataset": summary.digest if summary else None,
            "engine": engine,
        }
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return Reply(200 if up else 503, headers, json.dumps(state).encode())

    def _metrics(self) -> Reply:
        media_type, body = self.service.metrics.render()
        return Reply(200, [("Content-Type", media_type), ("Cache-Control", "no-store")], body)


def content_type(media_type: str) -> str:
    """Give the Content-Type of a body in UTF-8."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _negotiated(accept: str) -> Negotiated:
    wanted = parse_accept(accept)
    page = wanted.quality("text/html") if "text/html" in wanted.values() else 0
    graphs = max(wanted.quality(name) for one in graph_formats() for name in one.media_types)
    results = max(wanted.quality(name) for one in result_formats() for name in one.media_types)
    types = _type(accept, result_formats()), _type(accept, graph_formats())
    return Negotiated(types, bool(page) and page >= max(graphs, results), bool(page) and page >= graphs)


def _type(accept: str, formats: tuple[Format, ...]) -> str | None:
    try:
        return negotiate(accept, formats)[0]
    except NotAcceptable:
        return None


def _tags(key: bytes, media_type: str | None, coding: str | None) -> list[str]:
    """A short body goes uncoded whatever the client takes, so its copy may have either tag."""
    if media_type is None:
        return []
    return [etag(key, media_type, one) for one in dict.fromkeys((coding, None))]


def _reply(entry: Cached, body: bytes, coding: str | None, held: bool) -> Reply:
    media_type = entry.answer.media_type
    headers = [("Content-Type", content_type(media_type)), ("Cache-Control", "no-cache")]
    if entry.key:
        tag = etag(entry.key, media_type, coding)
        headers.append(("ETag", tag))
        if held:
            return Reply(304, headers[1:], b"")
    if coding:
        headers.append(("Content-Encoding", coding))
    return Reply(200, headers, body)


def _digest(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def _options() -> Reply:
    methods = ", ".join(METHODS)
    headers = [("Allow", methods), ("Access-Control-Allow-Methods", methods)]
    headers += [("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match")]
    return Reply(204, [*headers, ("Access-Control-Max-Age", "86400")], b"")
