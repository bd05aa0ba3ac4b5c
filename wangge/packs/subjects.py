# SPDX-License-Identifier: Apache-2.0
"""No class, no form and no module has a resident as its subject. What this product never holds is no city's to switch on, so
the words stand in code: README.md ("What it holds about people") and docs/explanation/people-and-data.md.

A name is refused where people are the thing recorded, not where somebody asks for something or something happened:

* a *label* on people (drug users, those released, petitioners, "key persons"): wherever it stands, the euphemism
  特殊人群服务管理 included, unless a thing or a place follows (特殊人群通道被占) or a deed (歧视刑满释放人员, 精神病人走失).
  Institutions are none: 戒毒所门前积水 is about water.
* a *kind of people* (migrants, tenants, the aged, beggars): where the name is that alone, or ends so, or goes on with nothing
  but keeping record of them (登记, 信息, 排查, 走访 ...). A name that says what they ask for, what happened to them or what
  was done to them is a matter: 流浪乞讨人员救助, 独居老人求助, 走失老人, 残疾人通道被占, 出租屋消防隐患, 虐待老人.

Of a name in two languages the one that names a matter decides, for a label only one that holds the people and excuses it.

流浪乞讨 stands in the national lists of 2007 and 2013 by itself; it names people, and the pack `standard` leaves it out
for that. Staff and deeds are no residents: 医务人员管理, 交通管控人员, 拐卖人口. Of the shipped packs nothing is refused,
and of 1,697 categories of two bodies that answer requests (a petition office, a council) one: 流动人口管理.
"""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import zip_longest
from typing import Any

from wangge.packs.contents import Key, Pack
from wangge.packs.faults import Fault
from wangge.packs.schema import FormRow

#: what keeps record of people; each of two characters
_RECORDS_ZH = (
    "情况|信息|登记|管理|采集|排查|摸排|摸底|走访|台账|档案|名册|名单|建档|动态|变动|去向|轨迹|评分|积分|标签|分级|分类|等级|"
    "核查|监控|监测|跟踪|管控|稳控|普查|统计|数据|画像"
)
_LABELS_ZH = (
    r"(重点|特殊|特定|高危|敏感|不稳定|涉稳|危险)(人员|人群|群体|人口)|重点青少年|稳定人员",
    r"(重点)?关注(人员|人群|群体|对象)",
    r"(吸毒|涉毒|戒毒|刑满|刑释|解戒|涉邪|邪教|上访|信访|涉访|缠访|闹访|涉军|前科|在逃|涉黑|失信|帮教|稳控|维稳|矫正)"
    r"(释放)?(重点)?(人员|人群|群体|对象|青少年|者)",
    r"(上访|信访|涉访|缠访|闹访)老?户(?![外籍])",
    # without such a word before it, staff: 交通管控人员
    r"(重点|居家|在册|列入|被|涉稳)管控(人员|对象)|管控(人群|群体|青少年)",
    r"(刑满释放|刑释解教|两劳|安置帮教|肇事肇祸)",
    r"(精神病|精神障碍|艾滋病)(人|患者|人员)",
    r"(不良|闲散|失足|问题)(青少年|青年|少年|妇女|人员)",
)
_KINDS_ZH = (
    r"^人员|^人口|^管控(人员|对象)|(流动|暂住|常住|户籍|实有)(人口|人员)|外来(人口|(务工)?人员)|境外人员|租房人员|"
    r"出租屋(住户|租客|人员)|租户|租客|承租人|房客|住户|居民|村民|业主|流浪(乞讨)?(人员|汉|者)|流浪乞讨|乞讨(人员|者)|乞丐|"
    r"老年人|老人|残疾人|残障人士|(低保|困难|贫困|特困|五保|独居)(户|家庭|人员|老人|群众)|留守(儿童|老人|妇女)|孕产妇|"
    r"育龄妇女|失业人员|无业人员|闲散人员|少数民族(群众|人员|人口)?|信教群众|外国人"
)
#: what somebody asks for, or what happened to them
_ASKED_ZH = (
    "求助|救助|帮助|援助|帮扶|请求|申请|投诉|意见|建议|咨询|反映|走失|失踪|失联|受困|被困|受伤|伤亡|溺水|"
    "中毒|侵害|拖欠|疏散|转移"
)
#: what was done to the people named next
_DEED_ZH = (
    r"(虐待|遗弃|弃养|赡养|骗|误导|冒充|抢劫|拐卖|伤害|侵害|危害|危及|(?<!受)影响|妨碍|骚扰|惊扰|困扰|扰|威胁|恐吓|"
    r"殴打|辱骂|侮辱|歧视|欺凌|驱赶|[咬撞砸打刺烫误]伤|咬|撞|撞倒|砸)(到|了|及)?(周边|周围|附近|沿线|沿街|小区|楼上|楼下|部分)*"
)
#: what is no person, and where people go
_THING_ZH = (
    "通道|坡道|盲道|车位|泊位|座椅|座位|轮椅|卫生间|厕所|电梯|扶手|窗口|接种点|接种站|门诊|病房|床位|学校|医院|场所|密集|"
    f"(?<!{_RECORDS_ZH})(设施|机构|中心|站点)"
)
#: what may stand between
_BETWEEN_ZH = "的|和|与|及|服务|基础|基本|日常|定期|入户"

