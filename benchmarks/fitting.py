"""Fits the weights of shahr.matching.score to mentions: the least surprise, by steps, always the same way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, replace

from benchmarks.mentions import Mention
from shahr.matching.query import Match, Matches
from shahr.matching.score import Weights, odds, shares

_STEP = math.sqrt(2)
_FLOOR = 0.001  # probability of what is meant and no candidate
_FACTORS = ("agrees", "disagrees", "right_type", "wrong_type")
_HELD = 0.2  # how hard it is to move a factor from where it starts, for few mentions tell of it
_MORE = 0.5
_TIERS = ("exact", "folded", "glued", "titled", "stripped", "near", "part")

Case = tuple[Sequence[Match], Mention]


def fit(mentions: Sequence[Mention], found: Sequence[Matches], start: Weights) -> Weights:
    """Give the weights under which what is meant surprises least, from a start.

    Each tier is counted as right and as wrong half a time more than it was, so that none becomes certain.
    """
    cases = [(matches.candidates, mention) for mention, matches in zip(mentions, found, strict=True)]
    weights, least = start, _loss(cases, start, start)
    moved = True
    while moved:
        moved = False
        for name in (*_TIERS, *_FACTORS):
            for step in (_STEP, 1 / _STEP):
                tried = replace(weights, **{name: getattr(weights, name) * step})
                loss = _loss(cases, tried, start)
                if loss < least - 1e-9:
                    weights, least, moved = tried, loss, True
    return Weights(**{name: float(f"{value:.2g}") for name, value in asdict(weights).items()})


def _loss(cases: Sequence[Case], weights: Weights, start: Weights) -> float:
    told = sum(_surprise(candidates, mention, weights) for candidates, mention in cases)
    alone = [getattr(weights, tier) / (1 + getattr(weights, tier)) for tier in _TIERS]
    once = -_MORE * sum(math.log(one) + math.log(1 - one) for one in alone)
    moved = sum(math.log(getattr(weights, name) / getattr(start, name)) ** 2 for name in _FACTORS)
    return told + once + _HELD * moved


def _surprise(candidates: Sequence[Match], mention: Mention, weights: Weights) -> float:
    given = shares([odds(match.tier, match.features, weights) for match in candidates])
    chances = {match.entity.id: share for match, share in zip(candidates, given, strict=True)}
    nothing = max(_FLOOR, 1 - sum(given))
    if mention.expected == "unknown" or (mention.expected == "ambiguous" and not mention.among):
        return -math.log(nothing)
    meant = (mention.expected,) if mention.known else mention.among
    return -sum(math.log(nothing if one == "-" else chances.get(one, _FLOOR)) for one in meant) / len(meant)
