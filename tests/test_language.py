"""The language of a page: chosen by `?lang=` or Accept-Language, kept in links, and all that is written by it."""

from __future__ import annotations

from datetime import date
from itertools import product
from urllib.parse import quote

import pytest
from babel.dates import get_month_names
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.html import HtmlElement, fromstring
from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate

from shahr.web.language import both_dates, digits, here, link, number, other_language, text_dir
from tiny import tiny_app

LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٬٫", "0123456789,.")
DAYS = st.dates(date(623, 1, 1), date(9998, 12, 31))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return tiny_app(tmp_path_factory.mktemp("tongues"))


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page(client: FlaskClient, address: str, accept_language: str = "") -> HtmlElement:
    answer = client.get(address, headers={"Accept": "text/html", "Accept-Language": accept_language})
    assert answer.mimetype == "text/html"
    return fromstring(answer.text)


def written(app: Flask, code: str, template: str, **values: object) -> str:
    """Give what a template writes in a page of a language."""
    with app.test_request_context(f"/?lang={code}"):
        return render_template_string(template, **values)


@pytest.mark.parametrize(
    ("accept_language", "expected"),
    [
        ("", "en"),
        ("*", "en"),
        ("de", "en"),
        ("en-GB", "en"),
        ("fa", "fa"),
        ("fa-IR,fa;q=0.9,en;q=0.5", "fa"),
        ("en;q=0.1,fa;q=0.2", "fa"),
        ("ar,fa;q=0.3,en;q=0.8", "en"),
        ("fa;q=0", "en"),
        ("fa;q=broken,,;", "en"),
    ],
)
def test_without_a_choice_the_browser_decides(client: FlaskClient, accept_language: str, expected: str) -> None:
    assert page(client, "/search", accept_language).get("lang") == expected


@pytest.mark.parametrize(("code", "accept_language"), list(product(("en", "fa"), repeat=2)))
def test_a_choice_in_the_address_counts_before_the_browser(
    client: FlaskClient, code: str, accept_language: str
) -> None:
    assert page(client, f"/search?lang={code}", accept_language).get("lang") == code


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("fa", "rtl")])
def test_a_page_says_its_language_and_direction(client: FlaskClient, code: str, direction: str) -> None:
    for address in ("/search", "/questions", "/nowhere"):
        shown = page(client, f"{address}?lang={code}")
        assert (shown.get("lang"), shown.get("dir")) == (code, direction)


@pytest.mark.parametrize("asked", ["de", "", "FA", "fa-IR", "fa%00", "fa&lang=en", "fa&lang=fa"])
def test_another_language_or_two_are_refused_with_a_sentence(client: FlaskClient, asked: str) -> None:
    for address in ("/search", "/questions", "/openapi.json"):
        answer = client.get(f"{address}?lang={asked}", headers={"Accept": "text/html"})
        assert answer.status_code == 400
        (main,) = fromstring(answer.text).iter("main")
        assert "lang=en" in main.text_content()


def test_caches_are_told_that_the_browser_decides(client: FlaskClient) -> None:
    answer = client.get("/search", headers={"Accept": "text/html"})
    assert "accept-language" in answer.headers["Vary"].lower()


def test_links_keep_the_chosen_language(app: Flask) -> None:
    with app.test_request_context("/x?lang=fa"):
        assert link("/") == "/?lang=fa"
        assert link("/ns.html#City") == "/ns.html?lang=fa#City"
        assert link("/search", q="a&b", page=2, kind=None) == "/search?q=a%26b&page=2&lang=fa"
        assert link("/search?q=x") == "/search?q=x&lang=fa"
        assert link("/", lang="en") == "/?lang=en"


def test_links_say_no_language_where_the_browser_chose(app: Flask) -> None:
    with app.test_request_context("/x", headers={"Accept-Language": "fa"}):
        assert link("/ns.html#City") == "/ns.html#City"
        assert link("/search", q="اصفهان") == f"/search?q={quote('اصفهان')}"


