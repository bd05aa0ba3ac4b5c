# SPDX-License-Identifier: Apache-2.0
"""What the tables and columns of reference data are called on the pages, in both languages; what a column refers to."""

from typing import NamedTuple


class Words(NamedTuple):
    """A name, and a sentence about it, in both languages."""

    name_zh: str
    name_en: str
    hint_zh: str = ""
    hint_en: str = ""


#: the groups of the overview, each with its tables and documents in order
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (
        Words("目录与标准", "Catalogue and standards"),
        ("modules", "generations", "classes", "mappings", "norms", "procedures", "forms"),
    ),
    (Words("职责", "Duties"), ("responsibilities", "command_levels", "profiles", "duties")),
    (Words("组织", "Organisation"), ("units", "unit_hours", "posts", "people")),
    (Words("时间", "Time"), ("calendar", "holidays")),
    (Words("流程", "Flow"), ("flow", "channels", "hotlines")),
    (Words("督查与考核", "Supervision"), ("oversight", "inspectors")),
)

TABLES: dict[str, Words] = {
    "modules": Words(
        "业务模块", "Modules", "类别归入的业务板块。", "The fields of business that classes belong to."
    ),
    "generations": Words(
        "目录版本",
        "Generations",
        "国家目录的各版，以及本市自设的类别。",
        "Editions of the national catalogue, and local classes.",
    ),
    "classes": Words(
        "类别",
        "Classes",
        "大类、小类、细类：案卷按它分类。",
        "Major, minor and detail classes that cases are filed under.",
    ),
    "mappings": Words(
        "版本对照",
        "Mappings",
        "一版目录的类别相当于另一版的哪一类。",
        "Which class of one generation is which of another.",
    ),
    "norms": Words(
        "立案与处置标准",
        "Norms",
        "立案条件、处置时限、结案条件和照片要求。",
        "Condition for filing, limit, closing condition and photos.",
    ),
    "procedures": Words(
        "办理规程",
        "Procedures",
        "规程单上除标准以外的内容。",
        "What the procedure sheet says beside the norms.",
    ),
    "forms": Words("附加表单", "Forms", "某类案卷另填的项目。", "Extra fields that a class asks for."),
    "responsibilities": Words(
        "权责清单",
        "Responsibilities",
        "什么类别、在哪里、属谁的，由谁主办、谁协办。",
        "Which class, where and whose: who leads, who assists.",
    ),
    "command_levels": Words(
        "派遣层级",
        "Command levels",
        "先由哪一级派遣，与全市不同的类别。",
        "Classes dispatched first at another level than the city's.",
    ),
    "profiles": Words(
        "区域重点",
        "Area emphasis",
        "一个街道的重点类别：在那里工作的人先看到它们。",
        "The classes an area stresses: whoever works there finds them first.",
    ),
    "duties": Words(
        "巡查分工",
        "Supervision duties",
        "每个责任网格由哪个监督队巡查。",
        "The squad that walks each supervision grid.",
    ),
    "units": Words(
        "责任单位",
        "Units",
        "部门、街道、站、监督队和企业。",
        "Departments, streets, stations, squads and companies.",
    ),
    "unit_hours": Words(
        "单位值班时间",
        "Duty hours of units",
        "单位什么时候有人值班；通知和交办先找在岗的人。",
        "When a unit is staffed: notices and assignments go to whoever is on duty.",
    ),
    "posts": Words(
        "岗位", "Posts", "岗位属于哪条轴线，有什么权限。", "The axis of a post and what it may do."
    ),
    "people": Words(
        "人员任职",
        "People",
        "谁在哪里任什么岗位；不放其他个人信息。",
        "Who holds which post where; nothing else about a person.",
    ),
    "calendar": Words(
        "工作日历",
        "Work calendar",
        "各类单位的工作时间和换季时间。",
        "Working hours of each kind of unit, and seasons.",
    ),
    "holidays": Words(
        "节假日", "Holidays", "放假日和调休上班日。", "Public holidays and make-up working days."
    ),
    "flow": Words(
        "流程",
        "Flow",
        "案卷经过的环节、每一步由谁办、限多久。",
        "The states of a case, who takes each step, and the limits.",
    ),
    "channels": Words(
        "来源",
        "Channels",
        "案卷从哪里来，要不要回访。",
        "Where cases come from, and whether somebody is called back.",
    ),
    "hotlines": Words(
        "热线",
        "Hotlines",
        "哪些来源是电话；重复来电、回访和联系方式保存的期限。",
        "Channels that are telephones; how far back repeats go, when to try again, how long contacts are kept.",
    ),
    "oversight": Words(
        "督查督办规则",
        "Rules of supervision",
        "提醒、催办和督办的台阶，单位的灯，答复的期限。",
        "Reminders, urging and orders, the lights of units, how long units have to answer.",
    ),
    "inspectors": Words(
        "监督员工作规则",
        "Rules of inspectors' work",
        "轮岗、抽查、台账、社会反馈和零报告。",
        "Rotation, sampling, ledgers, feedback and daily reports.",
    ),
}

