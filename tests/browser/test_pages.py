# SPDX-License-Identifier: Apache-2.0
"""Every page, in both languages, on a desk and on a telephone."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import resolve
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import Visit
from tests.browser.visitor import PHONE, WIDE
from tests.city import IN_EAST, TEST_EVENT, actor, person
from tests.loop import bring_to, call_about, new_case, step
from wangge.cases.actions import report
from wangge.cases.actions.visits import record_visit
from wangge.cases.flow import State
from wangge.cases.models import Call, Case
from wangge.cases.models import Visit as VisitToPremises
from wangge.common.clock import now
from wangge.desk import account_urls
from wangge.desk import urls as desk_urls
from wangge.hotline import urls as hotline_urls
from wangge.organizations.directory import directory

CHINESE = re.compile(r"[　-〿一-鿿＀-￯]")
PLACE = "东一路 3 号"


#: drawing a map without a graphics card takes a second: a few show it, the other cases were reported without a position
WITH_MAP = (State.REPORTED, State.CHECKING, State.CLOSED)


@pytest.fixture
def cases(site: object) -> dict[str, Case]:
    """One case for each kind of form, with requests, links, rework and a place outside the grids."""
    made = {state.value: bring_to(state, at=None, where=IN_EAST if state in WITH_MAP else None) for state in (
        State.REPORTED, State.VERIFYING, State.ACCEPTED, State.FILED, State.DISPATCHED, State.HANDLING, State.HANDLED,
        State.CHECKING, State.CALLBACK, State.INVESTIGATING, State.CLOSING, State.CLOSED, State.MERGED,
    )}  # fmt: skip
    step(made["handling"], "ask_return")
    taken = report(description="无位置的来电", place_text=PLACE, class_code=TEST_EVENT, channel="hotline",
                   actor=actor("operator_2"), at=now())  # fmt: skip
    made["placeless"] = Case.objects.get(pk=taken.case_id)
    step(made["reported"], "link", target=new_case(at=None).number)
    record_visit(class_code="E0604", place=PLACE, fields={"clean": False, "green": True}, actor=actor("operator_1"), at=now(),
                 key=uuid4())  # fmt: skip
    for confidential in (False, True):
        call_about(made["callback"], confidential=confidential)
    return made


#: who opens the page of a case in this state
OPENERS = {
    "reported": "operator_1", "verifying": "inspector_east", "accepted": "chief_1", "filed": "dispatcher_1",
    "dispatched": "clerk_swj", "handling": "dispatcher_1", "handled": "operator_1", "checking": "inspector_east",
    "callback": "operator_1", "investigating": "chief_1", "closing": "chief_1", "closed": "chief_1",
    "merged": "operator_1", "placeless": "operator_1",
}  # fmt: skip


#: pieces of pages, forms that lead elsewhere, pictures and geography; and the second factor, which needs its device
NO_PAGES = {
    "set_language", "read_notices", "step", "place", "duplicates", "form_fields", "class_search", "grid_search", "photo",
    "set_absence", "end_absence", "add_hours", "remove_hours", "report_visit", "redact_visit", "norm_search", "export_cases",
    "outline", "supervision_grids", "unit_grid", "mfa_authenticate", "mfa_reauthenticate", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "hotline:repeats", "hotline:contact", "hotline:redact",
}  # fmt: skip


def pages(cases: dict[str, Case]) -> Iterator[tuple[str, str]]:
    """(login, path) of every page; "" is nobody."""
    yield from (("", "/accounts/login/"),)
    yield from ((OPENERS[name], f"/cases/{case.number}/") for name, case in cases.items())
    yield from (("operator_1", path) for path in (
        "/", "/?stage=reported", "/cases/", "/cases/?grid=none&state=closed", "/report/", "/board/", "/notices/",
        "/accounts/logout/", "/accounts/password/change/", "/accounts/password/set/",
        "/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/2fa/totp/activate/",
        "/cases/nothing/", f"/classes/{TEST_EVENT}/", "/visits/", "/visits/new/?class_code=E0604",
        f"/visits/{VisitToPremises.objects.latest('pk').pk}/",
    ))  # fmt: skip
    called = cases["callback"].number
    yield from (("operator_1", f"/hotline/{path}") for path in (
        "", "calls/", f"calls/{Call.objects.latest('pk').pk}/", f"cases/{called}/", "callbacks/", f"callbacks/{called}/",
    ))  # fmt: skip
    yield from (("dispatcher_1", "/cases/precedents/"), ("leader", "/rewards/"), ("clerk_swj", "/roster/"))
    yield from (("handler_swj", path) for path in ("/", "/notices/", "/board/"))
    yield from (("outsider", path) for path in ("/", "/cases/"))


def test_no_page_is_forgotten(cases: dict[str, Case]) -> None:
    """Every address that answers GET with a page is in the list, or said to be none."""
    shown = {resolve(path.partition("?")[0]).view_name for _, path in pages(cases)}
    known = {pattern.name for pattern in desk_urls.urlpatterns} | {p.name for p in account_urls.urlpatterns}
    known |= {f"hotline:{pattern.name}" for pattern in hotline_urls.urlpatterns}
    assert known - {name.removeprefix("desk:") for name in shown} == NO_PAGES


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_in_both_languages_and_sizes(visit: Visit, cases: dict[str, Case], language: str) -> None:
    data = texts_of_data()
    faults: list[str] = []
    visitors = {}
    for login, path in pages(cases):
        if login not in visitors:
            visitors[login] = visit(login, locale="en" if language == "en" else "zh-CN", expected=(403, 404))
        page = visitors[login].go(path)
        for size in (WIDE, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            faults += [f"{login} {path} {size[0]}: {fault}" for fault in layout_faults(page)]
        faults += [f"{login} {path} {language}: {fault}" for fault in word_faults(page, language, data)]
        faults += [f"{login} {path}: {fault}" for fault in looks.unnamed(page)]
    assert not faults, "\n" + "\n".join(faults)


def layout_faults(page: Page) -> list[str]:
    wider: list[str] = page.evaluate(looks.WIDER)
    page.evaluate(looks.UNFOLD)
    unfolded: list[str] = page.evaluate(looks.WIDER)
    page.evaluate(looks.FOLD_MENU)
    return [f"scrolls sideways: {what}" for what in wider or unfolded]


def word_faults(page: Page, language: str, data: set[str]) -> list[str]:
    faults = []
    if page.evaluate("document.documentElement.lang") != language:
        faults.append("the page does not say its language")
    texts: list[str] = page.evaluate(looks.TEXTS)
    title = texts[0].split(" · ")
    if len(title) < 2 or not all(title):
        faults.append(f"title {texts[0]!r}")
    if len(page.locator("h1").all()) != 1:
        faults.append("not one h1")
    if language == "zh-hans":
        faults += [
            f"not Chinese: {name!r}" for name in page.evaluate(looks.NAMES) if not _chinese_or_data(name)
        ]
    else:
        faults += [f"Chinese: {text!r}" for text in texts if CHINESE.search(_without(text, data))]
    return faults


def texts_of_data() -> set[str]:
    """What people are called and what they wrote: never translated. Everything else has its English."""
    written = {"井盖破损，行人绕行", "井盖还没有修", "已转告", "无位置的来电", PLACE, "已更换井盖", "已当面说明", "不属本单位",
               "权责清单第三条",
               "情况属实"}  # fmt: skip
    return written | {info.name for info in directory().people.values()} | {person("outsider").name}


def _without(text: str, data: set[str]) -> str:
    for known in sorted(data, key=len, reverse=True):
        text = text.replace(known, "")
    return text


def _chinese_or_data(name: str) -> bool:
    return bool(CHINESE.search(name)) or not re.search(r"[A-Za-z]{3}", name)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_focus_is_seen_on_its_way(visit: Visit, size: tuple[int, int]) -> None:
    """The skip link comes first and leads past the header; from there on the focus is always seen."""
    reported, checking = bring_to(State.REPORTED, at=None), bring_to(State.CHECKING, at=None)
    visitors = {login: visit(login, size=size) for login in ("operator_1", "inspector_east")}
    faults: list[str] = []
    for login, path in (
        ("operator_1", "/"), ("operator_1", "/cases/"), ("operator_1", "/report/"), ("operator_1", "/board/"),
        ("operator_1", f"/cases/{reported.number}/"), ("inspector_east", f"/cases/{checking.number}/"),
    ):  # fmt: skip
        page = visitors[login].go(path)
        _use_skip_link(page)
        page.goto(path)
        faults += [f"{login} {path}: {fault}" for fault in looks.walk_by_tab(page)]
    assert not faults, "\n" + "\n".join(faults)


def _use_skip_link(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None and box["width"] > 40 and box["x"] >= 0 and box["y"] >= 0
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('#content')"), page.url
