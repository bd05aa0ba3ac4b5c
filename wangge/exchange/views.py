# SPDX-License-Identifier: Apache-2.0
"""The addresses of /api/v1. Each names the scope its key needs; the door and `visible_to` judge the rest."""

import base64
import binascii
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Annotated, BinaryIO, cast
from uuid import UUID

from django.db import IntegrityError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, Query, Router, Status, UploadedFile

from wangge.cases.access import offered_steps
from wangge.cases.actions import Taken, report, take
from wangge.cases.actions.calls import take_call
from wangge.cases.actions.photos import get_photo, open_photo, receive_photo
from wangge.cases.queries import Filters, get_case, list_cases, timeline
from wangge.cases.queries.calls import get_call
from wangge.cases.reference import flow_at
from wangge.catalog.queries import search_classes
from wangge.common.clock import now
from wangge.common.coordinates import to_wgs84
from wangge.common.errors import NotFound
from wangge.exchange import showing
from wangge.exchange.access import READ, REPORT, STEP, UPLOAD, KeyRequest
from wangge.exchange.bodies import (
    CallBody,
    CaseBody,
    ClassBody,
    FlowBody,
    LocatedBody,
    LogBody,
    OfferBody,
    PageBody,
    PhotoBody,
    Refusal,
    TakenBody,
)  # fmt: skip
from wangge.exchange.errors import ExternalIdUsed, InvalidRequest
from wangge.exchange.given import (
    CallGiven,
    Code,
    FlowGiven,
    IdempotencyKey,
    ListGiven,
    LocateGiven,
    Number,
    ReportGiven,
    SearchGiven,
    StepGiven,
)
from wangge.grids.locate import grid_index
from wangge.grids.queries import areas
from wangge.supervision.actions.orders import ISSUE, take_order_step

router = Router(by_alias=True)
LIST_FILTERS = [field.alias or name for name, field in ListGiven.model_fields.items()]
JPEG = {"description": "OK", "content": {"image/jpeg": {}}}
REFUSED = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 500, 503})
TAKEN = {201: TakenBody, 200: TakenBody, REFUSED: Refusal}


@router.post("/cases", auth=REPORT, response=TAKEN)
def report_case(
    request: KeyRequest, given: ReportGiven, key: IdempotencyKey, response: HttpResponse
) -> Status[TakenBody]:
    """上报 a case."""
    try:
        taken = report(
            description=given.description, place_text=given.place, lon=given.lon, lat=given.lat, system=given.system,
            accuracy_m=given.accuracy_m, grid_code=given.grid_code, class_code=given.class_code,
            channel=given.channel, photos=tuple(given.photos), external_id=given.external_id, fields=given.fields,
            actor=request.auth, at=given.at or now(), key=key,
        )  # fmt: skip
    except IntegrityError as error:
        if "cases_case_external" in str(error):
            raise ExternalIdUsed(external_id=given.external_id) from error
        raise
    return _tell(taken, response)


@router.get("/cases", auth=READ, response={200: PageBody, REFUSED: Refusal})
def find_cases(request: KeyRequest, given: Annotated[ListGiven, Query()]) -> PageBody:
    """The cases the key's person may see, newest first."""
    _refuse_unknown(request, LIST_FILTERS)
    filters = Filters(
        state=given.state or "", class_code=given.class_, area=given.area, unit=given.unit, since=given.since,
        until=given.until, words=given.q, answer=given.answer,
    )  # fmt: skip
    after = _read_cursor(given.after) if given.after else None
    listed = list_cases(request.auth, filters, at=now(), after=after, limit=given.limit + 1)
    rows, last = listed.rows[: given.limit], _cursor(*listed.looked_to) if listed.looked_to else None
    if len(listed.rows) > given.limit:
        last = _cursor(rows[-1].reported_at, rows[-1].id)
    return PageBody(cases=[showing.show_row(row) for row in rows], next=last)


@router.get("/cases/{number}", auth=READ, response={200: CaseBody, REFUSED: Refusal})
def read_case(request: KeyRequest, number: Code) -> CaseBody:
    """One case as it is now."""
    return showing.show_case(get_case(number, request.auth), request.auth)


@router.get("/cases/{number}/log", auth=READ, response={200: list[LogBody], REFUSED: Refusal})
def read_log(request: KeyRequest, number: Code) -> list[LogBody]:
    """办理经过: every step of a case, oldest first."""
    return showing.show_log(timeline(get_case(number, request.auth)), request.auth)


@router.get("/cases/{number}/steps", auth=READ, response={200: list[OfferBody], REFUSED: Refusal})
def offer_steps(request: KeyRequest, number: Code) -> list[OfferBody]:
    """The steps of the case's present state: which the key's person may take, and why not the others."""
    case = get_case(number, request.auth)
    return [showing.show_offer(offer, case) for offer in offered_steps(case, request.auth)]


@router.post("/cases/{number}/steps", auth=STEP, response=TAKEN)
def take_step(
    request: KeyRequest, number: Code, given: StepGiven, key: IdempotencyKey, response: HttpResponse
) -> Status[TakenBody]:
    """Take a step on a case."""
    data, at = given.data(), given.at or now()
    if given.step == ISSUE:
        taken = take_order_step(number, data, actor=request.auth, at=at, key=key, seen=given.seen)
    else:
        taken = take(given.step, number, data, actor=request.auth, at=at, key=key, seen=given.seen)
    return _tell(taken, response)


