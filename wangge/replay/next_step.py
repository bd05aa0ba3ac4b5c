# SPDX-License-Identifier: Apache-2.0
"""What the generated staff do next with a case: which step, with what, after how long. The shares are invented."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from wangge.cases.actions import StepData
from wangge.cases.actions.needs import photos_needed
from wangge.cases.actions.photos import receive_photo
from wangge.cases.flow import ASSISTANCE, CONTACT, WITH_UNIT, State
from wangge.cases.models import Case, CaseText, LogEntry, Photo, SideRecord, Task
from wangge.cases.norms import norms_at
from wangge.cases.queries.calls import still_to_call
from wangge.catalog.queries import norm
from wangge.organizations.directory import Actor
from wangge.replay.pictures import KINDS, picture
from wangge.replay.staff import Staff

REJECTED, VERIFIED, DENIED, FAILED, RETURNED, LATE, SPOKEN_TO = 0.03, 0.4, 0.05, 0.08, 0.03, 0.06, 0.9
#: of the units that assist, before the unit in charge finishes
ANSWERED = 0.8
#: seconds a case lies in a state, from and to
_LYING = {
    State.REPORTED: (15, 80), State.VERIFYING: (20, 120), State.ACCEPTED: (10, 60), State.FILED: (10, 60),
    State.DISPATCHED: (20, 120), State.HANDLING: (60, 480), State.HANDLED: (10, 60), State.CHECKING: (20, 120),
    State.CALLBACK: (20, 90), State.INVESTIGATING: (40, 120), State.CLOSING: (10, 60),
}  # fmt: skip
LONGEST_LYING = max(longest for _, longest in _LYING.values())
_AFTER_DUE = (600, 7200)


@dataclass(frozen=True)
class Next:
    step: str
    data: StepData
    actor: Actor


def lying_time(case: Case, choice: Random, pace: float) -> timedelta | None:
    """How long the case lies from its newest entry on; None when it has ended. Some are left to go overdue."""
    span = _LYING.get(State(case.state))
    if span is None:
        return None
    if case.state == State.HANDLING and case.due_at and Random(case.pk).random() < LATE:
        return max(case.due_at - case.last_at, timedelta()) + timedelta(seconds=choice.uniform(*_AFTER_DUE))
    return timedelta(seconds=pace * choice.uniform(*span))


def next_step(case: Case, choice: Random, staff: Staff, at: datetime) -> Next:
    """The step a fitting holder of the right post takes now. Raises StaffMissing."""
    return _Deciding(case, choice, staff, at).decide()


class _Deciding:
    def __init__(self, case: Case, choice: Random, staff: Staff, at: datetime) -> None:
        self.case, self.choice, self.staff, self.at = case, choice, staff, at
        self.turn = choice.randrange(1 << 30)

    def decide(self) -> Next:
        asked = self._asked() if self.case.state in WITH_UNIT else {}
        if "return" in asked:
            granted = self.choice.random() < 0.6
            texts = {"reason": "理由成立，改派。" if granted else "属你单位职责，请继续处置。"}
            return Next(
                "return" if granted else "refuse_return", StepData(texts=texts), self._area("dispatcher")
            )
        if ASSISTANCE in asked and self.case.state == State.HANDLING and self.choice.random() < ANSWERED:
            clerk = self.staff.holder("unit_clerk", turn=self.turn, unit=asked[ASSISTANCE])
            return Next(
                "answer_assistance", StepData(texts={"result": "【演示生成】已到场配合处置。"}), clerk
            )
        return getattr(self, f"_{self.case.state}")()  # type: ignore[no-any-return]

    # -- one method a state ------------------------------------------------------------------------------------

    def _reported(self) -> Next:
        operator = self._area("operator")
        newest = LogEntry.objects.of(self.case).order_by("-seq").values_list("step", "result")[0]
        reason = "现场核实不属实。" if newest[1] in ("denied", "not_found") else ""
        if not reason and self.case.log_seq == 1 and self.choice.random() < REJECTED:
            reason = "不属于城市管理范围。"
        if reason:
            return Next("reject", StepData(texts={"reason": reason}), operator)
        if newest[0] == "report" and (self.choice.random() < VERIFIED or not self._photos()):
            return Next("send_verify", StepData(), operator)
        return Next("accept", StepData(), operator)

    def _verifying(self) -> Next:
        result = "denied" if self.choice.random() < DENIED else "confirmed"
        return self._on_site("answer_verify", result, self._inspector())

    def _accepted(self) -> Next:
        """The norm whose condition the description quotes."""
        text = CaseText.objects.filter(case=self.case, seq=1, field="description").values_list(
            "text", flat=True
        )[0]
        norms = norms_at(self.case.class_code, self.case.area_path)
        chosen = next((n for n in norms if n.condition_zh and n.condition_zh in (text or "")), norms[0])
        if self._photos() < chosen.photos_report:
            return Next("send_verify", StepData(), self._area("operator"))
        return Next("file", StepData(norm_id=chosen.id), self._area("duty_chief"))

    def _filed(self) -> Next:
        assert self.case.route
        data = StepData(unit=self.case.route["lead"], assist=tuple(self.case.route["assist"]))
        return Next("dispatch", data, self._area("dispatcher"))

    def _dispatched(self) -> Next:
        clerk = self._unit("unit_clerk")
        once = not SideRecord.objects.filter(case=self.case, kind="return").exists()
        if once and self.choice.random() < RETURNED:
            texts = {"reason": "不属于本单位职责。", "basis": "权责清单。"}
            return Next("ask_return", StepData(texts=texts), clerk)
        if self.choice.random() < 0.5:
            return Next("sign_for", StepData(), clerk)
        return Next("assign", StepData(handler_id=self._unit("handler").person_id), clerk)

    def _handling(self) -> Next:
        waits = Task.objects.filter(case=self.case, stage=CONTACT, closed_at=None).first()
        if waits and self.choice.random() < SPOKEN_TO:
            return self._contact(waits)
        handler = self.staff.one(self.case.handler_id) if self.case.handler_id else self._unit("handler")
        filed = norm(self.case.norm_id) if self.case.norm_id else None
        done = (filed.closing_zh if filed else "") or "已处置"
        return self._on_site("finish", "", handler, texts={"result": f"【演示生成】{done}。"})

    def _contact(self, waits: Task) -> Next:
        """Who called is spoken to first: by the unit, or by the centre where they wished it."""
        actor = self._unit(waits.post) if waits.unit_path else self._area(waits.post)
        result = self.choice.choices(("reached", "unreachable"), (9, 1))[0]
        remark = "已电话告知处置安排。" if result == "reached" else "无人接听。"
        return Next("contact", StepData(result=result, texts={"remark": f"【演示生成】{remark}"}), actor)

    def _handled(self) -> Next:
        return Next("send_check", StepData(), self._area("operator"))

    def _checking(self) -> Next:
        result = "failed" if self.choice.random() < FAILED else "passed"
        return self._on_site("answer_check", result, self._inspector())

    def _callback(self) -> Next:
        result = self.choice.choices(("satisfied", "unsatisfied", "unreachable"), (75, 18, 7))[0]
        pleased = None if result == "unreachable" else result == "satisfied"
        call = next(iter(still_to_call(self.case)), None)
        return Next(
            "call_back",
            StepData(result=result, call=call, solved=pleased, satisfied=pleased),
            self._area("operator"),
        )

    def _investigating(self) -> Next:
        data = StepData(result="explained", texts={"finding": "处置符合要求，已向来电人说明。"})
        return Next("conclude", data, self._area("duty_chief"))

    def _closing(self) -> Next:
        explained = bool(self.case.unsatisfied_count)
        data = (
            StepData(result="explained", texts={"reason": "已解释说明。"})
            if explained
            else StepData(result="solved")
        )
        return Next("close", data, self._area("duty_chief"))

    # -- who and with what -------------------------------------------------------------------------------------

    def _asked(self) -> dict[str, str]:
        """What is asked beside the line and not answered: kind of the side record, unit of its newest."""
        open_now = SideRecord.objects.filter(case=self.case, ended_at=None).order_by("id")
        return dict(open_now.values_list("kind", "unit"))

    def _photos(self) -> int:
        return Photo.objects.filter(case=self.case).count()

    def _area(self, post: str) -> Actor:
        path = self.case.command_path if post == "dispatcher" else self.case.area_path
        return self.staff.holder(post, turn=self.turn, area_path=path)

    def _inspector(self) -> Actor:
        return self.staff.holder(
            "inspector", turn=self.turn, unit=self.case.squad, area_path=self.case.area_path
        )

    def _unit(self, post: str) -> Actor:
        return self.staff.holder(post, turn=self.turn, unit=self.case.lead_unit)

    def _on_site(self, step: str, result: str, actor: Actor, texts: dict[str, str] | None = None) -> Next:
        filed = norm(self.case.norm_id) if self.case.norm_id else None
        photos = tuple(take_photo(actor, self.choice, self.at) for _ in range(photos_needed(step, filed)))
        place: dict[str, Any] = {"lon": self.case.lon, "lat": self.case.lat, "accuracy_m": 8.0}
        return Next(step, StepData(result=result, photos=photos, texts=texts or {}, **place), actor)


def take_photo(actor: Actor, choice: Random, at: datetime) -> UUID:
    """One of the drawn pictures, received like any photo."""
    return receive_photo(io.BytesIO(picture(choice.randrange(KINDS))), actor=actor, at=at).pk
