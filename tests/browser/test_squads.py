# SPDX-License-Identifier: Apache-2.0
"""The pages of the inspection squads in both languages, on a desk and on a telephone, and by keyboard."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.browser import looks
from tests.browser.conftest import Visit
from tests.browser.test_pages import layout_faults, texts_of_data, word_faults
from tests.browser.visitor import PHONE, WIDE
from tests.city import GRID_EAST, actor, person
from tests.loop import bring_to, new_case
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.inspectors.actions import drawing, entering
from wangge.inspectors.actions.feedback import take_feedback
from wangge.inspectors.actions.planning import ask_for_plan, compute_waiting
from wangge.inspectors.actions.reporting import file_report
from wangge.inspectors.models import Sample
from wangge.inspectors.reference import local_day

#: what people wrote here
WRITTEN = {"现场没有更换井盖", "路口另有破损", "照片可以证明", "巡查不认真", "s1"}


@pytest.fixture
def pages(site: object) -> list[tuple[str, str]]:
    """(login, path) of every page of the room, with something on each."""
    return [*_pages()]


def _pages() -> Iterator[tuple[str, str]]:
    evaluator, today = actor("evaluator"), local_day(now())
    for _ in range(2):
        bring_to(State.CLOSED, at=None, where=None)
    bring_to(State.CLOSED, at=None)
    draw = drawing.draw_sample(since=today, until=today, seed="s1", actor=evaluator, at=now(), key=uuid4())
    sample = Sample.objects.get(draw=draw)
    yield "squad_leader_west", f"/squads/samples/cases/{sample.pk}/"
    yield from (("evaluator", path) for path in ("/squads/samples/", f"/squads/samples/{draw.pk}/"))
    missed = new_case(at=None, where=None).number
    reason, inspector = "路口另有破损", person("inspector_east").pk
    entry = entering.enter_missed(inspector, missed, reason=reason, actor=evaluator, at=now(), key=uuid4())
    yield from (
        ("inspector_east", path) for path in ("/squads/", "/squads/ledger/", f"/squads/ledger/{entry.pk}/")
    )
    yield from (("squad_leader_east", path) for path in ("/squads/ledger/new/", "/squads/ledger/"))
    row = take_feedback(
        "complaint", text="巡查不认真", unit="squad_east", actor=actor("operator_1"), at=now(), key=uuid4()
    )
    yield from (("operator_1", path) for path in ("/squads/feedback/new/", "/squads/feedback/"))
    yield "evaluator", f"/squads/feedback/{row.pk}/"
    settled = [(GRID_EAST, "E01", 3)]
    for day, found in ((today, 2), (today - timedelta(days=1), 0)):
        file_report(
            "squad_east", day, found, settled=settled, actor=actor("inspector_east"), at=now(), key=uuid4()
        )
    yield from (("evaluator", path) for path in ("/squads/reports/", f"/squads/reports/squad_east/{today}/"))
    yield "inspector_east", f"/squads/reports/squad_east/{today}/"
    plan = ask_for_plan("grids", first_day=today + timedelta(days=3), actor=evaluator, at=now(), key=uuid4())
    compute_waiting(now())
    yield from (("evaluator", path) for path in ("/squads/rotation/", f"/squads/rotation/{plan.pk}/"))


def test_every_page_in_english_and_both_sizes(visit: Visit, pages: list[tuple[str, str]]) -> None:
    """The Chinese of these pages is in their templates; what a reader of English would still meet of it, and what a
    telephone cannot show, is seen here."""
    data, faults, visitors = texts_of_data() | WRITTEN, [], {}
    for login, path in pages:
        if login not in visitors:
            visitors[login] = visit(login, locale="en")
        page = visitors[login].go(path)
        for size in (WIDE, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            faults += [f"{login} {path} {size[0]}: {fault}" for fault in layout_faults(page)]
        faults += [f"{login} {path}: {fault}" for fault in word_faults(page, "en", data)]
        faults += [f"{login} {path}: {fault}" for fault in looks.unnamed(page)]
    assert not faults, "\n" + "\n".join(faults)


def test_focus_is_seen_on_its_way(visit: Visit, pages: list[tuple[str, str]]) -> None:
    """On the pages with the most to fill in."""
    visitors, faults = {}, []
    for login, path in pages:
        if "rotation" in path or "reports/squad" in path or "samples/cases" in path:
            if login not in visitors:
                visitors[login] = visit(login, size=PHONE)
            faults += [f"{login} {path}: {fault}" for fault in looks.walk_by_tab(visitors[login].go(path))]
    assert not faults, "\n" + "\n".join(faults)