@router.post("/calls", auth=REPORT, response={201: CallBody, 200: CallBody, REFUSED: Refusal})
def record_call(
    request: KeyRequest, given: CallGiven, key: IdempotencyKey, response: HttpResponse
) -> Status[CallBody]:
    """接听 a call to a hotline: answered at once, made a case, or joined to one."""
    try:
        taken = take_call(given.outcome, given.data(), actor=request.auth, at=now(), key=key)
    except IntegrityError as error:
        if "cases_call_external" in str(error):
            raise ExternalIdUsed(external_id=given.external_id) from error
        raise
    response["Location"] = reverse("exchange:v1:read_call", kwargs={"call_id": taken.call.pk})
    return Status(_status(taken.again, response), showing.show_call(taken.call, request.auth))


@router.get("/calls/{call_id}", auth=READ, response={200: CallBody, REFUSED: Refusal})
def read_call(request: KeyRequest, call_id: Number) -> CallBody:
    """One call, who called masked."""
    return showing.show_call(get_call(call_id, request.auth), request.auth)


@router.post("/photos", auth=UPLOAD, response={201: PhotoBody, 200: PhotoBody, REFUSED: Refusal})
def upload_photo(
    request: KeyRequest, file: Annotated[UploadedFile, File()], key: IdempotencyKey, response: HttpResponse
) -> Status[PhotoBody]:
    """Upload one photo; a step then names its id. A photo no step has named within a day is deleted."""
    moment = now()
    photo = receive_photo(cast(BinaryIO, file.file), actor=request.auth, at=moment, key=key)
    return Status(_status(photo.uploaded_at != moment, response), showing.show_photo(photo))


@router.get(
    "/photos/{photo_id}", auth=READ, response={REFUSED: Refusal}, openapi_extra={"responses": {200: JPEG}}
)
def read_photo(request: KeyRequest, photo_id: UUID) -> FileResponse:
    """The JPEG of a case the key's person may see, or of their own waiting photo."""
    content = open_photo(get_photo(photo_id, request.auth))
    return FileResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private"})


@router.get("/classes", auth=READ, response={200: list[ClassBody], REFUSED: Refusal})
def find_classes(request: KeyRequest, given: Annotated[SearchGiven, Query()]) -> list[ClassBody]:
    """Classes a case can be filed under whose names hold every word of q, with their norms."""
    _refuse_unknown(request, SearchGiven.model_fields)
    return [showing.show_class(info) for info in search_classes(given.q, given.limit)]


@router.get("/locate", auth=READ, response={200: LocatedBody, REFUSED: Refusal})
def locate(request: KeyRequest, given: Annotated[LocateGiven, Query()]) -> LocatedBody:
    """The grids, the areas and the squad at a point."""
    _refuse_unknown(request, LocateGiven.model_fields)
    point = to_wgs84(given.lon, given.lat, given.system)
    return showing.show_located(point, grid_index().locate(*point))


@router.get("/flow", auth=READ, response={200: FlowBody, REFUSED: Refusal})
def read_flow(request: KeyRequest, given: Annotated[FlowGiven, Query()]) -> FlowBody:
    """The flow new cases follow, in an area or where the city's goes: states, steps, who takes them, what they need."""
    _refuse_unknown(request, FlowGiven.model_fields)
    if given.area and given.area not in areas():
        raise NotFound
    return showing.show_flow(flow_at(areas()[given.area].path if given.area else ""))


def _tell(taken: Taken, response: HttpResponse) -> Status[TakenBody]:
    response["Location"] = f"{_cases_address()}/{taken.number}"
    body = TakenBody(number=taken.number, seq=taken.seq, state=taken.state)
    return Status(_status(taken.again, response), body)


@cache
def _cases_address() -> str:
    return reverse("exchange:v1:find_cases")


def _status(again: bool, response: HttpResponse) -> int:
    """201 when it was done now, 200 and a header when the key was known."""
    if again:
        response["Idempotent-Replayed"] = "true"
    return 200 if again else 201


def _refuse_unknown(request: HttpRequest, known: Collection[str]) -> None:
    """ninja drops what it does not know of a query; a misspelt filter must not widen a list."""
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        names = ", ".join(known)
        problem = {"zh": f"没有这一项；可用：{names}。", "en": f"Unknown; known: {names}."}
        raise InvalidRequest(
            [{"in": "query", "field": n, "kind": "unknown", "problem": problem} for n in unknown]
        )


def _cursor(reported_at: datetime, case_id: int) -> str:
    return base64.urlsafe_b64encode(f"{reported_at.isoformat()} {case_id}".encode()).decode()


def _read_cursor(text: str) -> tuple[datetime, int]:
    try:
        moment, case_id = base64.b64decode(text, b"-_", validate=True).decode().split(" ")
        cursor = datetime.fromisoformat(moment), int(case_id)
        if cursor[0].tzinfo is None or not 0 <= cursor[1] < 2**63:
            raise ValueError(text)
    except (ValueError, binascii.Error) as error:
        problem = {
            "zh": "不是本接口给出的游标，请使用上一页的 next。",
            "en": "Not a cursor of this API: use `next` of the page before.",
        }
        raise InvalidRequest(
            [{"in": "query", "field": "after", "kind": "cursor", "problem": problem}]
        ) from error
    return cursor
