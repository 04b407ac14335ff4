"""What can be compared."""

from __future__ import annotations

from dataclasses import dataclass

from shahr.errors import UnknownTopic

SUBJECT, OBJECT = "subject", "object"


@dataclass(frozen=True)
class Topic:
    """One relation of ours and of Wikidata.

    `classes` are the classes whose entities Wikidata is asked about, each with the end of `property` that they stand
    at; `symmetric`: it holds in both directions; `timed`: the same two ends may meet at several times. `question` is
    the question of queries/wikidata that is about the same; `titles` are English, Persian.
    """

    name: str
    property: str
    classes: tuple[tuple[str, str], ...]
    question: str
    titles: tuple[str, str]
    symmetric: bool = False
    timed: bool = False


def topics() -> tuple[Topic, ...]:
    """Give all that can be compared, in the order in which it is shown."""
    city, network = ("shahr:City", SUBJECT), ("shahr:CityNetwork", OBJECT)
    return (
        Topic(
            *("twins", "shahr:twinnedWith", (city,), "twins-on-wikidata"),
            ("Twin cities", "شهرهای خواهرخوانده"),
            symmetric=True,
        ),
        Topic(
            *("members", "shahr:memberOf", (city, network), "network-members-on-wikidata"),
            ("Members of city networks", "اعضای شبکه‌های شهرها"),
        ),
        Topic(
            *("mayors", "shahr:mayorOf", (("shahr:City", OBJECT),), "mayors-over-time-on-wikidata"),
            ("Mayors", "شهرداران"),
            timed=True,
        ),
    )


def find_topics(name: str | None) -> tuple[Topic, ...]:
    """Give the topic `name`, or all where it is None; UnknownTopic."""
    found = tuple(one for one in topics() if name in (None, one.name))
    if not found:
        raise UnknownTopic(name or "", (one.name for one in topics()))
    return found
