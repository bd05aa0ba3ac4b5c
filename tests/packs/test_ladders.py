# SPDX-License-Identifier: Apache-2.0
"""提醒、催办、督办 in every shipped pack: each norm and each timed stage climbs all rungs, at sensible moments for its length."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from wangge.cases.deadlines import Clock, Limit, due_at, yellow_at
from wangge.organizations.tests.test_calendars import local, office
from wangge.packs.contents import Pack
from wangge.packs.flows import whole_flows
from wangge.packs.oversight import oversight_faults
from wangge.packs.reading import find_pack, read_pack
from wangge.supervision.ladder import earlier
from wangge.supervision.rules import Oversight, Rung, climbed

PACKS = sorted(one.parent.name for one in Path(find_pack("standard")).parent.glob("*/pack.yaml"))
OFFICE = office()
#: a Monday morning, a Friday noon, the evening before a holiday, a Sunday night
STARTS = [
    local(text) for text in ("2025-03-10 08:30", "2025-03-14 11:50", "2025-04-30 19:00", "2025-06-15 23:10")
]
MINUTES = Clock.URGENT_MINUTE
#: the sweep runs so often
PASS = timedelta(minutes=5)


@cache
def pack_of(name: str) -> tuple[Pack, Oversight]:
    pack, faults = read_pack(find_pack(name))
    rules = pack.rules["oversight"]
    assert not [fault for fault in faults] and isinstance(rules, Oversight)
    return pack, rules


def limits_of(pack: Pack) -> list[Limit]:
    return sorted({Limit(one.limit, one.clock) for one, _ in pack.norms.items()}, key=str)


def stages_of(pack: Pack) -> Iterator[tuple[str, Limit]]:
    """Every timed stage of the flows with each limit it may have; `norm` = what the norms say."""
    own = {
        "arrive": {
            Limit(n.arrive_limit, Clock(n.arrive_clock)) for n, _ in pack.norms.items() if n.arrive_limit
        },
        "make_safe": {
            Limit(n.safe_limit, Clock(n.safe_clock)) for n, _ in pack.norms.items() if n.safe_limit
        },
        "assistance.asked": limits_of(pack),
    }
    for flow in whole_flows(pack).values():
        records = flow["records"].items()
        beside = {
            f"{kind}.{code}": (one, record)
            for kind, record in records
            for code, one in record["states"].items()
        }
        line = {code: (one, None) for code, one in {**flow["states"], **flow["beside"]}.items()}
        for stage, (one, record) in {**line, **beside}.items():
            clock = task["clock"] if isinstance(task := one.get("task"), dict) else "none"
            if isinstance(clock, list):
                yield stage, Limit(clock[0], Clock(clock[1]))
            elif clock == "norm":
                yield from ((stage, limit) for limit in own.get(stage, ()))
            elif clock != "none":
                for choice in record["choices"][clock].values():
                    yield stage, Limit(choice["limit"][0], Clock(choice["limit"][1]))


def moment(rung: Rung, limit: Limit, start: datetime) -> datetime:
    """When a deadline by this limit that runs from `start` reaches the rung."""
    due = due_at(limit, start, OFFICE)
    if rung.when == "yellow":
        return yellow_at(limit, start, OFFICE)
    if rung.span is None:
        return due
    if rung.when == "before":
        return earlier(rung.span, due, OFFICE)
    return due_at(Limit(rung.span.value, rung.span.clock), due, OFFICE)


def assert_climbs(rungs: list[Rung], limit: Limit, start: datetime, *, reminded: bool = True) -> None:
    reached: dict[str, list[datetime]] = {}
    for rung in rungs:
        reached.setdefault(rung.kind, []).append(moment(rung, limit, start))
    due = due_at(limit, start, OFFICE)
    assert reached["urging"] == [due]
    after = reached.get("order", []) + reached.get("attention", [])
    assert len(after) == 1 and due < after[0] <= due + timedelta(days=5), (
        "a long weekend lies in between at most"
    )
    if limit.clock.value.startswith("urgent") and "order" in reached:
        assert after[0] <= due + timedelta(hours=4)
    if reminded:
        [at] = reached["reminder"]
        assert start < at <= due - 2 * PASS, "time to read it, and to act on it"


@pytest.mark.parametrize("name", PACKS)
def test_every_norm_is_reminded_of_urged_and_ordered(name: str) -> None:
    pack, rules = pack_of(name)
    limits = limits_of(pack)
    assert limits
    for limit in limits:
        rungs = climbed(rules.rungs, limit)
        for start in STARTS:
            assert_climbs(rungs, limit, start)
            [reminder] = [moment(rung, limit, start) for rung in rungs if rung.kind == "reminder"]
            assert due_at(limit, start, OFFICE) - reminder <= timedelta(days=5), (
                "one to three days, and a weekend"
            )


@pytest.mark.parametrize("name", PACKS)
def test_every_timed_stage_is_reminded_of_urged_and_brought_up(name: str) -> None:
    pack, rules = pack_of(name)
    found = list(stages_of(pack))
    assert {"filed", "contact", "investigating", "return.asked", "supervision.issued"} <= {
        stage for stage, _ in found
    }
    for stage, limit in found:
        assert_climbs(
            climbed(rules.rungs, limit, stage), limit, STARTS[0], reminded=limit.clock is not MINUTES
        )


@pytest.mark.parametrize("name", PACKS)
def test_no_rung_can_be_taken_away(name: str) -> None:
    """The check of packs tells of it, where it is not a reminder at a stage, which a city may do without."""
    pack, rules = pack_of(name)
    assert list(oversight_faults(pack)) == []
    for gone in rules.rungs:
        left = [rung for rung in rules.rungs if rung != gone]
        needed = gone.kind != "reminder" if gone.stages else any(gone.is_for(one) for one in limits_of(pack))
        pack.rules["oversight"] = rules.model_copy(update={"rungs": left})
        try:
            assert bool(list(oversight_faults(pack))) == needed, gone.code
        finally:
            pack.rules["oversight"] = rules
