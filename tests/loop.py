# SPDX-License-Identifier: Apache-2.0
"""Cases brought to any state of the standard flow by the real actions, each step taken by one of the cast."""

import io
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import Q
from PIL import Image

from tests.city import (
    COVER,
    EAST,
    EAST_ONE,
    IN_EAST,
    MORNING,
    STREET_EVENT,
    UNIT_GRID_EAST,
    actor,
    person,
)
from wangge.cases.actions import StepData, Taken, report, take
from wangge.cases.actions.calls import CallData, take_call
from wangge.cases.actions.photos import receive_photo
from wangge.cases.flow import ANSWERS_BESIDE, CORRECTED_IN, State
from wangge.cases.models import Call, Case, CaseLink
from wangge.cases.queries.calls import still_to_call
from wangge.cases.reference import flow_by_id
from wangge.catalog.queries import catalog
from wangge.common.clock import now
from wangge.common.coordinates import Point
from wangge.grids.queries import city
from wangge.organizations.directory import Actor

__all__ = [
    "EAST_ONE",
    "HOTLINE",
    "WHO",
    "asked_beside",
    "bring_to",
    "call_about",
    "good_data",
    "new_case",
    "photo",
    "snapshot",
    "step",
    "supervise",
    "who",
]

#: a channel whose reporters are called back
HOTLINE = "hotline"
#: who takes a step; {unit} is the lead unit of the case
WHO = {
    "send_verify": "operator_1", "answer_verify": "inspector_east", "accept": "operator_1", "reject": "operator_1",
    "file": "chief_1", "reject_filing": "chief_1", "dispatch": "dispatcher_1", "sign_for": "clerk_{unit}",
    "assign": "clerk_{unit}", "finish": "handler_{unit}", "send_check": "operator_1", "answer_check": "inspector_east",
    "call_back": "operator_1", "conclude": "chief_1", "close": "chief_1", "void": "chief_1", "merge": "operator_1",
    "transfer": "dispatcher_1", "return": "dispatcher_1", "escalate": "dispatcher_1", "reopen": "chief_1",
    "ask_return": "clerk_{unit}", "refuse_return": "dispatcher_1", "object_return": "clerk_{unit}",
    "rule_return": "coordinator", "ask_escalation": "clerk_{unit}", "refuse_escalation": "dispatcher_1",
    "ask_extension": "clerk_{unit}", "extend": "dispatcher_1", "refuse_extension": "dispatcher_1",
    "ask_suspension": "clerk_{unit}", "suspend": "dispatcher_1", "refuse_suspension": "dispatcher_1",
    "resume": "dispatcher_1", "consult": "clerk_{unit}", "answer_consultation": "clerk_csgl", "answer_assistance": "clerk_csgl",
    "issue_order": "chief_1", "reply_order": "clerk_{unit}", "accept_order": "chief_1", "send_back_order": "chief_1",
    "appeal_overdue": "clerk_{unit}", "review_appeal": "chief_2", "decide_appeal": "evaluator",
    "propose_reward": "operator_1", "grant_reward": "leader", "refuse_reward": "leader", "pay_reward": "evaluator",
    "withdraw_reward": "evaluator",
    "ask_correction": "operator_1", "correct": "chief_1", "refuse_correction": "chief_1",
    "settle": "inspector_east", "self_handle": "clerk_{unit}", "assign_down": "dispatcher_1",
    "split": "dispatcher_1", "cancel_split": "dispatcher_1", "gather": "chief_1", "unmerge": "operator_1",
    "unlink": "operator_1", "receipt": "dispatcher_1", "link": "operator_1", "redact": "chief_1", "urge": "operator_1",
    "arrive": "handler_{unit}", "make_safe": "handler_{unit}", "contact": "clerk_{unit}",
}  # fmt: skip
#: who holds a post
HOLDERS = {
    "operator": "operator_1", "inspector": "inspector_east", "squad_leader": "squad_leader_east", "duty_chief": "chief_1",
    "dispatcher": "dispatcher_1", "coordinator": "coordinator", "unit_clerk": "clerk_{unit}", "handler": "handler_{unit}",
    "evaluator": "evaluator", "leader": "leader",
}  # fmt: skip
_TO_HANDLED = ("accept", "file", "dispatch", "sign_for", "finish")
_CHECKED = ("send_check", "answer_check")
#: the steps that lead to a state, each `step` or `step:result`; from `callback` on the case comes by the hotline
PATHS = {
    State.REPORTED: (),
    State.VERIFYING: ("send_verify",),
    State.ACCEPTED: _TO_HANDLED[:1],
    State.FILED: _TO_HANDLED[:2],
    State.DISPATCHED: _TO_HANDLED[:3],
    State.HANDLING: _TO_HANDLED[:4],
    State.HANDLED: _TO_HANDLED,
    State.CHECKING: (*_TO_HANDLED, "send_check"),
    State.CALLBACK: (*_TO_HANDLED, *_CHECKED),
    State.INVESTIGATING: (
        *_TO_HANDLED, *_CHECKED, "call_back:unsatisfied", "finish", *_CHECKED, "call_back:unsatisfied"
    ),
    State.CLOSING: (*_TO_HANDLED, *_CHECKED),
    State.CLOSED: (*_TO_HANDLED, *_CHECKED, "close"),
    State.REJECTED: ("reject",),
    State.VOID: ("void",),
    State.MERGED: ("merge",),
    State.TRANSFERRED: ("accept", "file", "transfer"),
    State.SPLIT: ("accept", "file", "split"),
    State.SETTLED: ("settle",),
}  # fmt: skip
_CALLED_BACK = (State.CALLBACK, State.INVESTIGATING)
_RESULT = {"answer_verify": "confirmed", "answer_check": "passed", "call_back": "satisfied",
           "conclude": "explained", "close": "solved", "rule_return": "upheld", "review_appeal": "passed",
           "decide_appeal": "granted", "contact": "reached"}  # fmt: skip


