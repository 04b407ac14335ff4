"""What the stage speaks of: statements, why one is not sent, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from shahr.namespaces import curie
from shahr.quickstatements.moment import AFTER_ALL, BEFORE_ALL, Moment
from shahr.releases import Texts

# absent, unreferenced   is sent: Wikidata lacks the statement, or its reference
# present                Wikidata has it with a reference
# conflict               Wikidata says otherwise
# unknown                the endpoint does not know an item, or did not answer
# withheld               it is not for us to send, or not unless it is asked for by name
Outcome = Literal["absent", "unreferenced", "present", "conflict", "unknown", "withheld"]
OUTCOMES: tuple[Outcome, ...] = ("absent", "unreferenced", "present", "conflict", "unknown", "withheld")


@dataclass(frozen=True)
class Property:
    """A property of Wikidata that we send, `id` as "P190".

    It is `single` where an item has one value at a time, `symmetric` where the value says the same of the item.
    """

    id: str
    title: Texts
    single: bool
    symmetric: bool = False

    @property
    def number(self) -> int:
        """The number in the id."""
        return int(self.id[1:])


@dataclass(frozen=True)
class Times:
    """When a fact holds: from `start` to `end`, where told; it is attested between `earliest` and `latest`."""

    start: Moment | None = None
    end: Moment | None = None
    earliest: Moment | None = None
    latest: Moment | None = None

    @property
    def first(self) -> str:
        """The first day that it is told or attested for, as text that sorts; before every day where none is."""
        begin = self.start or self.earliest
        return begin.first if begin else BEFORE_ALL

    @property
    def last(self) -> str:
        """The last day that it is told or attested for; after every day where none is."""
        until = self.end or self.latest
        return until.last if until else AFTER_ALL


@dataclass(frozen=True)
class Statement:
    """One statement that our graph supports.

    fact, subject   IRIs of ours
    value           IRI of an entity, or a time
    item, target    the subject and the value for Wikidata: "Q42053", "Q900" or "+2004-00-00T00:00:00Z/9"; None where
                    there is no reviewed link
    settled         whether the fact is of the kind the property means: an agreement that is signed, say
    choices         for a name that may mean several entities, those that this statement takes it to mean
    """

    fact: str
    predicate: Property
    subject: str
    value: str | Moment
    item: str | None
    target: str | None
    times: Times = field(default_factory=Times)
    settled: bool = True
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What --include calls it: "claim:x", or "agreement:x=city:y" for one of several meanings."""
        return "=".join([curie(self.fact), *map(curie, self.choices)])

    @property
    def sides(self) -> tuple[Statement, ...]:
        """The statement, and what the value says of its subject where the property is symmetric."""
        if not self.predicate.symmetric or not isinstance(self.value, str):
            return (self,)
        return self, replace(self, subject=self.value, value=self.subject, item=self.target, target=self.item)


@dataclass(frozen=True)
class Reason:
    """Why a statement is not sent: a `code` of wording.toml and what is put into its sentence.

    `names` are IRIs of ours, shown by their labels; `texts` are shown as they are; `times` are shown as days, None as
    unknown. What `can_be_named` is sent where --include asks for it.
    """

    code: str
    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    times: Mapping[str, Sequence[Moment | None]] = field(default_factory=dict)
    can_be_named: bool = False


@dataclass(frozen=True)
class Finding:
    """A statement and what became of it; `reasons` are why it is not sent. `times` are the qualifiers to send."""

    statement: Statement
    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    times: Times = field(default_factory=Times)

    @property
    def is_sent(self) -> bool:
        """Whether it goes into the batch."""
        return self.outcome in ("absent", "unreferenced")
