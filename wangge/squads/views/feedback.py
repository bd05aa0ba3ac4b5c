# SPDX-License-Identifier: Apache-2.0
"""社会监督: feedback on the work of staff, taken by the hotline and answered."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.inspectors.actions.feedback import answer_feedback, take_feedback
from wangge.inspectors.feedback import get_feedback, list_feedback
from wangge.inspectors.models import StaffFeedback
from wangge.inspectors.squads import inspectors, names, units_by_kind
from wangge.organizations.access import Permission, PermissionMissing, require
from wangge.organizations.directory import Actor
from wangge.organizations.models import Unit
from wangge.squads import given
from wangge.squads.sections import sections
from wangge.squads.words import choices, feedback_kind, named
from wangge.ui.signed_in import actor_of


def _require_either(actor: Actor) -> None:
    if actor.permissions.isdisjoint((Permission.FEEDBACK_TAKE, Permission.FEEDBACK_ANSWER)):
        raise PermissionMissing(permission=Permission.FEEDBACK_TAKE.value)


@login_required
@require_safe
def feedback_list(request: HttpRequest) -> HttpResponse:
    """?waiting=1: not answered yet; ?after= is the keyset."""
    actor, asked = actor_of(request), request.GET
    _require_either(actor)
    waiting = asked.get("waiting") == "1"
    rows = list_feedback(actor, waiting=waiting, after=given.after_of(asked), limit=given.ROWS + 1)
    found, following = given.page_of(rows, asked, "taken_at")
    page = {
        "sections": sections(actor),
        "rows": [(one, feedback_kind(one)) for one in found],
        "at": now(),
        "waiting": waiting,
        "next": following,
        "first": "after" not in asked,
        "first_query": given.first_query(asked),
        "may_take": Permission.FEEDBACK_TAKE in actor.permissions,
    }
    return render(request, "squads/feedback.html", page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_feedback(request: HttpRequest) -> HttpResponse:
    """What a caller said about the work of staff; nothing about the caller."""
    actor, typed, error = actor_of(request), request.POST, None
    require(actor, Permission.FEEDBACK_TAKE)
    if request.method == "POST":
        try:
            row = take_feedback(
                typed.get("kind", ""), text=typed.get("text", ""), number=typed.get("number", ""),
                unit=typed.get("unit", ""), actor=actor, at=now(), key=given.key_of(typed),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("反馈已登记，相关人员已收到通知。"))
            return redirect("squads:one_feedback", row.pk)
    page = {
        "kinds": choices(StaffFeedback.Kind, StaffFeedback.KINDS_EN),
        "kinds_of_units": [(named(Unit.Kind, Unit.KINDS_EN, kind), units) for kind, units in units_by_kind()],
        "key": uuid4(),
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/new_feedback.html", page, status=error.http_status if error else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one_feedback(request: HttpRequest, feedback_id: int) -> HttpResponse:
    """One of them; a POST answers it."""
    actor, typed, error = actor_of(request), request.POST, None
    _require_either(actor)
    if request.method == "POST":
        try:
            if typed.get("upheld") not in ("yes", "no"):
                raise given.FormIncomplete
            answer_feedback(
                feedback_id, upheld=typed["upheld"] == "yes", answer=typed.get("answer", ""),
                person_id=given.whole(typed.get("person", "")), actor=actor, at=now(),
            )  # fmt: skip
        except (NotFound, PermissionMissing):
            raise
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("答复已记录。"))
            return redirect("squads:one_feedback", feedback_id)
    row = get_feedback(feedback_id, actor)
    people = names(person for person, held in inspectors().items() if held.unit == row.unit)
    page = {
        "row": row,
        "kind": feedback_kind(row),
        "people": sorted(people.items(), key=lambda one: (one[1], one[0])),
        "may_answer": row.answered_at is None and Permission.FEEDBACK_ANSWER in actor.permissions,
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/one_feedback.html", page, status=error.http_status if error else 200)
