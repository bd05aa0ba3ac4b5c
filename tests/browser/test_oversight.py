# SPDX-License-Identifier: Apache-2.0
"""The pages on which units are supervised: an order by keyboard; every page on a desk and on a telephone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.conftest import Visit
from tests.browser.test_keyboard import tab_to
from tests.browser.visitor import PHONE, WIDE
from tests.city import MORNING, actor, change_row
from tests.loop import bring_to
from tests.stories.test_meetings_of_streets import STREETS
from wangge.cases.flow import State
from wangge.cases.models import Case, SideRecord
from wangge.common.clock import now
from wangge.supervision.actions.campaigns import set_up_campaign
from wangge.supervision.actions.occasions import open_occasions, raise_item
from wangge.supervision.actions.orders import OrderData, issue_order
from wangge.supervision.actions.papers import Asked, Content, draft_paper, issue_paper
from wangge.supervision.models import Campaign, Demand, OversightVersion, Paper
from wangge.supervision.reference import oversight
from wangge.supervision.sweep import sweep


def test_an_order_is_issued_and_replied_to_by_keyboard(visit: Visit) -> None:
    case = bring_to(State.HANDLING, at=None)
    page = visit("chief_1").go(f"/oversight/orders/new/?case={case.number}&cause=overdue")
    tab_to(page, "input[name=mode]")
    page.keyboard.press("Space")
    tab_to(page, "#reason")
    page.keyboard.insert_text("久拖不决")
    tab_to(page, "form.order button")
    page.keyboard.press("Enter")
    expect(page.locator(".note-success")).to_contain_text("督办单已下达")
    order = SideRecord.objects.get(case=case)
    clerk = visit("clerk_swj").go(f"/oversight/orders/{order.pk}/")
    tab_to(clerk, "#text-reply_order")
    clerk.keyboard.insert_text("已进场")
    clerk.keyboard.press("Tab")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".case-title .tag")).to_have_text("待审核")


def _pages() -> list[tuple[str, str]]:
    """(login, path) of every page, with something on it."""
    day, chief, at = now().date(), actor("chief_1"), now()
    late, ordered = bring_to(State.HANDLING, at=None), bring_to(State.HANDLING, at=None)
    past = now() - timedelta(days=9)
    Case.objects.filter(pk=late.pk).update(
        due_at=past, yellow_at=past, unsatisfied_count=1, order_owed="unsatisfied"
    )
    sweep(oversight(), at=at)
    order = issue_order(
        ordered.number, OrderData("joint", "major", "限期", "xijie"), actor=chief, at=at, key=uuid4()
    )
    content = Content(
        "通报", day, day, "正文", cases=((late.number, "overdue"),), asked=(Asked("xijie", "划定车位"),)
    )
    papers = [draft_paper("bulletin", content, actor=chief, at=at, key=uuid4()) for _ in range(2)]
    issue_paper(papers[0].pk, actor=actor("leader"), at=at, edition=1)
    campaign = set_up_campaign(
        title="行动", text="", first_day=day, last_day=day, area_codes=["990101"], classes=["C01"], checklist="E0604",
        actor=chief, at=at, key=uuid4(),
    )  # fmt: skip
    demand = Demand.objects.get(unit="swj", paper=papers[0])
    assert Paper.objects.count() == 2 and Campaign.objects.count() == 1
    rules = OversightVersion.objects.current().get()
    change_row(rules, document=rules.document | {"occasions": [*rules.document["occasions"], STREETS]})
    meeting, *_others = open_occasions(oversight(), at=MORNING)
    raise_item(meeting.pk, "地下管线归谁", late.number, actor=chief, at=at, key=uuid4())
    around = ("occasions/", f"occasions/{meeting.pk}/")
    chiefs = (
        *around, f"papers/new/?kind=regular_meeting&occasion={meeting.pk}",
        "", "proposals/", "must/", "repeats/", "orders/", f"orders/new/?case={late.number}", f"orders/{order.pk}/",
        f"orders/{order.pk}/sheet/", "papers/", "papers/new/?kind=bulletin", f"papers/{papers[0].pk}/",
        f"papers/{papers[1].pk}/", f"papers/{papers[1].pk}/edit/", "owed/", "owed/?all=1", f"owed/{demand.pk}/", "sittings/",
        "campaigns/", "campaigns/new/", f"campaigns/{campaign.pk}/", f"hands/{late.number}/",
    )  # fmt: skip
    clerks = (*around, "owed/", "orders/", "papers/", f"owed/{demand.pk}/", f"orders/{order.pk}/")
    return [*(("chief_1", path) for path in chiefs), *(("clerk_swj", path) for path in clerks)]


@pytest.mark.parametrize(("size", "locale"), [(WIDE, "zh-CN"), (PHONE, "en-GB")])
def test_every_page_fits_and_is_named(visit: Visit, size: tuple[int, int], locale: str) -> None:
    pages, faults = _pages(), []
    visitors = {login: visit(login, size=size, locale=locale) for login in ("chief_1", "clerk_swj")}
    for login, path in pages:
        page = visitors[login].go(f"/oversight/{path}")
        faults += [
            f"{login} {path}: {fault}" for fault in (*page.evaluate(looks.WIDER), *looks.unnamed(page))
        ]
        if len(page.locator("h1").all()) != 1:
            faults.append(f"{login} {path}: not one h1")
    assert not faults, "\n" + "\n".join(faults)
