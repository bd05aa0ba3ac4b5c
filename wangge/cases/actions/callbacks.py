# SPDX-License-Identifier: Apache-2.0
"""回访: one answer for the case, and of each of its callers whether they were reached."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from wangge.cases.actions.door import StepData, take
from wangge.cases.actions.once import Taken
from wangge.cases.errors import AnswersContradict
from wangge.cases.merged import matters_in
from wangge.cases.models import Call, CallbackTry
from wangge.common.errors import NotFound
from wangge.organizations.directory import Actor

STEP = "call_back"


def call_back(
    number: str,
    data: StepData,
    reached: Mapping[int, bool],
    *,
    actor: Actor,
    at: datetime,
    key: UUID,
    seen: int | None,
) -> Taken:
    """The step `call_back`, and beside it {id of a call: was its caller reached}; the same `key` again, the first result.

    Raises AnswersContradict where somebody was reached and the result says nobody was, or the other way round; NotFound for
    a call that is not about the case; and what `take` refuses.
    """
    if reached and any(reached.values()) == (data.result == "unreachable"):
        raise AnswersContradict
    with transaction.atomic():
        taken = take(STEP, number, data, actor=actor, at=at, key=key, seen=seen)
        if reached and not taken.again:
            _record(taken.case_id, reached, actor, at)
    return taken


def _record(case_id: int, reached: Mapping[int, bool], actor: Actor, at: datetime) -> None:
    about = Call.objects.filter(case__in=matters_in(case_id)).values_list("pk", flat=True)
    if not {*reached} <= {*about}:
        raise NotFound
    assert actor.person_id is not None  # only people are appointed to posts
    CallbackTry.objects.bulk_create(
        CallbackTry(call_id=call, person_id=actor.person_id, at=at, reached=was)
        for call, was in reached.items()
    )