#: columns by "table.column", else by the column alone
COLUMNS: dict[str, Words] = {
    "code": Words(
        "代码",
        "Code",
        "字母、数字和 . _ -；定了就不能改。",
        "Letters, digits and . _ -; it cannot be changed later.",
    ),
    "name": Words("名称", "Name"),
    "name_zh": Words("中文名称", "Chinese name"),
    "name_en": Words("英文名称", "English name"),
    "source": Words("来源说明", "Source", "这一行依据什么。", "What this row rests on."),
    "channels.name": Words("来源", "Channel"),
    "channel": Words("来源", "Channel"),
    "calling_code": Words(
        "国家代码", "Calling code", "号码前的国家代码，例如 86。", "Of the country, such as 86."
    ),
    "repeat_days": Words(
        "重复来电（天）",
        "Repeats (days)",
        "多少天内的来电算重复。",
        "Earlier calls are shown so many days back.",
    ),
    "retry_hours": Words(
        "再拨间隔（小时）",
        "Next try (hours)",
        "联系不上时，隔多久再拨。",
        "Between two tries to reach a caller.",
    ),
    "contact_days": Words(
        "联系方式保存（天）",
        "Contacts kept (days)",
        "事情办结后多少天删除联系方式。",
        "After the matter has ended; then the contact is deleted.",
    ),
    "answered_days": Words(
        "答复内容保存（天）",
        "Answers kept (days)",
        "直接答复的来电，内容多少天后删除；场所检查的文字和照片同此，按最长的算。",
        "Texts of calls answered at once, then deleted; texts and photos of visits likewise, by the longest.",
    ),
    "filing": Words("用于立案", "For filing", "否：只供查阅和对照。", "No: for reference and mapping only."),
    "parent": Words("上级", "Above", "最上一级留空。", "Empty at the top."),
    "level": Words("级别", "Level"),
    "kind": Words("种类", "Kind"),
    "module": Words("业务模块", "Module"),
    "generation": Words("目录版本", "Generation"),
    "confidence": Words("可信程度", "Confidence"),
    "class": Words("类别", "Class"),
    "other": Words("对应类别", "Other class"),
    "relation": Words("关系", "Relation", "前一类与对应类别相比。", "The class compared with the other."),
    "condition": Words("立案条件", "Condition"),
    "condition_zh": Words("立案条件（中文）", "Condition (Chinese)"),
    "condition_en": Words("立案条件（英文）", "Condition (English)"),
    "limit": Words(
        "处置时限",
        "Limit",
        "大于 0 的整数，单位见计时方式。",
        "A whole number above 0, counted by the clock.",
    ),
    "clock": Words("计时方式", "Clock"),
    "arrive_limit": Words("到场时限", "Arrival limit", "没有就留空。", "Empty for none."),
    "arrive_clock": Words("到场计时", "Arrival clock"),
    "safe_limit": Words("先行处置时限", "Limit to make safe", "没有就留空。", "Empty for none."),
    "safe_clock": Words("先行处置计时", "Clock to make safe"),
    "safe_zh": Words("先行处置要求（中文）", "Making safe (Chinese)"),
    "safe_en": Words("先行处置要求（英文）", "Making safe (English)"),
    "closing": Words("结案条件", "Closing condition"),
    "closing_zh": Words("结案条件（中文）", "Closing condition (Chinese)"),
    "closing_en": Words("结案条件（英文）", "Closing condition (English)"),
    "photos_report": Words("上报照片", "Photos to report", "至少几张。", "How many at least."),
    "photos_handle": Words("处置照片", "Photos of handling", "至少几张。", "How many at least."),
    "photos_check": Words("核查照片", "Photos of the check", "至少几张。", "How many at least."),
    "area_grade": Words(
        "区域等级",
        "Area grade",
        "只在这一等级的区域适用，空为各处。",
        "Holds only in areas of that grade; empty: everywhere.",
    ),
    "lead_kinds": Words("主办单位种类", "Kinds of lead unit", "都不选为不限。", "None chosen: any."),
    "assist_kinds": Words("协办单位种类", "Kinds of assisting unit", "都不选为不限。", "None chosen: any."),
    "legal_basis": Words("法律依据", "Legal basis"),
    "local": Words(
        "地方值",
        "Local value",
        "是：本市或某地的值，不是国家标准的。",
        "Yes: a city's value, not the national standard's.",
    ),
    "reviewed": Words("审查要点", "What is reviewed"),
    "reviewed_zh": Words("审查要点（中文）", "What is reviewed (Chinese)"),
    "reviewed_en": Words("审查要点（英文）", "What is reviewed (English)"),
    "basis": Words("依据", "Basis"),
    "basis_zh": Words("依据（中文）", "Basis (Chinese)"),
    "basis_en": Words("依据（英文）", "Basis (English)"),
    "area": Words("区域", "Area"),
    "forms.area": Words("区域", "Area", "留空为全市。", "Empty for everywhere."),
    "use": Words("用在", "Used at"),
    "title": Words("标题", "Title"),
    "title_zh": Words("中文标题", "Chinese title"),
    "title_en": Words("英文标题", "English title"),
    "fields": Words(
        "项目",
        "Fields",
        "JSON Schema，每项有中英文标题。",
        "A JSON Schema; each field has a title in both languages.",
    ),
    "place": Words(
        "地点", "Place", "区域或网格的代码；留空为不限。", "Code of an area or grid; empty for any."
    ),
    "responsibilities.class": Words("类别", "Class", "留空为不限。", "Empty for any."),
    "owner": Words("权属", "Owner", "权属单位的代码；留空为不限。", "Code of the owner; empty for any."),
    "first_day": Words("从", "From", "留空为一直有效。", "Empty for always."),
    "last_day": Words("到", "Until", "含这一天；留空为没有终止日。", "This day included; empty for no end."),
    "lead": Words("主办单位", "Lead unit"),
    "assist": Words("协办单位", "Assisting units"),
    "classes": Words("重点类别", "Classes stressed"),
    "grid": Words("责任网格", "Supervision grid"),
    "unit": Words("单位", "Unit"),
    "duties.unit": Words("监督队", "Squad"),
    "unit_hours.unit": Words(
        "单位", "Unit", "也管下级中没有自己值班时间的单位。", "And those below it without hours."
    ),
    "weekday": Words("星期", "Weekday"),
    "begins": Words("开始", "From", "写成 08:00。", "Written as 08:00."),
    "ends": Words("结束", "Until", "早于开始时，值到第二天。", "Before the beginning: until the next day."),
    "people.unit": Words("单位", "Unit", "不属某一单位的岗位留空。", "Empty for a post of no unit."),
    "people.name": Words("姓名", "Name"),
    "people.area": Words("辖区", "Area in charge"),
    "login": Words("登录名", "Login"),
    "post": Words("岗位", "Post"),
    "axis": Words("轴线", "Axis"),
    "permissions": Words("权限", "Permissions"),
    "date": Words("日期", "Date"),
    "holidays.kind": Words("这一天", "That day"),
    "callback": Words("要回访", "Called back"),
    "external": Words(
        "由受理员登记",
        "Entered by the operator",
        "是：从中心以外来的。",
        "Yes: it comes from outside the centre.",
    ),
    "first_year": Words("数据起始年", "First year with data"),
    "last_year": Words("数据截止年", "Last year with data"),
    "calendars": Words("日历", "Calendars"),
    "version": Words("版本", "Version"),
    "states": Words("环节", "States"),
    "steps": Words("步骤", "Steps"),
    "beside": Words("旁支步骤", "Steps beside the line"),
    "callback_tries": Words("回访次数", "Tries of a callback"),
    "illustrations": Words("示例的部分", "Parts that are examples"),
}

