"""Terms of RDF as a reader sees them: a node by its label, a literal by its text, each isolated and in its language.

They are written here and not by templates, which take twelve times as long for what a page has a thousand times.
"""

from __future__ import annotations

import re

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup, escape
from pyoxigraph import Literal, NamedNode

from shahr.solutions import Term
from shahr.web.drawing.letters import harmless, shortened
from shahr.web.labels import Label, Labels
from shahr.web.language import LANGUAGES, both_dates, digits, href_of, number, read_day, text_dir
from shahr.web.prose import prose

LONGEST = 2000  # characters of a text that a page shows
_CLOCK = re.compile(r"[0-9]{2,4}[-:][0-9]{2}(?:[-:][0-9]{2})?")  # a day of another calendar, a time of day
_NUMBER = re.compile(r"(?![0-9]{4}$)[+-]?[0-9]{1,15}(\.[0-9]{1,10})?")  # four digits may be a year
BRIEF = 42  # characters of an address
TITLE = 120  # characters of a part of a title
_XSD = "http://www.w3.org/2001/XMLSchema#"


def install(app: Flask) -> None:
    """Give the templates of an app `titled`, the filter `harmless`, and what terms.html calls by shorter names."""
    app.jinja_env.globals |= {"term_node": node, "term_literal": literal, "term_any": any_term, "term_plain": plain}
    app.jinja_env.globals |= {"term_named": named_node, "titled": titled}
    app.jinja_env.filters["harmless"] = harmless


def plain(label: Label) -> Markup:
    """Give a label without a link; a curie or IRI is code."""
    if not label.language:
        return code(label.text)
    return Markup(f'<bdi lang="{label.language}">{prose(_shortened(label.text), label.language)}</bdi>')


def node(iri: str, labels: Labels) -> Markup:
    """Give a link with the label of a node; only its text where it is no place to send a reader."""
    written = labels.links.get(iri)
    if written is None:
        written = labels.links[iri] = named_node(iri, labels.of(iri))
    return written


def literal(term: Literal) -> Markup:
    """Give the text of a literal: numbers and days as the language of the page writes them."""
    if term.language:
        direction = text_dir(term.language)
        text = _shortened(term.value)
        text = prose(text, term.language) if term.language in LANGUAGES else escape(text)
        return Markup(f'<bdi lang="{escape(term.language)}" dir="{direction}">{text}</bdi>')
    kind = term.datatype.value.removeprefix(_XSD)
    if kind == "date" and read_day(term.value):
        return Markup(f'<time datetime="{escape(term.value)}">{both_dates(term.value)}</time>')
    if kind in ("integer", "decimal", "nonNegativeInteger") and _NUMBER.fullmatch(term.value):
        return Markup(f"<bdi>{number(term.value)}</bdi>")
    if term.value.isdecimal():
        return Markup(f"<bdi>{escape(digits(_shortened(term.value)))}</bdi>")
    if _CLOCK.fullmatch(term.value):
        return Markup(f'<bdi dir="ltr">{digits(term.value)}</bdi>')
    return code(term.value)


def any_term(term: Term, labels: Labels) -> Markup:
    """Give a node, a literal, or the text of any other term."""
    if isinstance(term, NamedNode):
        return node(term.value, labels)
    return literal(term) if isinstance(term, Literal) else code(str(term))


def named_node(iri: str, label: Label, class_: str = "") -> Markup:
    """Give a link to a node with a label of choice; the IRI as code where it is no place to send a reader."""
    address, kind = href_of(iri), f' class="{escape(class_)}"' if class_ else ""
    if address is None:
        return Markup(f"<span{kind}>{code(iri)}</span>") if kind else code(iri)
    if address.startswith("/"):
        return Markup(f'<a{kind} href="{escape(address)}">{plain(label)}</a>')
    shown = plain(label) if label.text != iri else code(_brief(address))
    return Markup(f'<a{kind} href="{escape(address)}" rel="external noopener">{shown}</a>')


def titled(*parts: Label | str | None) -> str:
    """Give the title of a page: its parts, those that are, with the name of the site; no part is long or turns text."""
    texts = (part if isinstance(part, str) else part.text for part in parts if part)
    return " · ".join([*(shortened(text, TITLE) for text in texts), _("Shahr")])


def code(text: str) -> Markup:
    """Give a text that is no language: an IRI, an identifier, a digest."""
    return Markup(f'<code dir="ltr" translate="no">{escape(_shortened(text))}</code>')


def _shortened(text: str) -> str:
    """Give a text as a page may hold it: without what could turn the text around it, and not too long."""
    shown = harmless(text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _brief(address: str) -> str:
    """Give host and beginning of an address on the web."""
    text = address.partition("://")[2]
    return text if len(text) <= BRIEF else f"{text[:BRIEF]}…"
