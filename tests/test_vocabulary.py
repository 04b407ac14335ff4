"""The pages of the ontology, the shapes and the concepts say all that the Turtle says, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html
from lxml.html import HtmlElement
from pyoxigraph import Literal, NamedNode, QuerySolutions, RdfFormat, Store, parse

from server import create_app
from shahr.dataset import load_store
from shahr.namespaces import BASE, SHAHR, SHAPE, iri
from shahr.paths import Project
from shahr.turtle import parse_turtle
from shahr.web.prose import prose
from shahr.web.settings import Settings
from shahr.web.triples import Triples
from shahr.web.vocabulary.concepts import Concept, Concepts, in_sequence, read_concept
from shahr.web.vocabulary.shapes import Shape, make_book
from shahr.web.vocabulary.termuse import named_in
from shahr.web.vocabulary.tree import DEEPEST, tree
from tiny import LABEL, TYPE, tiny_project
from tiny import iri as node

LANGUAGES = ("en", "fa")
PAGES = ("/ns.html", "/shapes.html", "/concept.html")
OTHER_SITE = re.compile("https?://")


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The shipped sources as built, with the shapes and the questions of the checkout."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("ontology", "shapes", "queries"):
        (folder / name).symlink_to(Project.here().root / name)
    (folder / "dist").symlink_to(built)
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        yield over(Project.at(folder))


def over(project: Project) -> FlaskClient:
    return create_app({"SERVICE": Settings(project, client_seconds=0, client_errors=0)}).test_client()


def root_of(client: FlaskClient, address: str, language: str = "en") -> HtmlElement:
    response = client.get(f"{address}?lang={language}")
    assert response.status_code == 200, response.text[:200]
    return html.document_fromstring(response.text)


@pytest.fixture(scope="module")
def pages(client: FlaskClient) -> dict[tuple[str, str], HtmlElement]:
    return {(path, code): root_of(client, path, code) for path in PAGES for code in LANGUAGES}


@pytest.fixture(scope="module")
def sources() -> Store:
    """The Turtle of the ontology and the shapes, read past all that is tested here."""
    store = Store()
    for folder in (Project.here().ontology, Project.here().shapes):
        for path in sorted(folder.glob("*.ttl")):
            store.extend(parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True))
    return store


def said(store: Store, subject: str, name: str) -> dict[str | None, str]:
    """The texts of a property by language, with single spaces."""
    objects = (one.object for one in store.quads_for_pattern(NamedNode(subject), NamedNode(iri(name)), None))
    return {one.language: " ".join(one.value.split()) for one in objects if isinstance(one, Literal)}


def named(store: Store, namespace: str, name: str) -> set[str]:
    """The subjects in a namespace that have a property."""
    subjects = (one.subject for one in store.quads_for_pattern(None, NamedNode(iri(name)), None))
    return {one.value for one in subjects if isinstance(one, NamedNode) and one.value.startswith(namespace)}


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def row(section: HtmlElement, heading: str) -> HtmlElement:
    """What stands beside a heading in the list of a section."""
    found = [one for one in section.xpath(".//dl[contains(@class, 'fields')]/dt") if words(one) == heading]
    assert len(found) == 1, (heading, words(section))
    return found[0].getnext()


def links(element: HtmlElement) -> dict[str, str]:
    """Texts of the links in an element by path and fragment."""
    return {one.get("href").replace("?lang=en", ""): words(one) for one in element.iter("a")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_a_section_with_label_definition_and_example_in_both_languages(
    pages: dict[tuple[str, str], HtmlElement], sources: Store, language: str
) -> None:
    terms = named(sources, SHAHR, "rdfs:label")
    assert len(terms) > 130
    for term in terms:
        text = words(pages["/ns.html", language].get_element_by_id(term.removeprefix(SHAHR)))
        for name in ("rdfs:label", "skos:definition", "skos:example"):
            texts = said(sources, term, name)
            assert set(texts) == {"en", "fa"}
            assert all(one in text for one in texts.values()), (term, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shape_has_a_section_with_label_and_message(
    pages: dict[tuple[str, str], HtmlElement], sources: Store, language: str
) -> None:
    shapes = named(sources, SHAPE, "rdfs:label")
    assert len(shapes) > 240
    for shape in shapes:
        text = words(pages["/shapes.html", language].get_element_by_id(shape.removeprefix(SHAPE)))
        assert said(sources, shape, "rdfs:label")[language] in text
        assert said(sources, shape, "sh:message").get(language, "") in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_stands_in_the_list_and_has_a_page_with_both_languages(
    client: FlaskClient, pages: dict[tuple[str, str], HtmlElement], sources: Store, language: str
) -> None:
    concepts = sorted(named(sources, iri("concept:"), "rdfs:label"))
    assert len(concepts) > 130
    listed = {urlsplit(one.get("href")).path for one in pages["/concept.html", language].iter("a")}
    assert {f"/{one.removeprefix(BASE)}.html" for one in concepts} <= listed
    for concept in concepts[:: 1 if language == "en" else 10]:
        text = words(root_of(client, f"/{concept.removeprefix(BASE)}.html", language))
        for name in ("rdfs:label", "skos:definition", "skos:example"):
            assert all(one in text for one in said(sources, concept, name).values()), (concept, name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_headings_in_order_and_the_page_is_light(
    client: FlaskClient, pages: dict[tuple[str, str], HtmlElement], path: str, language: str
) -> None:
    page = pages[path, language]
    assert [name for name, count in Counter(page.xpath("//@id")).items() if count > 1] == []
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(client.get(f"{path}?lang={language}").data) < 600_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_between_the_three_pages_leads_to_a_place_on_them(
    pages: dict[tuple[str, str], HtmlElement], language: str
) -> None:
    ids = {path: set(pages[path, language].xpath("//@id")) for path in PAGES}
    for path in PAGES:
        for one in pages[path, language].iter("a"):
            address = urlsplit(one.get("href"))
            target = address.path or path
            if target in ids and address.fragment:
                assert address.fragment in ids[target], one.get("href")


def test_every_other_link_inside_the_site_is_answered(
    client: FlaskClient, pages: dict[tuple[str, str], HtmlElement]
) -> None:
    hrefs = {one.get("href") for path in PAGES for one in pages[path, "en"].xpath("//main//a")}
    inside = {one.partition("#")[0] for one in hrefs if not OTHER_SITE.match(one)} - {""}
    asked = sorted(one for one in inside if one.startswith("/sparql"))
    assert len(inside) > 200
    assert len(asked) > 100
    others = [one for one in inside if not one.startswith(("/sparql", "/concept/"))] + asked[:3]
    answers = {one: client.get(one, headers={"Accept": "text/html"}) for one in others}
    assert {one: answer.status for one, answer in answers.items() if answer.status_code != 200} == {}


def test_the_head_tells_licence_prefix_and_where_to_get_it(
    client: FlaskClient, pages: dict[tuple[str, str], HtmlElement]
) -> None:
    page = pages["/ns.html", "en"]
    head = page.xpath("//dl[contains(@class, 'head')]")[0].getparent()
    assert links(row(head, "Licence")) == {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}
    assert words(row(head, "Prefix")) == f"PREFIX shahr: <{SHAHR}>"
    assert set(links(row(head, "Take it as"))) == {f"/ns.{one}" for one in ("ttl", "nt", "jsonld", "rdf", "nq")}
    alternates = {one.get("href"): one.get("type") for one in page.xpath("//link[@rel='alternate'][@type]")}
    assert alternates["/ns.ttl"] == "text/turtle"
    assert all(client.get(address).content_type.startswith(kind) for address, kind in alternates.items())


def test_a_property_tells_kind_domain_range_and_what_is_aligned(pages: dict[tuple[str, str], HtmlElement]) -> None:
    page = pages["/ns.html", "en"]
    twinned = page.get_element_by_id("twinnedWith")
    assert words(row(twinned, "Kind")).startswith("property with a node as value")
    assert "holds both ways" in words(row(twinned, "Kind"))
    assert links(row(twinned, "Of what")) == links(row(twinned, "Its values")) == {"/ns.html#City": "city"}
    assert links(row(twinned, "Wider term")) == {"/ns.html#partnerCity": "partner city"}
    assert "http://www.wikidata.org/entity/P190" in links(row(twinned, "In other vocabularies"))
    assert links(row(page.get_element_by_id("hasTenure"), "The reverse of")) == {"/ns.html#holder": "holder"}
    assert words(row(page.get_element_by_id("seatIn"), "Follows from")) == "has mayoralty then entitles to then post of"
    assert "/ns.html#Fact" in links(row(page.get_element_by_id("Entity"), "Shares nothing with"))
    assert links(row(page.get_element_by_id("Municipality"), "Known by")) == {"/ns.html#governs": "governs"}
    assert "/ns.html#Visit" in links(row(page.get_element_by_id("Event"), "Narrower terms"))
    assert "/event/zakani-china-visit.html" in links(row(page.get_element_by_id("Visit"), "Example"))


def test_a_term_shows_the_shapes_that_guard_it_and_the_questions_that_use_it(
    pages: dict[tuple[str, str], HtmlElement],
) -> None:
    page = pages["/ns.html", "en"]
    guards = links(row(page.get_element_by_id("SisterCityAgreement"), "Guarded by"))
    assert {"/shapes.html#Twinning", "/shapes.html#TwinningCities"} <= set(guards)
    country = links(row(page.get_element_by_id("country"), "Guarded by"))
    assert "/shapes.html#TwinningCountries" in country
    assert "/shapes.html#AgreementStatus" not in country
    questions = links(row(page.get_element_by_id("candidate"), "Questions that use it"))
    assert "/questions/ambiguous-names" in questions
    assert "/questions/sister-cities" not in questions
    assert (
        links(row(pages["/ns.html", "fa"].get_element_by_id("candidate"), "پرسش‌هایی که آن را به کار می‌برند"))
        != questions
    )


def test_a_term_shows_how_often_it_is_used_and_the_link_asks_for_just_that(
    built: Path, pages: dict[tuple[str, str], HtmlElement]
) -> None:
    store = load_store(built / "graph.nq", built / "inferred.nq")
    for name in ("City", "twinnedWith"):
        cell = row(pages["/ns.html", "en"].get_element_by_id(name), "In the graph")
        ((address, text),) = links(cell).items()
        query = parse_qs(urlsplit(address).query)["query"][0]
        found = store.query(query)
        assert isinstance(found, QuerySolutions)
        assert text == f"{len(list(found))} times"


def test_the_diagram_has_a_box_for_each_class(pages: dict[tuple[str, str], HtmlElement], sources: Store) -> None:
    drawn = {one.get("href") for one in pages["/ns.html", "en"].xpath("//*[name()='svg']//a")}
    assert {f"#{one.removeprefix(SHAHR)}" for one in named(sources, SHAHR, "rdfs:subClassOf")} <= drawn


def test_a_shape_tells_its_conditions_in_words(pages: dict[tuple[str, str], HtmlElement]) -> None:
    page = pages["/shapes.html", "en"]
    status = page.get_element_by_id("AgreementStatus")
    assert words(row(status, "Values of")) == "status"
    assert words(row(status, "Must be")).startswith("exactly 1 value")
    assert "fits the shape a status of an agreement" in words(row(status, "Must be"))
    assert links(row(status, "Asked by")) == {"/shapes.html#Agreement": "an agreement"}
    countries = page.get_element_by_id("TwinningCountries")
    assert words(row(countries, "Values of")) == "city then country"
    assert words(row(countries, "Must be")) == "at least 2 values"
    assert "warning" in words(countries.find("h3"))
    claim = words(row(page.get_element_by_id("ClaimCountry"), "Must be"))
    assert claim.startswith("Where this holds: property of the claim: has the value country this must hold:")
    assert "everything of the class agreement" in words(row(page.get_element_by_id("AgreementIri"), "Looks at"))
    assert "^https://w3id.org/shahr/agreement/" in words(row(page.get_element_by_id("AgreementIri"), "Must be"))


def test_concepts_stand_below_broader_ones_and_statuses_in_their_order(
    pages: dict[tuple[str, str], HtmlElement],
) -> None:
    page = pages["/concept.html", "en"]
    statuses = [words(one.find("a")) for one in page.xpath("//section[@id='agreement-statuses']/ul/li")]
    places = [statuses.index(name) for name in ("proposed", "negotiating", "signed", "in force", "ended")]
    assert places == sorted(places)
    below = page.xpath("//section[@id='topics']//li[a='environment']/ul/li/a")
    assert "clean energy" in [words(one) for one in below]


def test_a_concept_tells_who_uses_it_the_newest_first(client: FlaskClient, built: Path) -> None:
    page = root_of(client, "/concept/signed.html")
    assert links(row(page, "Scheme")) == {"/concept/agreement-statuses.html": "Agreement statuses"}
    store = load_store(built / "graph.nq")
    pattern = (None, NamedNode(iri("shahr:status")), NamedNode(iri("concept:signed")))
    users = {str(one.subject)[1:-1] for one in store.quads_for_pattern(*pattern)}
    rows = page.xpath("//table/tbody/tr")
    assert {BASE + urlsplit(one[0].find("a").get("href")).path[1:-5] for one in rows} == users
    assert f"as status: {len(users)} times" in words(page)
    days = [one.xpath("string(td[3]/time/@datetime)") for one in rows]
    assert days == sorted(days, reverse=True)
    assert days[0]
    members = root_of(client, "/concept/agreement-statuses.html")
    assert "/concept/signed.html" in links(row(members, "Concepts in it"))


def test_a_concept_shows_the_shapes_that_guard_it_and_the_questions_that_use_it(client: FlaskClient) -> None:
    signed, seat = (root_of(client, f"/concept/{name}.html") for name in ("signed", "seat-of-post"))
    assert "/shapes.html#InAgreementStatuses" in links(row(signed, "Guarded by"))
    assert "/questions/cities-in-networks" in links(row(seat, "Questions that use it"))
    assert "/questions/sister-cities" not in links(row(seat, "Questions that use it"))


def test_the_diagram_scrolls_in_one_region_alone(pages: dict[tuple[str, str], HtmlElement]) -> None:
    (drawing,) = pages["/ns.html", "en"].xpath("//*[@class='drawing']")
    assert drawing.xpath("ancestor-or-self::*[@tabindex='0']") == [drawing]


def test_an_unknown_concept_is_told_of_in_persian_too(client: FlaskClient) -> None:
    for slug in ("nowhere", "Nowhere"):
        page = html.document_fromstring(client.get(f"/concept/{slug}.html?lang=fa").text)
        assert re.search("[\u0600-\u06ff]", page.xpath("string(//main//p)"))


@pytest.mark.parametrize(
    "slug", ["nowhere", "Mayor", "a%20b", "a%22%3E", "..%2Fns", "%00", "%E2%80%AE", "x" * 10_000, "mayor.html"]
)
def test_an_unknown_or_malformed_concept_is_refused(client: FlaskClient, slug: str) -> None:
    response = client.get(f"/concept/{slug}.html")
    assert response.status_code == 404
    assert "Traceback" not in response.text


HOSTILE = "<script>alert(1)</script>\u202e\"'&" + "x" * 9_000


def hostile_project(folder: Path) -> Project:
    """A dataset whose ontology, concepts and shapes all say something nasty."""
    project = tiny_project(folder)
    text = f'"{HOSTILE}"@en'.replace("\"'", "\\\"'")
    owl, skos = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/2004/02/skos/core#"
    terms = {"ns#Nasty": f"<{owl}Class>", "ns#nasty": f"<{owl}ObjectProperty>", "concept/nasty": f"<{skos}Concept>",
             "concept/nasty-scheme": f"<{skos}ConceptScheme>"}  # fmt: skip
    lines = [project.graph.read_text(encoding="utf-8")]
    for name, kind in terms.items():
        said = [f"{TYPE} {kind}", *(f"{one} {text}" for one in (LABEL, f"<{skos}definition>", f"<{skos}example>"))]
        said += [f"<{skos}exactMatch> <javascript:alert(1)>", f"<{skos}inScheme> {node('concept/nasty-scheme')}"]
        said += [f"<http://www.w3.org/2000/01/rdf-schema#subClassOf> {node(name)}", f"<{skos}broader> {node(name)}"]
        lines += [f"{node(name)} {one} {node('graph/ontology')} .\n" for one in said]
    head = (f"{TYPE} <{owl}Ontology>", "<http://purl.org/dc/terms/license> <javascript:alert(1)>")
    lines += [f"{node('ns')} {one} {node('graph/ontology')} .\n" for one in head]
    project.graph.write_text("".join(lines), encoding="utf-8")
    project.shapes.mkdir()
    (project.shapes / "nasty.ttl").write_text(
        f'PREFIX sh: <http://www.w3.org/ns/shacl#>\n<{SHAPE}Nasty> a sh:NodeShape ; sh:pattern "<script>" ; '
        f"<http://www.w3.org/2000/01/rdf-schema#label> {text} ; sh:message {text} ; sh:targetClass <javascript:x> ; "
        f"sh:not <{SHAPE}Nasty> ; sh:in ( <javascript:y> ) ; sh:unknown 1 ; sh:property [ sh:path _:b ] .\n"
        "_:b sh:inversePath _:b .\n",
        encoding="utf-8",
    )
    return project


def test_hostile_texts_and_addresses_are_shown_and_do_nothing(tmp_path: Path) -> None:
    client = over(hostile_project(tmp_path))
    for path in (*PAGES, "/concept/nasty.html", "/concept/nasty-scheme.html"):
        page = root_of(client, path)
        assert page.xpath("//script") == []
        assert "<script>alert(1)</script>" in words(page)
        assert [one for one in page.xpath("//@href") if one.lower().startswith("javascript")] == []


def test_a_concept_that_gave_way_names_the_one_that_took_its_place(tmp_path: Path) -> None:
    project = tiny_project(tmp_path)
    replaced = "<http://purl.org/dc/terms/isReplacedBy>"
    line = f"{node('concept/old')} {replaced} {node('concept/new')} {node('graph/ontology')} .\n"
    project.graph.write_text(project.graph.read_text(encoding="utf-8") + line, encoding="utf-8")
    response = over(project).get("/concept/old.html", headers={"Accept": "text/html"})
    assert response.status_code == 410
    assert "/concept/new" in response.text


def test_without_ontology_and_shapes_the_pages_say_so(tmp_path: Path) -> None:
    client = over(tiny_project(tmp_path))
    for path in PAGES:
        assert re.search("holds no|are no", words(root_of(client, path)))


def test_names_are_found_in_a_query_and_not_in_its_texts() -> None:
    text = (
        "BASE <https://x/> PREFIX s: <https://w3id.org/shahr/ns#> PREFIX : <https://e/> # s:comment\n"
        'SELECT * { ?a s:evidence/^s:about :b , "s:text" , <https://f/g> ; a s:Fact } ORDER BY ?a'
    )
    own = {SHAHR + name for name in ("evidence", "about", "Fact")}
    assert named_in(text) == own | {"https://e/b", "https://f/g"}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("دیدار: shahr:venue city:x.", "fa", 'دیدار: <code dir="ltr" translate="no">shahr:venue city:x</code>.'),
        ("متن (BGN/PCGN 1958) است", "fa", 'متن (<bdi lang="en" dir="ltr">BGN/PCGN 1958</bdi>) است'),
        ("روز 2025-04-29، یا", "fa", 'روز <bdi lang="en" dir="ltr">2025-04-29</bdi>، یا'),
        ("city:x, a city: this", "en", '<code dir="ltr" translate="no">city:x</code>, a city: this'),
        ("the name شهر ما here", "en", 'the name <bdi lang="fa" dir="rtl">شهر ما</bdi> here'),
        ("a <b> c", "en", 'a <code dir="ltr" translate="no">&lt;b&gt;</code> c'),
        ("<b c", "en", "&lt;b c"),
        ("آ<b>", "fa", 'آ<code dir="ltr" translate="no">&lt;b&gt;</code>'),
    ],
)
def test_runs_of_another_script_are_isolated(text: str, language: str, expected: str) -> None:
    assert prose(text, language) == expected


def test_a_circle_of_wider_things_has_a_beginning() -> None:
    wider = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["d"], "e": ["a", "b"], "f": ["z"]}
    found = tree({name: name for name in wider}, lambda name: wider[name])
    assert [one.node for one in found] == ["c", "d", "f"]
    (b,) = found[0].branches
    (a,) = b.branches
    assert [one.node for one in a.branches] == ["e"]


def test_what_would_lie_too_deep_begins_anew() -> None:
    found = tree({at: at for at in map(str, range(1000))}, lambda name: [str(int(name) - 1)])
    assert [one.node for one in found] == [str(at) for at in range(0, 1000, DEEPEST)]
    listed = []
    waiting = list(reversed(found))
    while waiting:
        branch = waiting.pop()
        listed.append(branch.node)
        waiting += branch.branches
    assert listed == [str(at) for at in range(1000)]


def test_a_long_chain_of_concepts_and_classes_is_shown_whole(tmp_path: Path) -> None:
    project = tiny_project(tmp_path)
    skos, owl, rdfs = "2004/02/skos/core#", "2002/07/owl#", "2000/01/rdf-schema#"
    lines = [f"{node('concept/s')} {TYPE} <http://www.w3.org/{skos}ConceptScheme> {node('graph/ontology')} .\n"]
    for at in range(330):
        one, class_ = node(f"concept/c-{at}"), node(f"ns#C{at}")
        said = f"{one} {TYPE} <http://www.w3.org/{skos}Concept>", f"{class_} {TYPE} <http://www.w3.org/{owl}Class>"
        place = f"{one} <http://www.w3.org/{skos}inScheme> {node('concept/s')}"
        above = (
            f"{one} <http://www.w3.org/{skos}broader> {node(f'concept/c-{at + 1}')}",
            f"{class_} <http://www.w3.org/{rdfs}subClassOf> {node(f'ns#C{at + 1}')}",
        )
        lines += [f"{line} {node('graph/ontology')} .\n" for line in (*said, place, *above)]
    project.graph.write_text("".join(lines), encoding="utf-8")
    client = over(project)
    assert len(root_of(client, "/concept.html").xpath("//ul[@class='concepts']//li/a[contains(@href, '/c-')]")) == 330
    assert (
        len(root_of(client, "/ns.html").xpath("//section[starts-with(@id, 'C')] | //*[starts-with(@id, 'C')]")) >= 330
    )


def test_steps_that_lead_back_are_all_listed_once() -> None:
    follows = "<https://w3id.org/shahr/ns#mayBeFollowedBy>"
    concept = "<http://www.w3.org/2004/02/skos/core#Concept>"
    pairs = [("b", "a"), ("a", "b"), ("start", "a"), ("b", "end")]
    lines = [f"{node('concept/' + one)} {TYPE} {concept} ." for one in ("a", "alone", "b", "end", "start")]
    lines += [f"{node('concept/' + one)} {follows} {node('concept/' + two)} ." for one, two in pairs]
    quads = parse("\n".join(lines), format=RdfFormat.N_TRIPLES)
    concepts = Concepts(Triples(quad.triple for quad in quads)).concepts
    assert [one.name for one in in_sequence(concepts.values())] == ["start", "a", "b", "end", "alone"]


def test_shapes_that_ask_each_other_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(
        f"PREFIX sh: <http://www.w3.org/ns/shacl#>\nPREFIX s: <{SHAPE}>\n"
        "s:A sh:node s:B ; sh:or ( [ sh:not s:B ] s:A ) . s:B sh:node s:A . s:C sh:and _:list . "
        "_:list a s:List ; sh:first s:A .",
        encoding="utf-8",
    )
    book = make_book({"a": parse_turtle(tmp_path / "a.ttl")})
    found = {shape.name: shape for shape in book}
    assert [one.kind for one in found["A"].constraints] == ["node", "if"]
    assert [shape.name for shape in book.users[SHAPE + "B"]] == ["A"]
    assert isinstance(found["C"], Shape)


def test_many_concepts_without_a_history_stay_in_their_order() -> None:
    def concept(at: int) -> Concept:
        return read_concept(Triples([]), f"{BASE}concept/c-{at}")

    def step(at: int) -> Concept:
        names = [f"{BASE}concept/c-{one}" for one in (at - 1, at + 1)]
        return replace(concept(at), previous=(names[0],), next=(names[1],))

    loose, chain = [concept(at) for at in range(5000)], [step(at) for at in range(6000, 9000)]
    assert in_sequence([*loose, *reversed(chain)]) == [*chain, *loose]