_LABELS_EN = (
    r"\b(key|priority|special|high-risk|sensitive|targeted) (persons?|people|populations?|groups? of people)\b",
    r"\b(key|special) groups?\b",
    r"\b(drug (users?|addicts?|abusers?)|ex-?(offenders?|convicts?|prisoners?)|released (prisoners?|offenders?)|petitioners?|"
    r"parolees?|probationers?|cult members?|mentally ill (persons?|people|residents?)|delinquents?)\b",
)
_KINDS_EN = (
    r"(migrants?|migrant workers?|(floating|migrant|resident|registered|permanent) population|tenants?|lodgers?|residents?|"
    r"villagers?|homeless (people|persons?|men|women)|beggars?|beggary|begging|vagrants?|vagrancy|"
    r"(the )?(elderly|aged)( people| persons?)?|"
    r"disabled (people|persons?)|(people|persons?) with disabilities|(poor|low-income|needy) (households?|families|people)|"
    r"unemployed (people|persons?)|foreigners?|"
    r"ethnic minorities|believers|persons?|people|population)"
)
_BETWEEN_EN = "(and|of|the|services?|basic)"
_RECORDS_EN = (
    "(registers?|registry|registrations?|records?|management|lists?|information|census|files?|tracking|survey|monitoring|"
    "control|profiles?|scores?|labels?|visits?|data)"
)
_KEPT_EN = rf"( {_BETWEEN_EN}| {_RECORDS_EN})*"

_LABEL = re.compile("|".join((*_LABELS_ZH, *(f"(?i:{one})" for one in _LABELS_EN))))
_EXCUSED_BEFORE = re.compile(
    rf"{_DEED_ZH}$|\b(?i:abuse|fraud|harm|violence|assault|attacks?|discrimination) (?i:of|on|to|against) (?i:the )?$"
)
_EXCUSED_AFTER = re.compile(rf"{_THING_ZH}|^(走失|受伤|伤亡|溺水|中毒|伤人|打人|被{_DEED_ZH})")
_THING_EN = re.compile(
    r"\b(passages?|facilit(y|ies)|ramps?|lanes?|parking|seats?|toilets?|entrances?|lifts?|elevators?|"
    r"vaccination (sites?|points?)|hospitals?|schools?)\b",
    re.IGNORECASE,
)
_KIND_ZH = re.compile(
    rf"({_KINDS_ZH})(({_BETWEEN_ZH}|{_RECORDS_ZH})*({_RECORDS_ZH})(表|簿|册|卡|库|系统)?)?$"
)
_KIND_EN = re.compile(
    rf"^((the )?([\w-]+ )?{_RECORDS_EN}{_KEPT_EN} (of|on|about|to|with|among) )?"
    rf"(the )?([\w-]+ )?{_KINDS_EN}({_KEPT_EN} {_RECORDS_EN})?$",
    re.IGNORECASE,
)
_MATTER = re.compile(
    rf"{_ASKED_ZH}|{_DEED_ZH}(?={_KINDS_ZH})|"
    r"\b(?i:help|aid|relief|rescue|assist\w*|request\w*|complaint\w*|comments?|missing|lost|injured|trapped|unpaid|stranded|"
    r"drunk\w*|intoxicated|abandoned|abused|bullied|drown\w*|sick|unconscious|wounded|disturbing|harming|abusing|defrauding|"
    r"cheating|threatening|injuring|attacking|robbing)\b"
)
#: turns an English name to something else without saying what
_TURNED_EN = re.compile(r"\b(for|against|by|from)\b", re.IGNORECASE)

