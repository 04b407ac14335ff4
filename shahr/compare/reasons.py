"""Why it cannot be told whether both sides say the same: each reason in English and in Persian."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Reason:
    """A reason for the verdict unknown: its name, for programs, and the sentence in English and in Persian."""

    name: str
    english: str
    persian: str

    def in_language(self, language: str) -> str:
        """Give the sentence in "fa" or in English."""
        return self.persian if language == "fa" else self.english


def not_linked(entity: str) -> Reason:
    """The entity, a curie of ours, has no accepted link to an item."""
    return Reason(
        "not-linked",
        f"{entity} has no accepted link to an item of Wikidata",
        f"برای {entity} پیوند پذیرفته‌شده‌ای با آیتمی از ویکی‌داده در دست نیست",
    )


def may_be(entity: str) -> Reason:
    """The entity, a curie of ours, has no accepted link, so it may be an item that nothing here is linked to."""
    return Reason(
        "may-be",
        f"{entity} has no accepted link to an item of Wikidata, so it may be the one that is meant",
        f"برای {entity} پیوند پذیرفته‌شده‌ای با آیتمی از ویکی‌داده در دست نیست، پس شاید همان باشد",
    )


def not_known_there(item: str) -> Reason:
    """The endpoint knows neither a label nor a class of the item, a curie."""
    return Reason(
        "not-known-there",
        f"the endpoint does not know {item}: it may have been merged or deleted",
        f"نقطهٔ دسترسی {item} را نمی‌شناسد: شاید ادغام یا حذف شده باشد",
    )


def not_answered(item: str) -> Reason:
    """The request with the item in it failed."""
    return Reason(
        "not-answered",
        f"the endpoint gave no answer about {item}",
        f"نقطهٔ دسترسی دربارهٔ {item} پاسخی نداد",
    )


def value_unknown() -> Reason:
    """A statement of Wikidata says that there is a value, and not which."""
    return Reason(
        "value-unknown",
        "a statement of Wikidata says that its value is unknown, so it may be any",
        "گزاره‌ای در ویکی‌داده مقدار خود را نامعلوم دانسته است، پس هر چیزی می‌تواند باشد",
    )


def date_missing() -> Reason:
    """The two ends are the same, but dates that would tell whether the times are lack or are too coarse."""
    return Reason(
        "date-missing",
        "a date is missing or too coarse, here or on Wikidata, to tell whether both mean the same time",
        "تاریخی اینجا یا در ویکی‌داده نیامده یا چنان کلی است که یکی‌بودن زمان‌ها را نمی‌توان گفت",
    )
