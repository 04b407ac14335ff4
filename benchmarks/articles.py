"""Invented articles about an invented world: passages, and the facts that rest on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.sheet import Pair, Sheet, labels, text, typed
from benchmarks.world import City, World, types

PASSAGES = 8
_LENGTH = 170  # code points of a passage
_YEARS = range(1400, 1404)  # Jalali years
_ABOUT = ("shahr:about", "shahr:topic")
_SIGNED = ("concept:signed", "concept:in-force")
_STATUSES = (*_SIGNED, "concept:proposed")
_MODALITIES = ("concept:aim", "concept:policy", "concept:proposal", "concept:report", "concept:appraisal")
_TOPICS = ("concept:twinning", "concept:networks", "concept:cooperation", "concept:history", "concept:peace")


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its number, the city it is about, and where it is written."""

    number: int
    city: City
    world: World
    sheet: Sheet

    @property
    def name(self) -> str:
        """Its slug, which is the name of its graph too."""
        return f"article-{self.number}"

    def passage(self, number: int) -> str:
        """Give the name of one of its passages, from 0 on."""
        start = number * (_LENGTH + 30)
        return f"passage:{self.name}-{start}-{start + _LENGTH}"

    def partner(self) -> City:
        """Choose a city for an agreement with its own."""
        return self.world.partner(self.city)


def write_articles(world: World, sheet: Sheet) -> Iterator[int]:
    """Write articles, about one city after the other, until the sheet is full; give its count after each."""
    number = 0
    while not sheet.full:
        article = Article(number, world.cities[number % len(world.cities)], world, sheet)
        _write_record(article)
        for write in _facts():
            if not sheet.full:
                write(article)
        yield sheet.count
        number += 1


def _facts() -> tuple[Callable[[Article], None], ...]:
    agreements = (_twinning, _twinning, _memorandum)
    return (*agreements, _count, _added, _tenure, _membership, _meeting, _statement, _statement, _statement, _claim)


def _write_record(article: Article) -> None:
    length = typed(PASSAGES * (_LENGTH + 30), "integer")
    pairs = [
        ("rdf:type", "shahr:Article"),
        *labels(f"A talk with the mayor of {article.city.english}", f"گفت‌وگو با شهردار {article.city.persian}"),
        ("schema:inLanguage", text("fa")),
        ("shahr:codePoints", length),
        *_digests(article),
    ]
    article.sheet.add(article.name, f"article:{article.name}", pairs)
    article.sheet.derive(f"article:{article.name}", types(article.world, "Article"))
    for number in range(PASSAGES):
        _write_passage(article, number)


def _write_passage(article: Article, number: int) -> None:
    node, start = article.passage(number), number * (_LENGTH + 30)
    city = article.city
    voice = [("shahr:voice", "concept:unattributed")]
    speaker = [("shahr:speaker", city.mayor), ("shahr:speakingAs", city.post)]
    pairs = [
        ("rdf:type", "shahr:Passage"),
        ("oa:hasSource", f"article:{article.name}"),
        ("shahr:startOffset", typed(start, "integer")),
        ("shahr:endOffset", typed(start + _LENGTH, "integer")),
        *_digests(article),
        *(speaker if number else voice),
    ]
    article.sheet.add(article.name, node, pairs)
    attributed = [("prov:wasAttributedTo", city.mayor)] if number else []
    selector = [("oa:hasSelector", f"{node}/position")]
    article.sheet.derive(node, [*types(article.world, "Passage"), *selector, *attributed])
    offsets = [("oa:start", typed(start, "integer")), ("oa:end", typed(start + _LENGTH, "integer"))]
    article.sheet.derive(f"{node}/position", [("rdf:type", "oa:TextPositionSelector"), *offsets])


def _digests(article: Article) -> list[Pair]:
    random = article.world.random
    names = ("shahr:sha256", "shahr:foldedSha256")
    digests = [(name, text(f"{random.getrandbits(256):064x}")) for name in names]
    return [*digests, ("shahr:foldedCodePoints", typed(_LENGTH - random.randrange(40), "integer"))]


def _write_fact(article: Article, node: str, kind: str, pairs: list[Pair]) -> None:
    """Write a fact with its date and its receipt, and what the rules make of them."""
    random, sheet = article.world.random, article.sheet
    passage = article.passage(random.randrange(PASSAGES))
    asserted = [("rdf:type", f"shahr:{kind}"), *pairs, *_time(article), ("shahr:evidence", passage)]
    sheet.add(article.name, node, asserted)
    about = [("schema:about", value) for name, value in pairs if name in _ABOUT]
    sheet.derive(node, [*types(article.world, kind), ("prov:wasDerivedFrom", passage), *about])


def _time(article: Article) -> list[Pair]:
    random = article.world.random
    if random.random() < 0.3:
        return [("shahr:dateBasis", "concept:not-stated")]
    basis = random.choice(("concept:stated", "concept:publication-date"))
    jalali, day = _day(random.randrange(len(_YEARS) * 365))
    dated = [("shahr:earliest", typed(day, "date")), ("shahr:latest", typed(day, "date"))]
    return [("shahr:dateBasis", basis), ("shahr:edtf", text(day)), ("shahr:jalali", text(jalali)), *dated]


def _day(number: int) -> tuple[str, str]:
    """Give the Jalali and the ISO date of a day, counted from 1400-01-01; leap days are left out."""
    year, rest = divmod(number, 365)
    month, of_month = divmod(rest, 31) if rest < 186 else divmod(rest - 186, 30)
    month += 1 if rest < 186 else 7
    day = date(2021, 3, 21) + timedelta(days=number)
    return f"{_YEARS[year]}-{month:02}-{of_month + 1:02}", day.isoformat()


