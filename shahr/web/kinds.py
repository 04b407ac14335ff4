"""What the kinds of nodes are called in headings: "Cities" for city, "Offices" for tenure."""

from __future__ import annotations

from flask_babel import gettext as _


def title_of(kind: str) -> str:
    """Give the heading over nodes of a kind, a prefix of Shahr, in the language of this request; else the kind."""
    titles: dict[str, str] = {
        "city": _("Cities"),
        "country": _("Countries"),
        "place": _("Regions, provinces and unresolved names"),
        "person": _("People"),
        "organization": _("Organisations"),
        "post": _("Posts"),
        "article": _("Articles"),
        "passage": _("Passages"),
        "period": _("Periods"),
        "tenure": _("Offices"),
        "agreement": _("Agreements"),
        "membership": _("Memberships"),
        "event": _("Meetings, visits and other events"),
        "designation": _("Titles"),
        "affiliation": _("Affiliations"),
        "observation": _("Figures"),
        "claim": _("Claims"),
        "statement": _("Statements"),
    }
    return titles.get(kind, kind)
