"""Pages of every kind in a real browser: axe-core's rules, width, keyboard, and life without scripts."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, ViewportSize
from playwright.sync_api import Page as Tab

from browsing import DESKTOP, PHONE
from crawling import BASE, LANGUAGES, site
from findings import report
from serving import Server
from shahr.web.addresses import KINDS

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NODE = re.compile(rf"{BASE}/({'|'.join(KINDS)})/[a-z0-9-]+")
REFUSED = ("/city/no-such-city.html", "/sparql")
FIXED = (
    *("/", "/ns.html", "/shapes.html", "/concept.html", "/questions", "/questions/sister-cities", "/search?q=isfahan"),
    *(
        "/sparql?query=SELECT+%2A+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+9",
        "/sparql?query=SELECT",
        "/graph/entities.html",
        *("/dumps/", "/dumps/0.2.0/", "/reconcile"),
        "/city/no-such-city.html",
    ),
)
MENTIONED = """SELECT ?node (COUNT(*) AS ?times) { { ?node ?p ?o } UNION { ?s ?q ?node } FILTER(ISIRI(?node)) }
GROUP BY ?node ORDER BY DESC(?times) ?node"""

# Gives the findings as lines; rules of one look only (colours, sizes) are asked again for the other look.
RUN_AXE = """async rules => {
  if (!window.axe) return [];
  const options = {resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {})};
  const found = await axe.run(document, options);
  return found.violations.filter(one => ["serious", "critical"].includes(one.impact)).flatMap(one =>
    one.nodes.slice(0, 5).map(node => `${one.id}: ${node.html.slice(0, 150)} ${node.failureSummary.slice(0, 250)}`));
}"""
TOO_WIDE = """() => {
  const wide = document.scrollingElement.scrollWidth, seen = document.documentElement.clientWidth;
  if (wide <= seen) return [];
  return [`${wide} px wide`, ...[...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > seen + 1 || box.left < -1);
  }).slice(0, 6).map(element => element.outerHTML.slice(0, 120))];
}"""
# Of a long row of like parts the first are enough: the page of the ontology has 10,000 elements.
SHORTEN = """() => document.querySelectorAll("main, main *:not(tr)").forEach(element => {
  while (element.children.length > (element.matches("main") ? 30 : 10)) element.lastElementChild.remove();
})"""
SKIP_LINK = """() => {
  const link = document.activeElement, address = link.getAttribute("href") || "", box = link.getBoundingClientRect();
  return address.startsWith("#") && document.getElementById(address.slice(1)) && box.width > 1 && box.top >= 0;
}"""
# After one press of Tab, focus given by a script shows as that of the keyboard.
WITHOUT_OUTLINE = """() => {
  const stops = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
  return [...stops].filter(element => {
    if (!element.checkVisibility() || element.disabled) return false;
    element.focus();
    if (document.activeElement !== element) return true;
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return !outlined && style.boxShadow === "none";
  }).slice(0, 5).map(element => element.outerHTML.slice(0, 150));
}"""


@pytest.fixture(scope="module")
def server(
    built: Path, released: Path, released_again: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with site(built, tmp_path_factory.mktemp("accessible"), released, released_again) as server:
        yield server


@pytest.fixture(scope="module")
def sample(server: Server) -> list[str]:
    """An address for each kind of page; of nodes, the one that is mentioned most."""
    asked = Request(f"{server.address}/sparql?{urlencode({'query': MENTIONED})}", headers={"Accept": "text/csv"})
    with urlopen(asked) as answer:
        rows = csv.DictReader(io.StringIO(answer.read().decode()))
    most: dict[str, str] = {}
    for row in rows:
        if found := NODE.fullmatch(row["node"]):
            most.setdefault(found[1], f"{found[0].removeprefix(BASE)}.html")
    assert set(KINDS) - set(most) <= {"graph"}
    return [*FIXED, *most.values()]


@pytest.fixture(scope="module")
def visits(server: Server, browser: Browser, sample: list[str]) -> list[Visit]:
    """Look at each page of the sample in both languages, wide and narrow, light and dark."""
    looks: list[tuple[str, Look, Look]] = [
        ("en", Look(DESKTOP, "light"), Look(PHONE, "dark")),
        ("fa", Look(DESKTOP, "dark"), Look(PHONE, "light")),
    ]
    context = browser.new_context()
    if AXE.is_file():
        context.add_init_script(path=AXE)
    tab = context.new_page()
    log = listen(tab, server.address)
    return [visit(tab, server.address, path, log, *look) for look in looks for path in sample]


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    size: ViewportSize
    scheme: Literal["light", "dark"]

    def take(self, tab: Tab) -> None:
        tab.set_viewport_size(self.size)
        tab.emulate_media(color_scheme=self.scheme)


@dataclass
class Visit:
    """What was found on a page: by axe-core, by the width, by the keyboard, in the browser's log."""

    address: str
    axe: list[str] = field(default_factory=list)
    width: list[str] = field(default_factory=list)
    keyboard: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)


