# SPDX-License-Identifier: Apache-2.0
"""Rotation's laws: nobody goes back, every place is covered, nobody carries more than must be."""

from itertools import count, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.inspectors import assigning
from wangge.inspectors.assigning import NoPlan, assign, bound, fairness, weights

PLACES = ("a", "b", "c", "d")


@st.composite
def squads(draw: st.DrawFn) -> tuple[list[int], dict[str, float], dict[int, list[str]], dict[int, float]]:
    """A small squad: people, cases of each place, where each was last, what each carried."""
    places = PLACES[: draw(st.integers(1, 4))]
    people = list(range(1, draw(st.integers(1, 6)) + 1))
    loads = {place: float(draw(st.integers(0, 30))) for place in places}
    avoid = {p: draw(st.lists(st.sampled_from(places), max_size=2, unique=True)) for p in people}
    return people, loads, avoid, {p: float(draw(st.integers(0, 30))) for p in people}


def largest(chosen: tuple[str, ...], loads: dict[str, float]) -> float:
    weight = weights(loads)
    return max(weight[place] / chosen.count(place) for place in chosen)


@settings(deadline=None)  # the first plan imports SciPy
@given(squads())
def test_a_plan_keeps_every_rule_and_none_is_fairer(
    squad: tuple[list[int], dict[str, float], dict[int, list[str]], dict[int, float]],
) -> None:
    people, loads, avoid, carried = squad
    possible = [
        chosen
        for chosen in product(loads, repeat=len(people))
        if set(chosen) == set(loads)
        and not any(place in avoid[p] for p, place in zip(people, chosen, strict=True))
    ]
    if not possible:
        with pytest.raises(NoPlan):
            assign(people, loads, avoid=avoid, carried=carried)
        return
    plan = assign(people, loads, avoid=avoid, carried=carried)
    assert set(plan) == set(people) and set(plan.values()) == set(loads), "every grid is covered"
    assert not any(plan[p] in avoid[p] for p in people), "nobody goes back"
    least = min(largest(chosen, loads) for chosen in possible)
    found = fairness(list(plan.values()), loads)
    assert found.largest == pytest.approx(least), "the most loaded carries no more than must be"
    assert found.bound <= found.largest + 1e-9
    assert plan == assign(people[::-1], loads, avoid=avoid, carried=carried), (
        "the order of people is no matter"
    )


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(PLACES), st.integers(0, 50), min_size=1), st.integers(1, 8))
def test_the_bound_is_reached_where_nobody_is_kept_from_anything(loads: dict[str, int], people: int) -> None:
    given_loads = {place: float(load) for place, load in loads.items()}
    if people < len(loads):
        with pytest.raises(NoPlan) as refused:
            bound(given_loads, people)
        assert refused.value.why == "too_few"
        return
    plan = assign(range(people), given_loads, avoid={}, carried={})
    assert fairness(list(plan.values()), given_loads).largest == pytest.approx(bound(given_loads, people))


def test_who_carried_much_goes_where_little_is_to_carry() -> None:
    plan = assign([1, 2], {"a": 10.0, "b": 2.0}, avoid={}, carried={1: 10.0, 2: 2.0})
    assert plan == {1: "b", 2: "a"}


def test_the_rest_relieve_the_heaviest() -> None:
    plan = assign(range(5), {"a": 30.0, "b": 10.0, "c": 10.0}, avoid={}, carried={})
    assert sorted(plan.values()) == ["a", "a", "a", "b", "c"]


@pytest.mark.parametrize(
    ("avoid", "why"),
    [({1: ["a", "b"]}, "nowhere"), ({1: ["a"], 2: ["a"]}, "stuck")],
)
def test_why_there_is_no_plan(avoid: dict[int, list[str]], why: str) -> None:
    with pytest.raises(NoPlan) as refused:
        assign([1, 2], {"a": 1.0, "b": 1.0}, avoid=avoid, carried={})
    assert refused.value.why == why


def test_no_try_begins_after_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound cannot be reached, so that several loads are tried; each look at the clock finds a second gone."""
    loads, people = {"a": 60.0, "b": 30.0, "c": 1.0}, range(6)
    avoid = {one: ["a"] for one in people[:4]}
    tried, ticks, fits = list[Any](), count(), assigning._fits

    def counted(*given: Any) -> bool:
        tried.append(given)
        return fits(*given)

    monkeypatch.setattr(assigning, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(assigning, "_fits", counted)
    assert len(assign(people, loads, avoid=avoid, carried={}, seconds=60)) == 6 and len(tried) == 3
    tried.clear()
    with pytest.raises(NoPlan, match="time"):
        assign(people, loads, avoid=avoid, carried={}, seconds=1)
    assert len(tried) == 2, "none between the bound and the largest"
