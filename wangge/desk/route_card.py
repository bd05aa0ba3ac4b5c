# SPDX-License-Identifier: Apache-2.0
"""Why a case goes where it goes: the row of the matrix that fired, and why each other one did not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from wangge.cases.models import Case
from wangge.cases.routing import Lost, why_lost
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor

#: where the rulebook's pages stand; they are another interface's, so only their address is known here
RESPONSIBILITIES = "/rules/responsibilities"


@dataclass(frozen=True)
class Row:
    """A row as the case keeps it. `url`: its page, for who may read the rulebook; `why`: why it did not fire."""

    lead: str
    class_code: str
    place: str
    owner: str
    first_day: str
    last_day: str
    url: str
    why: str = ""


@dataclass(frozen=True)
class RouteCard:
    """`fired` None = the default unit was proposed; `won`: by which rule the row that fired beat the others."""

    fired: Row | None
    won: list[str]
    others: list[Row]


def route_card(case: Case, actor: Actor) -> RouteCard | None:
    """None before the matrix was asked. No query."""
    route = case.route
    if not route:
        return None
    reads = Permission.RULEBOOK_READ in actor.permissions
    reasons = [why_lost(route, other) for other in route["alternatives"]]
    others = [
        _row(other, reads, _why(reason)) for other, reason in zip(route["alternatives"], reasons, strict=True)
    ]
    if route["default"]:
        return RouteCard(None, [], others)
    won = [_won(reason) for reason in dict.fromkeys(reasons) if _won(reason)]
    return RouteCard(_row(route, reads), won, others)


def _row(row: Mapping[str, Any], reads: bool, why: str = "") -> Row:
    named = row["class"], row["place"], row["owner"]
    first, last = row.get("first_day", ""), row.get("last_day", "")
    key = [*(code or "*" for code in named), first]
    url = f"{RESPONSIBILITIES}/row/?{urlencode([('key', part) for part in key])}" if reads else ""
    return Row(row["lead"], *named, first, last, url, why)


def _why(reason: Lost) -> str:
    match reason:
        case Lost.RETURNED:
            return _("该单位已退单")
        case Lost.UNIT_ENDED:
            return _("主办单位已撤销")
        case Lost.NOT_IN_FORCE:
            return _("立案当天不在有效期内")
        case Lost.OWNER:
            return _("未指明产权单位")
        case Lost.CLASS:
            return _("类别较宽")
        case Lost.PLACE:
            return _("地点较宽")
        case Lost.PERIOD:
            return _("当天另有限期条目")


def _won(reason: Lost) -> str:
    """Said of the row that fired, against those that lost for `reason`."""
    return {
        Lost.OWNER: _("指明产权单位的优先"),
        Lost.CLASS: _("类别越近越优先"),
        Lost.PLACE: _("地点越近越优先"),
        Lost.PERIOD: _("当天有效的限期条目优先"),
    }.get(reason, "")
