# SPDX-License-Identifier: Apache-2.0
"""What the room refuses, one class per fact."""

from wangge.common.errors import BadInput, Conflict, Refused


class NoRules(Conflict):
    code = "no_inspector_rules"
    http_status = 503
    zh = "还没有载入监督员工作规则（inspectors.yaml），请系统管理员载入城市数据包。"
    en = "The rules of inspectors' work (inspectors.yaml) are not loaded; ask the administrator to load the city's pack."


class WordsMissing(BadInput):
    code = "words_missing"
    zh = "请填写：{zh_field}。"
    en = "Fill in {en_field}."


class WordsTooLong(BadInput):
    code = "words_too_long"
    zh = "文字超过 {most} 个字，请缩短。"
    en = "More than {most} characters; shorten the text."


class WordsUnstorable(BadInput):
    code = "words_unstorable"
    zh = "文字中有不能保存的字符，请删去后重试。"
    en = "The text holds a character that cannot be stored; remove it and try again."


class KeyUsed(Conflict):
    code = "key_used"
    zh = "这张表已经提交过别的内容，请刷新页面后重新填写。"
    en = "This form was already sent with other content; reload the page and fill it in anew."


class PeriodTurnedRound(BadInput):
    code = "period_turned_round"
    zh = "起止日期有误：止日不早于起日、不晚于今天，最长 {most} 天。"
    en = "The period is wrong: it ends after it begins, not after today, and spans {most} days at most."


# rotation


class FirstDayTooSoon(BadInput):
    code = "first_day_too_soon"
    zh = "生效日期应在今天之后、一年以内。"
    en = "A plan takes effect after today and within a year."


class PlanClosed(Conflict):
    code = "plan_closed"
    zh = "方案现在是“{state_zh}”，不能这样做。请刷新页面查看。"
    en = "The plan is now “{state_en}”; this is not possible. Reload the page."


class NotYourPlan(Refused):
    code = "not_your_plan"
    zh = "草案只能由编制人修改或放弃。"
    en = "A draft is changed or given up by whoever made it."


class OwnPlan(Refused):
    code = "own_plan"
    zh = "方案须由编制人以外的另一人批准。"
    en = "A plan is approved by somebody else than whoever made it."


class WrongPlace(BadInput):
    code = "wrong_place"
    zh = "“{place}”不能选：不在本方案的分队或网格之内。请从列表中选择。"
    en = "“{place}” cannot be chosen: it is no squad or grid of this plan. Choose from the list."


class PlaceAvoided(BadInput):
    code = "place_avoided"
    zh = "{name}最近在“{place}”工作过，按规则不能安排回去。请另选。"
    en = "{name} worked at “{place}” lately; the rule keeps them from going back. Choose another."


class PlaceEmpty(Conflict):
    code = "place_empty"
    zh = "这些地方没有安排人：{places}。请调整后再批准。"
    en = "Nobody is to go to {places}; change the plan before it is approved."


class PlanMoved(Conflict):
    code = "plan_moved"
    zh = "编制方案以后，{count} 人的分队或网格已有变动，请重新编制。"
    en = "Since the plan was made, squad or grid of {count} people have changed; make it anew."


class PlanPending(Conflict):
    code = "plan_pending"
    zh = "另一方案（{day} 生效）已安排其中的人员，请先撤销它或等它生效。"
    en = "Another plan, in effect from {day}, already moves some of these people; withdraw it or wait for it."


# sampling


class NothingToDraw(Conflict):
    code = "nothing_to_draw"
    zh = "这段时间没有可抽查的案卷，请换一段时间。"
    en = "No case of this period can be drawn; choose another period."


class DrawnAlready(Conflict):
    code = "drawn_already"
    zh = "{since} 至 {until} 已由{name}抽过，同一地区的同一天只抽一次。请复查那一批，或选择其他日期。"
    en = (
        "{name} has drawn from {since} to {until} already, and a day of an area is drawn from once: "
        "look at that draw's cases again, or choose other days."
    )


class AlreadyRechecked(Conflict):
    code = "already_rechecked"
    zh = "这件案卷已经复查过，请刷新页面。"
    en = "This case has been looked at again already; reload the page."