def visit(tab: Tab, address: str, path: str, log: list[str], language: str, wide: Look, narrow: Look) -> Visit:
    found = Visit(f"{path}{'&' if '?' in path else '?'}lang={language}")
    narrow.take(tab)
    log.clear()
    tab.goto(address + found.address)
    found.width += tab.evaluate(TOO_WIDE)
    tab.evaluate(SHORTEN)
    wide.take(tab)
    found.keyboard += keyboard(tab)
    found.axe += tab.evaluate(RUN_AXE, [])
    narrow.take(tab)
    found.axe += tab.evaluate(RUN_AXE, ["color-contrast", "scrollable-region-focusable", "target-size"])
    found.log += log
    return found


def listen(tab: Tab, address: str) -> list[str]:
    """Give the list that the browser's complaints go to, and what it asks other hosts for."""
    log: list[str] = []
    tab.on("console", lambda said: log.append(f"{said.text} {said.location['url']}") if said.type == "error" else None)
    tab.on("pageerror", lambda error: log.append(str(error)))
    tab.on("request", lambda request: None if request.url.startswith(address) else log.append(request.url))
    return log


def keyboard(tab: Tab) -> list[str]:
    """Press Tab once, which must reach a visible link to the content; then look at every stop."""
    tab.keyboard.press("Tab")
    skip = tab.evaluate(SKIP_LINK)
    return [*([] if skip else ["Tab does not reach a skip link first"]), *tab.evaluate(WITHOUT_OUTLINE)]


def found_by(visits: list[Visit], way: str) -> dict[str, list[str]]:
    """Give what one way of looking found, with the pages where it is seen."""
    findings: dict[str, list[str]] = defaultdict(list)
    for one in visits:
        for what in dict.fromkeys(getattr(one, way)):
            findings[what].append(one.address)
    return findings


def test_axe_finds_nothing_serious(visits: list[Visit]) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make setup-dev installs it (npm package axe-core)")
    report(found_by(visits, "axe"))


def test_no_page_is_wider_than_a_phone(visits: list[Visit]) -> None:
    report(found_by(visits, "width"))


def test_the_keyboard_skips_to_the_content_and_every_stop_shows_itself(visits: list[Visit]) -> None:
    report(found_by(visits, "keyboard"))


def test_the_browser_has_nothing_to_complain_of(visits: list[Visit]) -> None:
    report(found_by([one for one in visits if one.address.partition("?")[0] not in REFUSED], "log"))


@pytest.fixture
def plain_tab(browser: Browser) -> Iterator[Tab]:
    """A tab of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(5000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("language", "words"), [("en", "Isfahan"), ("fa", "اصفهان")])
def test_without_scripts_the_search_finds(server: Server, plain_tab: Tab, language: str, words: str) -> None:
    plain_tab.goto(f"{server.address}/?lang={language}")
    plain_tab.locator("header input[name=q]").fill(words)
    plain_tab.locator("header form[role=search] button").click()
    assert plain_tab.locator(f"main a[href='/city/isfahan.html?lang={language}']").count() >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_a_question_is_answered(server: Server, plain_tab: Tab, language: str) -> None:
    plain_tab.goto(f"{server.address}/questions/evidence-of-fact?lang={language}")
    plain_tab.locator("main form [name=fact]").fill("agreement:isfahan-kazan-twinning")
    plain_tab.locator("main form button").first.click()
    assert "fact=agreement" in plain_tab.url
    article = f"/article/mehr-isfahan-sister-cities.html?lang={language}"
    assert plain_tab.locator(f"main table a[href='{article}']").count() >= 1
