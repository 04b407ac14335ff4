"""What an ontology promised and keeps no more, and what it has anew.

Breaking, so that queries or data that were right may be wrong now: a class or property of ours that is gone without
having been deprecated, or has become something else; a domain or range that is new or narrower (one that is wider, or
gone, is compatible); a superclass or superproperty, symmetry, inverse or chain that nothing entails any more; new
equivalence and disjointness, functionality, irreflexivity, keys and restrictions on what was there. A deprecated term
promises nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Quad, Triple

from shahr.errors import BadVersion
from shahr.namespaces import curie
from shahr.release.changes.axioms import CONSTRAINTS, INFERENCES, Axioms, Expression, Term, shown_expression
from shahr.release.changes.ontologies import ontology_triples
from shahr.release.changes.sides import Side, release_side
from shahr.release.making import Making
from shahr.releases import Texts
from shahr.versions import is_bound, parse_version

SHOWN = 3  # breaks named in the error

_KINDS = {
    "class": ("a class", "یک رده"),
    "object property": ("an object property", "یک ویژگی شیئی"),
    "datatype property": ("a datatype property", "یک ویژگی داده‌ای"),
    "annotation property": ("an annotation property", "یک ویژگی توضیحی"),
}
_CHARACTERS = {
    "Functional": ("functional", "تابعی"),
    "InverseFunctional": ("inverse functional", "تابعی وارون"),
    "Irreflexive": ("irreflexive", "نابازتابی"),
    "Asymmetric": ("asymmetric", "پادمتقارن"),
    "Symmetric": ("symmetric", "متقارن"),
    "Transitive": ("transitive", "تراگذر"),
    "Reflexive": ("reflexive", "بازتابی"),
}
_RELATIONS = {True: ("a subclass of", "زیرردهٔ"), False: ("a subproperty of", "زیرویژگی")}


@dataclass(frozen=True)
class OntologyChanges:
    """Sentences, in each language, about what breaks and what does not; and the IRIs of the terms they are about."""

    breaking: tuple[Texts, ...]
    compatible: tuple[Texts, ...]
    terms: frozenset[str]


def ontology_changes(old: Iterable[Triple | Quad], new: Iterable[Triple | Quad]) -> OntologyChanges:
    """Compare two ontologies; versions are no change."""
    before, after = Axioms(old), Axioms(new)
    shared = [name for name in before.terms if name in after.terms and not before.terms[name].deprecated]
    breaking, compatible = [*_gone(before, after)], [*_come(before, after)]
    for name in shared:
        breaking.extend((name, text) for text in _broken(name, before, after))
    breaking.extend(_newly_equivalent(before, after, frozenset(shared)))
    breaking.extend(_newly_disjoint(before, after, frozenset(shared)))
    for name in before.terms.keys() & after.terms.keys():
        compatible.extend((name, text) for text in _kept(name, before, after))
    return OntologyChanges(
        tuple(text for _, text in sorted(breaking, key=_by_name)),
        tuple(text for _, text in sorted(compatible, key=_by_name)),
        frozenset(name for name, _ in breaking + compatible),
    )


def check_breaking(making: Making) -> None:
    """Make sure that a release whose ontology breaks what the last one promised has a higher major version.

    BadVersion, which names the first breaks; also below 1.0.0. What a pre-release of a major version has is no promise.
    """
    if making.previous is None or not is_bound(making.version, making.previous[0].version):
        return
    record, folder = making.previous
    new = Side(making.version, making.quads, making.record.canonical_hash)
    if broken := ontology_changes(ontology_triples(release_side(record, folder)), ontology_triples(new)).breaking:
        named = "; ".join(text["en"] for text in broken[:SHOWN])
        more = f"; and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        reason = f"the ontology breaks what {record.version} promised ({named}{more})"
        major = parse_version(record.version).major + 1
        raise BadVersion(making.version, f"{reason}, so the next version is {major}.0.0")


_Named = tuple[str, Texts]


def _by_name(one: _Named) -> tuple[str, str]:
    return one[0], one[1]["en"]


def _texts(english: str, persian: str) -> Texts:
    return {"en": english, "fa": persian}


def _gone(before: Axioms, after: Axioms) -> Iterator[_Named]:
    for name, term in before.terms.items():
        if name not in after.terms and not term.deprecated:
            yield name, _texts(f"{curie(name)} is gone", f"{curie(name)} حذف شده است")


def _come(before: Axioms, after: Axioms) -> Iterator[_Named]:
    """Give new terms, and deprecated ones that are gone as was said."""
    for name, term in after.terms.items():
        if name not in before.terms:
            english, persian = _KINDS[min(term.kinds)]
            yield name, _texts(f"{curie(name)} is new, {english}", f"{curie(name)} تازه است: {persian}")
    for name, term in before.terms.items():
        if name not in after.terms and term.deprecated:
            short = curie(name)
            yield name, _texts(f"{short}, deprecated before, is gone", f"{short} که منسوخ شده بود، حذف شده است")


def _broken(name: str, before: Axioms, after: Axioms) -> Iterator[Texts]:
    """Tell what a term promised and keeps no more."""
    old, new, short = before.terms[name], after.terms[name], curie(name)
    for kind in sorted(old.kinds - new.kinds):
        one, other = _KINDS[kind], _KINDS[min(new.kinds)]
        yield _texts(f"{short} is no longer {one[0]} but {other[0]}", f"{short} دیگر {one[1]} نیست و {other[1]} است")
    english, persian = _RELATIONS["class" in new.kinds]
    for above in sorted(above for above in old.above if not after.is_below(name, above)):
        yield _texts(f"{short} is no longer {english} {curie(above)}", f"{short} دیگر {persian} {curie(above)} نیست")
    for domain in sorted(shown_expression(one) for one in new.domain if not _implied(one, old.domain, after)):
        yield _texts(f"the domain of {short} is now {domain}", f"دامنهٔ {short} اکنون {domain} است")
    for range_ in sorted(shown_expression(one) for one in new.range if not _implied(one, old.range, after)):
        yield _texts(f"the range of {short} is now {range_}", f"برد {short} اکنون {range_} است")
    yield from _constrained(short, old, new)


def _constrained(short: str, old: Term, new: Term) -> Iterator[Texts]:
    """Tell what is no longer inferred, and what is newly forbidden."""
    for one in (_CHARACTERS[one] for one in INFERENCES if one in old.characters - new.characters):
        yield _texts(f"{short} is no longer {one[0]}", f"{short} دیگر {one[1]} نیست")
    for one in (_CHARACTERS[one] for one in CONSTRAINTS if one in new.characters - old.characters):
        yield _texts(f"{short} is now {one[0]}", f"{short} اکنون {one[1]} است")
    for _ in old.inferring - new.inferring:
        yield _texts(f"an inverse or chain of {short} is gone", f"یک وارون یا زنجیرهٔ {short} حذف شده است")
    for restriction in sorted(map(shown_expression, new.within - old.within)):
        yield _texts(f"{short} has a new restriction {restriction}", f"{short} محدودیت تازه‌ای دارد: {restriction}")
    for key in sorted(map(shown_expression, new.keys - old.keys)):
        yield _texts(f"{short} has a new key {key}", f"{short} کلید تازه‌ای دارد: {key}")


def _newly_equivalent(before: Axioms, after: Axioms, shared: frozenset[str]) -> Iterator[_Named]:
    """Tell which terms that were there have the same members now, and did not have to before."""
    for one, other in sorted(sorted(pair) for pair in after.equivalent if pair <= shared):
        if not (before.is_below(one, other) and before.is_below(other, one)):
            names = curie(one), curie(other)
            yield one, _texts("{} and {} are now equivalent".format(*names), "{} و {} اکنون هم‌ارزند".format(*names))


def _newly_disjoint(before: Axioms, after: Axioms, shared: frozenset[str]) -> Iterator[_Named]:
    for pair in after.disjoint - before.disjoint:
        if len(pair) == 2 and pair <= shared:
            one, other = sorted(pair)
            yield (
                one,
                _texts(
                    f"{curie(one)} and {curie(other)} are now disjoint",
                    f"{curie(one)} و {curie(other)} اکنون ناسازگارند",
                ),
            )


def _kept(name: str, before: Axioms, after: Axioms) -> Iterator[Texts]:
    """Tell what changed about a term without breaking anything."""
    old, new, short = before.terms[name], after.terms[name], curie(name)
    if new.deprecated and not old.deprecated:
        yield _texts(f"{short} is now deprecated", f"{short} اکنون منسوخ است")
    if old.deprecated and not new.deprecated:
        yield _texts(f"{short} is no longer deprecated", f"{short} دیگر منسوخ نیست")
    if old.words != new.words:
        yield _texts(f"the words about {short} have changed", f"توضیح {short} تغییر کرده است")
    english, persian = _RELATIONS["class" in new.kinds]
    for above in sorted(curie(above) for above in new.above - old.above if _is_new_above(name, above, before, after)):
        yield _texts(f"{short} is now {english} {above}", f"{short} اکنون {persian} {above} است")
    if old.domain != new.domain and all(_implied(one, old.domain, after) for one in new.domain):
        yield _texts(f"the domain of {short} is wider", f"دامنهٔ {short} گسترده‌تر شده است")
    if old.range != new.range and all(_implied(one, old.range, after) for one in new.range):
        yield _texts(f"the range of {short} is wider", f"برد {short} گسترده‌تر شده است")


def _is_new_above(name: str, above: str, before: Axioms, after: Axioms) -> bool:
    """Tell whether something is above a term that was not, unless the two are equivalent now, which is told apart."""
    told_apart = frozenset((name, above)) in after.equivalent and {name, above} <= before.terms.keys()
    return not before.is_below(name, above) and not told_apart


def _implied(part: Expression, old: set[Expression], after: Axioms) -> bool:
    """Tell whether a domain or range follows from those there were."""
    return any(after.is_below(one, part) for one in old) or after.is_below("", part)
