# SPDX-License-Identifier: Apache-2.0
"""The cases that a list finds as a sheet, with the answers to their forms."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.cases.queries import CaseRow, list_cases
from wangge.cases.queries.filled import filled_in
from wangge.cases.queries.timeline import Filled
from wangge.common.clock import now
from wangge.common.errors import BadInput, NotFound
from wangge.desk.filters import filters_of
from wangge.organizations.access import Permission, require
from wangge.packs.sheets import write_csv, write_xlsx
from wangge.ui.names import area_name, class_name, stage_name, unit_name
from wangge.ui.signed_in import actor_of
from wangge.ui.words import city_zone, said

MOST = 10_000  # cases; a workbook of so many takes some seconds and 100 MB at most
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
logger = logging.getLogger(__name__)


class TooManyToExport(BadInput):
    code = "too_many_to_export"
    zh = "符合条件的案卷超过 {most} 件，请缩小条件（例如按类别、日期）再导出。"
    en = "More than {most} cases fit; narrow the conditions (by class or dates, say) and export again."


@login_required
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """What the reader's list shows, newest first, without texts that anybody wrote freely: those may speak of people.

    Raises TooManyToExport.
    """
    if form not in ("xlsx", "csv"):
        raise NotFound
    actor = actor_of(request)
    require(actor, Permission.CASE_READ)
    rows, filters, after, moment = list[CaseRow](), filters_of(request.GET), None, now()
    while len(rows) <= MOST:
        listed = list_cases(actor, filters, at=moment, after=after, limit=MOST + 1 - len(rows))
        rows, after = rows + listed.rows, listed.looked_to
        if after is None:
            break
    if len(rows) > MOST:
        raise TooManyToExport(most=MOST)
    lines = list(_lines(rows))
    columns = list(dict.fromkeys([*_names(), *(column for line in lines for column in line)]))
    whole = (dict.fromkeys(columns, "") | line for line in lines)
    content = write_xlsx(_("案卷"), columns, whole) if form == "xlsx" else write_csv(columns, whole)
    logger.info("%s exported %d cases", actor.login, len(rows))
    return HttpResponse(
        content,
        XLSX if form == "xlsx" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="cases.{form}"'},
    )


class _Cell(NamedTuple):
    """An answer: `use` says what the form was filled in for."""

    use: str
    form: str
    field: str
    text: str


def _lines(rows: list[CaseRow]) -> Iterator[dict[str, str]]:
    """A column for each field of each form; a form filled in again (rework) counts as it was last. Where forms of several
    uses are called the same, each says its own."""
    forms = filled_in([row.id for row in rows])
    cells = {case: list(_cells(some)) for case, some in forms.items()}
    uses: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cell in chain.from_iterable(cells.values()):
        uses[cell.form, cell.field].add(cell.use)
    for row in rows:
        line = _own(row)
        for use, form, field, text in cells.get(row.id, ()):
            name = f"{form} · {field}"
            line[f"{name} · {_use_name(use)}" if len(uses[form, field]) > 1 else name] = text
        yield line


def _cells(forms: list[Filled]) -> Iterator[_Cell]:
    for filled in forms:
        use, title = filled.form.use, said(filled.form, "title")
        yield from (
            _Cell(use, title, said(one, "title"), said(one, "text")) for one in filled.said if one.address
        )


def _use_name(use: str) -> str:
    return {"report": _("上报"), "handle": _("处置"), "check": _("核查")}.get(use, use)


def _names() -> list[str]:
    """The columns every case has."""
    return [
        _("案卷编号"), _("状态"), _("类别代码"), _("类别"), _("区域"), _("责任单位"), _("上报时间"), _("到期"),
    ]  # fmt: skip


def _own(row: CaseRow) -> dict[str, str]:
    values = (
        row.number, stage_name(row.state), row.class_code, class_name(row.class_code), area_name(row.area_path),
        unit_name(row.lead_unit), _moment(row.reported_at), _moment(row.due_at) if row.due_at else "",
    )  # fmt: skip
    return dict(zip(_names(), values, strict=True))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(city_zone()):%Y-%m-%d %H:%M:%S}"
