"""The links of a page, a style sheet or a feed: found, and put anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

# Our templates write every attribute in double quotes, and escape those and every < and > in what they write.
_TAG = re.compile(r"<(?:a|area|image|img|link|script|source|use)\s[^<>]*>")
_LINK = re.compile(r'\s(?:href|src|xlink:href)="([^"]*)"')
_ASSET = re.compile(r'url\("([^"]*)"\)')
_HEADER = re.compile(r'<([^<>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')


def links_in(page: str) -> Iterator[str]:
    """Give every address that a page names."""
    for tag in _TAG.finditer(page):
        for link in _LINK.finditer(tag[0]):
            yield unescape(link[1])


def assets_in(style: str) -> Iterator[str]:
    """Give every address that a style sheet names."""
    for link in _ASSET.finditer(style):
        yield link[1]


def relink(page: str, change: Callable[[str], str | None]) -> str:
    """Give a page with each address changed; where `change` gives None a text loses its link, and a <link> goes."""

    def tag(found: re.Match[str]) -> str:
        text, gone = found[0], False
        for link in reversed(list(_LINK.finditer(text))):
            target = change(unescape(link[1]))
            gone = gone or target is None
            put = "" if target is None else f'{link[0][: link.start(1) - link.start()]}{escape(target)}"'
            text = text[: link.start()] + put + text[link.end() :]
        return "" if gone and text.startswith("<link") else text

    return _TAG.sub(tag, page)


def relink_style(style: str, change: Callable[[str], str | None]) -> str:
    """Give a style sheet with each address changed, but where `change` gives None."""
    return _ASSET.sub(lambda link: f'url("{change(link[1]) or link[1]}")', style)


def with_header_links(page: str, header: str) -> str:
    """Give a page that says itself what the Link header (RFC 8288) of its answer said: a plain file has no header."""
    there = {
        unescape(link[1])
        for tag in _TAG.finditer(page)
        if tag[0].startswith("<link")
        for link in _LINK.finditer(tag[0])
    }
    tags = [_tag(*link) for link in _HEADER.findall(header) if link[0] not in there]
    return page.replace("</head>", "".join(tags) + "</head>", 1)


def _tag(address: str, relation: str, kind: str) -> str:
    type_ = f' type="{escape(kind)}"' if kind else ""
    return f'<link rel="{escape(relation)}"{type_} href="{escape(address)}">\n'
