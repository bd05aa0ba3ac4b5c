# SPDX-License-Identifier: Apache-2.0
"""What the parts of the documents of rules are called, in both languages."""

from wangge.administration.columns import COLUMNS, Words
from wangge.ui.words import said

_OVERSIGHT = {
    "illustrations": Words(
        "示例的部分",
        "Sections that are examples",
        "没有公开的出处；本市确认或改定以后，请取消勾选。",
        "No published source prints them; take the mark away once your city has confirmed or replaced them.",
    ),
    "lights": Words("单位的灯", "Lights of units"),
    "from_percent": Words("超期占在办的百分比，从", "Percent of running cases overdue, from"),
    "rungs": Words(
        "提醒、催办、督办的台阶", "Rungs: reminders, urging, orders, what is brought to whoever leads"
    ),
    "kind": Words("做什么", "What is done"),
    "when": Words("什么时候", "When"),
    "span": Words("相距多久", "How far from the due moment"),
    "stages": Words("哪些环节", "Stages"),
    "clocks": Words("只用于这些计时方式", "Only for these clocks", "都不选为不限。", "None chosen: any."),
    "longest": Words("用这些计时方式的，只到这样长的时限", "Of limits in these clocks, those up to"),
    "tell": Words("告诉谁", "Who is told"),
    "colour": Words("颜色", "Colour"),
    "occasions": Words("例会日程", "What comes round"),
    "week": Words("每月第几周", "Week of the month", "0 为每周。", "0: every week."),
    "weekday": Words(
        "星期几",
        "Weekday",
        "1 为星期一；休息日顺延到下一个工作日。",
        "1: Monday; a day off moves to the next work day.",
    ),
    "ahead": Words("提前几天开列", "Opened so many days before"),
    "unit_kinds": Words("通知哪些单位", "Units called"),
    "area": Words("只在这个区域", "Of this area only"),
    "level": Words("这一级的每个区域", "Of every area of this level"),
    "units": Words("另外通知的单位", "Units called besides"),
    "repeats": Words("反复发生的同一问题", "The same matter again"),
    "times": Words("几次起", "So many times"),
    "days": Words("多少天以内", "Within so many days"),
    "metres": Words("多少米以内", "Within so many metres"),
    "replies": Words("单位答复的期限", "How long a unit has to answer"),
    "bulletin": Words("通报", "A bulletin"),
    "special_meeting": Words("专题会议", "A special meeting"),
    "regular_meeting": Words("例会", "A regular meeting"),
    "accountability": Words("问责建议", "A proposal of accountability"),
    "inspection": Words("督查", "An inspection"),
    "bulletin_cases": Words("通报草稿最多列几件", "Cases in a bulletin's draft at most"),
    "must_days": Words(
        "不满意和未评价的必须督办：结案后多少天内",
        "Unsatisfied and unrated cases must be supervised: days after closing",
    ),
    "receipt_days": Words(
        "移交外部后多少天没有回执要过问（留空则不过问）",
        "Days after which a case transferred outside without receipt is asked after (empty: never)",
    ),
}
_INSPECTORS = {
    "illustrations": _OVERSIGHT["illustrations"],
    "rotation": Words("轮岗", "Rotation"),
    "inspector_post": Words("监督员岗位", "Post of inspectors"),
    "leader_post": Words("分队长岗位", "Post of squad leaders"),
    "grids": Words("分队内换网格", "Change of grids in the squad"),
    "squads": Words("换分队", "Change of squads"),
    "leaders": Words("分队长换分队", "Squad leaders change squads"),
    "months": Words("每几个月", "Every so many months"),
    "avoid_last": Words("不回到最近几处", "Never to one of the last so many places"),
    "load_months": Words("网格的分量看前几个月", "A grid weighs the cases of so many months"),
    "seconds": Words("方案计算超过几秒作罢", "A plan that takes longer (seconds) is given up"),
    "sampling": Words("抽查", "Sampling"),
    "of": Words("从谁的案卷中抽", "Drawn from the cases of"),
    "remind_day": Words(
        "上月未抽的，每月几日起提醒",
        "Reminded from this day of the month where nothing was drawn of the last",
    ),
    "closed": Words("已结案的", "Closed cases"),
    "simple": Words("简易办结的", "Cases settled on the spot"),
    "rejected": Words("不予受理或立案的", "Rejected cases"),
    "percent": Words("百分之几", "Percent"),
    "least": Words("至少几件", "At least"),
    "days": Words("复查期限（自然日）", "Looked at again within (natural days)"),
    "ledger": Words("台账", "Ledger"),
    "consequences": Words("后果", "Consequences"),
    "wrong_report": Words("错报", "Wrong report"),
    "missed_report": Words("漏报", "Missed report"),
    "complaint": Words("投诉", "Complaint"),
    "praise": Words("表扬", "Praise"),
    "kind": Words("怎样处理", "What follows"),
    "points": Words("扣几分", "Points taken off"),
    "appeal_days": Words("申诉期限（自然日）", "May be appealed for (natural days)"),
    "keep_days": Words("保存多少天", "Kept for (days)"),
    "feedback": Words("社会反馈", "Feedback from the public"),
    "limit": Words("答复期限（工作日）", "Answered within (working days)"),
    "zero_report": Words("零报告", "Daily report"),
    "unit_kinds": Words("哪些单位报", "Who reports"),
    "remind": Words("提醒时刻", "Reminded at", "本市时间，写成 17:00。", "The city's time, as 17:00."),
    "due": Words("截止时刻", "Due at", "本市时间，写成 18:00。", "The city's time, as 18:00."),
    "correct_days": Words("几天内可更正", "May be corrected for (days)"),
}
#: by document and part
RULE_WORDS: dict[str, dict[str, Words]] = {"oversight": _OVERSIGHT, "inspectors": _INSPECTORS}


def part_words(document: str, part: str) -> Words:
    """Of one part of a path; its own name where there are none."""
    return RULE_WORDS[document].get(part) or COLUMNS.get(part) or Words(part, part)


def path_text(document: str, path: str) -> str:
    """A path such as "repeats.times" in the reader's language."""
    return " · ".join(said(part_words(document, part)) for part in path.split("."))
