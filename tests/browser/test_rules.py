# SPDX-License-Identifier: Apache-2.0
"""The rules changed without a mouse, published by another; every page of them on a desk and on a telephone."""

import pytest
from playwright.sync_api import expect

from tests.browser import looks
from tests.browser.conftest import Visit
from tests.browser.test_keyboard import tab_to, type_into
from tests.browser.visitor import PHONE, WIDE
from tests.city import COVER_NORM, DISTRICT, EAST, TEST_EVENT, WEST, actor
from tests.loop import HOTLINE, bring_to
from wangge.cases.flow import State
from wangge.common.clock import now
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import row
from wangge.rulebook.tables import reference_table

ROW = f"/rules/norms/row/?key={COVER_NORM}"
PAGES = (
    "/rules/", "/rules/norms/", "/rules/responsibilities/", "/rules/people/", ROW, ROW.replace("row", "edit", 1),
    "/rules/units/edit/", "/rules/norms/import/", "/rules/calendar/?year=2026", "/rules/flow/", "/rules/drafts/",
    f"/rules/flow/?area={WEST}", f"/rules/flow/?area={EAST}", "/rules/oversight/", "/rules/inspectors/",
)  # fmt: skip


def test_a_limit_is_changed_and_published_by_keyboard(visit: Visit) -> None:
    page = visit("administrator").go(ROW)
    tab_to(page, "a.button[href*=edit]")
    page.keyboard.press("Enter")
    page.locator("#id_limit").wait_for()
    type_into(page, "#id_limit", "7")
    tab_to(page, "form.card button.button")
    page.keyboard.press("Enter")
    expect(page.locator(".note-success")).to_contain_text("已记入草稿")
    draft = Draft.objects.get()
    leader = visit("leader").go(f"/rules/drafts/{draft.pk}/")
    expect(leader.locator("ins").first).to_contain_text("7")
    tab_to(leader, "button[name=preview]")
    leader.keyboard.press("Enter")
    expect(leader.locator("#preview")).to_contain_text("没有发现错误")
    leader.locator("form[action*=submit] button").focus()
    leader.keyboard.press("Enter")
    leader.locator(".note-info").wait_for()
    publish_due(now())
    expect(leader.locator(".page-head .tag").first).to_have_text("已生效")  # the page renews itself


@pytest.mark.parametrize(("size", "locale"), [(WIDE, "zh-CN"), (PHONE, "en-GB")])
def test_every_page_of_the_rules_fits_and_is_named(visit: Visit, size: tuple[int, int], locale: str) -> None:
    author = actor("administrator")
    draft = drafts.start("t", actor=author, at=now())
    drafts.end_row(draft.pk, "norms", (COVER_NORM,), actor=author, at=now())
    drafts.put_row(draft.pk, "flow", {"name_zh": "东街流程"}, key=(EAST,), actor=author, at=now())
    drafts.end_row(draft.pk, "people", ("handler_swj", "handler", "swj", DISTRICT), actor=author, at=now())
    drafts.end_row(draft.pk, "forms", (TEST_EVENT, "", "report"), actor=author, at=now())
    drafts.end_row(draft.pk, "hotlines", (HOTLINE,), actor=author, at=now())
    bring_to(State.HANDLING)
    visitor, faults = visit("administrator", size=size, locale=locale), []
    for path in (*PAGES, f"/rules/drafts/{draft.pk}/", f"/rules/drafts/{draft.pk}/?preview=1"):
        page = visitor.go(path)
        faults += [f"{path}: {fault}" for fault in (*page.evaluate(looks.WIDER), *looks.unnamed(page))]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(("size", "locale"), [(WIDE, "zh-CN"), (PHONE, "en-GB")])
def test_a_change_of_somebody_else_is_shown_beside_mine(
    visit: Visit, size: tuple[int, int], locale: str
) -> None:
    visitor = visit("administrator", size=size, locale=locale, expected=(409,))
    page = visitor.go(ROW.replace("row", "edit", 1))
    author, held = actor("administrator"), row(reference_table("norms"), (COVER_NORM,))
    assert held
    draft = drafts.start("汛期", actor=author, at=now())
    values = held.values | {"limit": 9, "legal_basis": "新办法"}
    drafts.put_row(draft.pk, "norms", values, key=(COVER_NORM,), actor=author, at=now())
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=now())
    publish_due(now())
    page.locator("#id_limit").fill("7")
    page.locator("form.card button.button").click()
    expect(page.locator(".compare")).to_contain_text("9")
    assert page.locator("#id_limit").input_value() == "7" and "汛期" in page.content()
    assert not (page.evaluate(looks.WIDER) or looks.unnamed(page))
    page.locator("form.card button.button").click()
    expect(page.locator(".note-success")).to_be_visible()
