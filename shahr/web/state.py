"""What the views see of the service: one generation for the whole of a request, and answers to wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError

from flask import current_app, g, request
from pyoxigraph import RdfFormat, Triple, parse

from shahr.engine import Answer
from shahr.engine.summary import DatasetSummary
from shahr.errors import EngineDown, UnknownQuestion
from shahr.queries import Query
from shahr.solutions import Solutions, read_solutions
from shahr.web.dumps.shelf import Shelf
from shahr.web.generations import Generation
from shahr.web.messages import Request
from shahr.web.protocol import ProtocolRequest
from shahr.web.runner import Leaving
from shahr.web.site import Site, site_of

LEAVING = "shahr.leaving"  # where an environ holds a Leaving


class State:
    """The service as one request sees it, from a thread that may wait.

    `repeatable` tells whether all that was asked gives the same answer as long as the dataset stays.
    """

    def __init__(self, site: Site, generation: Generation) -> None:
        self._site, self._generation = site, generation
        self.repeatable = True

    @property
    def questions(self) -> Mapping[str, Query]:
        """The questions by name."""
        return self._generation.questions

    @property
    def shapes(self) -> Mapping[str, Sequence[Triple]]:
        """The triples of the shapes by the name of their file; the same object as long as the build serves."""
        return self._generation.shapes

    @property
    def summary(self) -> DatasetSummary:
        """What the dataset holds, in figures."""
        return self._generation.summary

    @property
    def version(self) -> str:
        """What changes with each build, with one of the same data too: its questions may be others."""
        return self._generation.version

    def question(self, name: str) -> Query:
        """Give the question `name`; UnknownQuestion where there is none."""
        try:
            return self.questions[name]
        except KeyError as error:
            raise UnknownQuestion(name) from error

    def evaluate(
        self,
        query: str,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        accepted: str,
        seconds: float | None = None,
    ) -> Answer:
        """Answer a query for the client of this request, within its budget; errors as those of Engine."""
        answer, key = self._answer(
            ProtocolRequest(query, tuple(default_graphs), tuple(named_graphs), seconds), accepted
        )
        self.repeatable = self.repeatable and key is not None
        return answer

    def ask(self, query: str) -> Solutions:
        """Give the rows of a SELECT that somebody else wrote."""
        return read_solutions(self.evaluate(query, [], [], "application/sparql-results+json").body)

    def select(self, query: str) -> Solutions:
        """Give the rows of a SELECT of the pages' own, which is repeatable whatever IRIs it is about."""
        answer, _key = self._answer(ProtocolRequest(query, (), ()), "application/sparql-results+json")
        return read_solutions(answer.body)

    def construct(self, query: str) -> list[Triple]:
        """Give the triples of a CONSTRUCT of the pages' own, which makes no blank nodes and so is repeatable."""
        answer, _key = self._answer(ProtocolRequest(query, (), ()), "application/n-triples")
        return [one.triple for one in parse(answer.body, format=RdfFormat.N_TRIPLES)]

    def _answer(self, asked: ProtocolRequest, accepted: str) -> tuple[Answer, bytes | None]:
        """Give an answer, and the key that it may be kept under."""
        service, endpoint = self._site.service, self._site.endpoint
        whole = endpoint.asked(_request(), asked, accepted)
        key = service.key(self._generation, whole)
        leaving: Leaving | None = request.environ.get(LEAVING)
        try:
            return self._site.runner.run(service.answer(self._generation, whole, key), leaving).answer, key
        except CancelledError as error:
            raise EngineDown("the client of this page has gone") from error

    def release(self) -> None:
        """Let go of the generation."""
        self._site.runner.call_soon(self._generation.release)


def state() -> State:
    """Give the state of the app that answers this request; headers.install lets it go again."""
    if "state" not in g:
        site = site_of(current_app)
        g.state = State(site, site.runner.run(site.service.generations.acquire()))
    found: State = g.state
    return found


def shelf() -> Shelf:
    """Give the releases as this request sees them, the same for the whole of it."""
    if "shelf" not in g:
        g.shelf = site_of(current_app).shelves.now()
    found: Shelf = g.shelf
    return found


def is_repeatable() -> bool:
    """Tell whether the answer to this request stays as long as the dataset does: so it does where nothing was asked."""
    found: State | None = g.get("state")
    return found is None or found.repeatable


def release_state(error: BaseException | None = None) -> None:
    """Let go of the state of this request, if it had any."""
    found: State | None = g.pop("state", None)
    if found is not None:
        found.release()


def page_query(name: str) -> Query:
    """Give one of the queries that the pages themselves need."""
    return site_of(current_app).page_queries[name]


def _request() -> Request:
    """Give the request in hand as the endpoint knows requests, without its body."""
    names = {name.lower(): text for name, text in request.headers.items()}
    base = request.host_url.rstrip("/")
    return Request(request.method, request.path, "", names, b"", request.remote_addr or "", base)
