"""What people see of the service: a preview of an entity, for a frame in a client, and the page that tells of it all.

`add_routes(routes, root, version, current)` adds ROOT/preview?id=… and, for version 0.2, lets browsers have the page
at ROOT, where programs get the manifest.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from shahr.gazetteer import Entity, Name
from shahr.web.addresses import address_of, base_address
from shahr.web.currentindex import Names, names_or_404
from shahr.web.language import language, link
from shahr.web.reconcile.catalog import both_names, describe, name_of, of_type, same_elsewhere
from shahr.web.reconcile.suggesting import entity_or_404, read_id
from shahr.web.reconcile.vocabulary import CurrentVocabulary, Vocabulary
from shahr.web.wanted import wants_page

WIDTH, HEIGHT = 400, 260  # pixels
SHOWN = ("country", "locatedIn", "holdsPost", "mayorOf", "postOf", "jurisdiction", "governs", "organOf", "memberOf")
MOST = 3  # values of one property
SPECIFICATIONS = (
    "https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/",
    "https://reconciliation-api.github.io/specs/1.0-draft/",
)
EXAMPLE = {"q0": {"query": "اصفهان", "type": "City"}, "q1": {"query": "Novi Sad", "type": "City"}}

# A preview brings its style along and needs nothing else; the policy names it by its digest.
STYLE = """
body { margin: .75rem; font: .9rem/1.6 Vazirmatn, Tahoma, system-ui, sans-serif; color: #1c2733; background: #fff; }
h1 { margin: 0; font-size: 1.1rem; }
p, dl { margin: .25rem 0; }
dt, dd { display: inline; margin: 0; }
dt::after { content: ":"; }
a { color: #0b5c8a; }
"""
POLICY = "; ".join(
    [
        "default-src 'none'",
        f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",  # OpenRefine runs at an address of its user's own
    ]
)


def add_routes(routes: Blueprint, root: str, version: str, current: CurrentVocabulary) -> None:
    """Add the preview of entities below a root, and to version "0.2" the page for people."""
    old = version == "0.2"
    routes.add_url_rule(f"{root}/preview", f"preview{'' if old else '_10'}", partial(preview, current))
    if old:
        routes.before_request(partial(_page_for_browsers, current, root))


def preview(current: CurrentVocabulary) -> Response:
    """A small page about an entity, which any site may show in a frame, and which loads nothing."""
    names = names_or_404()
    entity = entity_or_404(names, read_id())
    html = render_template(
        "reconcile-preview.html",
        style=Markup(STYLE),
        names=both_names(entity, language()),
        description=describe(names.gazetteer, [entity], language())[entity.id],
        values=_values(names, current.of(names.gazetteer), entity),
        elsewhere=same_elsewhere(entity),
        page=base_address().removesuffix("/") + link(address_of(entity.iri) or "/"),
    )
    answer = Response(html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def page(names: Names, known: Vocabulary, root: str) -> str:
    """Give the page for people: what the service is, how OpenRefine gets it, what it knows, and how programs ask."""
    whole = base_address().removesuffix("/") + root
    return render_template(
        "reconcile.html",
        root=whole,
        versions=[("0.2", whole, SPECIFICATIONS[0]), ("1.0", f"{whole}/1.0", SPECIFICATIONS[1])],
        types=[(one, name_of(one, language()), one.count) for one in known.types.values()],
        properties=[
            (one, name_of(one, language()), one.counts.get("")) for one in of_type(known.properties.values(), "")
        ],
        example=json.dumps(EXAMPLE, ensure_ascii=False),
        known=names.gazetteer.types.get("Entity", 0),
    )


def _page_for_browsers(current: CurrentVocabulary, root: str) -> str | None:
    """Give the page to who asks the root for nothing but HTML; None where the view is to answer."""
    asks = request.method not in ("GET", "HEAD") or any(name != "lang" for name in request.args)
    if request.path.rstrip("/") != root or asks or not wants_page("application/json"):
        return None
    names = names_or_404()
    return page(names, current.of(names.gazetteer), root)


def _values(names: Names, known: Vocabulary, entity: Entity) -> list[tuple[Name, Sequence[Name]]]:
    """Give some properties of an entity with the labels of nodes that they lead to, each node once."""
    first = {one.target: name for name in reversed(SHOWN) for one in entity.values.get(name, ()) if one.target}
    held = {name: [target for target, place in first.items() if place == name][:MOST] for name in SHOWN}
    labels = names.gazetteer.labels(first)
    found: list[tuple[Name, Sequence[Name]]] = []
    for property, targets in held.items():
        shown = [_label(labels[target]) for target in targets if target in labels]
        if shown and property in known.properties:
            found.append((name_of(known.properties[property], language()), shown))
    return found


def _label(texts: Mapping[str, str]) -> Name:
    tag = language() if language() in texts else next(iter(texts))
    return Name(texts[tag], tag, "label")