def bring_to(
    state: State,
    *,
    class_code: str = COVER,
    channel: str = "",
    at: datetime | None = MORNING,
    where: Point | None = IN_EAST,
    reporter: str = "operator_2",
    norm: str = "",
    assist: tuple[str, ...] = (),
) -> Case:
    """A case in `state`, one minute a step from `at` on; `at` None = live, at the server's clock.

    `norm`: code of the norm it is filed under; "" = the first of its class. `assist`: units that assist, by the dispatch.
    """
    channel = channel or (HOTLINE if state in _CALLED_BACK else "operator")
    case = new_case(class_code=class_code, channel=channel, at=at, where=where, reporter=reporter)
    for name in PATHS[state]:
        code, _, result = name.partition(":")
        more: dict[str, Any] = {"result": result} if result else {}
        if code == "file" and norm:
            more = {"norm_id": next(n.id for n in catalog().norms_of(class_code) if n.code == norm)}
        if code == "dispatch":
            more = {"assist": assist}
        step(case, code, **more)
    assert case.state == state
    return case


def new_case(
    *,
    class_code: str = COVER,
    channel: str = "operator",
    at: datetime | None = MORNING,
    where: Point | None = IN_EAST,
    reporter: str = "operator_2",
    **more: Any,
) -> Case:
    """A reported case, with a photo unless told otherwise: most norms ask for one; `at` None = live."""
    by = _marked(reporter, live=at is None)
    position: dict[str, Any] = {"lon": where.lon, "lat": where.lat} if where else {}
    more = {"photos": (photo(reporter),)} | more
    taken = report(
        description="井盖破损，行人绕行", class_code=class_code, channel=channel, actor=by, at=at or now(),
        **(position | more),
    )  # fmt: skip
    return Case.objects.get(pk=taken.case_id)


def call_about(case: Case, **more: Any) -> Call:
    """Somebody who left a number calls about the case."""
    said = {"number": "13912345678", "text": "井盖还没有修", "answer": "已转告"}
    data = CallData(case=case.number, **(said | more))
    return take_call(Call.Outcome.JOINED, data, actor=actor("operator_1"), at=now(), key=uuid4()).call


