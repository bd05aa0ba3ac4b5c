# SPDX-License-Identifier: Apache-2.0
"""The rows of a table: browsed, read with their history, changed and ended in a draft."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.administration.columns import LISTED, REFERS, TABLES
from wangge.administration.comparing import moved, pasts
from wangge.administration.drafting import (
    basis_in,
    basis_shown,
    changes_of,
    chosen_draft,
    drafted,
    new_rows,
    open_drafts,
    to_start_from,
)
from wangge.administration.forms import Field, fields_of, mark, typed_row
from wangge.administration.values import cell, html_of, label_of, row_url, shown, title_of
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound
from wangge.grids.locate import SUPERVISION
from wangge.grids.models import Grid
from wangge.grids.queries import areas, city
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.packs.contents import Key
from wangge.rulebook import drafts, queries
from wangge.rulebook.access import readable
from wangge.rulebook.errors import RowFaulty
from wangge.rulebook.models import Change
from wangge.rulebook.tables import REFERENCE_TABLES, ReferenceTable, reference_table
from wangge.ui.signed_in import actor_of
from wangge.ui.words import said

ROWS = 50
#: names proposed for what was typed
MOST_CODES = 30


def rows_table(name: str) -> ReferenceTable:
    """A table of rows; raises UnknownTable, NotFound for a document, which has a page of its own."""
    table = reference_table(name)
    if not table.key:
        raise NotFound
    return table


def key_in(request: HttpRequest, table: ReferenceTable) -> Key:
    """The key of an address or form; raises NotFound."""
    key = tuple((request.POST if request.method == "POST" else request.GET).getlist("key"))
    if len(key) != len(table.key) or any("\0" in part for part in key):
        raise NotFound
    return key


@dataclass(frozen=True)
class Line:
    """A row of the list; `state`: new, changed or ended in my draft, else empty."""

    key: Key
    title: str
    cells: list[tuple[str, SafeString]]
    url: str
    state: str


@login_required
@require_safe
def browse(request: HttpRequest, table: str) -> HttpResponse:
    """The rows in force that hold the words, by pages; what my drafts change is marked, new rows stand on top."""
    actor, sheet = actor_of(request), rows_table(table)
    require(actor, Permission.RULEBOOK_READ)
    words = request.GET.get("words", "")[:100]
    pages = Paginator(queries.rows(sheet, words, actor), ROWS)
    shown_page = pages.get_page(request.GET.get("page"))
    own = open_drafts(actor)
    changes = drafted(own, table, [row.key for row in shown_page])
    in_force = [_line(sheet, row.key, row.values, changes.get(row.key)) for row in shown_page]
    new = new_rows(own, table, ROWS + 1) if shown_page.number == 1 else []
    lines = [_line(sheet, tuple(c.key), c.row or {}, c) for c in new[:ROWS]]
    page = {
        "table": sheet,
        "words": TABLES[table],
        "typed": words,
        "page": shown_page,
        "lines": [*lines, *in_force],
        "more_new": new[ROWS:],
        "columns": [label_of(table, column) for column in LISTED[table]],
        "edits": Permission.RULEBOOK_EDIT in actor.permissions,
    }
    return render(request, "administration/browse.html", page)


def _line(table: ReferenceTable, key: Key, values: dict[str, Any], change: Change | None) -> Line:
    first, *others = LISTED[table.name]
    title = " ".join(f"{part.text} {part.code}" for part in cell(table.name, first, values)).strip()
    cells = [(label_of(table.name, c), html_of(cell(table.name, c, values))) for c in others]
    return Line(key, title or "—", cells, row_url(table.name, key), state_of(change))


def state_of(change: Change | None) -> str:
    """What a change does to its row: new, changed, ended; "" without one."""
    if change is None:
        return ""
    return "ended" if change.row is None else "changed" if change.before is not None else "new"


@login_required
@require_safe
def row(request: HttpRequest, table: str) -> HttpResponse:
    """One row: what it says, what refers to it, how it came to be so, and what my draft makes of it."""
    actor, sheet = actor_of(request), rows_table(table)
    require(actor, Permission.RULEBOOK_READ)
    key = key_in(request, sheet)
    changes = changes_of(open_drafts(actor), table, key)
    return render(request, "administration/row.html", row_page(sheet, key, changes, actor))


def row_page(table: ReferenceTable, key: Key, changes: list[Change], actor: Actor) -> dict[str, Any]:
    """What the page of a row shows; `changes`: my drafts' of it. Raises NotFound."""
    change = changes[-1] if changes else None
    held, versions = queries.row(table, key), queries.history(table, key)
    values = held.values if held else change.row if change else versions[0].values if versions else None
    reads = readable(actor, table)
    if values is None or (reads and not reads(values)):
        raise NotFound
    return {
        "table": table,
        "words": TABLES[table.name],
        "title": title_of(table, key, values),
        "key": key,
        "edit_url": row_url(table.name, key, "edit"),
        "facts": [(label_of(table.name, c), shown(table.name, c, values.get(c))) for c in table.columns],
        "in_force": held is not None,
        "change": change,
        "seen": basis_shown(held.values if held else None, changes, QueryDict()),
        "state": state_of(change),
        "referring": list(referring(table.name, key)),
        "versions": list(pasts(table, versions)),
        "edits": Permission.RULEBOOK_EDIT in actor.permissions,
    }


