"""From a built graph and an endpoint to what is to be sent, and what is not and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pyoxigraph import Store

from shahr.mappings import Link
from shahr.quickstatements.disagreeing import disagreements, together
from shahr.quickstatements.judging import judge_there
from shahr.quickstatements.linked import read_linked
from shahr.quickstatements.read import read_statements
from shahr.quickstatements.sources import Sources, facts_contested, read_sources
from shahr.quickstatements.statement import Finding, Outcome, Reason
from shahr.quickstatements.wikidata import ask
from shahr.quickstatements.withholding import Judged, included, judge_here
from shahr.wikidata import Asks


@dataclass(frozen=True)
class Proposal:
    """Every statement our graph supports and what became of it; what each fact rests on, by its IRI."""

    endpoint: str
    day: date
    findings: tuple[Finding, ...]
    sources: Mapping[str, Sources]

    def of(self, *outcomes: Outcome) -> list[Finding]:
        """Give the findings that have one of some outcomes."""
        return [one for one in self.findings if one.outcome in outcomes]


def propose(store: Store, links: Iterable[Link], client: Asks, day: date, include: Iterable[str] = ()) -> Proposal:
    """Compare what a built graph supports with what an endpoint has, and judge each statement.

    `links`: the accepted ones (shahr.mappings). `day`: when the endpoint is asked.
    `include`: names of statements that are sent though they are ambiguous, contested, or one speaker's words.
    BatchError for a name that cannot help, EndpointError where no request is answered.
    """
    linked = read_linked(store, links)
    statements = read_statements(store, linked)
    facts = [one.fact for one in statements]
    sources = read_sources(store, facts)
    contested = together(facts_contested(store, facts), disagreements(statements))
    judged = [judge_here(one, sources[one.fact], contested) for one in statements]
    findings = _judge(judged, included(judged, include), client)
    return Proposal(client.endpoint, day, tuple(findings), sources)


def _judge(judged: Sequence[Judged], named: frozenset[str], client: Asks) -> list[Finding]:
    """Withhold what has a barrier or an unnamed doubt; ask the endpoint about the rest."""
    free = [one.statement for one in judged if not _kept(one, named)]
    items = {one.item for one in free if one.item}
    targets = {one.target for one in free if one.target and isinstance(one.value, str)}
    told = ask(client, items | targets, ((side.item or "", side.predicate.id) for one in free for side in one.sides))
    there = {id(one): judge_there(one, told) for one in free}
    return [there.get(id(one.statement)) or Finding(one.statement, "withheld", _kept(one, named)) for one in judged]


def _kept(one: Judged, named: frozenset[str]) -> tuple[Reason, ...]:
    """Give why a statement is not sent; a doubt is no help to name where there is a barrier too."""
    if one.barriers:
        return *one.barriers, *(replace(doubt, can_be_named=False) for doubt in one.doubts)
    return () if one.statement.name in named else one.doubts