#: how much a name says: nothing; a kind of people, or a matter; a label, or a matter of those who would bear it
_NOTHING, _KIND, _LABELLED = range(3)


def labelled(*names: str) -> str:
    """The label on people in a text, or in its wordings in several languages; "" for none."""
    return _decided([_label(_plain(name)) for name in names])


def people_recorded(*names: str) -> str:
    """The word by which a name, in Chinese, English or both, makes people the thing recorded; "" where it does not."""
    return _decided([_label(text) or _kind(text) for text in map(_plain, names)])


#: the word that makes people the subject, "" where a matter is named; and how much that says
_Reading = tuple[str, int]


def _decided(readings: Iterable[_Reading | None]) -> str:
    found = [one for one in readings if one]
    matter = max((much for word, much in found if not word), default=_NOTHING)
    return next((word for word, much in found if word and much > matter), "")


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name.strip())


def _label(text: str) -> _Reading | None:
    """None where there is no label in it."""
    labels = list(_LABEL.finditer(text))
    for found in labels:
        before, after = text[: found.start()], text[found.end() :]
        if not (_EXCUSED_BEFORE.search(before) or _EXCUSED_AFTER.search(after) or _THING_EN.search(text)):
            return found[0], _LABELLED
    return ("", _LABELLED) if labels else None


def _kind(text: str) -> _Reading:
    if _MATTER.search(text):
        return "", _KIND
    if found := _KIND_ZH.search(text):
        return found[0], _KIND
    return (text, _KIND) if _KIND_EN.search(text) and not _TURNED_EN.search(text) else ("", _NOTHING)


def subject_faults(pack: Pack, only: Container[tuple[str, Key]] | None = None) -> Iterator[Fault]:
    """Modules, classes and forms named after people, fields of forms that ask for a label on them or let one be chosen.

    `only`: tables and keys of the rows looked at; None = all.
    """
    for name in ("modules", "classes", "forms"):
        table = getattr(pack, name)
        for key, row in table.rows.items():
            if only is not None and (name, key) not in only:
                continue
            word = _of_form(row) if isinstance(row, FormRow) else people_recorded(row.name_zh, row.name_en)
            if word:
                yield table.places[key].fault(*_told(word))


def _of_form(form: FormRow) -> str:
    """The first word found: a form is refused once."""
    found = [people_recorded(form.title_zh, form.title_en)]
    properties = form.fields.get("properties")
    for rule in properties.values() if isinstance(properties, dict) else ():
        if isinstance(rule, dict):
            found.append(labelled(*(str(rule.get(name, "")) for name in ("title", "title_en"))))
            found += [labelled(*map(str, choice)) for choice in _choices(rule)]
    return next(filter(None, found), "")


def _choices(rule: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What may be chosen, each as it is kept and in the words of both languages."""
    listed = [rule.get(name) for name in ("enum", "x-enum-zh", "x-enum-en")]
    return zip_longest(*(one if isinstance(one, list) else [] for one in listed), fillvalue="")


def _told(word: str) -> tuple[str, str]:
    return (
        f"“{word}”以人为记录对象：本系统不给居民建档、评分、贴标签或跟踪，任何城市都不能开启。"
        "请改写要办的事（如“流浪乞讨人员救助”“出租屋消防隐患”），或删去。",
        f"“{word}” makes people the thing recorded: this product keeps no files, scores, labels or tracks of residents, and no "
        "city can switch that on. Name the matter to be dealt with instead (“help for homeless people”, “fire hazard in "
        "rented rooms”), or take it out.",
    )
