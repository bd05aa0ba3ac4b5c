# SPDX-License-Identifier: Apache-2.0
"""No class and no form has a resident as its subject. What this product never holds is no city's to switch on, so the words
stand in code: README.md ("What it holds about people") and docs/explanation/people-and-data.md.

A name is refused where people are the thing recorded, not where somebody asks for something or something happened:

* a *label* on people (drug users, those released, petitioners, "key persons"): wherever it stands, the euphemism
  特殊人群服务管理 included. Institutions are none: 戒毒所门前积水 is about water.
* a *kind of people* (migrants, tenants, the aged, beggars): where the name is that alone, or ends so, or goes on with nothing
  but keeping record of them (登记, 信息, 排查, 走访 ...). A name that says what they ask for or what happened to them is
  a matter: 流浪乞讨人员救助, 独居老人求助, 走失老人, 残疾人通道被占, 出租屋消防隐患.

流浪乞讨 stands in the national lists of 2007 and 2013 by itself; it names people, and the pack `standard` leaves it out
for that. Staff and deeds are no residents: 医务人员管理, 对工作人员的意见, 拐卖人口. Of the shipped packs no class is
refused, and of 1,698 categories of two bodies that answer requests (a petition office, a council) one: 流动人口管理.
"""

import re
from collections.abc import Iterator

from wangge.packs.contents import Pack
from wangge.packs.faults import Fault

_LABELS_ZH = (
    r"(重点|特殊|特定|高危|敏感|不稳定|涉稳|危险)(人员|人群|群体|人口)",
    r"(吸毒|涉毒|戒毒|刑满|刑释|解戒|涉邪|邪教|上访|信访|涉访|缠访|闹访|涉军|前科|在逃|涉黑|失信|帮教|稳控|维稳|管控|矫正)"
    r"(释放)?(重点)?(人员|人群|群体|对象|青少年|者)",
    r"(刑满释放|刑释解教|两劳|安置帮教|肇事肇祸)",
    r"(精神病|精神障碍|艾滋病)(人|患者|人员)",
    r"(不良|闲散|失足|问题)(青少年|青年|少年|妇女|人员)",
)
_KINDS_ZH = (
    r"^人员|^人口|流动人口|暂住人口|外来人口|常住人口|户籍人口|实有人口|境外人员|外来(务工)?人员|租房人员|出租屋(住户|租客|人员)|租户|租客|承租人|房客|"
    r"住户|居民|村民|业主|流浪(乞讨)?(人员|汉|者)|流浪乞讨|乞讨(人员|者)|乞丐|老年人|老人|残疾人|残障人士|"
    r"(低保|困难|贫困|特困|五保|独居)(户|家庭|人员|老人|群众)|留守(儿童|老人|妇女)|孕产妇|育龄妇女|失业人员|无业人员|闲散人员|"
    r"少数民族(群众)?|信教群众|外国人"
)
#: what somebody asks for, or what happened to them
_MATTERS_ZH = (
    "求助|救助|帮助|援助|帮扶|请求|申请|投诉|意见|建议|咨询|反映|走失|失踪|失联|受困|被困|受伤|伤亡|溺水|"
    "中毒|侵害|拖欠|疏散|转移"
)
#: what may stand between
_BETWEEN_ZH = "的|和|与|及|服务|基础|基本|日常|定期|入户"
#: what keeps record of people
_RECORDS_ZH = (
    "情况|信息|登记|管理|采集|排查|摸排|摸底|走访|台账|档案|名册|名单|建档|动态|变动|去向|轨迹|评分|积分|标签|分级|分类|等级|"
    "核查|监控|监测|跟踪|管控|稳控|普查|统计|数据|画像"
)
_LABELS_EN = (
    r"\b(key|priority|special|high-risk|sensitive|targeted) (persons?|people|populations?|groups? of people)\b",
    r"\b(drug (users?|addicts?|abusers?)|ex-?(offenders?|convicts?|prisoners?)|released (prisoners?|offenders?)|petitioners?|"
    r"parolees?|probationers?|cult members?|mentally ill (persons?|people|residents?)|delinquents?)\b",
)
_KINDS_EN = (
    r"(migrants?|migrant workers?|(floating|migrant|resident|registered|permanent) population|tenants?|lodgers?|residents?|"
    r"villagers?|homeless (people|persons?|men|women)|beggars?|beggary|begging|vagrants?|vagrancy|"
    r"(the )?(elderly|aged)( people| persons?)?|"
    r"disabled (people|persons?)|(poor|low-income|needy) (households?|families|people)|unemployed (people|persons?)|foreigners?|"
    r"ethnic minorities|believers|persons?|people|population)"
)
_BETWEEN_EN = "(and|of|the|services?|basic)"
_RECORDS_EN = (
    "(register|registry|registration|records?|management|lists?|information|census|files?|tracking|survey|monitoring|"
    "control|profiles?|scores?|labels?|visits?|data)"
)

