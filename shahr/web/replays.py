"""Replies to requests that came before, word for word: nothing of them need be read again."""

from __future__ import annotations

from collections.abc import Mapping

from shahr.web.cache import Cached
from shahr.web.generations import Generation
from shahr.web.messages import Reply, Request
from shahr.web.service import Service

LARGE = 256 * 1024  # bytes: a larger body is sent block by block, and not remembered here
MOST = 4096  # requests that are remembered
LONGEST = 4096  # characters of one of them

Address = tuple[str, str, str]  # query string, Accept, Accept-Encoding
Memory = tuple[bytes, str | None, str, list[tuple[str, str]]]  # key in the cache, coding, query, headers


class Replays:
    """How to reply to each GET of /sparql that was answered from what is served now.

    Bodies stay with the cache, which bounds them; an answer that has left it is forgotten here as well.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self._replies: dict[Address, Memory] = {}
        self._replies_of: Generation | None = None

    def recall(self, query_string: str, headers: Mapping[str, str]) -> Reply | None:
        """Give again what the same GET got before, if its answer is still kept; else None."""
        generations = self.service.generations
        generations.look()
        if self._replies_of is not generations.current:
            self._replies.clear()
            return None
        address = _address(query_string, headers)
        found = self._replies.get(address)
        if found is None or "if-none-match" in headers:
            return None
        key, coding, query, reply_headers = found
        entry = self.service.cache.get(key)
        body = None if entry is None else entry.coded.get(coding) if coding else entry.answer.body
        if entry is None or body is None:
            del self._replies[address]
            return None
        self.service.count_replay(query, entry)
        return Reply(200, reply_headers, body)

    def remember(self, request: Request, generation: Generation, query: str, entry: Cached, reply: Reply) -> None:
        """Remember how to reply to a GET, if it is short and its reply not large."""
        address = _address(request.query_string, request.headers)
        if request.method != "GET" or sum(map(len, address)) > LONGEST or len(reply.body) > LARGE:
            return
        if self._replies_of is not generation or len(self._replies) >= MOST:
            self._replies.clear()
            self._replies_of = generation
        coding = dict(reply.headers).get("Content-Encoding")
        self._replies[address] = entry.key, coding, query, reply.headers


def _address(query_string: str, headers: Mapping[str, str]) -> Address:
    return query_string, headers.get("accept", ""), headers.get("accept-encoding", "")
