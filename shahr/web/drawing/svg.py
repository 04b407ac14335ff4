"""Small parts that every drawing is made of: numbers, escaped tags, texts of either direction, links, the frame.

Colours, strokes and type sizes stand in static/drawing.css, for the pages allow no style attribute.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from shahr.web.drawing.letters import direction_of, plain

Attribute = str | float | None


def number(value: float) -> str:
    """Write a coordinate with at most one decimal: 3, 3.5, never -0."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def tag(kind: str, *children: str, **attributes: Attribute) -> Markup:
    """Give an element: `text_anchor` is written text-anchor, `class_` is class, None is left out; all is escaped."""
    head = "".join(f' {_name(key)}="{_value(value)}"' for key, value in attributes.items() if value is not None)
    return Markup(f"<{kind}{head}>") + Markup("").join(children) + Markup(f"</{kind}>")


def words(x: float, y: float, text: str, side: str = "start", language: str = "", **attributes: Attribute) -> Markup:
    """Give a line of text; from x it runs to the right (`side` "start"), to the left ("end") or both ways ("middle").

    The side is of the drawing, not of the script: a Persian text reads as it should, but stands where it is put.
    """
    direction = direction_of(text)
    flipped = {"start": "end", "end": "start", "middle": "middle"}
    anchor = flipped[side] if direction == "rtl" else side
    place: dict[str, Attribute] = {"x": x, "y": y, "text_anchor": anchor, "direction": direction}
    return tag("text", escape(plain(text)), **place, lang=_tongue(language), **attributes)


def linked(
    href: str | None, name: str, *parts: str, language: str = "", mute: bool = False, class_: str = ""
) -> Markup:
    """Wrap parts in a link with the tooltip `name`, or in a plain group where `href` is no web address or path.

    `mute` is for parts that hold no text: the name is then spoken too.
    """
    hint, words_of = tag("title", escape(plain(name))), {"lang": _tongue(language), "class_": class_ or None}
    if href is None or not _followable(href):
        return tag("g", hint, *parts, **words_of)
    return tag("a", hint, *parts, href=href, aria_label=plain(name) if mute else None, **words_of)


def frame(kind: str, name: str, title: str, description: str, size: tuple[float, float], *parts: str) -> Markup:
    """Give the whole drawing: `kind` for its style, `name` (an id, once a page), its title and what it shows.

    `size` is the width and height of the drawing in its own units. A narrow screen scrolls it sideways in its box,
    which can have the focus and so has the name.
    """
    known = (
        tag("title", escape(plain(title)), id=f"{name}-title"),
        tag("desc", escape(plain(description)), id=f"{name}-desc"),
    )
    box = f"0 0 {number(size[0])} {number(size[1])}"
    labels: dict[str, Attribute] = {"aria_labelledby": f"{name}-title", "aria_describedby": f"{name}-desc"}
    drawn = tag("svg", *known, *parts, role="none", viewBox=box, direction="ltr", class_=f"drawing-{kind}")
    return tag("div", drawn, class_="drawing", tabindex=0, role="group", **labels)


def series(kinds: set[str]) -> dict[str, str]:
    """Give each kind a class of colour, series-1 to series-6, by the order of their names."""
    return {kind: f"series-{index % 6 + 1}" for index, kind in enumerate(sorted(kinds))}


def draw_key(entries: list[tuple[str, str]]) -> Markup:
    """Give the key to the colours: (kind, what it is called) for all the kinds of a drawing, as a list."""
    colours = series({kind for kind, _ in entries})
    line = tag("path", d="M1 7H29", class_="swatch")
    rows = (
        tag("li", tag("svg", line, viewBox="0 0 30 14", aria_hidden="true", class_=colours[kind]), escape(plain(label)))
        for kind, label in entries
    )
    return tag("ul", *rows, class_="drawing-key")


def _followable(href: str) -> bool:
    """Tell whether an address is a path of this site or a web address; never javascript: or data:."""
    if any(unicodedata.category(letter) == "Cc" for letter in href):
        return False
    try:
        return urlsplit(href.strip()).scheme in {"", "http", "https"}
    except ValueError:
        return False


def _tongue(language: str) -> str | None:
    """Give a language as an attribute; None where there is none, or it is no language tag."""
    return language if language.isascii() and language.replace("-", "").isalnum() else None


def _name(key: str) -> str:
    """Give the attribute that a keyword stands for."""
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    """Give an attribute's value, escaped."""
    return str(escape(value)) if isinstance(value, str) else number(value)
