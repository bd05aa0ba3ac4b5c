# SPDX-License-Identifier: Apache-2.0
"""A report without a mouse: the class chosen, the pin set and moved, everything by keys."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.city import COVER, EAST_ONE, IN_EAST, IN_WEST, WEST_ONE
from wangge.cases.models import Case

MOST_TABS = 40


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by Tab")


def type_into(page: Page, selector: str, text: str) -> None:
    """Into the next field of this kind, over what stands in it."""
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def await_pin_in_the_middle(page: Page) -> None:
    """A typed place is brought to the middle of the map."""
    page.wait_for_function("""() => {
        const [pin, map] = [".maplibregl-marker", "[data-map]"].map((s) => document.querySelector(s).getBoundingClientRect());
        return Math.abs(pin.x + pin.width / 2 - map.x - map.width / 2) < 3
            && Math.abs(pin.y + pin.height - map.y - map.height / 2) < 12;
    }""")


def test_report_by_keyboard(visit: Visit) -> None:
    page = visit("operator_1").go("/report/")
    page.locator("[data-map][data-ready]").wait_for()
    type_into(page, "#id_description", "井盖破损，行人绕行")
    type_into(page, "#id_class", "上水井盖")
    expect(page.locator("#id_class-found input")).not_to_have_count(0)
    tab_to(page, f"#id_class-found input[value={COVER}]")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="上水井盖")).to_be_checked()

    type_into(page, "#id_lon", str(IN_WEST.lon))
    type_into(page, "#id_lat", str(IN_WEST.lat))
    page.keyboard.press("Tab")
    expect(page.locator("#place")).to_contain_text("西一社区")
    await_pin_in_the_middle(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type(str(IN_EAST.lon))
    page.keyboard.press("Tab")
    expect(page.locator("#place")).to_contain_text("东一社区")
    await_pin_in_the_middle(page)

    tab_to(page, "form.split > div > button")
    page.keyboard.press("Enter")
    expect(page.locator(".note-success")).to_contain_text("已上报")
    case = Case.objects.get()
    assert (case.class_code, case.lon, case.lat) == (COVER, IN_EAST.lon, IN_EAST.lat)
    assert case.unit_grid is not None and case.unit_grid.code.startswith(EAST_ONE)
    assert WEST_ONE != EAST_ONE


def test_pin_in_the_middle_by_keyboard(visit: Visit) -> None:
    page = visit("operator_1").go("/report/")
    page.locator("[data-map][data-ready]").wait_for()
    tab_to(page, ".maplibregl-canvas")
    before = page.locator("#id_lon").input_value()
    page.keyboard.press("ArrowRight")
    tab_to(page, "[data-pin-centre]")
    page.keyboard.press("Enter")
    expect(page.locator("#id_lon")).not_to_have_value(before)
    expect(page.locator("#place")).to_contain_text("社区")
