# SPDX-License-Identifier: Apache-2.0
"""Drafts: what they change, what that would do, and their way into force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from wangge.administration.choices import choices_of
from wangge.administration.columns import TABLES, Words
from wangge.administration.comparing import Differences, compared, leaves
from wangge.administration.values import row_url, title_of
from wangge.administration.views.rows import state_of
from wangge.common.clock import now
from wangge.common.errors import BadInput, DomainError, NotFound
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.rulebook import drafts
from wangge.rulebook.access import readable
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.preview import preview
from wangge.rulebook.queries import change_counts
from wangge.rulebook.queries import changes as changes_of_draft
from wangge.rulebook.queries import drafts as newest_drafts
from wangge.rulebook.tables import REFERENCE_TABLES
from wangge.rulebook.telling import Reason, for_reader, of_fault, of_moved
from wangge.ui.names import place_name
from wangge.ui.paging import id_of
from wangge.ui.signed_in import actor_of
from wangge.ui.words import city_zone, language

#: changes, and drafts, on a page
ROWS = 50
#: faults, and rows others have changed, listed of a preview
SHOWN = 100


class NotAMoment(BadInput):
    code = "not_a_moment"
    zh = "“{value}”不是时间，应为 2026-01-31T08:00 的形式，或留空（立即生效）。"
    en = "“{value}” is no moment; write it as 2026-01-31T08:00, or leave it empty for at once."


@dataclass(frozen=True)
class Changed:
    """A change as the page of a draft shows it."""

    id: int
    title: str
    url: str
    state: str
    differences: Differences


@login_required
@require_safe
def all_drafts(request: HttpRequest) -> HttpResponse:
    """The drafts of everybody, newest first; ?after= an id is the keyset."""
    require(actor_of(request), Permission.RULEBOOK_READ)
    before = id_of(request.GET, "after")
    found = [*newest_drafts(before=before, limit=ROWS + 1)]
    page = {
        "drafts": found[:ROWS],
        "next": found[ROWS - 1].pk if len(found) > ROWS else None,
        "first": before is None,
    }
    return render(request, "administration/drafts.html", page)


@login_required
@require_safe
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What a draft changes; with `preview` also what that would do, for browsers without script."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    page = _page(_draft(draft_id), actor, _after(request.GET))
    if "preview" in request.GET:
        page |= _preview(page["draft"], actor)
    return render(request, "administration/draft.html", page)


def _draft(draft_id: int) -> Draft:
    found = Draft.objects.select_related("author", "publisher").filter(pk=draft_id).first()
    if found is None:
        raise NotFound
    return found


def _after(given: QueryDict) -> tuple[str, Key] | None:
    """The keyset in an address: the table, then the key; None where there is none that any row can have."""
    table, *key = given.getlist("after") or [""]
    held = REFERENCE_TABLES.get(table)
    return (table, tuple(key)) if held and held.takes(tuple(key)) and "\0" not in "".join(key) else None


def _page(found: Draft, actor: Actor, after: tuple[str, Key] | None = None) -> dict[str, Any]:
    listed = changes_of_draft(found.pk, after=after, limit=ROWS + 1)
    changes, more = listed[:ROWS], listed[ROWS:]
    is_open = found.state == Draft.State.OPEN
    own = found.author_id == actor.person_id
    return {
        "draft": found,
        "tables": [
            (TABLES[name], [_changed(change, actor) for change in held])
            for name, held in groupby(changes, key=lambda change: change.table)
        ],
        "counts": [(TABLES[name], count) for name, count in change_counts(found.pk)],
        "next": urlencode([("after", part) for part in (changes[-1].table, *changes[-1].key)])
        if more
        else "",
        "first": after is None,
        "refusal": [_sentence(reason) for reason in for_reader(found.refusal, actor)],
        "may_edit": is_open and own and Permission.RULEBOOK_EDIT in actor.permissions,
        "may_publish": is_open and not own and Permission.RULEBOOK_PUBLISH in actor.permissions,
        "own_waits": is_open and own,
        "may_withdraw": found.state == Draft.State.SUBMITTED
        and actor.person_id in (found.author_id, found.publisher_id),
        "looked_at": drafts.seen(found.pk),
    }


def _changed(change: Change, actor: Actor) -> Changed:
    table, key = REFERENCE_TABLES[change.table], tuple(change.key)
    reads = readable(actor, table)
    if reads and not all(reads(row) for row in (change.row, change.before) if row):
        return Changed(change.pk, _("辖区以外的人员"), "", state_of(change), [])
    values = change.row if change.row is not None else change.before
    title = title_of(table, key, values or {}) if table.key else " ".join(map(place_name, key))
    before, after = leaves(table, change.before or {}), leaves(table, change.row or {})
    differences = compared(change.table, before, after) if change.row is not None else []
    return Changed(change.pk, title, row_url(change.table, key), state_of(change), differences)


@login_required
@require_safe
def draft_preview(request: HttpRequest, draft_id: int) -> HttpResponse:
    """What the draft would do: a piece of its page."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    return render(request, "administration/preview.html", _preview(_draft(draft_id), actor))