def referring(name: str, key: Key) -> Iterator[tuple[Any, str, str, int]]:
    """The tables whose rows name this one: (words, table, what to look for, how many)."""
    if len(key) != 1:
        return
    for table in REFERENCE_TABLES.values():
        columns = [c for c in table.columns if name == (REFERS.get(f"{table.name}.{c}") or REFERS.get(c))]
        count = sum(
            any(key[0] in str(row.values.get(column)).split(";") for column in columns)
            for row in (queries.rows(table) if columns else ())
        )
        if count:
            yield TABLES[table.name], table.name, key[0], count


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, table: str) -> HttpResponse:
    """Change a row in a draft, or make a new one; `copy` of an address: the row a new one starts from."""
    actor, sheet = actor_of(request), rows_table(table)
    require(actor, Permission.RULEBOOK_EDIT)
    given = request.POST if request.method == "POST" else request.GET
    key = key_in(request, sheet) if given.getlist("key") else None
    if request.method == "POST":
        return _save(request, sheet, key, actor)
    values = _start(sheet, key, actor, request)
    return _form(request, sheet, key, actor, fields_of(sheet, values, fixed=key is not None))


def _start(table: ReferenceTable, key: Key | None, actor: Actor, request: HttpRequest) -> dict[str, Any]:
    if key is None:
        return {column: request.GET[column] for column in table.columns if column in request.GET}
    held, changes = queries.row(table, key), changes_of(open_drafts(actor), table.name, key)
    found: dict[str, Any] | None = to_start_from(
        changes[-1] if changes else None, held.values if held else None
    )
    reads = readable(actor, table)
    if found is None or (reads and not reads(found)):
        raise NotFound
    return dict(found)


def _save(request: HttpRequest, table: ReferenceTable, key: Key | None, actor: Actor) -> HttpResponse:
    values: dict[str, Any] = {}
    try:
        values = typed_row(table, request.POST)
        with chosen_draft(request.POST, actor, now()) as draft:
            change = drafts.put_row(
                draft, table.name, values, key=key, actor=actor, at=now(), basis=basis_in(request.POST)
            )
    except DomainError as error:
        values = values or {c: request.POST.get(c, "") for c in table.columns}
        fields = fields_of(table, values, fixed=key is not None)
        left = mark(fields, error) if isinstance(error, RowFaulty) else []
        told = None if isinstance(error, RowFaulty) else error
        return _form(request, table, key, actor, fields, error=told, left=left, status=error.http_status)
    messages.success(
        request, _("已记入草稿，发布后才生效。") if change.pk else _("与现行内容相同，草稿中没有改动。")
    )
    return redirect(row_url(table.name, change.key))


def _form(
    request: HttpRequest, table: ReferenceTable, key: Key | None, actor: Actor, fields: list[Field], *,
    error: DomainError | None = None, left: list[str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    own = open_drafts(actor)
    held = queries.row(table, key) if key else None
    changes = changes_of(own, table.name, key) if key else []
    page = {
        "table": table,
        "words": TABLES[table.name],
        "key": key,
        "seen": basis_shown(held.values if held else None, changes, request.POST, error) if key else [],
        "moved": moved(table.name, error),
        "fields": fields,
        "error": error,
        "left": left,
        "faulty": any(made.wrong for made in fields),
        "own": own,
        "chosen": request.POST.get("draft") or request.GET.get("draft", ""),
        "draft_title": request.POST.get("draft_title", ""),
        "back": row_url(table.name, key) if key else "",
    }
    return render(request, "administration/edit.html", page, status=status)


@login_required
@require_POST
def end(request: HttpRequest, table: str) -> HttpResponse:
    """The row is to end; one that only my draft has goes from it."""
    actor, sheet = actor_of(request), rows_table(table)
    require(actor, Permission.RULEBOOK_EDIT)
    key = key_in(request, sheet)
    held = queries.row(sheet, key)
    with chosen_draft(request.POST, actor, now()) as draft:
        drafts.end_row(draft, table, key, actor=actor, at=now(), basis=basis_in(request.POST))
    messages.success(request, _("已记入草稿：这一行将停用。") if held else _("已从草稿中删去这一行。"))
    return redirect(row_url(table, key)) if held else redirect("administration:browse", table)


@login_required
@require_safe
def codes(request: HttpRequest, kind: str) -> HttpResponse:
    """Codes and names for what was typed into a field."""
    require(actor_of(request), Permission.RULEBOOK_READ)
    trigger = request.headers.get("HX-Trigger-Name", "words")
    words = request.GET.get(trigger, "").lower().split()
    found = []
    for code, name in _candidates(kind):
        if all(term in f"{code} {name}".lower() for term in words):
            found.append((code, name))
            if len(found) == MOST_CODES:
                break
    return render(request, "administration/codes.html", {"found": found})


def _candidates(kind: str) -> Iterator[tuple[str, str]]:
    """(code, name) of all that may be meant."""
    if kind in REFERENCE_TABLES and REFERENCE_TABLES[kind].key == ("code",):
        yield from ((r.key[0], said(r.values)) for r in queries.rows(REFERENCE_TABLES[kind]))
    if kind == "levels":
        yield from ((level["code"], said(level)) for level in city().levels)
    if kind in ("areas", "places"):
        yield from ((area.code, said(area)) for area in areas().values())
    if kind in ("grids", "places"):
        grids = Grid.objects.current().filter(**{"layer": SUPERVISION} if kind == "grids" else {})
        yield from ((g["code"], said(g)) for g in grids.order_by("code").values("code", "name_zh", "name_en"))
