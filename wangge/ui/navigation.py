# SPDX-License-Identifier: Apache-2.0
"""The pages a person's posts open, in the order they are used."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor


@dataclass(frozen=True)
class Item:
    name: str
    url: str
    icon: str
    current: bool


#: who reads cases finds precedents beside them
_BESIDE = {"desk:precedents": Permission.CASE_READ}
_PAGES: tuple[tuple[Callable[[], str], str, str, Permission | None], ...] = (
    (lambda: _("我的工作"), "desk:my_work", "tasks", None),
    (lambda: _("案卷"), "desk:cases", "cases", Permission.CASE_READ),
    (lambda: _("上报"), "desk:report", "report", Permission.CASE_REPORT),
    (lambda: _("热线"), "hotline:take", "phone", Permission.CALL_TAKE),
    (lambda: _("看板"), "desk:board", "board", Permission.BOARD_READ),
    (lambda: _("督办"), "oversight:overview", "oversight", Permission.OVERSIGHT_READ),
    (lambda: _("督办"), "oversight:owed", "oversight", Permission.DEMAND_ANSWER),
    (lambda: _("巡查队伍"), "squads:overview", "person", Permission.DAILY_REPORT_READ),
    (lambda: _("规则"), "administration:overview", "rules", Permission.RULEBOOK_READ),
    (lambda: _("裁定先例"), "desk:precedents", "search", Permission.RULEBOOK_READ),
)


def navigation(actor: Actor, path: str) -> list[Item]:
    """The items `actor` may open; the one `path` lies in is marked."""
    items = []
    for name, view, icon, permission in _PAGES:
        if _BESIDE.get(view) in actor.permissions:
            continue
        if permission is None or permission in actor.permissions:
            url = reverse(view)
            current = path == url or (url != "/" and path.startswith(url))
            items.append(Item(name(), url, icon, current))
    return items
