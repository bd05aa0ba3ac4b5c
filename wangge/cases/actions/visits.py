# SPDX-License-Identifier: Apache-2.0
"""Record a visit to premises; report what failed in it."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from wangge.cases.actions.needs import storable
from wangge.cases.actions.once import Taken
from wangge.cases.actions.photos import open_photo, receive_photo
from wangge.cases.actions.report import report
from wangge.cases.errors import (
    KeyReused,
    Missing,
    NoChecklist,
    PhotoUnavailable,
    StepDenied,
    TextTooLong,
    UnstorableText,
)
from wangge.cases.forms import checked
from wangge.cases.hotlines import redacts_in
from wangge.cases.models import Photo, Visit, VisitReport
from wangge.cases.queries.visits import get_visit, photos_of
from wangge.catalog.queries import catalog
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import BadInput, Conflict, NotFound
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor

MOST_PLACE, MOST_REASON = 200, 300
#: what stands where the place was
GONE = "—"


class NotFailed(BadInput):
    code = "not_failed"
    zh = "请至少选一项检查中不合格的内容再上报。"
    en = "Choose at least one failing item of the visit to report."


class AlreadyReported(Conflict):
    code = "visit_item_reported"
    zh = "选中的不合格项已有人上报。请刷新页面，只选还没有上报的。"
    en = "An item you chose has been reported already. Reload the page and choose what has not."


@transaction.atomic
def record_visit(
    *,
    class_code: str,
    place: str,
    fields: dict[str, Any],
    actor: Actor,
    at: datetime,
    key: UUID,
    lon: float | None = None,
    lat: float | None = None,
    photos: Collection[UUID] = (),
) -> Visit:
    """The visit with the answers to the checklist of its class; sent again with the same `key`, the first one.

    `lon`, `lat` in WGS84 degrees; `photos`: waiting ones of the actor's. Raises PermissionMissing, NoChecklist, Missing,
    WrongFields, PhotoUnavailable and what `to_wgs84` refuses.
    """
    require(actor, Permission.CASE_REPORT)
    point = to_wgs84(lon, lat, CoordinateSystem.WGS84) if lon is not None and lat is not None else None
    located = grid_index().locate(*point) if point else None
    area_path = located.area_path if located else top_area_path()
    form = catalog().form_for(class_code, area_path, "visit")
    if form is None:
        raise NoChecklist(class_code=class_code)
    if not place.strip():
        raise Missing(zh_field="场所名称或门牌", en_field="the name or address of the premises")
    if len(place) > MOST_PLACE:
        raise TextTooLong(field="place", most=MOST_PLACE)
    if not storable(place):
        raise UnstorableText
    answers = checked(form, fields)
    if not answers:
        raise Missing(zh_field="检查表", en_field="the checklist")
    assert actor.person_id is not None  # only people are appointed to posts
    visit, is_new = Visit.objects.get_or_create(
        key=key,
        defaults={
            "person_id": actor.person_id, "at": at, "class_code": class_code, "form_id": form.id,
            "place": place.strip(), "lon": point.lon if point else None, "lat": point.lat if point else None,
            "unit_grid_id": located.unit_grid.id if located else None, "area_path": area_path, "answers": answers,
            "failed": [field.name for field in form.asked if answers.get(field.name) is False],
        },
    )  # fmt: skip
    sent = (actor.person_id, class_code, place.strip(), answers)
    if (visit.person_id, visit.class_code, visit.place, visit.answers) != sent:
        raise KeyReused
    if is_new and photos:
        waiting = Photo.objects.filter(pk__in=photos, case=None, visit=None, uploaded_by_id=actor.person_id)
        if waiting.update(visit=visit) != len(set(photos)):
            raise PhotoUnavailable
    return visit


def report_failed(
    visit_id: int, failed: Collection[str], *, actor: Actor, at: datetime, key: UUID, photos: tuple[UUID, ...] = (),
    **given: Any,
) -> Taken:  # fmt: skip
    """Open a case of failing items of a visit, linked both ways, with copies of the visit's photos before `photos`.

    `given`: what else `report` takes. Sent again with the same `key`, the first case. Raises NotFound for a visit the
    actor does not see, NotFailed, AlreadyReported and what `report` refuses.
    """
    visit = get_visit(visit_id, actor)
    if not failed or not set(failed) <= set(visit.failed):
        raise NotFailed
    copies = _copies(visit, actor, at, key)  # outside the transaction: a file is not undone with it
    with transaction.atomic():
        taken = report(actor=actor, at=at, key=key, photos=(*copies, *photos), **given)
        if not taken.again:
            rows = [
                VisitReport(visit=visit, field=field, case_id=taken.case_id) for field in sorted(set(failed))
            ]
            try:
                with transaction.atomic():
                    VisitReport.objects.bulk_create(rows)
            except IntegrityError as error:
                raise AlreadyReported from error
    return taken


def redact_visit(visit_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Delete the place and the answers in words of a visit for good, because somebody is told of in them; who did and why
    stays, and so do the items that failed.

    Whoever may delete the texts of a case (step `redact`) may, in the area of the visit. Raises NotFound, StepDenied,
    Missing, TextTooLong, UnstorableText.
    """
    visit = get_visit(visit_id, actor)
    if not redacts_in(visit.area_path, actor):
        raise StepDenied("wrong_post", "您的岗位不能删除文字。", "Your post may not delete texts.")
    reason = reason.strip()
    if not reason:
        raise Missing(zh_field="删除的理由", en_field="why it is deleted")
    if len(reason) > MOST_REASON:
        raise TextTooLong(field="reason", most=MOST_REASON)
    if not storable(reason):
        raise UnstorableText
    Visit.objects.filter(pk=visit.pk, redacted_at__isnull=True).update(
        **without_texts(visit), redacted_at=at, redacted_by=actor.person_id, redacted_why=reason
    )


def without_texts(visit: Visit) -> dict[str, Any]:
    """What stands where its place and its answers in words were; numbers and the items that failed stay."""
    return {"place": GONE, "answers": {k: v for k, v in visit.answers.items() if not isinstance(v, str)}}


def _copies(visit: Visit, actor: Actor, at: datetime, key: UUID) -> list[UUID]:
    """The visit's photos as waiting ones of the actor's: they go with the case, and stay with the visit."""
    found = []
    for photo in photos_of(visit):
        with suppress(NotFound), open_photo(photo) as file:  # the storage may have lost one
            found.append(receive_photo(cast(BinaryIO, file), actor=actor, at=at, key=uuid5(key, "visit")).pk)
    return found
