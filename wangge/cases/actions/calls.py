# SPDX-License-Identifier: Apache-2.0
"""Take a call: answered at once, made a case, or joined to the case it is about. Read who called, leaving a trace."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from wangge.cases.actions.callers import contact_too
from wangge.cases.actions.door import StepData, take
from wangge.cases.actions.locks import lock_along
from wangge.cases.actions.needs import MOST_TEXT, storable
from wangge.cases.actions.report import report
from wangge.cases.caller_errors import ContactDenied, ContactGone
from wangge.cases.errors import KeyReused, Missing, StepDenied, TextTooLong, UnknownClass, UnstorableText
from wangge.cases.flow import OPEN_STATES, State
from wangge.cases.hotlines import Caller, hotline, may_read, may_redact, may_see, plain_number, reading_post
from wangge.cases.merged import matter_of
from wangge.cases.models import Call, Case, Contact, ContactReading
from wangge.cases.queries.cases import get_case
from wangge.catalog.queries import catalog
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import NotFound
from wangge.common.sealing import keyed_digest, newest_key, seal, unseal
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.organizations.access import Denied, Permission, require
from wangge.organizations.directory import Actor

MOST_NAME, MOST_REASON = 50, 200
#: who calls about a matter in one of these is called back; later nobody asks them any more
_STILL_ASKED = tuple(state for state in OPEN_STATES if state is not State.CLOSING)
#: no call is longer; a page left open over night tells nothing of the call
LONGEST_CALL = timedelta(hours=4)


@dataclass(frozen=True)
class CallData:
    """What is known of a call. Degrees in `system`. `case`: number of an earlier case about the same matter."""

    channel: str = ""
    number: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    confidential: bool = False
    class_code: str = ""
    text: str = ""
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    system: CoordinateSystem = CoordinateSystem.WGS84
    accuracy_m: float | None = None
    grid_code: str = ""
    answer: str = ""
    case: str = ""
    external_id: str = ""
    began_at: datetime | None = None
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenCall:
    """The call as recorded. `again`: the key was known, and nothing new happened."""

    call: Call
    again: bool = False


def take_call(outcome: Call.Outcome, data: CallData, *, actor: Actor, at: datetime, key: UUID) -> TakenCall:
    """Record a call with what became of it; the same `key` again gives the first result.

    REPORTED opens a case, linked to the earlier one named; JOINED belongs to the earlier case; ANSWERED has the answer
    only. Raises PermissionMissing, or a DomainError naming what is wrong; then nothing is written.
    """
    require(actor, Permission.CALL_TAKE)
    digest = keyed_digest(json.dumps([outcome, asdict(data)], default=str, sort_keys=True))
    if found := _known(key, digest, actor):
        return found
    try:
        with transaction.atomic():
            return TakenCall(_take(Call.Outcome(outcome), data, actor, at, key, digest))
    except IntegrityError as error:
        found = _known(key, digest, actor)  # its other sender was quicker
        if found is None:
            raise error
        return found


def _known(key: UUID, digest: str, actor: Actor) -> TakenCall | None:
    call = Call.objects.select_related("case").filter(key=key).first()
    if call is None:
        return None
    if (call.request_digest, call.taken_by_id) != (digest, actor.person_id):
        raise KeyReused
    return TakenCall(call, again=True)


def _take(outcome: Call.Outcome, data: CallData, actor: Actor, at: datetime, key: UUID, digest: str) -> Call:
    rule = hotline(data.channel)
    number = plain_number(data.number, rule.calling_code)
    _check(data)
    case = _case_of(outcome, data, rule.channel, actor, at, key)
    said = outcome is not Call.Outcome.REPORTED  # else it stands in the texts of the case
    began = data.began_at
    assert actor.person_id is not None  # only people are appointed to posts
    call = Call.objects.create(
        key=key, request_digest=digest, external_id=data.external_id, channel_id=rule.channel,
        taken_by_id=actor.person_id, began_at=began if began and at - LONGEST_CALL <= began <= at else at, taken_at=at,
        outcome=outcome, case=case, confidential=data.confidential,
        class_code=case.class_code if case else data.class_code, text=data.text.strip() if said else "",
        place=data.place.strip() if said else "", answer=data.answer.strip(),
        area_path=case.area_path if case else _area_of(data),
    )  # fmt: skip
    if number or data.name.strip():
        Contact.objects.create(
            call=call, sealed=seal(json.dumps({"name": data.name.strip(), "number": number})), sealed_with=newest_key(),
            number_digest=keyed_digest(number) if number else "", taken_at=at,
        )  # fmt: skip
    if case and outcome is Call.Outcome.JOINED:
        contact_too(matter_of(case), call, at)
    return call


def _check(data: CallData) -> None:
    texts = {"description": data.text, "place": data.place, "answer": data.answer}
    for name, text in texts.items():
        if len(text) > MOST_TEXT:
            raise TextTooLong(field=name, most=MOST_TEXT)
    if len(data.name) > MOST_NAME:
        raise TextTooLong(field="name", most=MOST_NAME)
    if not all(
        storable(t) for t in (*texts.values(), data.name, data.class_code, data.case, data.external_id)
    ):
        raise UnstorableText
    if data.class_code and not catalog().fileable(data.class_code):
        raise UnknownClass(class_code=data.class_code)
    if not data.text.strip():
        raise Missing(zh_field="来电内容", en_field="what the caller says")


def _case_of(
    outcome: Call.Outcome, data: CallData, channel: str, actor: Actor, at: datetime, key: UUID
) -> Case | None:
    """The case the call opens or belongs to."""
    if outcome is Call.Outcome.REPORTED:
        return _open(data, channel, actor, at, key)
    case, asked = None, False
    if outcome is Call.Outcome.JOINED:
        if not data.case.strip():
            raise Missing(zh_field="已有案卷的编号", en_field="the number of the earlier case")
        # a step that is being taken meanwhile comes first: it has seen no call, and may merge the case, or undo it
        lock_along(get_case(data.case.strip(), actor).pk)
        case = get_case(data.case.strip(), actor)
        asked = matter_of(case).state in _STILL_ASKED
    if not data.answer.strip() and not asked:
        raise Missing(zh_field="答复内容", en_field="the answer given")
    return case


def _open(data: CallData, channel: str, actor: Actor, at: datetime, key: UUID) -> Case:
    if not data.place.strip() and data.lon is None and not data.grid_code:
        raise Missing(
            zh_field="在哪里（地图上点选，或写明位置）", en_field="where it is (on the map, or in words)"
        )
    taken = report(
        description=data.text.strip(), place_text=data.place.strip(), lon=data.lon, lat=data.lat, system=data.system,
        accuracy_m=data.accuracy_m, grid_code=data.grid_code, class_code=data.class_code, channel=channel,
        fields=data.fields, actor=actor, at=at, key=uuid5(key, "report"),
    )  # fmt: skip
    if data.case.strip():
        link = StepData(target=data.case.strip())
        take("link", taken.case_id, link, actor=actor, at=at, key=uuid5(key, "link"))
    return Case.objects.get(pk=taken.case_id)


def _area_of(data: CallData) -> str:
    """Of a call that is no case: the area of its place, else the whole city."""
    if data.grid_code:
        located = grid_index().by_code(data.grid_code)
    elif data.lon is None or data.lat is None:
        located = None
    else:
        located = grid_index().locate(*to_wgs84(data.lon, data.lat, data.system))
    return located.area_path if located else top_area_path()


@transaction.atomic
def read_contact(call_id: int, reason: str, *, actor: Actor, at: datetime) -> Caller:
    """Who called, in clear; that it was read, by whom and why, is recorded for good.

    Raises NotFound, ContactDenied with the reason, Missing without a reason, ContactGone, Unreadable.
    """
    call = Call.objects.select_related("case__merged_into").filter(pk=call_id).first()
    if call is None or not may_see(call, actor):
        raise NotFound
    answer = may_read(call, actor)
    if isinstance(answer, Denied):
        raise ContactDenied(answer.code, answer.zh, answer.en)
    reason = _reason(reason, "读取联系方式的事由", "why you read the contact")
    contact = Contact.objects.filter(call=call).first()
    if contact is None:
        raise ContactGone
    caller = caller_of(contact)
    assert actor.person_id is not None  # only people are appointed to posts
    ContactReading.objects.create(
        call=call, person_id=actor.person_id, post=reading_post(actor), reason=reason, at=at
    )
    return caller


@transaction.atomic
def redact_call(call_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Delete the texts of a call for good, because somebody is told of in them; who did and why stays.

    Whoever may delete the texts of a case (step `redact`) may, in the area of the call. Raises NotFound, StepDenied, Missing.
    """
    call = Call.objects.select_related("case__merged_into").filter(pk=call_id).first()
    if call is None or not may_see(call, actor):
        raise NotFound
    if not may_redact(call, actor):
        raise StepDenied("wrong_post", "您的岗位不能删除文字。", "Your post may not delete texts.")
    reason = _reason(reason, "删除的理由", "why it is deleted")
    gone = {"text": None, "place": None, "answer": None}
    Call.objects.filter(pk=call.pk, text__isnull=False).update(
        **gone, redacted_at=at, redacted_by=actor.person_id, redacted_why=reason
    )


def _reason(text: str, zh: str, en: str) -> str:
    text = text.strip()
    if not text:
        raise Missing(zh_field=zh, en_field=en)
    if len(text) > MOST_REASON:
        raise TextTooLong(field="reason", most=MOST_REASON)
    if not storable(text):
        raise UnstorableText
    return text


def caller_of(contact: Contact) -> Caller:
    """Unsealed. Only for reading with a trace, for masking and for sealing anew."""
    held = json.loads(unseal(contact.sealed))
    return Caller(held["name"], held["number"])
