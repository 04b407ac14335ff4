"""What the service says of itself: in the form of 0.2 (3.1), and of the draft of 1.0."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from shahr.agent import own_version
from shahr.namespaces import BASE, SHAHR
from shahr.web.addresses import base_address
from shahr.web.language import LANGUAGES, language, text_dir
from shahr.web.reconcile.calls import BATCH, CONTENTS
from shahr.web.reconcile.preview import HEIGHT, WIDTH
from shahr.web.reconcile.vocabulary import Vocabulary

Json = dict[str, Any]
ROOT, ROOT_10 = "/reconcile", "/reconcile/1.0"
TYPES = ("City", "Country", "Place", "Person", "Organization", "Post")  # that a list is likely to be of


def manifest(known: Vocabulary) -> Json:
    """Give the manifest of 0.2, all addresses below that of the request; a language that it asks for stays in them."""
    chosen = chosen_language()
    base, lang = base_address().removesuffix("/"), f"lang={chosen}" if chosen else ""
    return {
        "versions": ["0.2"],
        **_shared(known),
        "identifierSpace": BASE,
        "schemaSpace": SHAHR,
        "view": {"url": f"{base}/{{{{id}}}}"},
        "preview": {
            "url": f"{base}{ROOT}/preview?id={{{{id}}}}{lang and '&' + lang}",
            "width": WIDTH,
            "height": HEIGHT,
        },
        "suggest": {name: _suggest(base, name, lang) for name in ("entity", "type", "property")},
        "extend": {
            # OpenRefine puts "?type=" behind this path, so a language cannot stand there as a parameter
            "propose_properties": {"service_url": base, "service_path": f"{ROOT}/properties{chosen and '/' + chosen}"},
            "property_settings": [
                {
                    "name": one["id"],
                    "label": one["name"],
                    "help_text": one["helpText"],
                    **{name: one[name] for name in ("type", "default", "choices") if name in one},
                }
                for one in _settings()
            ],
        },
    }


def manifest_10(known: Vocabulary) -> Json:
    """Give the manifest of the draft of 1.0, whose services are at fixed places below its address."""
    return {
        "versions": ["1.0-draft"],
        **_shared(known),
        "lang": language(),
        "dir": text_dir(),
        "view": {"url": f"{base_address()}{{+id}}"},
        "preview": {"width": WIDTH, "height": HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": _settings()},
        "standardizedScore": True,
    }


def chosen_language() -> str:
    """Give the language that the address of the request asks for, "" where its headers decide."""
    chosen = request.args.get("lang", "")
    return chosen if chosen in LANGUAGES else ""


def _shared(known: Vocabulary) -> Json:
    types = [{"id": id, "name": name.text} for id, name in known.types_named(TYPES, language())]
    return {
        "name": _("Shahr, the knowledge graph of city diplomacy"),
        "defaultTypes": types,
        "documentation": base_address() + ROOT.removeprefix("/"),
        "logo": f"{base_address()}logo.svg",
        "serviceVersion": own_version(),
        "batchSize": BATCH,
    }


def _suggest(base: str, name: str, lang: str) -> Json:
    return {
        "service_url": base,
        "service_path": f"{ROOT}/suggest/{name}{lang and '?' + lang}",
        "flyout_service_url": base,
        "flyout_service_path": f"{ROOT}/flyout/{name}?id=${{id}}{lang and '&' + lang}",
    }


def _settings() -> list[Json]:
    """Give the settings of a property whose values are asked for, as 1.0 names their parts."""
    names: dict[str, str] = {"both": _("id and name"), "label": _("name alone"), "id": _("id alone")}
    return [
        {
            "id": "limit",
            "name": _("Most values"),
            "type": "number",
            "default": 0,
            "helpText": _("How many values a row may have; 0 for all."),
        },
        {
            "id": "content",
            "name": _("Content"),
            "type": "select",
            "default": CONTENTS[0],
            "helpText": _("What is given of a value that has a page of its own."),
            "choices": [{"value": one, "name": names[one]} for one in CONTENTS],
        },
    ]
