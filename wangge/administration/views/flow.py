# SPDX-License-Identifier: Apache-2.0
"""The flow: a chart, a table, and what a city may change of it: labels, limits, posts, the tries of a callback."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.administration.choices import choices_of
from wangge.administration.comparing import pasts
from wangge.administration.drafting import (
    Edited,
    basis_in,
    chosen_draft,
    drafted,
    edited,
    next_version,
    of_page,
)
from wangge.administration.flow_chart import chart_of
from wangge.administration.flow_form import forms_of, typed_flow
from wangge.administration.flow_marks import marks_of
from wangge.administration.flow_table import table_of
from wangge.administration.values import row_url
from wangge.cases.deadlines import STANDARD_THRESHOLDS
from wangge.cases.flow_document import build, parse
from wangge.cases.flow_soundness import FlowFault
from wangge.cases.reference import flow_at, flows
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.grids.queries import AreaInfo, areas
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, directory
from wangge.packs.contents import Key
from wangge.packs.overlays import difference, laid_over
from wangge.rulebook import drafts
from wangge.rulebook.access import may_change
from wangge.rulebook.queries import document_in_force, history
from wangge.rulebook.tables import REFERENCE_TABLES
from wangge.ui.signed_in import actor_of
from wangge.ui.words import language

FLOW = REFERENCE_TABLES["flow"]


@dataclass(frozen=True)
class Shown:
    """A flow as its page shows it: the city's, or that of an area, which stands in drafts as what it says otherwise."""

    area: AreaInfo | None
    draft: Edited
    #: the city's in force
    city: dict[str, Any]

    @property
    def key(self) -> Key:
        return (self.area.code,) if self.area else ()

    @property
    def has_own(self) -> bool:
        """Is there anything to change: an area may go by the city's."""
        return self.area is None or self.draft.held is not None

    @property
    def document(self) -> dict[str, Any]:
        """What the form begins with, whole; of an area without a flow of its own the city's under another name."""
        if self.area is None:
            return dict(self.draft.held)
        first = {"name_zh": f"{self.area.name_zh}流程", "name_en": f"Flow of {self.area.name_en}"}
        return dict(laid_over(self.city, self.draft.held or first))

    @property
    def in_force(self) -> dict[str, Any] | None:
        """Whole."""
        said: dict[str, Any] | None = self.draft.in_force
        return said if self.area is None or said is None else dict(laid_over(self.city, said))

    def row(self, typed: dict[str, Any], draft: int) -> Any:
        """What was typed as its file would say it, with a version of its own; as it is in force it is no change."""
        held = self.in_force
        if held is not None and typed | {"version": held.get("version")} == held:
            return self.draft.in_force
        made = typed | {"version": next_version(draft)}
        return difference(self.city, made) if self.area else made


def _shown(request: HttpRequest, actor: Actor) -> Shown:
    """?area= the code of an area; raises NotFound for one there is not."""
    code = (request.POST if request.method == "POST" else request.GET).get("area", "")
    if code and (code not in areas() or not areas()[code].parent):
        raise NotFound
    draft = edited(actor, "flow", (code,) if code else ())
    shown = Shown(areas().get(code), draft, document_in_force("flow") if code else draft.in_force)
    try:
        build(shown.document)
    except FlowFault:  # the city's has changed beneath my draft, whose own page tells what is wrong with it
        return replace(shown, draft=draft._replace(changes=[]))
    return shown


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flow(request: HttpRequest) -> HttpResponse:
    """The flow of the city or of an area as my draft has it, else as it is in force; a POST makes what was typed part of
    a draft, or with `end` that an area is to go by the city's again."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    shown = _shown(request, actor)
    if request.method != "POST":
        return _page(request, actor, shown, shown.document)
    require(actor, Permission.RULEBOOK_EDIT)
    typed, ends = typed_flow(request.POST, shown.document), "end" in request.POST and shown.area is not None
    given: dict[str, Any] = {"actor": actor, "at": now(), "basis": basis_in(request.POST)}
    try:
        if not ends:
            parse(typed, {post.code: post.axis for post in directory().posts.values()})
        with chosen_draft(request.POST, actor, now()) as draft:
            if ends:
                drafts.end_row(draft, "flow", shown.key, **given)
            else:
                drafts.put_row(draft, "flow", shown.row(typed, draft), key=shown.key, **given)
    except FlowFault as fault:
        text = fault.zh if language() == "zh" else fault.en
        return _page(request, actor, shown, typed, fault=text, status=422)
    except DomainError as error:
        return _page(request, actor, shown, typed, error=error, status=error.http_status)
    messages.success(request, _("已记入草稿，发布后才生效。"))
    return redirect(row_url("flow", shown.key))


def _page(
    request: HttpRequest, actor: Actor, shown: Shown, typed: dict[str, Any], *,
    fault: str = "", error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    built = build(shown.document) if shown.has_own else flow_at(shown.area.path if shown.area else "")
    page = {
        **of_page(shown.draft, "flow", request.POST, error),
        **table_of(built),
        **forms_of(built, typed, of_area=shown.area is not None),
        "area": shown.area,
        "areas": _areas(shown),
        "has_own": shown.has_own,
        "ended": shown.draft.change is not None and shown.draft.change.row is None,
        "flow": built,
        "chart": chart_of(built),
        "marks": [(path, name, path in (typed.get("illustrations") or ())) for path, name in marks_of(built)],
        "callback_tries": typed.get("callback_tries", 3),
        "yellow_percent": typed.get("yellow_percent", STANDARD_THRESHOLDS.yellow),
        "posts": directory().posts.values(),
        "clocks": choices_of("flow", "clock"),
        "fault": fault,
        "edits": may_change(actor, FLOW, shown.key),
        "versions": list(pasts(FLOW, history(FLOW, shown.key))),
    }
    return render(request, "administration/flow.html", page, status=status)


def _areas(shown: Shown) -> list[tuple[AreaInfo, bool]]:
    """The areas to choose from, each with whether it has a flow of its own: those next below the city, and every other one
    that has."""
    own = {*flows(), *(key[0] for key in drafted(shown.draft.own, "flow") if key)}
    listed = (area for area in areas().values() if area.parent)
    return [
        (area, area.code in own)
        for area in listed
        if area.path.count("/") == 2 or area.code in own or area == shown.area
    ]
