# SPDX-License-Identifier: Apache-2.0
"""Words for the values a column may have, in both languages."""

from wangge.administration.columns import Words
from wangge.organizations.access import Permission

_CLOCKS = {
    "urgent_minute": Words("紧急分钟", "urgent minutes"),
    "urgent_hour": Words("紧急工作时", "urgent hours"),
    "urgent_day": Words("紧急工作日", "urgent days"),
    "work_hour": Words("工作时", "working hours"),
    "work_day": Words("工作日", "working days"),
    "natural_day": Words("自然日", "natural days"),
}
_UNIT_KINDS = {
    "centre": Words("中心", "centre"),
    "department": Words("部门", "department"),
    "street": Words("街道", "street"),
    "station": Words("站", "station"),
    "squad": Words("监督队", "squad"),
    "company": Words("企业", "company"),
}
_PERMISSIONS = {
    Permission.CALL_TAKE.value: Words("接听热线、回访", "Take calls and call back"),
    Permission.CASE_READ.value: Words("查看案卷", "Read cases"),
    Permission.CASE_REPORT.value: Words("上报案卷", "Report cases"),
    Permission.CONTACT_READ.value: Words("读取来电人联系方式", "Read the contact of a caller"),
    Permission.DUPLICATE_LINK.value: Words("关联重复案卷", "Link duplicates"),
    Permission.REWARD_READ.value: Words("看奖励台账", "See the ledger of rewards"),
    Permission.DAILY_REPORT_FILE.value: Words("报送零报告", "File daily reports"),
    Permission.DAILY_REPORT_READ.value: Words("查看零报告", "Read daily reports"),
    Permission.FEEDBACK_ANSWER.value: Words("答复社会反馈", "Answer feedback on staff"),
    Permission.FEEDBACK_TAKE.value: Words("登记社会反馈", "Enter feedback on staff"),
    Permission.LEDGER_ENTER.value: Words("记录漏报", "Enter missed reports"),
    Permission.LEDGER_READ.value: Words("查看监督员台账", "Read inspectors' ledgers"),
    Permission.LEDGER_RULE.value: Words("裁定台账申诉", "Decide appeals of ledger entries"),
    Permission.ROTATION_APPROVE.value: Words("批准轮岗方案", "Approve rotation plans"),
    Permission.ROTATION_PLAN.value: Words("编制轮岗方案", "Make rotation plans"),
    Permission.SAMPLE_DRAW.value: Words("抽取复查案卷", "Draw cases for re-check"),
    Permission.SAMPLE_RECHECK.value: Words("复查案卷", "Re-check cases"),
    Permission.CALENDAR_READ.value: Words("查看工作日历", "Read the calendar"),
    Permission.ROSTER_KEEP.value: Words("安排请假和值班", "Keep absences and duty hours"),
    Permission.RULEBOOK_EDIT.value: Words("起草规则改动", "Draft changes of rules"),
    Permission.RULEBOOK_PUBLISH.value: Words("发布规则改动", "Publish changes of rules"),
    Permission.RULEBOOK_READ.value: Words("查看规则", "Read the rules"),
    Permission.BOARD_READ.value: Words("查看看板", "Read the board"),
    Permission.CAMPAIGN_RUN.value: Words("设立专项行动", "Set up campaigns"),
    Permission.DEMAND_ANSWER.value: Words("代表单位答复", "Answer for a unit"),
    Permission.DEMAND_JUDGE.value: Words("审核单位答复", "Judge the answers of units"),
    Permission.HANDS_READ.value: Words("经手倒查", "See every hand on a case"),
    Permission.PAPER_DRAFT.value: Words("起草通报与纪要", "Draft bulletins and minutes"),
    Permission.PAPER_ISSUE.value: Words("印发通报与纪要", "Issue bulletins and minutes"),
    Permission.SITTING_KEEP.value: Words("登记领导坐席", "Record leaders' sittings"),
    Permission.OVERSIGHT_READ.value: Words("查看督办", "Watch over units"),
}
#: by "table.column", else by the column alone
CHOICES: dict[str, dict[str, Words]] = {
    "clock": _CLOCKS,
    "arrive_clock": _CLOCKS,
    "safe_clock": _CLOCKS,
    "lead_kinds": _UNIT_KINDS,
    "assist_kinds": _UNIT_KINDS,
    "unit_kinds": _UNIT_KINDS,
    "units.kind": _UNIT_KINDS,
    "permissions": _PERMISSIONS,
    "classes.kind": {
        "component": Words("部件", "component"),
        "event": Words("事件", "event"),
        "service": Words("服务", "service"),
        "hazard": Words("隐患", "hazard"),
        "dispute": Words("纠纷", "dispute"),
        "campaign": Words("专项", "campaign"),
    },
    "classes.level": {
        "major": Words("大类", "major"),
        "minor": Words("小类", "minor"),
        "detail": Words("细类", "detail"),
    },
    "relation": {
        "same": Words("相同", "same as"),
        "narrower": Words("较窄", "narrower than"),
        "broader": Words("较宽", "broader than"),
    },
    "use": {
        "report": Words("上报", "report"),
        "handle": Words("处置", "handling"),
        "check": Words("核查", "check"),
        "visit": Words("巡访", "visit"),
    },
    "axis": {
        "supervision": Words("监督轴", "supervision"),
        "command": Words("指挥轴", "command"),
        "unit": Words("责任单位", "unit"),
        "none": Words("不在轴上", "neither"),
    },
    "holidays.kind": {
        "holiday": Words("放假", "holiday"),
        "makeup_workday": Words("调休上班", "make-up working day"),
    },
    "guard": {
        "wants_callback": Words("要回访的", "to be called back"),
        "unsatisfied_before": Words("曾不满意的", "unsatisfied before"),
        "tries_left": Words("还可再试的", "tries left"),
        "was_filed": Words("原已立案的", "was filed before"),
        "was_accepted": Words("原已受理的", "was accepted before"),
        "is_split": Words("已拆分的", "was split"),
    },
    "needs": {
        "description": Words("问题描述", "description"),
        "grid": Words("网格", "grid"),
        "class": Words("类别", "class"),
        "norm": Words("标准", "norm"),
        "reason": Words("理由", "reason"),
        "unit": Words("主办单位", "lead unit"),
        "handler": Words("处置人", "handler"),
        "result": Words("处置结果", "result"),
        "photo": Words("照片", "photo"),
        "position": Words("定位", "position"),
        "solved": Words("是否解决", "solved?"),
        "satisfied": Words("是否满意", "satisfied?"),
        "finding": Words("调查结论", "finding"),
        "target": Words("另一案卷", "other case"),
        "destination": Words("移交去向", "destination"),
        "basis": Words("依据", "basis"),
        "passage": Words("要删的文字", "the text"),
        "remark": Words("说明", "remark"),
        "amount": Words("延长多少", "by how much"),
        "until": Words("截止日期", "last day"),
        "mode": Words("督办方式", "how"),
        "cause": Words("督办原因", "cause"),
        "area": Words("下级", "level below"),
        "yuan": Words("金额", "yuan"),
        "parts": Words("子案", "parts"),
        "right": Words("正确的类别与立案条件", "the right class and norm"),
        "supervised": Words("应督办的已督办办结", "supervised where it must be"),
    },
    "oversight.kind": {
        "reminder": Words("提醒", "reminder"),
        "urging": Words("催办", "urging"),
        "order": Words("建议督办", "order proposed"),
        "attention": Words("提请关注", "brought to whoever leads"),
    },
    "when": {
        "yellow": Words("随黄灯", "with the yellow light"),
        "before": Words("到期之前", "before the due moment"),
        "after": Words("到期之后", "after the due moment"),
    },
    "colour": {
        "green": Words("绿", "green"),
        "blue": Words("蓝", "blue"),
        "yellow": Words("黄", "yellow"),
        "red": Words("红", "red"),
    },
    "inspectors.of": {
        "inspector": Words("每名监督员", "each inspector"),
        "squad": Words("每个分队", "each squad"),
    },
    "inspectors.kind": {
        "points": Words("扣分", "points"),
        "training": Words("培训", "training"),
        "none": Words("无", "none"),
    },
    "weekday": {
        "mon": Words("星期一", "Monday"),
        "tue": Words("星期二", "Tuesday"),
        "wed": Words("星期三", "Wednesday"),
        "thu": Words("星期四", "Thursday"),
        "fri": Words("星期五", "Friday"),
        "sat": Words("星期六", "Saturday"),
        "sun": Words("星期日", "Sunday"),
    },
    "confidence": {
        "high": Words("高", "high"),
        "medium": Words("中", "medium"),
        "low": Words("低", "low"),
    },
}
YES_NO = {"yes": Words("是", "Yes"), "no": Words("否", "No")}


def choices_of(table: str, column: str) -> dict[str, Words]:
    """Value -> words; empty where the column has no fixed values."""
    return CHOICES.get(f"{table}.{column}") or CHOICES.get(column, {})
