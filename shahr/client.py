"""Asking a SPARQL endpoint that somebody else runs: one request at a time, as late as it says, and never for ever."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import unquote, urlsplit
from urllib.request import Request

from SPARQLWrapper import JSON, POST, SELECT, SPARQLWrapper

from shahr.agent import agent
from shahr.errors import EndpointError
from shahr.exchange import Response, exchange
from shahr.responses import printable, read_rows, wait, without_password
from shahr.solutions import Solutions

ATTEMPTS = 5
TIMEOUT = 65.0
_BUSY = (429, 503)
_NOT_IN_ADDRESS = re.compile(r'[^\x21-\x7e]|[<>"{}|\\^`]')


class Client:
    """Asks the endpoint at the address `endpoint`, http or https, for rows.

    A name and password in the address are sent as Basic authentication; they are not in `.endpoint`, which errors
    show. `timeout`: seconds for one whole answer, until its last byte; `pause`: least seconds between two requests;
    `sleep` waits so many seconds. `.requests` counts what was sent. EndpointError if the address is none.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        timeout: float = TIMEOUT,
        pause: float = 0.0,
    ) -> None:
        self._user, self._password = _credentials(endpoint)
        self.endpoint = without_password(endpoint)
        self.requests = 0
        self._sleep, self._timeout, self._pause = sleep, timeout, pause
        self._last: float | None = None

    def select(self, text: str) -> Solutions:
        """Send a SELECT by POST and read its rows (SPARQL 1.1 Protocol, 2.1.2).

        An endpoint that is busy (429, 503) is asked again when it says so, ATTEMPTS times at most. EndpointError for
        all that is no whole answer with rows; `status` is its HTTP status where there was another than 200.
        """
        self._rest()
        for attempt in range(1, ATTEMPTS + 1):
            response = self._send(text)
            if response.status not in _BUSY:
                return read_rows(self.endpoint, response)
            seconds = wait(self.endpoint, response, attempt)
            if attempt < ATTEMPTS:
                self._sleep(max(self._pause, seconds))
        reason = f"is still busy after {ATTEMPTS} requests (status {response.status}): try again later"
        raise EndpointError(self.endpoint, reason, response.status)

    def _rest(self) -> None:
        left = 0.0 if self._last is None else self._last + self._pause - time.monotonic()
        if left > 0:
            self._sleep(left)

    def _send(self, text: str) -> Response:
        self.requests += 1
        try:
            return exchange(self.endpoint, self._request(text), self._timeout)
        finally:
            self._last = time.monotonic()

    def _request(self, text: str) -> Request:
        """Let SPARQLWrapper write the request.

        Its setQuery would guess the form of a query by the first word that looks like one, and take a SELECT behind a
        comment with "add" in it for an update. Its query() follows redirects and obeys HTTP_PROXY.
        """
        wrapper = SPARQLWrapper(self.endpoint, returnFormat=JSON, agent=agent())
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setCredentials(self._user, self._password)
        wrapper.queryString, wrapper.queryType = text, SELECT
        request: Request = wrapper._createRequest()
        return request


def _credentials(address: str) -> tuple[str, str]:
    """Give name and password in the address of an endpoint, "" where there are none; EndpointError if it is none."""
    try:
        parts = urlsplit(address)
        sound = parts.port != 0 and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a port that is no number, "http://["
        sound = False
    if not sound or _NOT_IN_ADDRESS.search(address):
        shown = printable(re.sub(r"//.*@", "//", address), 200)
        raise EndpointError(shown, "is not an http or https address of an endpoint, in ASCII")
    return unquote(parts.username or ""), unquote(parts.password or "")
