# SPDX-License-Identifier: Apache-2.0
"""领导坐席: who sat at the hotline, and when."""

from datetime import datetime

from django.db import IntegrityError, transaction

from wangge.common.errors import Conflict
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor, PersonInfo, directory
from wangge.supervision.access import areas_with
from wangge.supervision.errors import NotALeader, SittingAhead
from wangge.supervision.given import MOST_TITLE, clean
from wangge.supervision.models import Sitting

LEADER = "leader"


class SittingKnown(Conflict):
    code = "sitting_known"
    zh = "这位领导在这一时间的坐席已登记。"
    en = "A sitting of this leader at that moment is on record already."


def leaders(actor: Actor) -> list[PersonInfo]:
    """Whose sittings the actor may record: the holders of the post in the actor's areas, by name."""
    known = directory().people
    return sorted((known[person] for person in _areas(actor)), key=lambda one: (one.name, one.id))


def _areas(actor: Actor) -> dict[int, str]:
    """The leaders in the areas the actor keeps sittings of, each with the widest area of theirs there."""
    kept, found = areas_with(actor, Permission.SITTING_KEEP), dict[int, str]()
    for person, held in directory().holding(LEADER):
        if person in directory().people and any(held.area_path.startswith(path) for path in kept):
            found[person] = min(found.get(person, held.area_path), held.area_path, key=len)
    return found


def record_sitting(
    leader_id: int,
    *,
    began_at: datetime | None,
    ended_at: datetime | None,
    remark: str,
    actor: Actor,
    at: datetime,
) -> Sitting:
    """Raises PermissionMissing, NotALeader, SittingAhead, SittingKnown and what is wrong with the remark."""
    require(actor, Permission.SITTING_KEEP)
    areas = _areas(actor)
    if leader_id not in areas or began_at is None:
        raise NotALeader
    if began_at > at:
        raise SittingAhead
    if ended_at is not None and ended_at < began_at:
        raise NotALeader
    assert actor.person_id is not None
    try:
        with transaction.atomic():
            return Sitting.objects.create(
                leader_id=leader_id, began_at=began_at, ended_at=ended_at, kept_by_id=actor.person_id,
                area_path=areas[leader_id], remark=clean(remark, 3 * MOST_TITLE, "备注", "Remark"),
            )  # fmt: skip
    except IntegrityError as error:
        raise SittingKnown from error
