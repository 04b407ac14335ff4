"""The JSON of a request, part by part: each knows its path, "q0.properties[1].pid", which a refusal names.

What is null is absent: programs that write tables as JSON have it for a cell that is empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NoReturn

from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from shahr.web.language import digits
from shahr.web.reconcile.vocabulary import SHOWN, at


@dataclass(frozen=True)
class Part:
    """A part of what was sent, `value` as Python has it; each way to read it raises BadRequest, with its path."""

    value: Any
    path: str = ""

    @property
    def is_absent(self) -> bool:
        """Tell whether there is nothing to read; what forms leave empty is absent as well."""
        return self.value is None or self.value == ""

    def __getitem__(self, name: str) -> Part:
        """Give a member of an object, one that is absent where it has none of this name."""
        return Part(self.members.get(name), f"{self.path}.{name[:SHOWN]}" if self.path else name[:SHOWN])

    @property
    def members(self) -> Mapping[str, Any]:
        """What an object has by name."""
        if not isinstance(self.value, dict):
            whole = _("what is sent must be a JSON object, {…}")
            raise BadRequest(_("'%(name)s' must be an object, {…}", name=self.path) if self.path else whole)
        return self.value

    def items(self, default: Sequence[Any] | None = None, with_nulls: bool = False) -> list[Part]:
        """Give what a list holds, without nulls if not asked for; `default` is a list to take where there is none."""
        given = default if self.value is None else self.value
        if not isinstance(given, list):
            raise BadRequest(_("'%(name)s' must be a list, […]", name=self.path))
        return [Part(one, f"{self.path}[{index}]") for index, one in enumerate(given) if with_nulls or one is not None]

    def one_or_several(self) -> list[Part]:
        """Give what a list holds as `items` does, and anything else as one part; nothing where there is none."""
        return self.items([]) if self.value is None or isinstance(self.value, list) else [self]

    def text(self, default: str | None = None) -> str:
        """Give a string; `default` is what to take where there is none."""
        given = default if self.value is None else self.value
        if not isinstance(given, str):
            raise BadRequest(_("'%(name)s' must be a string", name=self.path))
        return given

    def flag(self) -> bool:
        """Give true or false, false where there is neither."""
        if not self.is_absent and not isinstance(self.value, bool):
            self._refuse_choice(("true", "false"))
        return bool(self.value)

    def choice(self, allowed: Sequence[str], default: str | None = None) -> str:
        """Give one of some strings; `default` is what to take where there is none."""
        given = default if self.is_absent else self.value
        if given not in allowed:
            self._refuse_choice(allowed)
        return str(given)

    def number(self, default: int, least: int = 1) -> int:
        """Give a whole number from `least` on, written as a number or its digits; `default` where there is none."""
        given = default if self.is_absent else self.value
        if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
            given = int(given)
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        if not is_number or given % 1 or not least <= given < inf:
            sentence = _("'%(name)s' must be a whole number, %(least)s or more", name=self.path, least=digits(least))
            raise BadRequest(sentence)
        return int(given)

    def refuse(self, sentence: str) -> NoReturn:
        """Raise BadRequest with a sentence, the path before it."""
        raise BadRequest(at(self.path, sentence))

    def _refuse_choice(self, allowed: Sequence[str]) -> NoReturn:
        raise BadRequest(_("'%(name)s' must be one of %(listed)s", name=self.path, listed=", ".join(allowed)))


def read_json(text: str) -> Part:
    """Read JSON as RFC 8259 has it; BadRequest with the place where it is none, or with what is wrong in it."""
    try:
        found = json.loads(text, parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = {"line": digits(error.lineno), "column": digits(error.colno)}
        raise BadRequest(_("this is not JSON: see line %(line)s, column %(column)s", **place)) from error
    except UnicodeEncodeError as error:
        raise BadRequest(_("this JSON holds half a character, one surrogate of a pair")) from error
    except RecursionError as error:
        raise BadRequest(_("this JSON is nested too deeply")) from error
    except ValueError as error:
        raise BadRequest(_("this JSON holds a number with too many digits")) from error
    return Part(found)


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(_("JSON has no number '%(name)s'", name=name))
