# SPDX-License-Identifier: Apache-2.0
"""台账: entries an actor may read, one entry with appeal and ruling, an entry for a matter found on patrol."""

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.inspectors.actions import entering
from wangge.inspectors.ledger import consequence_of, get_entry, list_entries
from wangge.inspectors.models import LedgerEntry
from wangge.inspectors.reference import current_rules, local_day
from wangge.inspectors.squads import names, watched
from wangge.organizations.access import Permission, PermissionMissing, require
from wangge.organizations.directory import Actor
from wangge.squads import given
from wangge.squads.sections import ledger_readable, sections
from wangge.squads.words import choices, entry_words
from wangge.ui.signed_in import actor_of

State = LedgerEntry.State


@login_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """?person= and ?state= filter; ?after= is the keyset."""
    actor, asked = actor_of(request), request.GET
    if not ledger_readable(actor):
        raise PermissionMissing(permission=Permission.LEDGER_READ.value)
    person = given.whole(asked.get("person", ""))
    rows = list_entries(
        actor,
        person_id=person,
        state=asked.get("state", "")[:10],
        after=given.after_of(asked),
        limit=given.ROWS + 1,
    )
    found, following = given.page_of(rows, asked, "entered_at")
    people = names(watched(actor, Permission.LEDGER_READ))
    page = {
        "sections": sections(actor),
        "entries": [(one, entry_words(one), consequence_of(one)) for one in found],
        "next": following,
        "first": "after" not in asked,
        "first_query": given.first_query(asked),
        "people": sorted(people.items(), key=lambda one: (one[1], one[0])),
        "states": choices(State, LedgerEntry.STATES_EN),
        "asked": asked,
        "may_enter": Permission.LEDGER_ENTER in actor.permissions,
    }
    return render(request, "squads/ledger.html", page)


@login_required
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    return _page(request, entry_id, actor_of(request))


def _page(
    request: HttpRequest, entry_id: int, actor: Actor, error: DomainError | None = None
) -> HttpResponse:
    found = get_entry(entry_id, actor)
    mine = found.person_id == actor.person_id
    page = {
        "entry": found,
        "words": entry_words(found),
        "consequence": consequence_of(found),
        "may_appeal": mine and found.state == State.STANDING and local_day(now()) <= found.appeal_until,
        "may_rule": (
            found.state == State.APPEALED and Permission.LEDGER_RULE in actor.permissions
            and actor.person_id not in (found.person_id, found.entered_by_id)
        ),
        "typed": request.POST,
        "error": error,
    }  # fmt: skip
    return render(request, "squads/entry.html", page, status=error.http_status if error else 200)


@login_required
@require_POST
def appeal(request: HttpRequest, entry_id: int) -> HttpResponse:
    """The inspector disagrees."""
    actor = actor_of(request)
    try:
        entering.appeal(entry_id, request.POST.get("text", ""), actor=actor, at=now())
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, entry_id, actor, error)
    messages.success(request, _("申诉已提交。"))
    return redirect("squads:entry", entry_id)


@login_required
@require_POST
def ruling(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Somebody else decides."""
    actor, typed = actor_of(request), request.POST
    try:
        if typed.get("granted") not in ("yes", "no"):
            raise given.FormIncomplete
        granted = typed["granted"] == "yes"
        entering.rule(entry_id, granted=granted, reason=typed.get("reason", ""), actor=actor, at=now())
    except (NotFound, PermissionMissing):
        raise
    except DomainError as error:
        return _page(request, entry_id, actor, error)
    messages.success(request, _("裁定已记录，本人已收到通知。"))
    return redirect("squads:entry", entry_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: HttpRequest) -> HttpResponse:
    """A matter missed by an inspector, found on patrol and reported as a case."""
    actor, typed, error = actor_of(request), request.POST, None
    require(actor, Permission.LEDGER_ENTER)
    if request.method == "POST":
        try:
            made = entering.enter_missed(
                given.whole(typed.get("person", "")) or 0, typed.get("number", ""), reason=typed.get("reason", ""),
                actor=actor, at=now(), key=given.key_of(typed),
            )  # fmt: skip
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("已记入台账，本人已收到通知。"))
            return redirect("squads:entry", made.pk)
    people = names(person for person in watched(actor, Permission.LEDGER_ENTER) if person != actor.person_id)
    page = {
        "people": sorted(people.items(), key=lambda one: (one[1], one[0])),
        "consequence": current_rules().rules.ledger.consequences.missed_report,
        "illustration": "ledger" in current_rules().rules.illustrations,
        "key": uuid4(),
        "typed": typed,
        "error": error,
    }
    return render(request, "squads/new_entry.html", page, status=error.http_status if error else 200)
