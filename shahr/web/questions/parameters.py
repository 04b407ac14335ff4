"""The parameters of questions as people and programs write them: identifiers, or the names that we have ourselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import BadRequest, NotFound

from shahr.errors import BadParameter
from shahr.folding import glue
from shahr.namespaces import ENTITY_PREFIXES, FACT_PREFIXES, curie, prefix_map
from shahr.queries import Param, Query, parse_parameter
from shahr.web.language import LANGUAGES, language
from shahr.web.state import page_query, state

LONGEST = 500  # characters of a value
OFFERED = 200  # nodes that a form offers by itself
LITERALS = ("text", "integer", "month")
NAME = r"[^:<>\x00-\x1f\x7f]*[^:<>\x00-\x1f\x7f\s][^:<>\x00-\x1f\x7f]*"  # a name, or a slug alone
_PLAIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)


@dataclass(frozen=True)
class Choice:
    """What a form offers for a field: the text that goes into it, its language, and a label where that says more."""

    value: str
    language: str
    label: str = ""


class Names:
    """The names of all nodes of a kind, each in its language, and what a name may mean."""

    def __init__(self, rows: Iterable[tuple[str, Literal]]) -> None:
        self._labels: dict[str, dict[str, str]] = {}
        self._meanings: dict[str, dict[str, None]] = {}
        self._choices: dict[str, list[Choice]] = {}
        for node, name in rows:
            self._labels.setdefault(node, {}).setdefault(name.language or "", name.value)
            self._meanings.setdefault(glue(name.value), {})[node] = None

    def meanings(self, text: str) -> list[str]:
        """Give the IRIs that a text may mean, whatever its case, spaces and vowel marks; ye and kaf of any kind."""
        return list(self._meanings.get(glue(text), {}))

    def shown(self, text: str) -> str:
        """Give what a field shows for a curie: the label of the node in the language of the page, if it has one."""
        node = next((node for node in self._labels if curie(node) == text), "")
        choice = next(self._choices_of(node, [language()]), None)
        return choice.value if choice else text

    def choices(self) -> list[Choice]:
        """Give what a form offers: the labels of the first nodes, first in the language of the page."""
        first = language()
        if first not in self._choices:
            self._choices[first] = self._first_choices(first)
        return self._choices[first]

    def _first_choices(self, first: str) -> list[Choice]:
        nodes = sorted(self._labels, key=lambda node: self._labels[node].get(first, ""))[:OFFERED]
        wanted = sorted(LANGUAGES, key=lambda one: one != first)
        return list(dict.fromkeys(choice for node in nodes for choice in self._choices_of(node, wanted)))

    def _choices_of(self, node: str, languages: Iterable[str]) -> Iterator[Choice]:
        """A name that means another node as well, or is too long to be sent, leads nowhere: its curie stands for it."""
        for one in languages:
            text = self._labels.get(node, {}).get(one)
            if text is not None and self.meanings(text) == [node] and len(text) <= LONGEST:
                yield Choice(text, one)
            elif text is not None:
                yield Choice(curie(node), one, text[:LONGEST])


class KnownNames:
    """The names by the kind of a parameter, kept as long as the dataset stays: to fold them all takes its time."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[str, str], dict[str, Names]] = (("", ""), {})

    def of(self, kind: str) -> Names:
        """Give the names of the nodes of a kind; of a dataset that may change unseen, they are read anew."""
        now = state().summary.digest, state().version
        if not now[0]:
            return read_names(kind)
        known, names = self._kept
        if known != now:
            names = {}
            self._kept = (now, names)
        if kind not in names:
            names[kind] = read_names(kind)
        return names[kind]


def read_names(kind: str) -> Names:
    """Read the names of the nodes of a parameter's kind."""
    text = page_query("names").filled(["namespace"], [[Literal(one)] for one in namespaces(kind)])
    rows = state().select(text).rows
    return Names((n.value, name) for n, name, *_rank in rows if isinstance(n, NamedNode) and isinstance(name, Literal))


def namespaces(kind: str) -> list[str]:
    """Give the namespaces that nodes of a kind of parameter stand in."""
    prefixes = {"entity": ENTITY_PREFIXES, "fact": FACT_PREFIXES}.get(kind, (kind,))
    return [prefix_map()[prefix] for prefix in prefixes]


def read_values(asked: Query, given: Mapping[str, str], known: KnownNames) -> dict[str, str]:
    """Give the parameters of a call as identifiers: {"city": "Isfahan"} is {"city": "city:isfahan"}.

    BadRequest for one that the question does not have, that is missing, malformed, ambiguous or of another kind;
    NotFound where nothing in the graph is called so.
    """
    names = [param.name for param in asked.params]
    for name in given:
        if name not in names:
            raise BadRequest(_("this question has no parameter '%(name)s'", name=name))
    for name in names:
        if name not in given:
            raise BadRequest(_("this question needs the parameter '%(name)s'", name=name))
    return {param.name: _value(param, given[param.name], known) for param in asked.params}


def _value(param: Param, text: str, known: KnownNames) -> str:
    if len(text) > LONGEST:
        sentence = _("the parameter '%(name)s' is longer than %(most)s characters", name=param.name, most=LONGEST)
        raise BadRequest(sentence)
    return _literal(param, text) if param.kind in LITERALS else _identifier(param, text, known)


def _literal(param: Param, text: str) -> str:
    written = text if param.kind == "text" else text.translate(_PLAIN_DIGITS)
    try:
        parse_parameter(param, written)
    except BadParameter as error:
        raise _malformed(param, text) from error
    return written


def _identifier(param: Param, text: str, known: KnownNames) -> str:
    node = _node(param, text)
    if node is not None and _is_known(node):
        return curie(node.value)
    meant = known.of(param.kind).meanings(text)
    if len(meant) > 1:
        names = ", ".join(map(curie, meant))
        sentence = _(
            "'%(value)s' may mean each of %(names)s: choose one as '%(name)s'", value=text, names=names, name=param.name
        )
        raise BadRequest(sentence)
    if not meant and node is None and not re.fullmatch(NAME, text):
        raise _malformed(param, text)
    if not meant:
        raise NotFound(_("nothing here is called '%(value)s' that can be '%(name)s'", value=text, name=param.name))
    return curie(meant[0])


def _node(param: Param, text: str) -> NamedNode | None:
    """Read an identifier of the parameter's kind."""
    try:
        term = parse_parameter(param, text)
    except BadParameter:
        return None
    own = isinstance(term, NamedNode) and term.value.startswith(tuple(namespaces(param.kind)))
    return term if own and isinstance(term, NamedNode) else None


def _is_known(node: NamedNode) -> bool:
    return bool(state().select(page_query("known").filled(["node"], [[node]])).rows)


def _malformed(param: Param, text: str) -> BadRequest:
    hints = {
        "month": _("write a Jalali month as 1404-02"),
        "integer": _("write a whole number"),
        "text": _("write a text"),
    }
    hint = hints.get(param.kind) or _("write a name, or an identifier such as %(example)s", example="city:isfahan")
    return BadRequest(
        _("the parameter '%(name)s' cannot be '%(value)s': %(hint)s", name=param.name, value=text, hint=hint)
    )
