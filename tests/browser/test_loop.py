# SPDX-License-Identifier: Apache-2.0
"""A case from the report to its end, every person in a browser of their own, while a board stands open."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SECONDS, Visit
from tests.browser.pictures import picture
from tests.browser.visitor import PASSWORD, give_password, step_panel, take_step
from tests.city import IN_EAST
from wangge.cases.models import Case


def sign_in(visit: Visit, login: str) -> Page:
    """By the form, with a password."""
    give_password(login)
    here = {"latitude": IN_EAST.lat, "longitude": IN_EAST.lon, "accuracy": 6}
    page = visit(geolocation=here, permissions=["geolocation"]).go("/")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(
        page.get_by_role("heading", name="看板" if login == "leader" else "我的工作", level=1)
    ).to_be_visible()
    return page


def report_on_map(page: Page) -> str:
    """A cover, found by a Chinese word and pinned by a click east of the map's middle; the case's number."""
    page.get_by_role("link", name="上报").click()
    page.get_by_label("问题描述").fill("井盖破损，行人绕行")
    page.get_by_label("类别").press_sequentially("上水井盖")
    page.get_by_role("radio", name="上水井盖").check()
    page.locator("[data-map][data-ready]").wait_for()
    field = page.locator("[data-map]").bounding_box()
    assert field is not None
    page.locator("[data-map] canvas").click(
        position={"x": field["width"] / 2 + 8, "y": field["height"] / 2 - 8}
    )
    expect(page.locator("#place")).to_contain_text("东一社区")
    expect(page.locator(".maplibregl-marker")).to_be_visible()
    page.get_by_label("照片").set_input_files(picture())
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.locator(".note-success")).to_contain_text("已上报")
    return page.locator(".page-head .number").inner_text()


def open_task(page: Page, number: str) -> None:
    """From my work, where the case waits."""
    page.goto("/")
    page.locator("#tasks tr", has_text=number).get_by_role("link").click()
    expect(page.locator(".page-head .number")).to_have_text(number)


def tile(page: Page, name: str) -> str:
    return page.locator("#tiles .tile", has_text=name).locator("strong").inner_text()


def await_tile(page: Page, name: str, figure: str) -> None:
    shown = page.locator("#tiles .tile", has_text=name).locator("strong")
    expect(shown).to_have_text(figure, timeout=SECONDS * 1000)


def finish(handler: Page, number: str) -> None:
    open_task(handler, number)
    panel = step_panel(handler, "finish")
    panel.get_by_label("处置结果").fill("已更换井盖")
    panel.get_by_label("照片").set_input_files(picture(colour="green"))
    take_step(handler, "finish")


def check_on_site(inspector: Page, number: str) -> None:
    open_task(inspector, number)
    panel = step_panel(inspector, "answer_check")
    panel.get_by_role("radio", name="合格", exact=True).check()
    panel.get_by_role("button", name="用我的位置").click()
    expect(panel.get_by_label("经度")).to_have_value(f"{IN_EAST.lon:.6f}")
    panel.get_by_label("照片").set_input_files(picture(colour="blue"))
    take_step(inspector, "answer_check")
    expect(inspector.locator(".photos img")).to_have_count(3)


def test_loop_in_the_browser(visit: Visit) -> None:
    board = sign_in(visit, "leader")
    board.get_by_role("link", name="看板").click()
    expect(board.locator("[data-live-state=on]")).to_be_visible()
    expect(board.locator("[data-map]")).to_have_attribute("data-painted", "0")
    board.evaluate("window.sameDocument = true")
    chief = sign_in(visit, "chief_1")
    expect(chief.locator("[data-live-state=on]")).to_be_visible()

    operator = sign_in(visit, "operator_1")
    number = report_on_map(operator)
    await_tile(board, "今日上报", "1")
    await_tile(board, "现有未结", "1")
    expect(board.locator("[data-map]")).to_have_attribute("data-painted", "1")
    expect(board.locator("#grid-rows")).to_contain_text("东街街道第1监督网格")
    take_step(operator, "accept")

    expect(chief.locator("#tasks")).to_contain_text(number)  # it came by itself
    chief.locator("#tasks tr", has_text=number).get_by_role("link").click()
    step_panel(chief, "file").get_by_role("radio", name=re.compile("破损超过")).check()
    take_step(chief, "file")
    await_tile(board, "其中已立案", "1")
    expect(operator.get_by_text("这个案卷刚有新的办理记录")).to_be_visible()

    dispatcher = sign_in(visit, "dispatcher_1")
    open_task(dispatcher, number)
    expect(step_panel(dispatcher, "dispatch").get_by_label("主办单位")).to_have_value("swj")
    take_step(dispatcher, "dispatch")
    expect(board.locator("#unit-rows")).to_contain_text("水务局")

    clerk = sign_in(visit, "clerk_swj")
    open_task(clerk, number)
    take_step(clerk, "sign_for")

    finish(sign_in(visit, "handler_swj"), number)

    open_task(operator, number)
    take_step(operator, "send_check")

    check_on_site(sign_in(visit, "inspector_east"), number)

    open_task(chief, number)
    step_panel(chief, "close").get_by_role("radio", name="解决结案").check()
    take_step(chief, "close")
    await_tile(board, "今日结案", "1")
    await_tile(board, "现有未结", "0")
    expect(board.locator("#latest-rows tr").first).to_contain_text("结案")
    assert board.evaluate("window.sameDocument"), "the board was loaded again"

    case = Case.objects.get(number=number)
    assert (case.state, case.lead_unit, case.photos.count()) == ("closed", "swj", 3)
