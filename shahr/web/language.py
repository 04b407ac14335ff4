"""The language of a page: English or Persian, by `?lang=` or Accept-Language, and all that is written by it.

Catalogues are read from their .po files as they are, so that nothing compiled lies about.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from gettext import GNUTranslations
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlencode

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain
from flask_babel import gettext as _
from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate
from werkzeug.exceptions import BadRequest

from shahr.web.addresses import address_of
from shahr.web.drawing.letters import harmless
from shahr.web.kinds import title_of

Language = Literal["en", "fa"]
DOMAIN = "messages"
_PERSIAN = re.compile("[؀-ۿ]")
LANGUAGES: tuple[Language, ...] = ("en", "fa")
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ur"})
YEARS = range(623, 9999)  # the Gregorian years of which both calendars know every day
LONGEST = 2000  # characters of an address that a page or document repeats
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def install(app: Flask) -> None:
    """Give an app its languages: texts of templates, and what they write numbers, dates and addresses with."""
    app.before_request(_check_language)
    babel = Babel(app, locale_selector=language)
    babel.domain_instance = _catalogues(Path(__file__).parent / "translations")
    app.jinja_env.globals |= {"language": language, "other_language": other_language, "text_dir": text_dir}
    app.jinja_env.globals |= {"link": link, "here": here, "address_of": address_of, "title_of": title_of}
    app.jinja_env.install_gettext_callables(*_gettexts(babel.domain_instance), newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters |= {"number": number, "digits": digits, "date": both_dates}


def language() -> Language:
    """Give the language of this request: that of `?lang=`, else the one its Accept-Language likes better."""
    if "language" not in g:
        wanted = request.args.get("lang") or request.accept_languages.best_match(LANGUAGES, "en")
        g.language = "fa" if wanted == "fa" else "en"
    found: Language = g.language
    return found


def other_language() -> Language:
    """Give the language that this page is not in."""
    return "en" if language() == "fa" else "fa"


def sentence_language(sentence: str) -> Language:
    """Give the language that a sentence for the reader of the request is in: not all that goes wrong has a Persian."""
    return "fa" if language() == "fa" and _PERSIAN.search(sentence) else "en"


def text_dir(code: str = "") -> str:
    """Give the direction of a language tag, by default that of this request: rtl or ltr; auto where it is not known."""
    primary, *others = (code or language()).lower().split("-")
    if primary == "en" or "latn" in others:
        return "ltr"
    return "rtl" if primary in RIGHT_TO_LEFT else "auto"


def link(path: str, **query: object) -> str:
    """Give an address inside the site, in the language of this page where the reader chose it by `?lang=`."""
    pairs = [(name, str(value)) for name, value in query.items() if value is not None]
    if "lang" not in query and (chosen := request.args.get("lang")) in LANGUAGES:
        pairs.append(("lang", str(chosen)))
    if not pairs:
        return path
    address, hash_, fragment = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(pairs)}{hash_}{fragment}"


def href_of(iri: str) -> str | None:
    """Give what a link to an IRI holds: a page of ours as link gives it, an address of others as it is, else None."""
    address = address_of(iri)
    return link(address) if address and address.startswith("/") else address


def here(code: Language) -> str:
    """Give the address of this very page in a language; of the start page where this one's is longer than LONGEST."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    found = f"{quote(request.path)}?{urlencode([*kept, ('lang', code)])}"
    return found if len(found) <= LONGEST else f"/?lang={code}"


def number(value: float | str) -> str:
    """Write a number, or its digits in text, as the language of this request does: 3,600,000 or ۳٬۶۰۰٬۰۰۰."""
    return digits(format_decimal(value, locale=language(), numbering_system="default", decimal_quantization=False))


def digits(text: object) -> str:
    """Give a text with Persian digits where this request is in Persian: for years, offsets and identifiers."""
    return str(text).translate(_PERSIAN_DIGITS) if language() == "fa" else str(text)


def gregorian(day: date) -> str:
    """Write a day of the Gregorian calendar in the language of this request."""
    return digits(format_date(day, "d MMMM y", locale=language()))


def jalali(day: date) -> str:
    """Write a day in the Jalali calendar in the language of this request; the day is Gregorian."""
    there = JalaliDate(day)  # type: ignore[no-untyped-call]
    months = MONTH_NAMES_FA if language() == "fa" else MONTH_NAMES_EN
    return digits(f"{there.day} {months[there.month]} {there.year}")


def nowruz(year: int) -> date:
    """Give the day in a Gregorian year on which a Jalali one begins, that of `year` - 621."""
    day: date = JalaliDate(year - 621, 1, 1).to_gregorian()  # type: ignore[no-untyped-call]
    return day


def read_day(text: str) -> date | None:
    """Read an ISO date; None for a text that is none, or of a year outside YEARS."""
    try:
        day = date.fromisoformat(text)
    except ValueError:  # a lexical form that is none of its datatype, or a year that Python does not know
        return None
    return day if day.year in YEARS else None


def both_dates(text: str) -> str:
    """Write a day in both calendars, that of the interface's language first; what read_day cannot read, as written."""
    day = read_day(text)
    if day is None:
        return harmless(text)
    pair = gregorian(day), jalali(day)
    return "{} ({})".format(*(pair if language() == "en" else reversed(pair)))


def _gettexts(domain: Domain) -> tuple[Callable[[str], str], Callable[[str, str, int], str]]:
    """Give the gettext and ngettext of templates: those of Flask-Babel look up the application for every word."""

    def gettext(text: str) -> str:
        found: str = domain.cache[language(), DOMAIN].ugettext(text)
        return found

    def ngettext(one: str, many: str, count: int) -> str:
        found: str = domain.cache[language(), DOMAIN].ungettext(one, many, count)
        return found

    return gettext, ngettext


def _check_language() -> None:
    asked = request.args.getlist("lang")
    if asked and (len(asked) > 1 or asked[0] not in LANGUAGES):
        raise BadRequest(_("write %(one)s or %(other)s, once", one="lang=en", other="lang=fa"))


def _catalogues(folder: Path) -> Domain:
    domain = Domain()
    domain.cache["en", DOMAIN] = Translations()
    domain.cache["fa", DOMAIN] = _read_catalogue(folder / "fa" / "LC_MESSAGES" / "messages.po")
    return domain


def _read_catalogue(path: Path) -> GNUTranslations:
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="fa"))
    compiled.seek(0)
    return Translations(compiled)