def _preview(found: Draft, actor: Actor) -> dict[str, Any]:
    known = preview(found, now(), reader=actor)
    faults = [of_fault(known.laid.pack, fault) for fault in known.faults[:SHOWN]]
    return {
        "preview": known,
        "rights": _named(
            "posts", "permissions", known.staffing.rights if known.staffing else (), "permission"
        ),
        "asking": _named("forms", "use", known.asking, "use"),
        "faults": list(_lines(for_reader(faults, actor))),
        "more_faults": max(0, len(known.faults) - SHOWN),
        "moved": list(_lines(for_reader(map(of_moved, known.moved[:SHOWN]), actor))),
        "more_moved": max(0, len(known.moved) - SHOWN),
    }


def _named(table: str, column: str, rows: Sequence[Any], code: str) -> list[tuple[Words, Any]]:
    """(what the value of that column is called, row) of each."""
    known = choices_of(table, column)
    codes = (getattr(row, code) for row in rows)
    return [(known.get(one, Words(one, one)), row) for one, row in zip(codes, rows, strict=True)]


def _lines(reasons: list[Reason]) -> Iterator[tuple[str, str, str]]:
    """(sentence, name of the row or document, its address) of each."""
    for reason in reasons:
        table, key = REFERENCE_TABLES.get(reason["table"]), reason["key"]
        url = row_url(table.name, key) if table and table.takes(tuple(key)) else ""
        yield _sentence(reason), " ".join(key) or reason["file"], url


def _sentence(reason: Reason) -> str:
    return reason["zh"] if language() == "zh" else reason["en"]


@login_required
@require_safe
def draft_state(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Asked while a draft waits: nothing, or that the page is to be read again."""
    require(actor_of(request), Permission.RULEBOOK_READ)
    if _draft(draft_id).state == Draft.State.SUBMITTED:
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


@login_required
@require_POST
def act(request: HttpRequest, draft_id: int, action: str) -> HttpResponse:
    """Undo a change, submit, withdraw or discard; refused, the draft is shown with the reason."""
    actor = actor_of(request)
    try:
        told = _act(draft_id, action, request, actor)
    except NotFound:
        raise
    except DomainError as error:
        page = _page(_draft(draft_id), actor) | {"error": error, "due_at": request.POST.get("due_at", "")}
        return render(request, "administration/draft.html", page, status=error.http_status)
    messages.success(request, told)
    return redirect("administration:draft", draft_id)


def _act(draft_id: int, action: str, request: HttpRequest, actor: Actor) -> str:
    match action:
        case "undo":
            change = request.POST.get("change", "")
            if not (change.isascii() and change.isdigit() and len(change) < 18):
                raise NotFound
            drafts.undo(draft_id, int(change), actor=actor)
            return _("已撤销这一处改动。")
        case "submit":
            due_at = _moment(request.POST.get("due_at", "").strip())
            drafts.submit(
                draft_id, looked_at=request.POST.get("looked_at", ""), due_at=due_at, actor=actor, at=now()
            )
            return _("已提交发布，检查无误后生效。")
        case "withdraw":
            drafts.withdraw(draft_id, actor=actor)
            return _("已撤回，可以继续编辑。")
        case "discard":
            drafts.discard(draft_id, actor=actor, at=now())
            return _("草稿已放弃。")
    raise NotFound


def _moment(text: str) -> datetime | None:
    """A moment typed in the city's zone, None when empty; raises NotAMoment."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotAMoment(value=text[:40]) from None
    if not 1900 <= at.year <= 2200 or at.tzinfo:  # the ends of the calendar are beyond it in another zone
        raise NotAMoment(value=text[:40])
    return at.replace(tzinfo=city_zone())