def _agreement(article: Article, kind: str, english: str, persian: str, statuses: tuple[str, ...]) -> City:
    """Write an agreement and the plain edges it gives; the city that the article's own agrees with comes back."""
    one, other = article.city, article.partner()
    node = f"agreement:{one.slug}-{other.slug}-{article.number}"
    status = article.world.random.choice(statuses)
    pairs = [
        *labels(f"{english} of {one.english} and {other.english}", f"{persian} {one.persian} و {other.persian}"),
        ("shahr:city", one.node),
        ("shahr:city", other.node),
        ("shahr:status", status),
        ("shahr:topic", "concept:twinning"),
    ]
    _write_fact(article, node, kind, pairs)
    for city, partner in ((one, other), (other, one)) if status in _SIGNED else ():
        article.sheet.edge(city.node, "shahr:hasAgreement", node)
        article.sheet.edge(city.node, "shahr:partnerCity", partner.node)
        article.sheet.edge(city.node, "shahr:tieToCountry", partner.country)
    return other


def _twinning(article: Article) -> None:
    other = _agreement(article, "SisterCityAgreement", "Twinning", "خواهرخواندگی", _SIGNED)
    article.sheet.edge(article.city.node, "shahr:twinnedWith", other.node)
    article.sheet.edge(other.node, "shahr:twinnedWith", article.city.node)


def _memorandum(article: Article) -> None:
    _agreement(article, "MemorandumOfUnderstanding", "Memorandum", "تفاهم‌نامهٔ", _STATUSES)


def _count(article: Article) -> None:
    _observation(article, "sister-city-count", article.world.random.randrange(2, 30))


def _added(article: Article) -> None:
    _observation(article, "sister-cities-added", article.world.random.randrange(1, 6))


def _observation(article: Article, measure: str, value: int) -> None:
    city = article.city
    node = f"observation:{measure}-{city.slug}-{article.number}"
    pairs = [
        *labels(f"{value} sister cities of {city.english}", f"{value} خواهرخواندهٔ {city.persian}"),
        ("shahr:observed", city.node),
        ("shahr:measure", f"concept:{measure}"),
        ("shahr:unit", "concept:cities"),
        ("shahr:precision", "concept:exact"),
        ("shahr:value", typed(value, "integer")),
    ]
    _write_fact(article, node, "Observation", pairs)
    derived = [("schema:observationAbout", city.node), ("schema:value", typed(value, "integer"))]
    article.sheet.derive(node, derived)


def _tenure(article: Article) -> None:
    city, edge = article.city, article.sheet.edge
    node = f"tenure:mayor-of-{city.slug}-{article.number}"
    names = labels(f"The mayor of {city.english}", f"شهردار {city.persian}")
    _write_fact(article, node, "Tenure", [*names, ("shahr:holder", city.mayor), ("shahr:post", city.post)])
    edge(node, "org:member", city.mayor)
    edge(city.mayor, "shahr:hasTenure", node)
    edge(city.mayor, "shahr:holdsPost", city.post)
    edge(city.mayor, "org:holds", city.post)
    edge(city.mayor, "shahr:mayorOf", city.node)
    edge(city.mayor, "shahr:sitsIn", city.municipality)


def _membership(article: Article) -> None:
    city, edge = article.city, article.sheet.edge
    node = f"membership:{city.slug}-{article.number}"
    role = [("shahr:member", city.node), ("shahr:organization", city.network)]
    names = labels(f"{city.english}, a member", f"عضویت {city.persian}")
    _write_fact(article, node, "Membership", [*names, *role, ("shahr:membershipRole", "concept:board-member")])
    edge(node, "org:organization", city.network)
    edge(node, "org:role", "concept:board-member")
    edge(city.node, "shahr:hasMembership", node)
    edge(city.node, "shahr:memberOf", city.network)
    fellows = article.world.members.setdefault(city.network, [])
    if city in fellows:
        return
    for fellow in fellows:
        edge(city.node, "shahr:coMemberWith", fellow.node)
        edge(fellow.node, "shahr:coMemberWith", city.node)
    fellows.append(city)


def _meeting(article: Article) -> None:
    city, guest = article.city, article.world.random.choice(article.world.cities)
    node = f"event:meeting-{city.slug}-{article.number}"
    pairs = [
        *labels(f"A meeting in {city.english}", f"دیداری در {city.persian}"),
        ("shahr:eventStatus", "concept:held"),
        ("shahr:participant", city.mayor),
        ("shahr:participant", guest.post),
        ("shahr:place", city.node),
        ("shahr:topic", article.world.random.choice(_TOPICS)),
    ]
    _write_fact(article, node, "Meeting", pairs)
    article.sheet.derive(node, [("schema:attendee", city.mayor), ("schema:location", city.node)])


def _statement(article: Article) -> None:
    random, city = article.world.random, article.city
    node = f"statement:{article.name}-{article.sheet.count}"
    pairs = [
        *labels(f"A word on {city.english}", f"سخنی دربارهٔ {city.persian}"),
        ("shahr:gist", text(f"{city.english} is spoken of.", "en")),
        ("shahr:gist", text(f"از {city.persian} سخن می‌رود.", "fa")),
        ("shahr:about", city.node),
        ("shahr:modality", random.choice(_MODALITIES)),
        ("shahr:topic", random.choice(_TOPICS)),
    ]
    _write_fact(article, node, "Statement", pairs)


def _claim(article: Article) -> None:
    city = article.city
    node = f"claim:{city.slug}-in-country-{article.number}"
    subject = [("shahr:claimSubject", city.node), ("shahr:claimProperty", "shahr:country")]
    names = labels(f"The country of {city.english}", f"کشور {city.persian}")
    _write_fact(article, node, "Claim", [*names, *subject, ("shahr:claimEntity", city.country)])
