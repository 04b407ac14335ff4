"""Pages as a reader meets them, over the shipped or over invented data, taken apart."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement
from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from server import create_app
from shahr.dataset import load_store
from shahr.namespaces import BASE, iri, prefix_map
from shahr.paths import Project
from shahr.web.settings import Settings

Open = Callable[..., HtmlElement]


class Graph:
    """The graph as a store of another hand holds it, asked by curies."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    def read(cls, built: Path) -> Graph:
        """Read what was built."""
        return cls(load_store(built / "graph.nq", built / "inferred.nq"))

    def objects(self, node: str, property_: str) -> list[NamedNode | Literal]:
        """Give the objects of a property of a node, each once, in their order."""
        found = {
            quad.object for quad in self._store.quads_for_pattern(NamedNode(node), NamedNode(iri(property_)), None)
        }
        return sorted((one for one in found if isinstance(one, NamedNode | Literal)), key=str)

    def values(self, node: str, property_: str) -> list[str]:
        """Give the objects as texts."""
        return [one.value for one in self.objects(node, property_)]

    def subjects(self, property_: str, node: str) -> list[str]:
        """Give the nodes that point to a node by a property, each once, in their order."""
        found = self._store.quads_for_pattern(None, NamedNode(iri(property_)), NamedNode(node))
        return sorted({quad.subject.value for quad in found if isinstance(quad.subject, NamedNode)})

    def named(self, *kinds: str) -> list[str]:
        """Give the nodes whose IRIs name one of some kinds, in their order."""
        bases = tuple(f"{BASE}{kind}/" for kind in kinds)
        found = {quad.subject.value for quad in self._store if isinstance(quad.subject, NamedNode)}
        return sorted(one for one in found if one.startswith(bases) and one.count("/") == 5)

    def facts(self) -> list[str]:
        """Give the facts."""
        return self.subjects("rdf:type", iri("shahr:Fact"))

    def facts_of(self, node: str) -> list[str]:
        """Give the facts that a node takes part in."""
        pointing = {quad.subject for quad in self._store.quads_for_pattern(None, None, NamedNode(node))}
        return [fact for fact in self.facts() if NamedNode(fact) in pointing]

    def label(self, node: str, language: str) -> str | None:
        """Give the label of a node in a language, else in any other."""
        labels = [one for one in self.objects(node, "rdfs:label") if isinstance(one, Literal)]
        labels = [one for one in labels if one.language in ("en", "fa")]
        fitting = [one for one in labels if one.language == language]
        return (fitting or labels)[0].value if labels else None

    def day(self, fact: str) -> str:
        """Give the last day known of a fact, else the day when the newest article about it came out, else ""."""
        articles = [one for place in self.values(fact, "shahr:evidence") for one in self.values(place, "oa:hasSource")]
        published = [one for article in articles for one in self.values(article, "schema:datePublished")]
        return max(self.values(fact, "shahr:latest") or published or [""])


def opener(client: FlaskClient) -> Open:
    """Give a function that opens a page: `open(path, lang="fa", status=200)`."""

    def open_(path: str, lang: str = "en", status: int = 200) -> HtmlElement:
        response = client.get(with_language(path, lang))
        assert (response.status_code, response.mimetype) == (status, "text/html"), (path, response.text[:300])
        return html.document_fromstring(response.data, parser=html.HTMLParser(encoding="utf-8"))

    return open_


def with_language(path: str, lang: str) -> str:
    """Give an address with `?lang=` at its end."""
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"


def invented(folder: Path, graphs: dict[str, str], facts: Sequence[str] = (), cache: int = 64 * 1024**2) -> Flask:
    """Give an app over invented data: Turtle by the name of its graph, with our prefixes.

    Of each node named in `facts` ("claim:one") rules are said to have derived that it is a fact.
    """
    project = invented_project(folder, graphs, facts)
    return create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0, cache=cache)})


def invented_project(folder: Path, graphs: dict[str, str], facts: Sequence[str] = ()) -> Project:
    """Write invented data into a new folder as if it had been built, and give the project."""
    (folder / "ontology").mkdir(parents=True)
    (folder / "queries" / "questions").mkdir(parents=True)
    project = Project.at(folder)
    write_build(project, graphs, facts)
    return project


def write_build(project: Project, graphs: dict[str, str], facts: Sequence[str] = ()) -> None:
    """Write invented data as a build of a project."""
    store = Store()
    known = prefix_map()
    prefixes = "".join(f"PREFIX {name}: <{namespace}>\n" for name, namespace in known.items())
    derived = "".join(f"{fact} a shahr:Fact .\n" for fact in facts)
    for name, turtle in {**graphs, "inferred": derived}.items():
        text = io.BytesIO((prefixes + turtle).encode())
        store.load(text, format=RdfFormat.TURTLE, to_graph=NamedNode(f"{BASE}graph/{name}"))
    project.dist.mkdir(exist_ok=True)
    lines: dict[bool, list[str]] = {True: [], False: []}
    for quad in store:
        lines[str(quad.graph_name).endswith("/inferred>")].append(f"{quad} .\n")
    project.graph.write_text("".join(sorted(lines[False])), encoding="utf-8")
    project.inferred.write_text("".join(sorted(lines[True])), encoding="utf-8")


def words(element: HtmlElement) -> str:
    """Give the text of an element, white space joined."""
    return " ".join(element.text_content().split())


def texts(element: HtmlElement, path: str) -> list[str]:
    """Give the texts of what an XPath finds."""
    return [words(one) for one in element.xpath(path)]


def row(element: HtmlElement, heading: str) -> HtmlElement:
    """Give what stands under a heading of a list of fields: the one <dd> after the <dt> with this text."""
    (found,) = [one.getnext() for one in element.iter("dt") if words(one) == heading]
    return found


def nodes_in(element: HtmlElement) -> list[str]:
    """Give the nodes of ours that links lead to, as IRIs, in their order."""
    return [
        iri_at(one.get("href")) for one in element.iter("a") if one.get("href", "").partition("?")[0][-5:] == ".html"
    ]


def iri_at(address: str) -> str:
    """Give the IRI that an address of a page is about."""
    return BASE + urlsplit(address).path.removeprefix("/").removesuffix(".html")


def path_of(node: str) -> str:
    """Give the address of the page about one of our nodes."""
    return f"/{node.removeprefix(BASE)}.html"


def fields_of(address: str) -> dict[str, str]:
    """Give the query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def section(element: HtmlElement, name: str) -> HtmlElement:
    """Give the section whose heading has an id."""
    (found,) = element.xpath(f'//section[@aria-labelledby="{name}"]')
    return found
