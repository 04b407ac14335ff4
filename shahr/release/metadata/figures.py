"""Numbers, sizes and days as each language writes them; a language is "en" or "fa"."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal
from persiantools.jdatetime import MONTH_NAMES_FA, JalaliDate

_UNITS = {"en": ("B", "kB", "MB", "GB"), "fa": ("بایت", "کیلوبایت", "مگابایت", "گیگابایت")}
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def number(value: int, language: str) -> str:
    """Write a number: 3,600,000 or ۳٬۶۰۰٬۰۰۰."""
    return _decimal(value, "#,##0", language)


def size(value: int, language: str) -> str:
    """Write a number of bytes with three digits or so: 139 kB or ۱۳۹ کیلوبایت."""
    power, amount = 0, float(value)
    while amount >= 999.5 and power < len(_UNITS[language]) - 1:
        power, amount = power + 1, amount / 1000
    pattern = "0.0" if power and amount < 9.95 else "#,##0"
    return f"{_decimal(amount, pattern, language)} {_UNITS[language][power]}"


def day(text: str, language: str) -> str:
    """Write a day, ISO 8601; in Persian by the Jalali calendar first."""
    there = date.fromisoformat(text)
    written = format_date(there, "d MMMM y", locale=language)
    if language == "en":
        return written
    jalali = JalaliDate(there)  # type: ignore[no-untyped-call]
    return _digits(f"{jalali.day} {MONTH_NAMES_FA[jalali.month]} {jalali.year} ({written})", language)


def _decimal(value: float, pattern: str, language: str) -> str:
    """Write a number; the system named "default" has the separators of Persian, though not its digits."""
    return _digits(format_decimal(value, pattern, locale=language, numbering_system="default"), language)


def _digits(text: str, language: str) -> str:
    return text.translate(_PERSIAN_DIGITS) if language == "fa" else text
