# SPDX-License-Identifier: Apache-2.0
"""领导坐席: who sat at the hotline, and when."""

from datetime import datetime

from django.db import IntegrityError, transaction

from wangge.common.errors import Conflict
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, PersonInfo, directory
from wangge.supervision.errors import NotALeader
from wangge.supervision.given import MOST_TITLE, clean
from wangge.supervision.models import Sitting

LEADER = "leader"


class SittingKnown(Conflict):
    code = "sitting_known"
    zh = "这位领导在这一时间的坐席已登记。"
    en = "A sitting of this leader at that moment is on record already."


def leaders() -> list[PersonInfo]:
    """Who may sit: the holders of the post, by name."""
    known = directory().people
    found = {person for person, _ in directory().holding(LEADER) if person in known}
    return sorted((known[person] for person in found), key=lambda one: (one.name, one.id))


def record_sitting(
    leader_id: int, *, began_at: datetime | None, ended_at: datetime | None, remark: str, actor: Actor
) -> Sitting:
    """Raises PermissionMissing, NotALeader, SittingKnown and what is wrong with the remark."""
    require(actor, Permission.SITTING_KEEP)
    if leader_id not in {one.id for one in leaders()} or began_at is None:
        raise NotALeader
    if ended_at is not None and ended_at < began_at:
        raise NotALeader
    assert actor.person_id is not None
    try:
        with transaction.atomic():
            return Sitting.objects.create(
                leader_id=leader_id, began_at=began_at, ended_at=ended_at, kept_by_id=actor.person_id,
                remark=clean(remark, 3 * MOST_TITLE, "备注", "Remark"),
            )  # fmt: skip
    except IntegrityError as error:
        raise SittingKnown from error
