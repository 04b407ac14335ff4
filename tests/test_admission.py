"""Who may ask now and who waits: fair, bounded, on time, and exact whatever is cancelled in whatever moment."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clock import Clock
from shahr.errors import Busy
from shahr.web.admission import Admission


@dataclass(eq=False)
class Guest:
    """One query: whose it is, until when it waits (from its first step on), how far it has come."""

    client: str
    task: asyncio.Task[None]
    deadline: float = math.inf

    @property
    def is_in(self) -> bool:
        return self.task.done() and not self.task.cancelled() and self.task.exception() is None

    @property
    def was_refused(self) -> bool:
        return self.task.done() and not self.task.cancelled() and isinstance(self.task.exception(), Busy)


class House:
    """An admission on a loop of its own, whose clock the test turns."""

    def __init__(self, places: int, queue: int) -> None:
        self.clock = Clock()
        self.admission = Admission(places, queue)

    def come(self, client: str, seconds: float = 60) -> Guest:
        """Come to the door, and go on as far as possible."""
        guest = self.begin(client, seconds)
        self.clock.settle()
        return guest

    def begin(self, client: str, seconds: float = 60) -> Guest:
        """Come to the door, without a turn of the loop."""

        async def enter() -> None:
            guest.deadline = self.clock.time() + seconds
            await self.admission.enter(client, seconds)

        guest = Guest(client, self.clock.create_task(enter()))
        return guest

    def go(self, guest: Guest) -> None:
        """Give a place back."""
        self.clock.do(lambda: self.admission.leave(guest.client))


@pytest.fixture
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """Three places and a queue of four, or what the test says."""
    places, queue = getattr(request, "param", (3, 4))
    house = House(places, queue)
    yield house
    house.clock.close()


def test_no_client_has_all_places(house: House) -> None:
    first = [house.come("a") for _ in range(3)]
    assert [guest.is_in for guest in first] == [True, True, False]
    assert house.come("b").is_in


@pytest.mark.parametrize("house", [(1, 4)], indirect=True)
def test_one_place_is_open_to_all(house: House) -> None:
    assert house.come("a").is_in


def test_a_client_waits_in_no_more_than_half_of_the_queue(house: House) -> None:
    guests = [house.come("a") for _ in range(5)]
    assert [guest.was_refused for guest in guests] == [False] * 4 + [True]
    assert house.come("b").is_in


def test_the_queue_is_bounded_and_the_next_is_sent_away_at_once(house: House) -> None:
    guests = [house.come(client) for client in "aabccdd"]
    assert [guest.is_in for guest in guests] == [True] * 3 + [False] * 4
    refused = house.come("e")
    assert refused.was_refused
    error = refused.task.exception()
    assert isinstance(error, Busy)
    assert error.retry_after >= 1
    assert house.admission.busy == 3


def test_a_free_place_goes_to_the_client_with_the_fewest(house: House) -> None:
    first = [house.come(client) for client in "aab"]
    late_a, late_c = house.come("a"), house.come("c")
    house.go(first[2])
    assert (late_a.is_in, late_c.is_in) == (False, True)
    house.go(first[0])
    assert late_a.is_in


def test_among_equals_who_came_first_is_first(house: House) -> None:
    first = [house.come(client) for client in "abc"]
    waiting = [house.come(client) for client in "defg"]
    for at, guest in enumerate([*first, waiting[0]], 1):
        house.go(guest)
        assert [one.is_in for one in waiting] == [number < at for number in range(4)]


def test_a_free_place_is_not_kept_for_one_who_may_not_take_it(house: House) -> None:
    guests = [house.come(client) for client in "aaa"]
    assert not guests[2].is_in
    assert house.come("b").is_in  # it came later, and "a" has as many as it may


@pytest.mark.parametrize("house", [(3, 1)], indirect=True)
def test_a_queue_of_one_does_not_hold_up_a_client_without_a_place(house: House) -> None:
    """Where "a" has all it may, its waiter must not turn away "b" from a place that is free."""
    guests = [house.come("a") for _ in range(3)]
    assert [guest.is_in for guest in guests] == [True, True, False]
    assert house.come("b").is_in


def test_who_has_waited_in_vain_is_told_in_time_and_leaves_the_queue(house: House) -> None:
    first = [house.come(client) for client in "aab"]
    short, long = house.come("c", 2), house.come("c", 5)
    house.clock.turn_to(1.9)
    assert not short.task.done()
    house.clock.turn_to(2)
    assert short.was_refused
    assert not long.task.done()
    assert [one.deadline for one in house.admission.waiting] == [5]
    house.go(first[0])
    assert long.is_in
    house.clock.turn_to(10)
    assert long.is_in


def test_who_leaves_the_queue_makes_room_in_it(house: House) -> None:
    for client in "aab":
        house.come(client)
    waiting = [house.come(client) for client in "ccdd"]
    waiting[1].task.cancel()
    house.clock.settle()
    assert waiting[1].task.cancelled()
    assert not house.come("e").task.done()
    assert len(house.admission.waiting) == 4


def test_a_place_that_came_in_the_moment_its_client_left_goes_on_to_the_next(house: House) -> None:
    first = [house.come(client) for client in "aab"]
    gone, following = house.come("c"), house.come("d")
    house.admission.leave(first[2].client)  # "c" is called, and is cancelled before it can hear
    gone.task.cancel()
    house.clock.settle()
    assert gone.task.cancelled()
    assert following.is_in
    assert house.admission.busy == 3


def test_a_place_and_the_end_of_the_wait_in_one_moment_lose_no_place(house: House) -> None:
    first = [house.come(client) for client in "aab"]
    late, following = house.come("c", 2), house.come("d", 9)
    house.clock.now = 2
    house.admission.leave(first[2].client)
    house.clock.settle()
    assert late.is_in != following.is_in
    assert house.admission.busy == 3


class AdmissionMachine(RuleBasedStateMachine):
    """Any order of coming, leaving, cancelling and time passing, with and without a turn of the loop in between."""

    guests: list[Guest]
    inside: list[Guest]

    @initialize(places=st.integers(1, 5), queue=st.integers(2, 6))
    def open(self, places: int, queue: int) -> None:
        self.house, self.places, self.queue = House(places, queue), places, queue
        self.guests, self.inside = [], []
        self.settled = True

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.clock.close()

    @rule(client=st.sampled_from("abcd"), seconds=st.integers(1, 6))
    def come(self, client: str, seconds: int) -> None:
        self.guests.append(self.house.begin(client, seconds))
        self.settled = False

    @rule()
    def settle(self) -> None:
        self.house.clock.settle()
        self.inside += [guest for guest in self.guests if guest.is_in]
        self.guests = [guest for guest in self.guests if not guest.task.done()]
        self.settled = True

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        guest = data.draw(st.sampled_from(self.inside))
        self.inside.remove(guest)
        self.house.admission.leave(guest.client)
        self.settled = False

    @precondition(lambda self: self.guests)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.guests)).task.cancel()
        self.settled = False

    @rule(seconds=st.integers(1, 3))
    def wait(self, seconds: int) -> None:
        self.house.clock.now += seconds
        self.settled = False

    @invariant()
    def bounds_hold_in_every_moment(self) -> None:
        admission = self.house.admission
        assert admission.busy <= self.places
        assert len(admission.waiting) <= self.queue
        assert max(admission.running.values(), default=0) <= max(1, self.places - 1)
        shares = Counter(waiter.client for waiter in admission.waiting)
        assert max(shares.values(), default=0) <= self.queue // 2

    @precondition(lambda self: self.settled)
    @invariant()
    def what_is_counted_is_what_is_there(self) -> None:
        admission = self.house.admission
        running = Counter(guest.client for guest in self.inside)
        assert admission.busy == len(self.inside)
        assert dict(admission.running) == dict(running)
        assert Counter(one.client for one in admission.waiting) == Counter(one.client for one in self.guests)
        assert all(guest.deadline > self.house.clock.now for guest in self.guests)
        if admission.busy < self.places:  # nobody waits who could be in
            assert all(running[guest.client] >= max(1, self.places - 1) for guest in self.guests)


TestAdmissionMachine = AdmissionMachine.TestCase
TestAdmissionMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