def test_links_do_not_carry_a_bad_language_on(app: Flask) -> None:
    with app.test_request_context('/x?lang="><script>'):
        assert link("/") == "/"
        assert other_language() == "fa"


@pytest.mark.parametrize("code", ["en", "fa"])
def test_each_page_leads_to_itself_in_both_languages(client: FlaskClient, code: str) -> None:
    address = f"/search?q={quote('شهر &')}&lang={code}"
    shown = page(client, address)
    leads = {one.get("hreflang"): one.get("href") for one in shown.xpath("//link[@rel='alternate'][@hreflang]")}
    assert set(leads) == {"en", "fa"}
    for other, lead in leads.items():
        assert page(client, lead).get("lang") == other
        assert lead.startswith(f"/search?q={quote('شهر &', safe='').replace('%20', '+')}&")
    (tongue,) = shown.xpath("//a[@class='tongue']")
    assert tongue.get("href") == leads[tongue.get("hreflang")]
    assert {tongue.get("lang"), code} == {"en", "fa"}


def test_the_address_of_a_page_keeps_all_that_was_asked(app: Flask) -> None:
    with app.test_request_context("/city/a%20b?x=1&x=2&lang=en&y=%26"):
        assert here("fa") == "/city/a%20b?x=1&x=2&y=%26&lang=fa"


@pytest.mark.parametrize(
    ("value", "english", "persian"),
    [
        (0, "0", "۰"),
        (1000, "1,000", "۱٬۰۰۰"),
        (3_600_000, "3,600,000", "۳٬۶۰۰٬۰۰۰"),
        ("1547164", "1,547,164", "۱٬۵۴۷٬۱۶۴"),
        ("32.6524612345", "32.6524612345", "۳۲٫۶۵۲۴۶۱۲۳۴۵"),
        (-0.5, "-0.5", "-۰٫۵"),
    ],
)
def test_numbers_are_written_as_each_language_does(app: Flask, value: float | str, english: str, persian: str) -> None:
    assert written(app, "en", "{{ value|number }}", value=value) == english
    assert written(app, "fa", "{{ value|number }}", value=value).replace("\u200e", "") == persian


@given(st.integers(-(10**14), 10**14))
def test_no_digit_of_a_number_is_lost(app: Flask, value: int) -> None:
    for code in ("en", "fa"):
        with app.test_request_context(f"/?lang={code}"):
            shown = number(value).replace("\u200e", "").replace("−", "-")
        assert int(shown.translate(LATIN_DIGITS).replace(",", "")) == value


def test_digits_of_identifiers_are_persian_in_persian_alone(app: Flask) -> None:
    assert written(app, "en", "{{ '2025-04-29, 7'|digits }}") == "2025-04-29, 7"
    assert written(app, "fa", "{{ '2025-04-29, 7'|digits }}") == "۲۰۲۵-۰۴-۲۹, ۷"
    with app.test_request_context("/?lang=fa"):
        assert digits(1404) == "۱۴۰۴"


@pytest.mark.parametrize(
    ("day", "english", "persian"),
    [
        ("1979-02-11", "11 February 1979 (22 Bahman 1357)", "۲۲ بهمن ۱۳۵۷ (۱۱ فوریهٔ ۱۹۷۹)"),
        ("2025-03-20", "20 March 2025 (30 Esfand 1403)", "۳۰ اسفند ۱۴۰۳ (۲۰ مارس ۲۰۲۵)"),
        ("2025-03-21", "21 March 2025 (1 Farvardin 1404)", "۱ فروردین ۱۴۰۴ (۲۱ مارس ۲۰۲۵)"),
        ("2025-04-29", "29 April 2025 (9 Ordibehesht 1404)", "۹ اردیبهشت ۱۴۰۴ (۲۹ آوریل ۲۰۲۵)"),
    ],
)
def test_days_are_written_in_both_calendars_that_of_the_language_first(
    app: Flask, day: str, english: str, persian: str
) -> None:
    assert written(app, "en", "{{ day|date }}", day=day) == english
    assert written(app, "fa", "{{ day|date }}", day=day) == persian


