# SPDX-License-Identifier: Apache-2.0
"""Refusals of the supervision of units."""

from wangge.common.errors import BadInput, Conflict, Refused


class SecondPerson(Refused):
    code = "paper_second_person"
    zh = "起草或修改过的人不能印发，请由另一位同事印发。"
    en = "Who drafted or edited it cannot issue it; ask another colleague."


class NotADraft(Conflict):
    code = "paper_not_a_draft"
    zh = "文书已印发或作废，不能再改。"
    en = "The paper has been issued or discarded and cannot be changed."


class PaperMoved(Conflict):
    code = "paper_moved"
    zh = "文书在您打开之后又有修改，请重新查看。"
    en = "The paper was changed after you opened it; please look at it again."


class NothingNamed(BadInput):
    code = "paper_names_nothing"
    zh = "还没有写明：{zh_what}。"
    en = "Still to be given: {en_what}."


class UnknownCase(BadInput):
    code = "paper_case_unknown"
    zh = "没有案卷“{number}”，或您无权查看。请核对编号。"
    en = "There is no case “{number}”, or you may not see it. Check the number."


class TooManyCases(BadInput):
    code = "paper_too_many_cases"
    zh = "一份文书最多引用 {most} 件案卷，这里写了 {count} 件。请删减，或另起一份。"
    en = "A paper cites {most} cases at most, here are {count}. Leave some out, or draft a second paper."


class UnknownUnit(BadInput):
    code = "oversight_unit_unknown"
    zh = "没有单位“{unit}”，请从列表中选择。"
    en = "There is no unit “{unit}”; choose one from the list."


class UnitOutside(BadInput):
    code = "oversight_unit_outside"
    zh = "“{unit}”不在本区域内。文书只写本区域的单位，或先引用由该单位负责的案卷。"
    en = "“{en_unit}” is outside the area of this paper. Name units of the area, or cite a case the unit is in charge of."


class PersonalNumber(BadInput):
    code = "paper_personal_number"
    zh = "文字中有像电话或身份证的号码。文书只写案卷编号，不写市民信息，请删除。"
    en = "The text holds what looks like a telephone or identity number. Papers name cases, never residents; remove it."


class DaysWrong(BadInput):
    code = "oversight_days_wrong"
    zh = "结束日应不早于开始日，且不超过两年；办结日应不早于今天。请检查日期。"
    en = "The last day comes on or after the first, within two years; a day to be done by is not in the past."


class LongText(BadInput):
    code = "oversight_text_too_long"
    zh = "“{zh_field}”最多 {most} 个字，请缩短。"
    en = "“{en_field}” may have {most} characters at most; shorten it."


class NotYourDemand(Refused):
    code = "demand_not_yours"
    zh = "这一事项由{zh_who}办理。"
    en = "This is done by {en_who}."


class DemandElsewhere(Conflict):
    code = "demand_elsewhere"
    zh = "这一事项刚有变化，请刷新后再办。"
    en = "This has just moved on; reload and try again."


class OwnAnswer(Refused):
    code = "demand_own_answer"
    zh = "答复的人不能审核自己的答复，请由另一位同事审核。"
    en = "Who answered cannot judge the answer; ask another colleague."


class SittingOver(BadInput):
    code = "sitting_over"
    zh = "没有这次坐席，或已过一天。请重新选择坐席，或不选。"
    en = "There is no such sitting, or it was more than a day ago. Choose another, or none."


class SittingAhead(BadInput):
    code = "sitting_ahead"
    zh = "坐席还没有开始，请在开始后登记，或改正开始时间。"
    en = "The sitting has not begun yet: record it once it has, or correct its beginning."


class OrderPast(Conflict):
    code = "order_past"
    zh = "这张督办单已办结，案卷另有新的督办单。请打开新的督办单办理。"
    en = "This order has ended, and the case has a newer one. Open the newer order and do it there."


class NotAMeeting(BadInput):
    code = "order_meeting_not_out"
    zh = "督办单只能依据已印发的专题会纪要下达。请从列表中选择，或先印发纪要。"
    en = "An order is given by a special meeting whose minutes are issued. Choose one from the list, or issue the minutes first."


class NotALeader(BadInput):
    code = "sitting_not_a_leader"
    zh = "请从列表中选择坐席领导，并填写开始时间；结束时间不早于开始时间。"
    en = "Choose the leader from the list and give the beginning; the end is not before it."


class AreasOutside(BadInput):
    code = "campaign_areas_outside"
    zh = "这些区域不在您的辖区内：{areas}。请去掉，或请上级设立。"
    en = "These areas are outside yours: {en_areas}. Leave them out, or ask the level above to set it up."


class CampaignIncomplete(BadInput):
    code = "campaign_incomplete"
    zh = "专项行动须有名称、起止日期、区域和类别，请补全。"
    en = "A campaign needs a title, its days, areas and classes; complete it."


class OccasionDrafted(Conflict):
    code = "occasion_drafted"
    zh = "这一次的纪要或通报已有人起草，请在日程页打开它修改。"
    en = "The minutes or bulletin of this one are drafted already: open them from its page."


class OccasionOver(Conflict):
    code = "occasion_over"
    zh = "这一事项不归这次会议：下一次会议的日子已到，或事项已在另一次会议议定。请在那一次办理。"
    en = "This is not for this meeting: the day of the next one has come, or another one decided it. Go on there."