#: columns of the list of each table; a name without its language stands for both, `limit` for value and clock
LISTED: dict[str, tuple[str, ...]] = {
    "modules": ("code", "name", "source"),
    "generations": ("code", "name", "filing"),
    "classes": ("code", "name", "level", "kind", "parent", "generation"),
    "mappings": ("class", "relation", "other"),
    "norms": ("code", "class", "condition", "limit", "closing"),
    "procedures": ("class", "reviewed"),
    "forms": ("class", "area", "use", "title"),
    "responsibilities": ("class", "place", "owner", "lead", "assist", "first_day", "last_day"),
    "command_levels": ("class", "level"),
    "profiles": ("area", "classes"),
    "duties": ("grid", "unit"),
    "units": ("code", "name", "kind", "parent", "area"),
    "unit_hours": ("unit", "weekday", "begins", "ends"),
    "posts": ("code", "name", "axis", "permissions"),
    "people": ("login", "name", "post", "unit", "area"),
    "holidays": ("date", "name", "kind"),
    "channels": ("code", "name", "callback", "external"),
    "hotlines": ("channel", "repeat_days", "retry_hours", "contact_days", "answered_days"),
}

#: what a column's codes name: a table, or areas, grids, levels; by "table.column", else by the column alone
REFERS: dict[str, str] = {
    "class": "classes",
    "channel": "channels",
    "other": "classes",
    "classes": "classes",
    "classes.parent": "classes",
    "module": "modules",
    "generation": "generations",
    "units.parent": "units",
    "unit": "units",
    "lead": "units",
    "assist": "units",
    "post": "posts",
    "area": "areas",
    "place": "places",
    "grid": "grids",
    "command_levels.level": "levels",
}


def words_of(table: str, column: str) -> Words:
    """The words for a column; its own name where there are none."""
    return COLUMNS.get(f"{table}.{column}") or COLUMNS.get(column) or Words(column, column)


def referred(table: str, column: str) -> str:
    """What the codes in that column name; "" for none."""
    return REFERS.get(f"{table}.{column}") or REFERS.get(column, "")
