"""The fold that names are matched with: spellings of one name that people mix up become the same words.

It is coarser than the evidence fold (shahr.evidence), which must never make two different texts alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_ZWNJ = "\u200c"
_DROPPED = frozenset("'‘’ʼʿʾ`\u0621\u0640")  # apostrophes, ayn and hamza in Latin, hamza alone, tatweel
_LETTERS = str.maketrans(
    {"\u064a": "ی", "\u0649": "ی", "\u0643": "ک", "\u0629": "ه", "\u06d5": "ه", "\u06c1": "ه", "\u06be": "ه"}
    | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
_PERSIAN_SOUNDS = {
    letter: sound
    for letters, sound in (
        *(("اوی" + "ع", ""), ("ب", "b"), ("پ", "p"), ("تط", "t"), ("ثسص", "s"), ("ج", "j"), ("چ", "c"), ("حه", "h")),
        *(("خ", "x"), ("د", "d"), ("ذزضظژ", "z"), ("ر", "r"), ("ش", "1"), ("غق", "q"), ("ف", "f"), ("ک", "k")),
        *(("گ", "g"), ("ل", "l"), ("م", "m"), ("ن", "n")),
    )
    for letter in letters
}
_LATIN_SOUNDS = {
    "kh": "x",
    "gh": "q",
    "ch": "c",
    "sh": "1",
    "zh": "z",
    "ph": "f",
    "ck": "k",
    "c": "k",
    "x": "ks",
} | dict.fromkeys("aeiouvwy", "")
_PERSIAN = re.compile("[\u0620-\u06ff]+")
_LATIN = re.compile("[a-z]+")
_LATIN_SOUND = re.compile("kh|gh|ch|sh|zh|ph|ck|[aceiouvwxy]")
_SHORTEST_SOUND = 3
_SHORT, _REMEMBERED = 200, 8192  # letters of a text that is remembered with its fold, and how many such texts


def fold(text: str) -> str:
    """Give the words of a text in one spelling, one space between two of them; folding that again changes nothing.

    Compatibility forms, case, marks, tatweel, ZWNJ, controls and bidi marks go; ye, kaf, he, alef, hamza and digits
    are written in one way; what is neither letter nor digit parts words.
    """
    return _remembered(text) if len(text) <= _SHORT else _fold(text)


@lru_cache(_REMEMBERED)
def _remembered(text: str) -> str:
    """A name is compared with many others, each time by its fold."""
    return _fold(text)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(map(_folded, plain)).translate(_LETTERS).split())


def visible(text: str) -> str:
    """Give a text without controls, bidi marks and what else is not seen; ZWNJ stays, since it parts letters."""
    if text.isprintable():  # as most texts are, and much sooner told
        return " ".join(text.split())
    spaced = (" " if character.isspace() else character for character in text)
    seen = "".join(one for one in spaced if one == _ZWNJ or unicodedata.category(one)[0] != "C")
    return " ".join(seen.split())


def glue(text: str) -> str:
    """Give a folded text without its spaces: names that differ in where words part become alike."""
    return fold(text).replace(" ", "")


def words(name: str) -> list[str]:
    """Give the words by which a name is found, with what ZWNJ joins both as one word and as several."""
    return list(dict.fromkeys([*fold(name).split(), *fold(name.replace(_ZWNJ, " ")).split()]))


def pairs(name: str) -> list[str]:
    """Give each two neighbours among the words of a name as one word, since many write them so."""
    found = fold(name.replace(_ZWNJ, " ")).split()
    return [first + second for first, second in pairwise(found)]


def persian_sound(word: str) -> str:
    """Give the consonants of a folded Persian word in Latin, "" for any other word and for fewer than three.

    Vowels and the letters for them are left out: اصفهان, Esfahan and Isfahan sound alike, as "sfhn".
    """
    return (
        _skeleton("".join(_PERSIAN_SOUNDS.get(letter, letter) for letter in word)) if _PERSIAN.fullmatch(word) else ""
    )


def latin_sound(word: str) -> str:
    """Give the same of a folded word in Latin letters; "" for any other."""
    if not _LATIN.fullmatch(word):
        return ""
    return _skeleton(_LATIN_SOUND.sub(lambda found: _LATIN_SOUNDS.get(found[0], found[0]), word))


def _skeleton(consonants: str) -> str:
    """Persian writes a double consonant once, and a final he is silent as a rule."""
    sound = re.sub(r"(.)\1+", r"\1", consonants).removesuffix("h")
    return sound if len(sound) >= _SHORTEST_SOUND else ""


def _folded(character: str) -> str:
    if character.isalpha():
        return "" if character in _DROPPED else character
    category = unicodedata.category(character)
    if character in _DROPPED or category[0] == "M" or (category[0] == "C" and not character.isspace()):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(character))
    return character if character.isalnum() else " "
