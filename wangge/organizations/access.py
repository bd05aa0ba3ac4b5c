# SPDX-License-Identifier: Apache-2.0
"""What a person may do: permissions by post, and an answer that carries its reason."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wangge.common.errors import Refused
from wangge.organizations.directory import Actor


class Permission(StrEnum):
    """`room:object:verb`, alphabetical. Which post has which is data of the pack."""

    CALL_TAKE = "cases:call:take"
    CASE_READ = "cases:case:read"
    CASE_REPORT = "cases:case:report"
    CONTACT_READ = "cases:contact:read"
    DUPLICATE_LINK = "cases:duplicate:link"
    REWARD_READ = "cases:reward:read"
    DAILY_REPORT_FILE = "inspectors:daily_report:file"
    DAILY_REPORT_READ = "inspectors:daily_report:read"
    FEEDBACK_ANSWER = "inspectors:feedback:answer"
    FEEDBACK_TAKE = "inspectors:feedback:take"
    LEDGER_ENTER = "inspectors:ledger:enter"
    LEDGER_READ = "inspectors:ledger:read"
    LEDGER_RULE = "inspectors:ledger:rule"
    ROTATION_APPROVE = "inspectors:rotation:approve"
    ROTATION_PLAN = "inspectors:rotation:plan"
    SAMPLE_DRAW = "inspectors:sample:draw"
    SAMPLE_RECHECK = "inspectors:sample:recheck"
    CALENDAR_READ = "organizations:calendar:read"
    ROSTER_KEEP = "organizations:roster:keep"
    RULEBOOK_EDIT = "rulebook:draft:edit"
    RULEBOOK_PUBLISH = "rulebook:draft:publish"
    RULEBOOK_READ = "rulebook:row:read"
    BOARD_READ = "screens:board:read"
    CAMPAIGN_RUN = "supervision:campaign:run"
    DEMAND_ANSWER = "supervision:demand:answer"
    DEMAND_JUDGE = "supervision:demand:judge"
    HANDS_READ = "supervision:hands:read"
    PAPER_DRAFT = "supervision:paper:draft"
    PAPER_ISSUE = "supervision:paper:issue"
    SITTING_KEEP = "supervision:sitting:keep"
    OVERSIGHT_READ = "supervision:unit:read"


@dataclass(frozen=True)
class Allowed:
    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class Denied:
    """Falsy; says why in both languages, with a stable code."""

    code: str
    zh: str
    en: str

    def __bool__(self) -> bool:
        return False


class PermissionMissing(Refused):
    """`permission` is told to programs; the sentences for people do not name it."""

    code = "permission_missing"
    zh = "您的岗位没有这项权限。如需要，请联系系统管理员。"
    en = "Your post has no permission for this. Ask your administrator if you need it."

    def as_dict(self) -> dict[str, Any]:
        """With `permission`, for whoever writes the program that was refused."""
        return super().as_dict() | {"permission": self.facts["permission"]}


def require(actor: Actor, permission: Permission) -> None:
    """Raise PermissionMissing unless one of the actor's posts has `permission`."""
    if permission not in actor.permissions:
        raise PermissionMissing(permission=permission.value)
