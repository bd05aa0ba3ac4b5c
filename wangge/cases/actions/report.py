# SPDX-License-Identifier: Apache-2.0
"""上报: the first step, which opens a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from wangge.cases.actions.door import StepData, record
from wangge.cases.actions.locks import lock_photos
from wangge.cases.actions.needs import check_given
from wangge.cases.actions.once import KeyKnown, Sent, Taken, once
from wangge.cases.actions.placing import place
from wangge.cases.actions.work import Locked, Work
from wangge.cases.errors import StepDenied, UnknownChannel, UnknownClass, UnknownGrid
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.reference import channels, channels_in_force, flow_at
from wangge.catalog.queries import catalog
from wangge.common.chain import START
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.grids.locate import Located, grid_index
from wangge.grids.queries import city, top_area_path
from wangge.organizations.directory import Actor, directory


def report(
    *,
    description: str,
    actor: Actor,
    at: datetime,
    place_text: str = "",
    lon: float | None = None,
    lat: float | None = None,
    system: CoordinateSystem = CoordinateSystem.WGS84,
    accuracy_m: float | None = None,
    grid_code: str = "",
    class_code: str = "",
    channel: str = "operator",
    photos: tuple[UUID, ...] = (),
    external_id: str = "",
    fields: dict[str, Any] | None = None,
    key: UUID | None = None,
    parent: Case | None = None,
) -> Taken:
    """Open a case at `at`. Outside every grid, or without a position, it is kept and flagged for an operator.

    `lon`, `lat` in degrees of `system`; `grid_code` (a unit grid) places a report without coordinates. `fields`: answers
    to the form of the class. `parent`: the case this is a part of. `key` as in `take`. The case follows the flow of the
    place it is reported at, for good.
    Raises a DomainError naming what is wrong; then nothing is written.
    """
    data = StepData(
        class_code=class_code, grid_code=grid_code, lon=lon, lat=lat, accuracy_m=accuracy_m, photos=photos,
        texts={"description": description, "place": place_text},
        fields=fields or {},
    )  # fmt: skip
    check_given(data, channel, external_id)
    sent = Sent.of(key, actor, ["report", data, str(system), channel, external_id])

    def act() -> Taken:
        located = _locate(lon, lat, system, grid_code)
        flow = flow_at(located.area_path if located else "")
        step = flow.steps["report"]
        held = next((h for h in actor.held if h.post in step.posts), None)
        if held is None:
            raise StepDenied("wrong_post", "您的岗位不能上报案卷。", "Your post may not report cases.")
        known = (
            channels() if parent else channels_in_force()
        )  # a part follows the flow of what it is a part of
        if channel not in known:
            raise UnknownChannel(channel=channel, known=", ".join(known))
        if class_code and not catalog().fileable(class_code):
            raise UnknownClass(class_code=class_code)
        locked = _new_case(actor, at, photos, sent)
        work = Work(locked, flow, step, step.outcomes[0], data, actor, held, sent=sent, claimed_at=at)
        work.check_needs(step.needs)
        if parent:
            work.set(parent_id=parent.pk)
            work.facts["parent"] = parent.number
        _describe(work, system, channel, external_id)
        place(work, located)
        work.check_fields()
        work.move()
        return record(work, opening=True)

    return once(sent, act)


def _locate(lon: float | None, lat: float | None, system: CoordinateSystem, grid_code: str) -> Located | None:
    if grid_code:
        located = grid_index().by_code(grid_code)
        if located is None:
            raise UnknownGrid(grid=grid_code)
        return located
    if lon is None or lat is None:
        return None
    return grid_index().locate(*to_wgs84(lon, lat, system))


def _new_case(actor: Actor, at: datetime, photos: tuple[UUID, ...], sent: Sent | None) -> Locked:
    waiting = lock_photos(photos, actor)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('cases_case_id_seq'), clock_timestamp(),"
            " EXISTS (SELECT FROM cases_idempotencykey WHERE key = %s)",
            [sent.key if sent else None],
        )
        case_id, now, known = cursor.fetchone()
    if known:
        raise KeyKnown
    case = Case(
        id=case_id, origin=actor.origin, reporter_id=actor.person_id, state=State.REPORTED, reported_at=at,
        last_at=at, log_digest=START, area_path="", command_path=top_area_path(),
    )  # fmt: skip
    return Locked(case, now, photos=waiting)


def _describe(work: Work, system: CoordinateSystem, channel: str, external_id: str) -> None:
    """Everything known of the matter at intake."""
    data, case = work.data, work.case
    day = work.at.astimezone(directory().calendar.zone)
    given: dict[str, Any] | None = None
    lon = lat = None
    if data.lon is not None and data.lat is not None:
        lon, lat = to_wgs84(data.lon, data.lat, system)
        given = {"lon": data.lon, "lat": data.lat, "system": system.value, "accuracy_m": data.accuracy_m}
    work.set(
        number=f"{city().case_number_prefix}{day:%Y%m%d}{case.pk:08d}",
        reported_at=work.at,
        channel_id=channel,
        flow_id=work.flow.id,
        external_id=external_id,
        class_code=data.class_code,
        class_version_id=catalog().classes[data.class_code].id if data.class_code else None,
        lon=lon,
        lat=lat,
        position=given,
    )
    work.facts |= {"channel": channel, "class": data.class_code, "grid": data.grid_code, "flow": work.flow.id}
    if lon is not None and lat is not None:
        work.note_position(lon, lat)
