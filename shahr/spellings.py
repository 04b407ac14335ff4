"""Words among many that differ from a word in a few letters, found without comparing it with all of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_GRAM = 3
_EDGE = "\0"
_TOUCHED = _GRAM + 1  # grams that one slip can touch: two letters that changed places are in so many


class Spellings:
    """Words, by the grams of three letters in them.

    A slip touches at most four grams of a word, so a word with k slips still has one of any 4k + 1 of them: only
    words with one of the rarest so many are compared. Shorter words than that are compared with all of such length.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._holding: dict[str, array[int]] = {}
        self._of_length: dict[int, array[int]] = {}
        for number, word in enumerate(self._words):
            self._of_length.setdefault(len(word), array("I")).append(number)
            for gram in set(_grams(word)):
                self._holding.setdefault(gram, array("I")).append(number)

    def near(self, word: str, most: int, limit: int) -> list[tuple[str, int]]:
        """Give words at most so many letters away, with how many, the nearest first; at most `limit` of them.

        A letter too many, one that lacks, another one and two that changed places each count as one.
        """
        numbers = self._likely(word, most)
        likely = [self._words[one] for one in numbers if abs(len(self._words[one]) - len(word)) <= most]
        found = process.extract(word, likely, scorer=OSA.distance, score_cutoff=most, limit=None)
        return sorted(((name, int(distance)) for name, distance, _ in found), key=lambda one: (one[1], one[0]))[:limit]

    def _likely(self, word: str, most: int) -> set[int]:
        grams = sorted(set(_grams(word)), key=lambda gram: (len(self._holding.get(gram, ())), gram))
        enough = _TOUCHED * most + 1
        if len(grams) < enough:
            lengths = range(len(word) - most, len(word) + most + 1)
            return {number for length in lengths for number in self._of_length.get(length, ())}
        return {number for gram in grams[:enough] for number in self._holding.get(gram, ())}


def _grams(word: str) -> list[str]:
    """Give the grams of a word, those over its ends too."""
    edged = _EDGE * (_GRAM - 1) + word + _EDGE * (_GRAM - 1)
    return [edged[at : at + _GRAM] for at in range(len(edged) - _GRAM + 1)]
