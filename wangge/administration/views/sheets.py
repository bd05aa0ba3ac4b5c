# SPDX-License-Identifier: Apache-2.0
"""Tables out as sheets, and sheets in as changes of a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.administration.columns import TABLES, words_of
from wangge.administration.drafting import chosen_draft, open_drafts
from wangge.administration.views.rows import rows_table
from wangge.common.clock import now
from wangge.common.errors import BadInput, DomainError, NotFound
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor
from wangge.packs import schema
from wangge.packs.sheets import MOST_BYTES, Sheet, SheetTooLarge, read_sheet, write_csv, write_xlsx
from wangge.rulebook import queries
from wangge.rulebook.importing import Taken, as_texts, take
from wangge.rulebook.tables import ReferenceTable
from wangge.ui.middleware import takes_bytes
from wangge.ui.signed_in import actor_of
from wangge.ui.words import language

SHOWN_FAULTS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NoFile(BadInput):
    code = "no_file"
    zh = "请选择一个文件（.xlsx 或 .csv）。"
    en = "Choose a file (.xlsx or .csv)."


@login_required
@require_safe
def export(request: HttpRequest, table: str, form: str) -> HttpResponse:
    """The rows in force that the reader may read, as a sheet that can be imported again; no cell of it is a formula."""
    actor = actor_of(request)
    require(actor, Permission.RULEBOOK_READ)
    sheet = rows_table(table)
    rows = (as_texts(row.values) for row in queries.rows(sheet, reader=actor))
    match form:
        case "xlsx":
            content, kind = write_xlsx(table, sheet.columns, rows), XLSX
        case "csv":
            content, kind = write_csv(sheet.columns, rows), "text/csv; charset=utf-8"
        case _:
            raise NotFound
    name = f"{table}.{form}"
    return HttpResponse(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@takes_bytes(MOST_BYTES + (1 << 16))
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_sheet(request: HttpRequest, table: str) -> HttpResponse:
    """The form; a POST makes the rows of a sheet changes of a draft, or says in which cells they cannot be."""
    actor, sheet = actor_of(request), rows_table(table)
    require(actor, Permission.RULEBOOK_EDIT)
    if request.method != "POST":
        return _form(request, sheet, actor)
    try:
        with chosen_draft(request.POST, actor, now()) as draft:
            taken = _take(request, sheet, draft, actor)
            if not taken.saved:
                raise _Refused(taken)
    except _Refused as refused:
        return _form(request, sheet, actor, taken=refused.taken, status=422)
    except DomainError as error:
        return _form(request, sheet, actor, error=error, status=error.http_status)
    changes = taken.added + taken.changed + taken.ended
    counts = vars(taken) | {"left": len({fault.row for fault in taken.faults})}
    told = _(
        "已记入草稿：新增 %(added)d 行，修改 %(changed)d 行，停用 %(ended)d 行；"
        "与现行相同 %(unchanged)d 行，有错未取 %(left)d 行。"
    )
    messages.success(request, told % counts)
    return redirect("administration:draft", draft) if changes else redirect("administration:browse", table)


class _Refused(Exception):
    """Nothing was taken: a new draft goes again."""

    def __init__(self, taken: Taken) -> None:
        self.taken = taken


def _take(request: HttpRequest, table: ReferenceTable, draft: int, actor: Actor) -> Taken:
    file = request.FILES.get("sheet")
    if file is None:
        raise NoFile
    if (file.size or 0) > MOST_BYTES:
        raise SheetTooLarge
    return take(
        draft,
        table,
        _read(table, file.read()),
        end_missing="end_missing" in request.POST,
        sound_only="sound_only" in request.POST,
        actor=actor,
        at=now(),
    )


def _read(table: ReferenceTable, content: bytes) -> Sheet:
    assert table.row
    names: dict[str, str] = {}
    for column in table.columns:
        words = words_of(table.name, column)
        names |= {words.name_zh.lower(): column, words.name_en.lower(): column}
    names |= {column.lower(): column for column in table.columns}
    return read_sheet(content, names, set(table.columns) - schema.optional(table.row))


def _form(
    request: HttpRequest, table: ReferenceTable, actor: Actor, *,
    taken: Taken | None = None, error: DomainError | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    faults = [(f.cell, f.row, f.zh if language() == "zh" else f.en) for f in taken.faults] if taken else []
    page = {
        "table": table,
        "words": TABLES[table.name],
        "own": open_drafts(actor),
        "chosen": request.POST.get("draft", ""),
        "draft_title": request.POST.get("draft_title", ""),
        "headings": [(column, words_of(table.name, column)) for column in table.columns],
        "given": request.POST,
        "taken": taken,
        "faults": faults[:SHOWN_FAULTS],
        "more_faults": max(0, len(faults) - SHOWN_FAULTS),
        "error": error,
    }
    return render(request, "administration/import.html", page, status=status)
