# SPDX-License-Identifier: Apache-2.0
"""What goes wrong at a desk: two clicks for one, a page that is no longer fresh, a photo too large, no live updates."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visit
from tests.browser.looks import WIDER
from tests.browser.pictures import picture, too_large
from tests.browser.visitor import PHONE, WIDE, step_panel, take_step
from tests.loop import bring_to, new_case, step
from wangge.cases.actions.photos import MOST_BYTES
from wangge.cases.flow import State
from wangge.cases.models import Case, LogEntry, Photo


def steps_of(case: Case) -> list[str]:
    return list(LogEntry.objects.filter(case=case).order_by("seq").values_list("step", flat=True))


@pytest.mark.parametrize("script", [True, False])
def test_double_click_is_one_step(visit: Visit, script: bool) -> None:
    """Without script the browser sends both forms, and forgets the first."""
    case = bring_to(State.HANDLING, at=None)
    page = visit("handler_swj", java_script_enabled=script).go(f"/cases/{case.number}/")
    panel = page.locator("#step-finish")
    panel.get_by_label("处置结果").fill("已更换井盖")
    panel.get_by_label("照片").set_input_files(picture())
    panel.get_by_role("button", name="处置完成").dblclick()
    expect(page.locator(".note-success").first).to_contain_text("处置完成")
    expect(page.locator(".case-title .tag").first).to_have_text("待核查")
    assert steps_of(case) == ["report", "accept", "file", "dispatch", "sign_for", "finish"]
    assert Photo.objects.filter(case=case, seq=6).count() == 1


def test_stale_page_keeps_what_was_typed(visit: Visit) -> None:
    case, other = new_case(at=None), new_case(at=None)
    page = visit("operator_1", expected=(409,)).go(f"/cases/{case.number}/")
    step_panel(page, "reject").get_by_label("理由").fill("不属于城市管理范围：私家院内")
    step(case, "link", by="operator_2", target=other.number)
    expect(page.get_by_text("这个案卷刚有新的办理记录")).to_be_visible()
    page.locator("#step-reject").get_by_role("button", name="不予受理").click()
    panel = page.locator("#step-reject")
    expect(panel.get_by_role("alert")).to_contain_text("已有新的办理记录")
    expect(panel.get_by_label("理由")).to_have_value("不属于城市管理范围：私家院内")
    assert steps_of(case) == ["report", "link"]
    take_step(page, "reject")
    assert steps_of(case) == ["report", "link", "reject"]


def test_step_that_somebody_else_took(visit: Visit) -> None:
    case = new_case(at=None)
    page = visit("operator_1", expected=(409,)).go(f"/cases/{case.number}/")
    panel = step_panel(page, "accept")
    step(case, "accept", by="operator_2")
    panel.get_by_role("button", name="受理").click()
    expect(page.get_by_role("alert")).to_contain_text("现在是“待立案”，不能受理")
    expect(page.locator(".case-title .tag").first).to_have_text("待立案")
    assert steps_of(case) == ["report", "accept"]


def test_photo_too_large(visit: Visit) -> None:
    case = bring_to(State.HANDLING, at=None)
    page = visit("handler_swj", expected=(413, 422)).go(f"/cases/{case.number}/")
    panel = page.locator("#step-finish")
    panel.get_by_label("处置结果").fill("已更换井盖")
    panel.get_by_label("照片").set_input_files([picture(), too_large(MOST_BYTES)])
    panel.get_by_role("button", name="处置完成").click()
    expect(panel.get_by_role("alert")).to_contain_text("照片过大：最多 10 MB")
    expect(panel.get_by_label("处置结果")).to_have_value("已更换井盖")
    panel.get_by_label("照片").set_input_files(picture())
    take_step(page, "finish")
    assert steps_of(case)[-1] == "finish"


def test_without_live_updates(visit: Visit, site: Site) -> None:
    """The page says that it is on its own, works by hand, and follows again as soon as it can."""
    visitor = visit("operator_1")
    page = visitor.go("/")
    expect(page.get_by_text("实时更新", exact=True)).to_be_visible()
    visitor.live_may_fail = True
    site.kill("live")
    expect(page.get_by_text("实时更新已断开")).to_be_visible()
    first = new_case(at=None)
    page.reload()
    expect(page.locator("#tasks")).to_contain_text(first.number)
    page.get_by_role("link", name="上水井盖").click()
    take_step(page, "accept")
    page.goto("/")
    expect(page.get_by_text("实时更新已断开")).to_be_visible()
    site.start("live")
    expect(page.locator("[data-live-state=on]")).to_be_visible(timeout=30_000)
    second = new_case(at=None)
    expect(page.locator("#tasks")).to_contain_text(second.number)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_correction_asks_for_what_is_wrong_alone_and_strikes_it_out(
    visit: Visit, size: tuple[int, int]
) -> None:
    case = bring_to(State.DISPATCHED, at=None)
    page = visit("operator_1", size=size).go(f"/cases/{case.number}/")
    panel = step_panel(page, "ask_correction")
    grid, norm = panel.get_by_label("按名称或编码找网格"), panel.get_by_placeholder("类别名称")
    expect(grid).to_be_hidden()
    panel.get_by_role("radio", name="位置", exact=True).check()
    expect(grid).to_be_visible()
    expect(norm).to_be_hidden()
    panel.get_by_role("radio", name="上一步").check()
    expect(grid).to_be_hidden()
    expect(panel.get_by_text("案卷回到“待派遣”")).to_be_visible()
    panel.get_by_label("理由").fill("派错了单位")
    take_step(page, "ask_correction")
    step(case, "correct")
    page.reload()
    expect(page.locator(".timeline .taken-back s")).to_have_text("派遣")
    assert page.evaluate(WIDER) == []
