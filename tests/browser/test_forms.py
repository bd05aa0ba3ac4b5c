# SPDX-License-Identifier: Apache-2.0
"""The form of a class where people meet it: on the report page as the class is chosen, and on the printed sheet."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.visitor import PHONE, WIDE
from tests.city import TEST_EVENT
from tests.loop import new_case
from wangge.cases.models import FilledForm


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_form_comes_with_the_class_and_keeps_what_is_typed(visit: Visit, size: tuple[int, int]) -> None:
    page = visit("operator_1", size=size, expected=(422,)).go("/report/")
    page.get_by_label("问题描述").fill("路面破损")
    page.get_by_role("searchbox").fill("测试事件")
    page.locator(f"input[name=class_code][value={TEST_EVENT}]").check()
    page.get_by_label("尺寸（厘米）").fill("宽")
    page.get_by_label("已围护").select_option("false")
    page.locator("#id_lon").fill("120.015")
    page.locator("#id_lat").fill("30.015")
    page.locator("#id_lat").blur()
    expect(page.locator("#place")).to_contain_text("东一社区")
    expect(page.get_by_label("尺寸（厘米）")).to_have_value("宽")
    page.locator("form[method=post] button.wide").click()
    wrong = page.get_by_label("尺寸（厘米）")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_have_accessible_description("应为整数，例如 12。")
    wrong.fill("12")
    page.locator("form[method=post] button.wide").click()
    expect(page.locator(".timeline")).to_contain_text("尺寸（厘米）")
    assert FilledForm.objects.get().answers == {"size_cm": 12, "fenced": False}


def test_the_sheet_is_printed_without_what_a_page_needs(visit: Visit) -> None:
    page = visit("operator_1").go(f"/classes/{TEST_EVENT}/")
    expect(page.locator(".top")).to_be_visible()
    page.emulate_media(media="print")
    for needless in (".top", ".foot", "form.screen-only"):
        expect(page.locator(needless).first).to_be_hidden()
    expect(page.get_by_role("heading", name="测试事件")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_form_comes_with_the_class_chosen_at_acceptance(visit: Visit, size: tuple[int, int]) -> None:
    case = new_case(class_code="", at=None)
    page = visit("operator_1", size=size).go(f"/cases/{case.number}/")
    step = page.locator("#step-accept")
    if step.get_attribute("open") is None:
        step.locator("summary").first.click()
    step.locator("#accept-class").fill("测试事件")
    step.locator(f"input[name=class_code][value={TEST_EVENT}]").check()
    step.get_by_label("尺寸（厘米）").fill("12")
    step.locator("button.button").last.click()
    expect(page.locator(".timeline")).to_contain_text("尺寸（厘米）")
    assert FilledForm.objects.get().answers == {"size_cm": 12}
