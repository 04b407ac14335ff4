"""The diff beside a batch, as Markdown to be read before anything is uploaded: each statement in words, by city."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pyoxigraph import Store

from shahr.alphabet import alphabetical
from shahr.namespaces import curie
from shahr.quickstatements.moment import Moment
from shahr.quickstatements.proposal import Proposal
from shahr.quickstatements.sources import Passage, Reference, Sources
from shahr.quickstatements.statement import OUTCOMES, Finding, Times
from shahr.quickstatements.wording import Wording, code, plain, read_wording


def diff(proposal: Proposal, store: Store, language: str) -> str:
    """Write the page in "en" or "fa"; labels of nodes are read from the built graph."""
    page = _Page(proposal, read_wording(store, language, _nodes(proposal)))
    lines = "\n".join(page.lines()) + "\n"
    return lines if language == "en" else f'<div dir="rtl" lang="fa">\n\n{lines}\n</div>\n'


def _nodes(proposal: Proposal) -> Iterator[str]:
    for one in proposal.findings:
        yield from (one.statement.fact, one.statement.subject)
        yield from [one.statement.value] if isinstance(one.statement.value, str) else []
        yield from (name for reason in one.reasons for name in reason.names)
        for passage in proposal.sources[one.statement.fact].passages:
            yield from (node for node in (passage.article, passage.speaker, passage.post) if node)


class _Page:
    """Writes the lines of one page."""

    def __init__(self, proposal: Proposal, wording: Wording) -> None:
        self._proposal, self._say = proposal, wording

    def lines(self) -> Iterator[str]:
        """Give the title, what the page is, and a section for each outcome."""
        day = self._say.day(Moment(self._proposal.day.isoformat()))
        yield f"# {self._say.word('title', 'page')}\n"
        yield f"{self._say.word('made', 'page', endpoint=code(self._proposal.endpoint), day=day)}\n"
        yield self._say.word("how", "page")
        for outcome in OUTCOMES:
            found = sorted(self._proposal.of(outcome), key=self._order)
            yield f"\n## {self._say.heading(outcome)} ({self._say.number(len(found))})"
            if not found:
                yield f"\n{self._say.word('none', 'page')}"
            for subject, group in groupby(found, key=lambda one: one.statement.subject):
                yield f"\n### {self._say.name(subject)}\n"
                for one in group:
                    yield from self._finding(one)

    def _order(self, one: Finding) -> tuple[object, ...]:
        statement = one.statement
        subject = alphabetical(self._say.name(statement.subject)), statement.subject
        return *subject, statement.predicate.number, alphabetical(self._value(one)), statement.name

    def _finding(self, one: Finding) -> Iterator[str]:
        statement, sources = one.statement, self._proposal.sources[one.statement.fact]
        ends = {"subject": _with_item(self._say.name(statement.subject), statement.item), "value": self._value(one)}
        title = statement.predicate.title[self._say.language]
        yield "- " + self._say.word("statement", property=title, id=statement.predicate.id, **ends)
        for line in self._details(one, sources):
            yield f"  - {line}"

    def _details(self, one: Finding, sources: Sources) -> Iterator[str]:
        yield from map(self._say.reason, one.reasons)
        if any(reason.can_be_named for reason in one.reasons):
            yield self._say.word("include", option=code(f"--include {one.statement.name}"))
        if one.is_sent:
            yield from self._qualifiers(one.times)
        fact = self._say.name(one.statement.fact), code(curie(one.statement.fact))
        yield self._say.word("fact", label=fact[0], curie=fact[1])
        yield from self._attested(one.statement.times)
        if one.is_sent:
            yield from map(self._reference, sources.references)
        else:
            yield from (self._say.word("page", address=code(address)) for address in sources.pages)
        yield from (self._receipt(passage, sources) for passage in sources.passages)

    def _value(self, one: Finding) -> str:
        value = one.statement.value
        if isinstance(value, Moment):
            return self._say.day(value)
        return _with_item(self._say.name(value), one.statement.target)

    def _qualifiers(self, times: Times) -> Iterator[str]:
        for name, moment in (("start", times.start), ("end", times.end)):
            if moment:
                yield self._say.word(name, day=self._say.day(moment))

    def _attested(self, times: Times) -> Iterator[str]:
        first, last = (self._say.day(one) if one else "" for one in (times.earliest, times.latest))
        if first and last:
            both = first if first == last else self._say.word("between", first=first, last=last)
            yield self._say.word("held", day=both)
        elif first:
            yield self._say.word("held", day=self._say.word("from", first=first))
        elif last:
            yield self._say.word("held", day=self._say.word("until", last=last))

    def _reference(self, one: Reference) -> str:
        parts = [self._say.word("reference", address=code(one.address))]
        if one.title:
            parts.append(self._say.word("title", title=plain(one.title)))
        if one.published:
            parts.append(self._say.word("published", day=self._say.day(one.published)))
        if one.retrieved:
            parts.append(self._say.word("retrieved", day=self._say.day(one.retrieved)))
        return self._say.word("comma").join(parts)

    def _receipt(self, one: Passage, sources: Sources) -> str:
        place = {"start": self._say.number(one.start), "end": self._say.number(one.end)}
        told = self._say.word("passage", article=self._say.name(one.article), voice=self._voice(one), **place)
        day = sources.published.get(one.article)
        when = self._say.word("published", day=self._say.day(day)) if day else self._say.word("undated")
        return self._say.word("comma").join((told, when))

    def _voice(self, one: Passage) -> str:
        named = [self._say.name(node) for node in (one.speaker, one.post) if node]
        if not named:
            return self._say.word("reporter" if one.of_reporter else "untold")
        who = named[0] if len(named) == 1 else self._say.word("speaking_as", speaker=named[0], post=named[1])
        return self._say.word("spoken", who=who)


def _with_item(name: str, item: str | None) -> str:
    return f"{name} ([{item}](https://www.wikidata.org/wiki/{item}))" if item else name
