# SPDX-License-Identifier: Apache-2.0
"""Callers of a generated day: every one is made up, says so, and is sealed as a real one would be."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

from wangge.cases.actions.calls import CallData, take_call
from wangge.cases.flow import OPEN_STATES
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Call, Case
from wangge.cases.models.case import Origin
from wangge.organizations.directory import Actor
from wangge.replay.staff import Staff

#: shares of the calls that open a case: as many more ask something, or ring about a matter that is known
ASKING, AGAIN = 0.4, 0.25
#: so many people ring, so that some ring twice; this share wishes confidentiality
_CALLERS, _CONFIDENTIAL = 40, 0.05
_LATEST = 20
#: what is asked, and the answer given at once
_QUESTIONS = (
    ("问井盖修好要多久。", "按立案条件有规定时限，可凭编号查询办理进度。"),
    ("问小区里面的路灯归谁管。", "小区内部的设施归产权单位或物业，可先与物业联系。"),
    ("问垃圾分类投放点几点开放。", "已告知社区公布的投放时间。"),
    ("问占道施工有没有批准。", "已查到许可，已告知批准的期限。"),
)


class Callers:
    """Whoever rings; the same `choice` gives the same calls."""

    def __init__(self, choice: Random, staff: Staff) -> None:
        self._choice, self._staff = choice, staff

    def opens(self, matter: CallData, actor: Actor, at: datetime) -> int:
        """The id of the case that a call about `matter` opens."""
        call = self._rings(Call.Outcome.REPORTED, matter, actor, at)
        assert call.case_id is not None  # that is what the outcome says
        return call.case_id

    def others(self, near: CallData, actor: Actor, at: datetime) -> list[str]:
        """Who else rings about then; the outcomes. Those that only ask are `near` that matter and answered by `actor`."""
        found = []
        if self._choice.random() < ASKING:
            question, answer = self._choice.choice(_QUESTIONS)
            matter = replace(near, text=f"【演示生成】{question}", answer=answer, class_code="")
            found.append(self._rings(Call.Outcome.ANSWERED, matter, actor, at))
        if self._choice.random() < AGAIN and (case := self._known()):
            operator = self._staff.holder(
                "operator", turn=self._choice.randrange(1 << 30), area_path=case.area_path
            )
            matter = CallData(
                text="【演示生成】问这件事办得怎么样了，还没有看到人来。",
                case=case.number,
                channel=case.channel_id,
            )
            found.append(self._rings(Call.Outcome.JOINED, matter, operator, at))
        return [call.outcome for call in found]

    def _known(self) -> Case | None:
        """One of the latest matters on record that somebody rang about."""
        cases = Case.objects.filter(origin=Origin.GENERATED, state__in=OPEN_STATES, channel__in=[*hotlines()])
        latest = list(cases.order_by("-pk")[:_LATEST])
        return self._choice.choice(latest) if latest else None

    def _rings(self, outcome: Call.Outcome, matter: CallData, actor: Actor, at: datetime) -> Call:
        who = self._choice.randrange(_CALLERS) + 1
        call = replace(
            matter, name=f"演示来电人{who}", number=_number(who), confidential=self._choice.random() < _CONFIDENTIAL,
            began_at=at - timedelta(seconds=self._choice.randrange(40, 240)),
        )  # fmt: skip
        return take_call(outcome, call, actor=actor, at=at, key=uuid4()).call


def _number(who: int) -> str:
    """Eleven digits that no telephone has: 00 leads abroad, and no country's code begins with 0."""
    return f"000{who:08d}"
