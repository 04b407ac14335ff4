"""What each client has used of its minute, in a file that processes share."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shahr.web.budget import SLOTS, Ledger, LedgerError

SECONDS, ERRORS = 60, 30


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float = 6000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Ledger.create(tmp_path / "budgets")
    return tmp_path / "budgets"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(path: Path, clock: Clock) -> Ledger:
    return Ledger(path, clock)


def test_a_client_unknown_so_far_may_ask(ledger: Ledger) -> None:
    assert ledger.retry_after("a", SECONDS, ERRORS) is None


def test_a_client_below_its_seconds_may_ask_and_one_that_has_used_them_waits(ledger: Ledger) -> None:
    ledger.charge("a", 59.9)
    assert ledger.retry_after("a", SECONDS, ERRORS) is None
    ledger.charge("a", 0.1)
    assert ledger.retry_after("a", SECONDS, ERRORS) is not None


def test_a_client_below_its_errors_may_ask_and_one_that_has_used_them_waits(ledger: Ledger) -> None:
    for _ in range(ERRORS - 1):
        ledger.charge("a", 0.0, error=True)
    assert ledger.retry_after("a", SECONDS, ERRORS) is None
    ledger.charge("a", 0.0, error=True)
    assert ledger.retry_after("a", SECONDS, ERRORS) is not None


def test_a_query_without_an_error_counts_as_none(ledger: Ledger) -> None:
    for _ in range(100):
        ledger.charge("a", 0.001, error=False)
    assert ledger.retry_after("a", 0, 1) is None


def test_one_client_does_not_use_up_what_another_has(ledger: Ledger) -> None:
    ledger.charge("a", 100.0, error=True)
    assert ledger.retry_after("b", SECONDS, 1) is None


def test_a_budget_of_nothing_means_no_budget(ledger: Ledger) -> None:
    ledger.charge("a", 1e6, error=True)
    assert ledger.retry_after("a", 0, 0) is None
    assert ledger.retry_after("a", 0, 1) is not None
    assert ledger.retry_after("a", 1, 0) is not None


def test_what_was_used_slides_out_of_the_minute(ledger: Ledger, clock: Clock) -> None:
    ledger.charge("a", 90.0)
    clock.now += 60 + 19.5
    assert ledger.retry_after("a", SECONDS, ERRORS) == 1
    clock.now += 2
    assert ledger.retry_after("a", SECONDS, ERRORS) is None


def test_the_turn_of_a_minute_does_not_give_a_second_budget(ledger: Ledger, clock: Clock) -> None:
    clock.now = 6059.0
    ledger.charge("a", 60.0)
    clock.now = 6061.0
    ledger.charge("a", 5.0)
    assert ledger.retry_after("a", SECONDS, ERRORS) is not None


def test_after_two_minutes_everything_is_forgotten(ledger: Ledger, clock: Clock) -> None:
    ledger.charge("a", 1e6, error=True)
    clock.now += 120
    assert ledger.retry_after("a", SECONDS, 1) is None
    ledger.charge("a", 1.0)
    assert ledger.retry_after("a", 2, 1) is None


def test_the_longer_of_two_waits_is_told(ledger: Ledger) -> None:
    ledger.charge("a", 60.0)
    by_time = ledger.retry_after("a", SECONDS, 0)
    for _ in range(300):
        ledger.charge("a", 0.0, error=True)
    both = ledger.retry_after("a", SECONDS, ERRORS)
    assert by_time is not None
    assert both is not None
    assert both > by_time
    assert both == ledger.retry_after("a", 0, ERRORS)


@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0, 40), st.booleans()), min_size=1, max_size=12),
    st.floats(0, 60),
    st.integers(1, 60),
    st.integers(1, 5),
)
def test_who_waits_as_told_may_ask_and_who_comes_a_second_too_early_may_not(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[float, float, bool]],
    start: float,
    most_seconds: int,
    most_errors: int,
) -> None:
    clock = Clock(6000 + start)
    ledger = fresh(tmp_path_factory, clock)
    for pause, seconds, error in steps:
        clock.now += pause
        ledger.charge("a", seconds, error)
    wait = ledger.retry_after("a", most_seconds, most_errors)
    if wait is not None:
        assert 1 <= wait <= 120
        clock.now += wait + 1e-6
        assert ledger.retry_after("a", most_seconds, most_errors) is None
        clock.now -= 1 + 2e-6
        assert wait == 1 or ledger.retry_after("a", most_seconds, most_errors) is not None
    ledger.close()


@given(st.floats(allow_nan=True, allow_infinity=False), st.booleans())
def test_odd_times_harm_nobody(tmp_path_factory: pytest.TempPathFactory, seconds: float, error: bool) -> None:
    ledger = fresh(tmp_path_factory, Clock())
    ledger.charge("a", seconds, error)
    wait = ledger.retry_after("a", SECONDS, ERRORS)
    assert (wait is not None) == (seconds >= SECONDS)
    ledger.close()


def test_a_clock_that_starts_again_makes_nobody_wait(path: Path, clock: Clock) -> None:
    Ledger(path, clock).charge("a", 1000.0, error=True)
    restarted = Ledger(path, Clock(10.0))
    assert restarted.retry_after("a", SECONDS, 1) is None
    restarted.charge("a", 1.0)
    assert restarted.retry_after("a", 1, 0) is not None


def test_a_full_file_refuses_nobody_and_keeps_the_latest(ledger: Ledger, clock: Clock) -> None:
    for number in range(2 * SLOTS):
        ledger.charge(f"early {number}", 1.0)
    clock.now += 60
    for number in range(100):
        assert ledger.retry_after(f"late {number}", SECONDS, ERRORS) is None
        ledger.charge(f"late {number}", 90.0)
    assert all(ledger.retry_after(f"late {number}", SECONDS, ERRORS) for number in range(100))


def test_many_clients_are_told_apart(ledger: Ledger) -> None:
    """Half full, the places that a client may take are hardly ever all taken."""
    for number in range(SLOTS // 2):
        ledger.charge(f"client {number}", 1.0 + number % 2)
    waiting = [ledger.retry_after(f"client {number}", 2, 0) is not None for number in range(SLOTS // 2)]
    wrong = sum(waits != bool(number % 2) for number, waits in enumerate(waiting))
    assert wrong < SLOTS // 100


def test_two_objects_on_one_file_share_it(path: Path, clock: Clock) -> None:
    one, two = Ledger(path, clock), Ledger(path, clock)
    one.charge("a", 30.0)
    two.charge("a", 30.0)
    assert one.retry_after("a", SECONDS, ERRORS) == two.retry_after("a", SECONDS, ERRORS) is not None


def charge_often(path: Path, times: int) -> None:
    ledger = Ledger(path, Clock())
    for number in range(times):
        ledger.charge("shared", 0.001, error=True)
        ledger.charge(f"client {number}", 0.001)


def in_processes(work: Callable[..., None], *arguments: object) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]


def test_two_processes_lose_no_charge(path: Path, clock: Clock) -> None:
    in_processes(charge_often, path, 3000)
    ledger = Ledger(path, clock)
    assert ledger.retry_after("shared", 0, 6000) is not None
    assert ledger.retry_after("shared", 0, 6001) is None
    assert ledger.retry_after("shared", 5.999, 0) is not None
    assert ledger.retry_after("shared", 6.001, 0) is None


def create_and_charge(path: Path) -> None:
    Ledger.create(path)
    Ledger(path, Clock()).charge("a", 30.0)


def test_two_processes_that_make_the_file_at_once_share_one(tmp_path: Path, clock: Clock) -> None:
    in_processes(create_and_charge, tmp_path / "budgets")
    assert Ledger(tmp_path / "budgets", clock).retry_after("a", SECONDS, 0) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["budgets"]


def test_making_a_file_that_is_there_leaves_it_as_it_is(path: Path, ledger: Ledger, clock: Clock) -> None:
    ledger.charge("a", 90.0)
    Ledger.create(path)
    assert Ledger(path, clock).retry_after("a", SECONDS, 0) is not None


def test_the_file_is_small_and_for_its_owner_alone(path: Path) -> None:
    assert path.stat().st_size < 1024**2
    assert path.stat().st_blocks * 512 >= path.stat().st_size
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_names_no_client(path: Path, ledger: Ledger, tmp_path: Path, clock: Clock) -> None:
    ledger.charge("203.0.113.9", 1.0)
    assert b"203.0.113.9" not in path.read_bytes()
    Ledger.create(tmp_path / "other")
    other = Ledger(tmp_path / "other", clock)
    other.charge("203.0.113.9", 1.0)
    assert slots(path.read_bytes()) != slots((tmp_path / "other").read_bytes())


def slots(data: bytes) -> dict[int, bytes]:
    """Give the places that are taken; which they are hangs on the secret of the file."""
    return {at: data[at : at + 40] for at in range(64, len(data), 40) if any(data[at : at + 40])}


@pytest.mark.parametrize(
    "content",
    [b"", b"shahr", b"\0" * 1000, b"\0" * (64 + SLOTS * 40), b"shahr budget 1\n\0" + b"x" * 100],
    ids=["empty", "short", "nulls", "nulls of the right size", "cut short"],
)
def test_a_broken_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "budgets"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="cut short or not one of ours"):
        Ledger(path)


def test_a_file_with_garbage_for_numbers_is_a_clear_error(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-200] + b"\xff" * 200)
    with pytest.raises(LedgerError, match="no number"):
        Ledger(path)


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: (path.unlink(), path.mkdir())])
def test_a_file_that_cannot_be_opened_is_a_clear_error(path: Path, change: Callable[[Path], object]) -> None:
    change(path)
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(path)


def fresh(factory: pytest.TempPathFactory, clock: Clock) -> Ledger:
    path = factory.mktemp("ledger") / "budgets"
    Ledger.create(path)
    return Ledger(path, clock)
