# SPDX-License-Identifier: Apache-2.0
"""A call taken without a mouse: the earlier matter is found while it is typed, and nothing is saved by accident."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.city import IN_EAST
from tests.loop import bring_to
from wangge.cases.flow import State
from wangge.cases.models import Call


def test_a_call_is_taken_by_keyboard_and_joined_to_what_was_found(visit: Visit) -> None:
    case = bring_to(State.HANDLING, at=None, channel="hotline", where=IN_EAST)
    page = visit("operator_1", expected=(422,)).go("/hotline/")
    expect(page.locator("#id_number")).to_be_focused()
    page.keyboard.type("139 1234 5678")
    page.locator("#id_text").focus()
    page.keyboard.type("井盖破损，行人绕行，还没有修")
    page.locator("#id_place").press("Enter")
    found = page.locator("#repeats").get_by_role("radio", name=case.number)
    expect(found).to_be_visible()
    expect(page.locator("#repeats")).to_contain_text("内容相近")
    page.get_by_role("button", name="并入所选案卷").press("Enter")
    refusal = page.locator("#refusal")
    expect(refusal).to_contain_text("已有案卷的编号")
    assert not Call.objects.exists()
    expect(page.locator("#id_number")).to_have_value("139 1234 5678")
    page.locator("#repeats").get_by_role("radio", name=case.number).check()
    page.get_by_role("button", name="并入所选案卷").press("Enter")
    expect(page.locator("h1")).to_have_text("来电")
    assert Call.objects.get().case == case
    expect(page.locator("main")).to_contain_text("*******5678")
    page.get_by_label("为什么要读取号码").fill("核对地点")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("13912345678")