def step(
    case: Case,
    code: str,
    *,
    by: str = "",
    at: datetime | None = None,
    key: UUID | None = None,
    seen: int | None = None,
    **changes: Any,
) -> Taken:
    """Take a step with good data, by the person who should; `case` is fresh afterwards, refused or not."""
    live = case.origin == "live"
    taker = _marked(by or who(code, case), live=live)
    data = good_data(code, case, by=taker.login, **changes)
    moment = at or (now() if live else case.last_at + timedelta(minutes=1))
    try:
        return take(code, case.pk, data, actor=taker, at=moment, key=key, seen=seen)
    finally:
        if not connection.needs_rollback:
            case.refresh_from_db()


def supervise(case: Case) -> None:
    """An order on the case is issued, replied to and accepted."""
    for code in ("issue_order", "reply_order", "accept_order"):
        step(case, code)


def who(code: str, case: Case) -> str:
    """Login of the person who should take the step, by another post where the flow of the case says so; unit steps in a case
    without a unit fall to swj."""
    if code in ANSWERS_BESIDE:
        return f"clerk_{asked_beside(case)}"
    if code == "reply_order" and (
        order := case.side_records.filter(kind="supervision", ended_at=None).first()
    ):
        return f"clerk_{(order.facts.get('waits') or [order.unit])[0]}"
    login, step = WHO[code], flow_by_id(case.flow_id).steps.get(code)
    if step and not any(_alike(HOLDERS[post], login) for post in step.posts):
        login = HOLDERS[step.posts[0]]
    unit = case.answerable_unit if code == "reply_order" else case.lead_unit
    return login.format(unit=unit or "swj")


def _alike(login: str, other: str) -> bool:
    """Two of the cast of one post."""
    return login.partition("_")[0] == other.partition("_")[0]


def asked_beside(case: Case) -> str:
    """The unit good data consult, or let assist: another one than is in charge."""
    return "swj" if case.lead_unit == "csgl" else "csgl"


def _marked(login: str, *, live: bool) -> Actor:
    return actor(login) if live else actor(login).marked("replayed")


def good_data(code: str, case: Case, *, by: str = "", **changes: Any) -> StepData:
    """Everything the step needs, right for this case; `changes` replace fields."""
    here = {"lon": IN_EAST.lon, "lat": IN_EAST.lat, "accuracy_m": 5.0}
    given: dict[str, Any] = {"result": _RESULT.get(code, "")}
    result = changes.get("result", given["result"])
    if code in ("answer_verify", "answer_check", "finish", "make_safe", "settle", "self_handle"):
        given |= here | {"photos": (photo(by or who(code, case)),)}
    if code == "arrive":
        given |= here
    if code in ("accept", "send_verify", "send_check"):
        given |= {"class_code": case.class_code or COVER, "grid_code": UNIT_GRID_EAST if case.outside else ""}
    if code == "file":
        norms = catalog().norms_of(case.class_code or COVER)
        given |= {"norm_id": norms[0].id}
    if code == "dispatch":
        given |= {"unit": case.route["lead"] if case.route else "swj"}
    if code == "assign":
        given |= {"handler_id": person(f"handler_{case.lead_unit or 'swj'}").pk}
    if code == "call_back" and result != "unreachable":
        given |= {"solved": result == "satisfied", "satisfied": result == "satisfied"}
    if code == "call_back":
        given |= {"call": next(iter(still_to_call(case)), None)}
    if code == "redact":
        given |= {"passage": "1:description"}
    if code == "split":
        given |= {"parts": ("井盖破损，行人绕行：换井盖", "井盖破损，行人绕行：补路面")}
    if code == "assign_down":
        given |= {"area": EAST}
    if code == "unlink" and "target" not in changes:
        linked = CaseLink.objects.filter(Q(case=case) | Q(other=case)).values_list(
            "case__number", "other__number"
        )
        given |= {"target": next((n for pair in linked for n in pair if n != case.number), "X")}
    if code == "propose_reward":
        given |= {"amount": 100}
    if code == "ask_extension":
        given |= {"amount": 1}
    if code == "ask_suspension":
        given |= {"until": max(now(), case.last_at).astimezone(city().zone).date() + timedelta(days=30)}
    if code == "consult":
        given |= {"unit": asked_beside(case)}
    if code == "issue_order":
        given |= {"choices": {"mode": "phone", "cause": "overdue"}}
    if code == "ask_correction" and case.state not in CORRECTED_IN:
        given |= {"entry": case.last_step["seq"] if case.last_step else 1}
    elif code == "ask_correction" and changes.get("entry") is None:
        right = next(n for n in catalog().norms_of(STREET_EVENT) if n.id != case.norm_id)
        given |= {"class_code": STREET_EVENT, "norm_id": right.id}
    if code in ("merge", "link") and "target" not in changes:
        given |= {"target": new_case(at=case.reported_at if case.origin != "live" else None).number}
    given["texts"] = _TEXTS.get(code, {}) | ({"reason": "情况属实"} if code == "close" else {})
    return StepData(**(given | changes))


