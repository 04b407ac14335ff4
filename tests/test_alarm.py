"""One timer for many deadlines, on a loop whose clock the test turns."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clock import Clock
from shahr.engine.alarm import Alarm


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


class Bell:
    """Notes when it rings; holds deadlines, and gives the earliest of those that are still to come."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.rung: list[float] = []
        self.deadlines: list[float] = []
        self.alarm = Alarm(self.ring)

    def ring(self, now: float) -> float | None:
        assert now == self.clock.time()
        self.rung.append(now)
        return min((one for one in self.deadlines if one > now), default=None)

    def by(self, deadline: float) -> None:
        self.deadlines.append(deadline)
        self.clock.do(lambda: self.alarm.by(deadline))


def test_rings_at_the_deadline_and_not_before(clock: Clock) -> None:
    bell = Bell(clock)
    bell.by(5)
    clock.turn_to(4.9)
    assert bell.rung == []
    clock.turn_to(5)
    assert bell.rung == [5]


def test_an_earlier_deadline_that_comes_later_rings_first(clock: Clock) -> None:
    bell = Bell(clock)
    bell.by(5)
    bell.by(2)
    bell.by(9)
    for now in range(1, 11):
        clock.turn_to(now)
    assert bell.rung == [2, 5, 9]


def test_a_deadline_that_is_over_already_rings_at_once(clock: Clock) -> None:
    bell = Bell(clock)
    clock.turn_to(7)
    bell.by(3)
    clock.turn_to(7)
    assert bell.rung == [7]


def test_rings_no_more_when_nothing_follows_and_again_when_told(clock: Clock) -> None:
    bell = Bell(clock)
    bell.by(1)
    clock.turn_to(50)
    clock.turn_to(100)
    assert bell.rung == [50]
    bell.by(101)
    clock.turn_to(101)
    assert bell.rung == [50, 101]


def test_a_deadline_told_while_it_rings_is_kept(clock: Clock) -> None:
    rung: list[float] = []

    def ring(now: float) -> float | None:
        rung.append(now)
        if now == 1:
            alarm.by(2)
            return 3
        return None

    alarm = Alarm(ring)
    clock.do(lambda: alarm.by(1))
    for now in (1, 2, 3):
        clock.turn_to(now)
    assert rung[:2] == [1, 2]


def test_a_thousand_deadlines_keep_one_timer(clock: Clock) -> None:
    bell = Bell(clock)
    for number in range(1000):
        bell.by(1000 - number)
    assert sum(not timer.cancelled() for timer in clock.timers()) == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=30))
def test_nobody_waits_past_a_deadline(told: list[tuple[int, int]]) -> None:
    """However deadlines come, each is rung for in the very moment, or at once if it was over when it was told."""
    clock = Clock()
    bell = Bell(clock)
    due: list[int] = []
    try:
        for now in range(42):
            clock.turn_to(now)
            for at, deadline in told:
                if at == now:
                    bell.by(deadline)
                    due.append(max(at, deadline))
            clock.turn_to(now)
        assert set(due) <= set(bell.rung)
    finally:
        clock.close()
