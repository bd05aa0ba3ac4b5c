# SPDX-License-Identifier: Apache-2.0
"""Putting submitted drafts in force: checked once more, in one transaction, by the worker."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from psycopg.errors import QueryCanceled

from wangge.common.fresh import forget_all, new_revision
from wangge.common.outages import outage
from wangge.common.versions import Changes, alone
from wangge.notices.actions import tell
from wangge.packs.contents import Pack
from wangge.packs.faults import Fault
from wangge.packs.loading import put_in_force
from wangge.rulebook.laying import Laid, lay
from wangge.rulebook.models import Draft, Publication
from wangge.rulebook.telling import Reason, of_fault, of_moved

logger = logging.getLogger(__name__)
#: reasons shown of a refused draft
MOST_REASONS = 50
TICK = timedelta(microseconds=1)


def publish_due(at: datetime) -> int:
    """Put every draft in force whose moment has come, oldest first; how many were. One that cannot be is open again,
    with the reasons, and its author and publisher are told. Safe to run twice and beside itself."""
    published = 0
    while (draft_id := _next(at)) is not None:
        try:
            published += _publish(draft_id, at)
        except Exception as error:  # what no check foresaw must not keep the drafts behind it waiting
            if outage(error) and not isinstance(error.__cause__, QueryCanceled):
                raise  # no fault of the draft: it is still due when the database is back
            _give_up(draft_id, NOT_TAKEN if isinstance(error, DatabaseError) else UNFORESEEN, at)
    return published


NOT_TAKEN: Reason = {
    "zh": "数据库不接受这些改动（可能有数值过大或文字过长）。请检查后再提交，或请运行维护人员查看日志。",
    "en": "The database does not take these changes (a number too large, a text too long?). Look at them again.",
    "file": "",
    "table": "",
    "key": [],
}
UNFORESEEN: Reason = {
    "zh": "生效时出现意外的错误，没有任何改动生效。请检查后再提交；再次出现时请运行维护人员查看日志。",
    "en": "Something unforeseen went wrong and nothing was put in force. Look at the changes and submit them again; if it "
    "happens anew, have the log looked at.",
    "file": "",
    "table": "",
    "key": [],
}


def _give_up(draft_id: int, why: Reason, at: datetime) -> None:
    logger.exception("draft %s could not be put in force", draft_id)
    with transaction.atomic():
        waiting = Draft.objects.select_for_update().filter(pk=draft_id, state=Draft.State.SUBMITTED)
        if draft := waiting.first():  # nobody has withdrawn it since
            _open_again(draft, [why], at)


def _open_again(draft: Draft, reasons: list[Reason], at: datetime) -> None:
    people = [person for person in (draft.author_id, draft.publisher_id) if person]
    draft.state, draft.publisher, draft.due_at = Draft.State.OPEN, None, None
    draft.refusal = reasons[:MOST_REASONS]
    draft.save(update_fields=["state", "publisher", "due_at", "refusal"])
    tell({person: {"draft": draft.pk} for person in people}, "draft_refused", at=at)


def _next(at: datetime) -> int | None:
    waiting = Draft.objects.filter(state=Draft.State.SUBMITTED, due_at__lte=at).order_by("due_at", "pk")
    return waiting.values_list("pk", flat=True).first()


def _publish(draft_id: int, at: datetime) -> bool:
    with alone():
        draft = Draft.objects.select_for_update().filter(pk=draft_id, state=Draft.State.SUBMITTED).first()
        if draft is None:  # another worker was quicker
            return False
        laid = lay(draft)
        faults = [_fault(laid.pack, fault) for fault in laid.faults[:MOST_REASONS]]
        reasons = [*map(of_moved, laid.moved), *faults]
        if reasons:
            _open_again(draft, reasons, at)
        else:
            _put_in_force(draft, laid, at)
    forget_all()
    logger.info(
        "draft %s %s: %s", draft.pk, draft.title, f"refused, {len(reasons)}" if reasons else "in force"
    )
    return not reasons


def _put_in_force(draft: Draft, laid: Laid, at: datetime) -> None:
    moment = _moment(at)
    changes = put_in_force(laid.pack, at=moment, parts=laid.parts)
    new_revision()
    Publication.objects.create(at=moment, draft=draft, counts=counts_of(changes))
    draft.state, draft.ended_at = Draft.State.PUBLISHED, moment
    draft.save(update_fields=["state", "ended_at"])


def note_pack(name: str, changes: Mapping[str, Changes], at: datetime) -> None:
    """A pack (`name`: with its version) was loaded whole at `at`; one that changed nothing is not noted."""
    if counts := counts_of(changes):
        Publication.objects.create(at=at, pack=name, counts=counts)


def counts_of(changes: Mapping[str, Changes]) -> dict[str, list[int]]:
    """{part: [added, changed, ended]} of the parts where anything changed."""
    return {part: [len(c.added), len(c.changed), len(c.ended)] for part, c in changes.items() if c}


def _moment(at: datetime) -> datetime:
    """`at`, or a moment after the newest publication: rows belong to theirs by their moment."""
    newest = Publication.objects.order_by("-at").values_list("at", flat=True).first()
    return max(at, newest + TICK) if newest else at


def _fault(pack: Pack, fault: Fault) -> Reason:
    """With its file and line, for whoever reads it days later."""
    where = f"{fault.file}:{fault.line}" if fault.line else fault.file
    reason = of_fault(pack, fault)
    return {**reason, "zh": f"{where}：{fault.zh}", "en": f"{where}: {fault.en}"}
