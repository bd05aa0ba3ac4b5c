# SPDX-License-Identifier: Apache-2.0
"""A document of rules, of supervision or of inspectors' work: every limit, number and label of it in one form."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.administration.comparing import pasts
from wangge.administration.drafting import Edited, basis_in, chosen_draft, edited, next_version, of_page
from wangge.administration.rules_form import Leaf, checked, groups_of, leaves_of, typed_rules
from wangge.common.clock import now
from wangge.common.errors import DomainError
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.rulebook import drafts
from wangge.rulebook.access import may_change
from wangge.rulebook.laying import faults_of_rules
from wangge.rulebook.queries import history
from wangge.rulebook.tables import ReferenceTable, reference_table
from wangge.ui.signed_in import actor_of
from wangge.ui.words import language


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest, name: str) -> HttpResponse:
    """The rules as my draft has them, else as they are in force; a POST makes what was typed part of a draft."""
    actor, table = actor_of(request), reference_table(name)
    require(actor, Permission.RULEBOOK_READ)
    shown = edited(actor, name)
    if shown.held is None:
        return render(request, "administration/rules.html", of_page(shown, name, request.POST, None))
    if request.method != "POST":
        return _page(request, actor, table, shown, shown.held)
    require(actor, Permission.RULEBOOK_EDIT)
    typed = typed_rules(_leaves(table, shown.held), shown.held, request.POST)
    leaves = _leaves(table, typed)
    if faults := _faults(table, typed, leaves):
        return _page(request, actor, table, shown, typed, leaves=leaves, faults=faults, status=422)
    try:
        with chosen_draft(request.POST, actor, now()) as draft:
            row = _row(table, shown, typed, draft)
            drafts.put_row(draft, name, row, key=None, actor=actor, at=now(), basis=basis_in(request.POST))
    except DomainError as error:
        return _page(request, actor, table, shown, typed, error=error, status=error.http_status)
    messages.success(request, _("已记入草稿，发布后才生效。"))
    return redirect(f"administration:{name}")


def _leaves(table: ReferenceTable, document: dict[str, Any]) -> list[Leaf]:
    assert table.shape
    return leaves_of(table.name, table.shape, document)


def _faults(table: ReferenceTable, typed: dict[str, Any], leaves: list[Leaf]) -> list[str]:
    """What is wrong, in the reader's language; what stands at a leaf is marked there too."""
    assert table.shape
    found = checked(table.shape, typed, leaves)
    if isinstance(found, list):
        return [*found, _("请改正标出的各项。")]
    told = faults_of_rules(table.name, found)
    return [fault.zh if language() == "zh" else fault.en for fault in told]


def _row(table: ReferenceTable, shown: Edited, typed: dict[str, Any], draft: int) -> dict[str, Any]:
    """With a version of its own; as it is in force it is no change."""
    assert table.shape
    held: dict[str, Any] = shown.in_force
    made = table.shape.model_validate(typed | {"version": held["version"]}).model_dump(mode="json")
    return held if made == held else made | {"version": next_version(draft)}


def _page(
    request: HttpRequest, actor: Actor, table: ReferenceTable, shown: Edited, typed: dict[str, Any], *,
    leaves: list[Leaf] | None = None, faults: list[str] | None = None, error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    page = {
        **of_page(shown, table.name, request.POST, error),
        "document": shown.held,
        "groups": groups_of(leaves or _leaves(table, typed), typed),
        "faults": faults,
        "edits": may_change(actor, table, ()),
        "versions": list(pasts(table, history(table, ()))),
    }
    return render(request, "administration/rules.html", page, status=status)