class HandInCase(Refused):
    code = "hand_in_case"
    zh = "您经手过这件案卷，不能复查；请由其他人复查。"
    en = "You had a hand in this case; somebody else looks at it again."


class OwnSquad(Refused):
    code = "own_squad"
    zh = "这是您所在分队的案卷，请由其他分队或评价员复查。"
    en = "This case is your own squad's; another squad or an evaluator looks at it again."


class UnknownResult(BadInput):
    code = "unknown_recheck_result"
    zh = "请选择复查结果：相符、错报或漏报。"
    en = "Choose a result: agreed, wrong report or missed report."


class StepUnnamed(BadInput):
    code = "recheck_step_unnamed"
    zh = "这件案卷由不同的监督员办理，请选择有误的环节。"
    en = "Different inspectors worked on this case; choose the step at fault."


class NotReportedSince(BadInput):
    code = "not_reported_since"
    zh = "请填写漏报问题上报后的案卷编号：应在这次抽查之后、在同一分队的网格内上报，且不是被抽查的案卷。"
    en = "Give the case the missed matter was reported as: since the draw, in the same squad's grids, not the drawn case itself."


# ledger


class NotAnInspector(BadInput):
    code = "not_an_inspector"
    zh = "请从列表中选择监督员。"
    en = "Choose an inspector from the list."


class AboutYourself(Refused):
    code = "about_yourself"
    zh = "不能对本人的记录作出认定，请由他人办理。"
    en = "Nobody decides about themselves; somebody else does this."


class NotYourEntry(Refused):
    code = "not_your_entry"
    zh = "只有被记录的本人可以申诉。"
    en = "Only the person the entry is about may appeal."


class AppealTooLate(Conflict):
    code = "appeal_too_late"
    zh = "申诉期限已过（{until} 止），记录维持。"
    en = "The time to appeal ended on {until}; the entry stands."


class EntryDecided(Conflict):
    code = "entry_decided"
    zh = "这条记录现在是“{state_zh}”，不能这样做。请刷新页面查看。"
    en = "The entry is now “{state_en}”; this is not possible. Reload the page."


class OwnEntry(Refused):
    code = "own_entry"
    zh = "申诉须由记录人以外的另一人裁定。"
    en = "An appeal is decided by somebody else than whoever made the entry."


# feedback


class NumberInText(BadInput):
    code = "number_in_text"
    zh = "文字中有像电话或证件号码的长数字。这里不登记群众的联系方式，请删去；案卷编号请填在“案卷编号”栏。"
    en = (
        "The text holds what looks like a telephone or identity number. No contact is kept here: remove it; "
        "a case goes into its own field."
    )


class NoSubject(BadInput):
    code = "no_subject"
    zh = "请填写案卷编号，或选择对谁的工作有意见。"
    en = "Name the case, or choose whose work it is about."


class FeedbackAnswered(Conflict):
    code = "feedback_answered"
    zh = "这条反馈已经答复，请刷新页面查看。"
    en = "This feedback has been answered; reload the page."


# zero report


class NotYourUnit(Refused):
    code = "not_your_unit_report"
    zh = "只能报送本单位的零报告；您的单位不需报送或您没有这项任职。"
    en = "A daily report is filed by a person of the unit; your unit files none, or you hold no post in it."


class DayClosed(Conflict):
    code = "day_closed"
    zh = "{day} 不能报送或更正：只能是今天，或之前 {days} 天以内。"
    en = "{day} cannot be reported or corrected: only today, or up to {days} days before."


class CountWrong(BadInput):
    code = "count_wrong"
    zh = "数量应为 0 至 {most} 的整数。没有情况请填 0。"
    en = "A count is a whole number from 0 to {most}. Write 0 when there was nothing."


class SettledWrong(BadInput):
    code = "settled_wrong"
    zh = "“网格内自行解决”第 {line} 行有误：网格、类别和数量都要填写，同一网格和类别只填一行。"
    en = "Line {line} of what was settled in the grid is wrong: grid, class and count are all needed, each grid and class once."


class ReportedMeanwhile(Conflict):
    code = "reported_meanwhile"
    zh = "同事刚刚报送了这一天的零报告，请核对后再决定是否更正。"
    en = "A colleague has just filed this day's report; look at it before you correct it."