@given(DAYS)
@example(date(2024, 2, 29))
def test_both_shown_days_are_the_day_meant(app: Flask, day: date) -> None:
    for code, months in (("en", MONTH_NAMES_EN), ("fa", MONTH_NAMES_FA)):
        with app.test_request_context(f"/?lang={code}"):
            shown = both_dates(day.isoformat()).translate(LATIN_DIGITS).removesuffix(")").split(" (")
        gregorian, jalali = shown if code == "en" else reversed(shown)
        number_of_day, month, year = jalali.split(" ")
        there = JalaliDate(int(year), months.index(month), int(number_of_day))  # type: ignore[no-untyped-call]
        assert there.to_gregorian() == day
        month_there = get_month_names("wide", locale=code)[day.month]
        assert gregorian == f"{day.day} {month_there} {day.year}"


@pytest.mark.parametrize("text", ["0001-01-01", "0622-03-21", "9999-12-31", "2025-02-30", "12025-01-01", "", "<b>"])
def test_what_is_no_day_of_both_calendars_is_shown_all_the_same(app: Flask, text: str) -> None:
    for code in ("en", "fa"):
        assert digits_of(written(app, code, "{{ day|date }}", day=text)) == digits_of(text.replace("<b>", "&lt;b&gt;"))


def digits_of(text: str) -> str:
    return text.translate(LATIN_DIGITS)


@pytest.mark.parametrize(
    ("text", "datatype", "shown"),
    [
        ("2004", "integer", "2004"),  # perhaps a year
        ("20040", "integer", "20,040"),
        ("abc", "integer", "abc"),
        ("1e999999", "integer", "1e999999"),
        ("INF", "decimal", "INF"),
        ("-0.25", "decimal", "-0.25"),
        ("9999-12-31", "date", "9999-12-31"),
    ],
)
def test_literals_are_written_as_numbers_and_days_where_they_are(
    client: FlaskClient, text: str, datatype: str, shown: str
) -> None:
    type_iri = f"<http://www.w3.org/2001/XMLSchema#{datatype}>"
    query = quote(f'SELECT ?x {{ BIND(STRDT("{text}", {type_iri}) AS ?x) }} ORDER BY ?x')
    for code in ("en", "fa"):
        table = page(client, f"/sparql?lang={code}&query={query}").xpath("string(//tbody)")
        assert digits_of(table).strip().replace("\u200e", "") == shown


@pytest.mark.parametrize(
    ("code", "count", "expected"), [("en", 1, "1 row"), ("en", 2, "2 rows"), ("fa", 1, "۱ ردیف"), ("fa", 2, "۲ ردیف")]
)
def test_counted_things_take_the_form_of_their_number(app: Flask, code: str, count: int, expected: str) -> None:
    template = '{{ ngettext("%(counted)s row", "%(counted)s rows", count, counted=count|number) }}'
    assert written(app, code, template, count=count) == expected


def test_what_is_put_into_a_translation_is_escaped(app: Flask) -> None:
    for code in ("en", "fa"):
        assert "&lt;b&gt;" in written(app, code, '{{ _("as %(name)s:", name=name) }}', name="<b>")


@pytest.mark.parametrize(
    ("code", "direction"),
    [
        *(
            ("fa", "rtl"),
            ("ar", "rtl"),
            ("fa-IR", "rtl"),
            ("ar-EG", "rtl"),
            ("he", "rtl"),
            ("ckb-iq", "rtl"),
            ("", "rtl"),
        ),
        *(
            ("en", "ltr"),
            ("en-GB", "ltr"),
            ("fa-Latn", "ltr"),
            ("fa-latn-ir", "ltr"),
            ("tr", "auto"),
            ("de-CH", "auto"),
        ),
    ],
)
def test_texts_of_other_languages_have_their_own_direction(app: Flask, code: str, direction: str) -> None:
    with app.test_request_context("/?lang=fa"):
        assert text_dir(code) == direction
