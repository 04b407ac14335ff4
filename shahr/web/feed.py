"""The news as an Atom feed (RFC 4287): releases, and the facts that the newest articles tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from shahr.namespaces import BASE
from shahr.releases import Record
from shahr.web.addresses import address_of, base_address
from shahr.web.drawing.letters import harmless
from shahr.web.dumps.changes import LOG, read_changes
from shahr.web.dumps.shelf import address
from shahr.web.headers import in_language
from shahr.web.labels import Labels, read_labels
from shahr.web.language import both_dates, language, number, read_day
from shahr.web.receipts import Fact, Receipt, first_column, iris_in, read_facts
from shahr.web.state import page_query, shelf

MEDIA_TYPE = "application/atom+xml"
RELEASES, LINES = 10, 10
NEVER = "1970-01-01"  # a feed of nothing has a day as well


@dataclass(frozen=True)
class Entry:
    """An entry: the IRI that it is known by, title and text in the language of the page, its page, an ISO date."""

    iri: str
    title: str
    text: str
    path: str
    day: str


def blueprint() -> Blueprint:
    """Give the route of the feed."""
    routes = Blueprint("feed", __name__)
    routes.add_url_rule("/feed.atom", "feed", feed)
    return routes


def feed() -> Response:
    """The feed in the language of the request, the newest entries first."""
    releases = [_release(one) for one in shelf().releases[:RELEASES]]
    entries = sorted([*releases, *_facts()], key=lambda one: one.day, reverse=True)
    updated = entries[0].day if entries else NEVER
    text = render_template("feed.xml", entries=entries, updated=updated, base=BASE, here=base_address())
    return in_language(Response(text, content_type=f"{MEDIA_TYPE}; charset=utf-8"))


def _release(record: Record) -> Entry:
    changes = read_changes(shelf().offer(record.version, LOG))
    size = _("%(quads)s quads in %(graphs)s graphs", quads=number(record.quads), graphs=number(len(record.graphs)))
    lines = [size, *changes.first_lines(language(), LINES)]
    title = _("Release %(version)s", version=record.version)
    path = address(record.version, "")
    return Entry(BASE + path[1:], title, harmless("\n".join(lines)), path, record.issued)


def _facts() -> list[Entry]:
    """Give the newest facts of which the day of an article is known."""
    facts = read_facts(first_column(page_query("news").text))
    labels = read_labels(iris_in(facts))
    return [entry for one in facts if (entry := _fact(one, labels))]


def _fact(fact: Fact, labels: Labels) -> Entry | None:
    days = [day for one in fact.receipts if (day := one.article_text("schema:datePublished")) and read_day(day)]
    path = address_of(fact.iri)
    if not days or path is None:
        return None
    text = "\n".join(_receipt(one, labels) for one in fact.receipts)
    return Entry(fact.iri, harmless(labels.of(fact.iri).text), harmless(text), path, max(days))


def _receipt(receipt: Receipt, labels: Labels) -> str:
    """Give a receipt in words: who says so, in which article, when it came out, and where in it."""
    who, voice = receipt.node("shahr:speaker") or receipt.node("shahr:speakingAs"), receipt.node("shahr:voice")
    day = receipt.article_text("schema:datePublished")
    place = labels.place(receipt.passage)
    said: Sequence[str | None] = (
        _("says %(who)s", who=labels.of(who).text) if who else labels.of(voice).text if voice else None,
        labels.of(receipt.article).text if receipt.article else None,
        both_dates(day) if day else None,
        place.text if place else None,
    )
    comma: str = _(", ")
    return comma.join(one for one in said if one)
