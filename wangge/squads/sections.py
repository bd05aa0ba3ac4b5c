# SPDX-License-Identifier: Apache-2.0
"""The pages of the room that an actor may open, in order."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.inspectors.daily import units_filed_by
from wangge.inspectors.reference import current_rules
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor

_PAGES: tuple[tuple[Callable[[], str], str, tuple[Permission, ...]], ...] = (
    (lambda: _("零报告"), "squads:reports", (Permission.DAILY_REPORT_READ,)),
    (lambda: _("轮岗"), "squads:plans", (Permission.ROTATION_PLAN,)),
    (lambda: _("抽查"), "squads:draws", (Permission.SAMPLE_DRAW, Permission.SAMPLE_RECHECK)),
    (lambda: _("社会反馈"), "squads:feedback", (Permission.FEEDBACK_TAKE, Permission.FEEDBACK_ANSWER)),
)


def sections(actor: Actor) -> list[tuple[str, str]]:
    """(name, address); what is one's own comes first, and one's own ledger is everybody's who has one."""
    found = [(_("我的"), reverse("squads:overview"))] if has_own(actor) else []
    found += [
        (name(), reverse(view)) for name, view, any_of in _PAGES if not actor.permissions.isdisjoint(any_of)
    ]
    if ledger_readable(actor):
        found.append((_("台账"), reverse("squads:ledger")))
    return found


def has_own(actor: Actor) -> bool:
    """Do they inspect, or file the report of a unit?"""
    return current_rules().rules.rotation.inspector_post in actor.posts or bool(units_filed_by(actor))


def ledger_readable(actor: Actor) -> bool:
    """Inspectors read their own, leaders and evaluators what they look after."""
    inspector = current_rules().rules.rotation.inspector_post
    return inspector in actor.posts or Permission.LEDGER_READ in actor.permissions
