"""Time lines: rows, dots and histograms, from the left and from the right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from drawn import apart, box_of, of_class, parsed, rect_of, size_of
from shahr.web.drawing.placing import Box
from shahr.web.drawing.timeline import Moment, draw_timeline


def moments(count: int, days: int = 3000, kinds: int = 3) -> list[Moment]:
    first = date(2014, 1, 1)
    starts = [first + timedelta(days=index * 7919 % days) for index in range(count)]
    return [
        Moment(day, day, f"Event {index}", f"/fact/{index}.html", str(index % kinds))
        for index, day in enumerate(starts)
    ]


def timed(given: Sequence[Moment], rtl: bool = False, years: Sequence[int] = range(2014, 2024)) -> ET.Element:
    ticks = [(date(year, 1, 1), str(year)) for year in years]
    return parsed(draw_timeline(given, ticks, "Events", "When they were", "events", rtl, lambda count: f"n{count}"))


def bars(svg: ET.Element) -> list[Box]:
    return [rect_of(rect) for rect in svg.iter("rect")]


def test_few_moments_have_a_row_and_a_name_each_in_order_of_time() -> None:
    given = moments(12)
    svg = timed(given)
    names = [text for text in svg.iter("text") if text.get("class") != "year"]
    ordered = sorted(given, key=lambda moment: moment.earliest)
    assert [name.text for name in names] == [moment.label for moment in ordered]
    assert [link.attrib["href"] for link in svg.iter("a")] == [moment.href for moment in ordered]
    assert [box.left for box in bars(svg)] == sorted(box.left for box in bars(svg))
    assert apart([*bars(svg), *map(box_of, names)])


def test_a_bar_is_as_long_as_what_it_stands_for_whichever_day_comes_first() -> None:
    one = Moment(date(2015, 1, 1), date(2017, 1, 1), "long", None, "a")
    other = Moment(date(2020, 1, 1), date(2018, 1, 1), "turned round", None, "a")
    first, second = bars(timed([one, other]))
    assert first.right - first.left == pytest.approx(second.right - second.left, abs=0.5)
    assert first.right < second.left


def test_time_runs_from_right_to_left_where_the_page_does() -> None:
    given = moments(12)
    svg, mirrored = timed(given), timed(given, rtl=True)
    width, _ = size_of(svg)
    for box, other in zip(bars(svg), bars(mirrored), strict=True):
        assert (box.left, box.right) == pytest.approx((width - other.right, width - other.left), abs=0.2)


def test_names_stay_within_the_drawing_however_long() -> None:
    given = [Moment(date(2014 + index, 1, 1), date(2014 + index, 6, 1), "name " * 60, None, "a") for index in range(10)]
    for rtl in (False, True):
        svg = timed(given, rtl)
        width, height = size_of(svg)
        assert all(box_of(text).within(Box(0, 0, width, height)) for text in svg.iter("text"))
        assert apart([*bars(svg), *map(box_of, svg.iter("text"))])


@pytest.mark.parametrize("rtl", [False, True])
def test_many_moments_are_dots_that_do_not_touch_and_lead_to_their_pages(rtl: bool) -> None:
    given = moments(300)
    svg = timed(given, rtl)
    assert {link.attrib["href"] for link in svg.iter("a")} == {moment.href for moment in given}
    assert {link.attrib["aria-label"] for link in svg.iter("a")} == {moment.label for moment in given}
    assert apart(bars(svg))
    width, height = size_of(svg)
    assert all(box.within(Box(0, 0, width, height)) for box in bars(svg))


def test_too_many_moments_are_counted_and_none_is_missed() -> None:
    svg = timed(moments(900, kinds=3))
    counts = [int((text.text or "").removeprefix("n")) for text in of_class(svg, "count")]
    assert sum(counts) == 900
    assert not list(svg.iter("a"))
    width, height = size_of(svg)
    assert all(box.within(Box(0, 0, width, height)) for box in bars(svg))
    assert apart(bars(svg))
    assert len({rect.get("class") for rect in svg.iter("rect")}) == 3


def test_years_stand_apart_even_where_there_are_too_many() -> None:
    years = [text for text in timed(moments(3), years=range(1900, 2030)).iter("text") if text.get("class") == "year"]
    assert 10 < len(years) < 40
    assert apart([box_of(year) for year in years])


def test_a_single_day_makes_a_drawing_and_no_moments_make_none() -> None:
    assert len(bars(timed(moments(1), years=[]))) == 1
    assert sum(int((text.text or "")[1:]) for text in of_class(timed(moments(900, days=1), years=[]), "count")) == 900
    assert draw_timeline([], [], "t", "d", "n", False) == ""


def test_all_days_that_dates_know_can_be_drawn() -> None:
    given = [Moment(day, day, "x", None, "a") for day in (date.min, date.max) for _ in range(60)]
    assert len(of_class(timed(given, years=[]), "count")) == 2