_TEXTS = {
    "reject": {"reason": "不属于城市管理范围"}, "reject_filing": {"reason": "未达到立案条件"},
    "finish": {"result": "已更换井盖"}, "conclude": {"finding": "已当面说明"}, "void": {"reason": "误报"},
    "transfer": {"reason": "属上级权限", "destination": "市水务局"}, "reopen": {"reason": "问题再次出现"},
    "ask_return": {"reason": "不属本单位", "basis": "权责清单第三条"},
    "ask_escalation": {"reason": "超出能力", "basis": "需要跨区协调"},
    "return": {"reason": "理由成立"}, "escalate": {"reason": "理由成立"}, "refuse_return": {"reason": "理由不成立"},
    "refuse_escalation": {"reason": "理由不成立"}, "object_return": {"reason": "裁定未看移交文件", "basis": "移交协议"},
    "rule_return": {"reason": "责任清楚"}, "ask_extension": {"reason": "雨天无法施工"},
    "refuse_extension": {"reason": "天气已转好"}, "ask_suspension": {"reason": "列入大修", "basis": "年度大修计划"},
    "refuse_suspension": {"reason": "未列入计划"}, "consult": {"reason": "地下管线归谁"},
    "answer_consultation": {"finding": "归市政"}, "answer_assistance": {"result": "已断水配合施工"},
    "issue_order": {"reason": "久拖不决"}, "urge": {"reason": "来电人再次来电"},
    "reply_order": {"result": "已进场"}, "send_back_order": {"reason": "没有写明完成时间"},
    "settle": {"result": "当场扶正"}, "self_handle": {"result": "本站已修好"}, "assign_down": {"reason": "街道可办"},
    "cancel_split": {"reason": "一家可办"}, "unmerge": {"reason": "不是同一处"}, "unlink": {"reason": "不是同一处"},
    "receipt": {"result": "市局已收，编号 17"},
    "appeal_overdue": {"reason": "台风停工", "basis": "市防汛令"}, "review_appeal": {"reason": "属实"},
    "decide_appeal": {"reason": "属实"}, "ask_correction": {"reason": "类别选错"},
    "propose_reward": {"reason": "发现重大隐患"}, "refuse_reward": {"reason": "不是隐患"},
    "pay_reward": {"remark": "第 17 号凭证"}, "withdraw_reward": {"reason": "经核实不是隐患"},
    "refuse_correction": {"reason": "原类别正确"},
    "redact": {"reason": "含有个人信息"}, "make_safe": {"remark": "已围挡并设警示灯"},
    "contact": {"remark": "已告知今日修复"},
}  # fmt: skip


@cache
def png() -> bytes:
    """A tiny picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(buffer, "PNG")
    return buffer.getvalue()


def photo(login: str) -> UUID:
    """A waiting photo of this person."""
    return receive_photo(io.BytesIO(png()), actor=actor(login), at=now()).pk


TABLES = (
    "cases_case", "cases_logentry", "cases_casetext", "cases_task", "cases_dispatch", "cases_siderecord",
    "cases_caselink", "cases_filledform", "cases_idempotencykey", "cases_photo", "notices_notice", "cases_callbacktry",
)  # fmt: skip


def snapshot() -> dict[str, tuple[int, str]]:
    """Every table a step may write: number of rows and a digest of their whole content."""
    parts = " UNION ALL ".join(
        f"SELECT '{t}', count(*), coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM {t} x"
        for t in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}
