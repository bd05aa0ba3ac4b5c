# SPDX-License-Identifier: Apache-2.0
"""What a notice says, by its template's code. `{number}` is the case's number; other facts are named in the sentence."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Sentence(NamedTuple):
    zh: str
    en: str


TEMPLATES: dict[str, Sentence] = {
    "task": Sentence("案卷 {number} 等待您处理。", "Case {number} waits for you."),
    "accepted": Sentence("您上报的案卷 {number} 已受理。", "The case you reported, {number}, was accepted."),
    "ended": Sentence("您上报的案卷 {number} {ending_zh}。", "The case you reported, {number}, {ending_en}."),
    "merged": Sentence(
        "您上报的案卷 {number} 与另一案卷为同一问题，已并案办理。",
        "The case you reported, {number}, is about the same matter as another and was merged with it.",
    ),
    "unmerged": Sentence(
        "您上报的案卷 {number} 经核对与另一案卷不是同一问题，恢复单独办理。",
        "The case you reported, {number}, was found not to be the same matter as another: it is handled by itself again.",
    ),
    "urged": Sentence(
        "案卷 {number} 被催办，请抓紧办理，缘由见办理经过。",
        "You are urged to act on case {number}; why stands in its record.",
    ),
    "linked": Sentence(
        "您上报的案卷 {number} 与另一案卷相互关联，仍各自办理。",
        "The case you reported, {number}, was linked with another; each is handled by itself.",
    ),
    "unlinked": Sentence(
        "您上报的案卷 {number} 与另一案卷的关联已撤销。",
        "The case you reported, {number}, is no longer linked with another.",
    ),
    "reopened": Sentence(
        "您上报的案卷 {number} 结案后重新办理。",
        "The case you reported, {number}, was opened again after it was closed.",
    ),
    "merged_along": Sentence(
        "您上报的案卷 {number} 此前并入的案卷，又与另一案卷并案办理。",
        "The case that yours, {number}, was merged with was merged with a further one.",
    ),
    "unmerged_along": Sentence(
        "您上报的案卷 {number} 此前并入的案卷，经核对恢复单独办理，您反映的问题仍在其中办理。",
        "The case that yours, {number}, was merged with is handled by itself again; your matter is still handled in it.",
    ),
    "unrouted": Sentence(
        "案卷 {number} 在权责清单中没有对应的责任单位，请指定。",
        "No row of the responsibility matrix fits case {number}: please name the unit.",
    ),
    "row_invalid": Sentence(
        "权责清单的一行已不能生效：类别 {class}，地点 {place}，产权单位 {owner}，主办单位 {lead}（{why_zh}）。"
        "案卷已转入默认单位，请修改或终止这一行。",
        "A row of the responsibility matrix no longer works: class {class}, place {place}, owner {owner}, lead {lead} "
        "({why_en}). Cases go to the default unit: change the row or end it.",
    ),
    "row_invalid:not_begun": Sentence(
        "权责清单的一行还没有开始生效：类别 {class}，地点 {place}，产权单位 {owner}，主办单位 {lead}，{first_day} 起有效。"
        "在此之前没有别的行适用，案卷转入默认单位：请补一行现在有效的，或把这一行提前。",
        "A row of the responsibility matrix has not begun yet: class {class}, place {place}, owner {owner}, lead {lead}, "
        "in force from {first_day}. No other row fits until then and cases go to the default unit: add a row for the time "
        "before, or let this one begin earlier.",
    ),
    "record_granted": Sentence(
        "案卷 {number} 的{kind_zh}申请已获批准。", "Case {number}: the request ({kind_en}) was granted."
    ),
    "record_refused": Sentence(
        "案卷 {number} 的{kind_zh}申请未获批准，理由见办理经过。",
        "Case {number}: the request ({kind_en}) was refused; the reason stands in its record.",
    ),
    "resumed": Sentence(
        "案卷 {number} 挂账结束，时限继续计算。", "Case {number} is no longer suspended: its clock runs on."
    ),
    "consulted": Sentence(
        "案卷 {number} 请贵单位会商，请按期答复。",
        "Your unit is consulted on case {number}: please answer in time.",
    ),
    "consultation_answered": Sentence(
        "案卷 {number} 的会商已有答复。", "The consultation on case {number} was answered."
    ),
    "assistance_answered": Sentence(
        "案卷 {number} 的一个协办单位已反馈，内容见案卷。",
        "A unit that assists on case {number} has answered: see the case.",
    ),
    "order_issued": Sentence(
        "案卷 {number} 已被督办，请按期回复。",
        "A supervision order was issued on case {number}: please reply in time.",
    ),
    "order_sent_back": Sentence(
        "案卷 {number} 的督办回复被退回，请重新回复，理由见办理经过。",
        "The reply to the supervision order on case {number} was sent back: please reply anew; the reason stands in its "
        "record.",
    ),
    "order_accepted": Sentence(
        "案卷 {number} 的督办已办结。", "The reply to the supervision order on case {number} was accepted."
    ),
    "corrected": Sentence(
        "案卷 {number} 的类别或立案条件已更正，办理时限随之改变，请查看。",
        "The class or norm of case {number} was corrected, and its limit with it: please look.",
    ),
    "place_corrected": Sentence(
        "案卷 {number} 的位置已更正；如责任单位应随之改变，请单位申请退单、派遣员改派，建议的单位见案卷。",
        "The place of case {number} was corrected. If another unit is in charge there, let the unit ask to return it and the "
        "dispatcher send it on; the case shows whom the rules propose.",
    ),
    "taken_back": Sentence(
        "案卷 {number} 的“{step_zh}”一步有误，已更正，案卷回到这一步之前，请查看。",
        "Case {number}: the step “{step_en}” was a mistake and was taken back; the case stands as before it. Please look.",
    ),
    "reward_withdrawn": Sentence(
        "案卷 {number} 的隐患奖励在发放前已撤销，理由见办理经过。",
        "Case {number}: the hazard reward was withdrawn before it was paid; the reason stands in its record.",
    ),
    "rewarded": Sentence(
        "您上报的案卷 {number} 已批准隐患奖励。",
        "A hazard reward was granted for the case you reported, {number}.",
    ),
    "assisting": Sentence(
        "案卷 {number} 由贵单位协办，请配合主办单位处置。",
        "Your unit assists on case {number}: please work with the unit in charge.",
    ),
    "assisting_over": Sentence(
        "案卷 {number} 已离开主办单位，贵单位的协办随之结束。",
        "Case {number} has left the unit in charge: your unit no longer assists on it.",
    ),
    "asked_lapsed": Sentence(
        "案卷 {number} 已离开原环节，贵单位尚未答复的{kind_zh}自行终止，不必再答复。",
        "Case {number} has left that stage: what your unit had not answered ({kind_en}) has fallen away; no answer is needed.",
    ),
    "order_lapsed": Sentence(
        "案卷 {number} 已不在该单位办理，对它的督办自行终止，理由见办理经过。",
        "Case {number} has left the unit: the supervision order on it has lapsed; the reason stands in its record.",
    ),
    "request_granted": Sentence(
        "案卷 {number} 的退单或上报申请已获批准，不再由贵单位办理。",
        "The request to return or escalate case {number} was granted: it is no longer with your unit.",
    ),
    "withdrawn": Sentence(
        "案卷 {number} 已作废或移交，不再由贵单位办理。",
        "Case {number} was made void or handed over: it is no longer with your unit.",
    ),
    "rung_reminder": Sentence(
        "案卷 {number} 即将到期，请抓紧办理。", "Case {number} is due soon: please see to it."
    ),
    "rung_urging": Sentence(
        "催办：案卷 {number} 已超期，请立即办理。", "Urgent: case {number} is overdue; please act at once."
    ),
    "rung_order": Sentence(
        "案卷 {number} 催办后仍超期，建议督办。",
        "Case {number} is still overdue after it was urged: a supervision order is proposed.",
    ),
    "rung_attention": Sentence(
        "案卷 {number} 的一个环节催办后仍未办理，请关注（见“督办”的“建议督办”）。",
        "A stage of case {number} still waits after it was urged: please see to it (see “Supervision”, “Orders proposed”).",
    ),
    "order_joint": Sentence(
        "案卷 {number} 三方联合督办，贵单位参加，请按期回复（见“督办”）。",
        "Case {number} is supervised jointly by three parties; your unit is one: please reply in time (see “Supervision”).",
    ),
    "order_joint_answered": Sentence(
        "案卷 {number} 三方联合督办的一个单位已回复，另一个尚未回复（见“督办”）。",
        "One unit of the joint supervision of case {number} has replied, the other has not yet (see “Supervision”).",
    ),
    "paper_issued": Sentence(
        "有一份通报、纪要或通知提到贵单位，请查看（见“督办”）。",
        "A bulletin, minutes or a notice names your unit: please read it (see “Supervision”).",
    ),
    "demand": Sentence(
        "贵单位有一项书面说明或议定事项须按期答复（见“督办”）。",
        "Your unit owes a written explanation or has a decision to carry out (see “Supervision”).",
    ),
    "demand_overdue": Sentence(
        "贵单位的一项书面说明或议定事项已超期，请立即答复（见“督办”）。",
        "An explanation or a decision of your unit is overdue: answer at once (see “Supervision”).",
    ),
    "demand_answered": Sentence(
        "一个单位已答复，请审核（见“督办”）。",
        "A unit has answered: please judge the answer (see “Supervision”).",
    ),
    "demand_accepted": Sentence("贵单位的答复已通过。", "Your unit's answer was accepted."),
    "demand_sent_back": Sentence(
        "贵单位的答复被退回，请补充后再报（见“督办”）。",
        "Your unit's answer was sent back: please complete it (see “Supervision”).",
    ),
    "occasion_regular_meeting": Sentence(
        "{day} 召开{name}，请提出要议的事项（见“督办”的“例会日程”）。",
        "{name_en} on {day}: raise the matters to be decided (see “Supervision”, “Regular meetings”).",
    ),
    "occasion_bulletin": Sentence(
        "{name}（{day}）该起草了（见“督办”的“例会日程”）。",
        "{name_en} of {day} is to be drafted (see “Supervision”, “Regular meetings”).",
    ),
    "calendar_ending": Sentence(
        "工作日历的数据到 {year} 年底为止，请尽快导入下一年的节假日安排，否则之后的时限无法计算。",
        "The work calendar ends with {year}: load the next year's holidays soon, or later time limits cannot be computed.",
    ),
    "rotation_coming": Sentence(
        "轮岗：自 {day} 起，您的分队为 {squad}，网格为 {grid}。",
        "Rotation: from {day} on your squad is {squad}, your grid {grid}.",
    ),
    "rotation_withdrawn": Sentence(
        "原定 {day} 生效的轮岗方案已撤销，您的分队和网格不变。",
        "The rotation planned for {day} was withdrawn: your squad and grid stay as they are.",
    ),
    "rotation_stuck": Sentence(
        "第 {plan} 号轮岗方案 {day} 应生效而未能生效，请撤销后重新编制（见“巡查队伍”的“轮岗”）。",
        "Rotation plan {plan} could not take effect on {day}: withdraw it, make it anew (“Inspection squads”, “Rotation”).",
    ),
    "rotation_due": Sentence(
        "轮岗（{turn_zh}）已于 {due} 到期，请编制方案（见“巡查队伍”的“轮岗”）。",
        "Rotation ({turn_en}) has been due since {due}: have a plan made (“Inspection squads”, “Rotation”).",
    ),
    "draw_due": Sentence(
        "{month} 的案卷还没有抽查，请抽取（见“巡查队伍”的“抽查”）。",
        "No case of {month} was drawn for re-check yet: draw them (“Inspection squads”, “Sampling”).",
    ),
    "ledger_entered": Sentence(
        "您的台账有一条新记录。如有异议，请在 {until} 前申诉。",
        "There is a new entry in your ledger. If you disagree, appeal by {until}.",
    ),
    "ledger_appealed": Sentence(
        "一条台账记录有人申诉，请裁定。", "An entry of the ledger was appealed: please decide."
    ),
    "ledger_ruled": Sentence(
        "您对台账记录的申诉已有裁定，请在台账中查看。", "Your appeal was decided: see your ledger."
    ),
    "feedback_taken": Sentence(
        "收到一条对 {squad} 工作的社会反馈，请答复。",
        "There is feedback from the public on the work of {squad}: please answer it.",
    ),
    "feedback_upheld:complaint": Sentence(
        "群众对 {unit} 工作的投诉经查属实，请整改；详情请向评价员了解。",
        "A complaint from the public about the work of {unit} was found to be true: mend it; the evaluator knows more.",
    ),
    "feedback_upheld:praise": Sentence(
        "群众对 {unit} 的工作提出表扬。", "The work of {unit} was praised by the public."
    ),
    "recheck_due": Sentence(
        "抽查的案卷应于 {due} 前复查，还有 {count} 件等您或同事复查。",
        "Cases drawn are to be looked at again by {due}: {count} still wait for you or a colleague.",
    ),
    "feedback_due": Sentence(
        "社会反馈（{squad}）应于 {due} 前答复，请尽快答复。",
        "Public feedback on {squad} is due on {due}: please answer it.",
    ),
    "draft_refused": Sentence(
        "规则草稿（编号 {draft}）没有生效，已退回编辑，原因见草稿页（“规则”的“草稿”）。",
        "The draft of rules no. {draft} was not put in force and is open again: the reasons stand on its page (“Rules”, "
        "“Drafts”).",
    ),
    "daily_report_missing": Sentence(
        "{unit} 尚未报送 {day} 的零报告，请在 {due} 前报送；没有情况也请报 0。",
        "{unit} has not filed its report for {day}: file it by {due}, with 0 when there was nothing.",
    ),
}
#: how a case may end, by its state
ENDINGS: dict[str, Sentence] = {
    "closed": Sentence("已结案", "was closed"),
    "rejected": Sentence(
        "未予受理或立案，理由见办理经过", "was not taken up; the reason stands in its record"
    ),
    "void": Sentence("已作废，理由见办理经过", "was made void; the reason stands in its record"),
    "settled": Sentence("已现场办结", "was settled on the spot"),
    "transferred": Sentence("已移交其他部门办理", "was handed over to another authority"),
}
#: what runs beside a case, by its kind
KINDS: dict[str, Sentence] = {
    "return": Sentence("退单", "return"),
    "escalation": Sentence("上报上级", "escalation"),
    "extension": Sentence("延期", "extension"),
    "suspension": Sentence("挂账", "suspension"),
    "overdue_appeal": Sentence("超期申诉", "appeal of the overdue mark"),
    "correction": Sentence("更正", "correction"),
    "reward": Sentence("隐患奖励", "hazard reward"),
    "consultation": Sentence("会商", "consultation"),
    "assistance": Sentence("协办", "assistance"),
}
#: why a row of the matrix no longer works
WHY: dict[str, Sentence] = {
    "unit_ended": Sentence("单位已撤销", "the unit has ended"),
    "not_in_force": Sentence("有效期已过", "its period is over"),
}
ENDED = Sentence("已办理完毕", "has ended")


def say(template: str, facts: Mapping[str, Any]) -> Sentence:
    """The sentence with its facts. KeyError for an unknown template or a fact that is missing."""
    ending = ENDINGS.get(str(facts.get("state")), ENDED)
    why = WHY.get(str(facts.get("why")), ENDED)
    kind = KINDS.get(str(facts.get("kind")), ENDED)
    words = {
        **facts,
        "kind_zh": kind.zh,
        "kind_en": kind.en,
        "ending_zh": ending.zh,
        "ending_en": ending.en,
        "why_zh": why.zh,
        "why_en": why.en,
    }
    zh, en = TEMPLATES.get(f"{template}:{facts.get('why')}") or TEMPLATES[template]
    return Sentence(zh.format(**words), en.format(**words))