_LABEL = re.compile("|".join((*_LABELS_ZH, *(f"(?i:{one})" for one in _LABELS_EN))))
_KIND_ZH = re.compile(
    rf"({_KINDS_ZH})(({_BETWEEN_ZH}|{_RECORDS_ZH})*({_RECORDS_ZH})(表|簿|册|卡|库|系统)?)?$"
)
_MATTER_ZH = re.compile(_MATTERS_ZH)
_KIND_EN = re.compile(
    rf"^(the )?(\w+ )?{_KINDS_EN}(( {_BETWEEN_EN}| {_RECORDS_EN})* {_RECORDS_EN})?$", re.IGNORECASE
)
_MATTER_EN = re.compile(
    r"\b(help|aid|relief|rescue|assist\w*|request\w*|complaint\w*|comments?|missing|lost|injured|trapped|unpaid|"
    r"for|against|by|from)\b",
    re.IGNORECASE,
)


def labelled(text: str) -> str:
    """The label on people in a text; "" for none."""
    found = _LABEL.search(text)
    return found[0] if found else ""


def people_recorded(name: str) -> str:
    """The word by which a name, in Chinese or English, makes people the thing recorded; "" where it does not."""
    if found := labelled(name):
        return found
    text = re.sub(r"\s+", " ", name.strip())
    if found_zh := _KIND_ZH.search(text):
        return "" if _MATTER_ZH.search(text) else found_zh[0]
    return text if _KIND_EN.search(text) and not _MATTER_EN.search(text) else ""


def subject_faults(pack: Pack) -> Iterator[Fault]:
    """Classes and forms named after people, fields of forms that ask for a label on them."""
    for row, place in pack.classes.items():
        for word in _once(people_recorded(name) for name in (row.name_zh, row.name_en)):
            yield place.fault(*_told(word))
    for form, place in pack.forms.items():
        found = [people_recorded(title) for title in (form.title_zh, form.title_en)]
        properties = form.fields.get("properties")
        for rule in properties.values() if isinstance(properties, dict) else ():
            if isinstance(rule, dict):
                found += [labelled(str(rule.get(name, ""))) for name in ("title", "title_en")]
        for word in _once(found):
            yield place.fault(*_told(word))


def _once(words: "Iterator[str] | list[str]") -> list[str]:
    """The first of the words found: a name says the same in both languages."""
    return [word for word in words if word][:1]


def _told(word: str) -> tuple[str, str]:
    return (
        f"“{word}”以人为记录对象：本系统不给居民建档、评分、贴标签或跟踪，任何城市都不能开启。"
        "请改写要办的事（如“流浪乞讨人员救助”“出租屋消防隐患”），或删去。",
        f"“{word}” makes people the thing recorded: this product keeps no files, scores, labels or tracks of residents, and no "
        "city can switch that on. Name the matter to be dealt with instead (“help for homeless people”, “fire hazard in "
        "rented rooms”), or take it out.",
    )
