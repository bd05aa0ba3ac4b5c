# SPDX-License-Identifier: Apache-2.0
"""No class, no form and no module has a resident as its subject; what somebody asks for, or what happened, is one."""

from pathlib import Path

import pytest

from tests.city import COVER, COVER_NORM, MORNING, TEST_EVENT, actor
from wangge.administration.tests.test_pages import at, client_of
from wangge.catalog.models import CatalogClass
from wangge.common.fresh import forget_all
from wangge.packs.checking import check_pack
from wangge.packs.exporting import pack_in_force
from wangge.packs.reading import read_pack
from wangge.packs.subjects import people_recorded
from wangge.rulebook import drafts
from wangge.rulebook.laying import lay
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import row
from wangge.rulebook.tables import reference_table

#: names that make people what is recorded
PEOPLE = (
    "重点人员；重点人员走访；特殊人群服务管理；吸毒人员；戒毒人员动态；刑满释放人员；刑满释放人员安置帮教；"
    "社区矫正对象；信访人员；信访重点人员；上访人员稳控；精神障碍患者；精神病人管控；闲散青少年；失足妇女；"
    "流动人口；流动人口登记；流动人口服务管理；流动人口信息采集；实有人口管理；出租屋住户；出租屋租客信息；"
    "租户；居民；居民积分；空巢老人；独居老人走访；残疾人；残疾人基本情况；低保户；困难家庭名单；留守儿童；"
    "流浪乞讨；流浪乞讨人员；境外人员；人员走访；人口管理；Key persons；Drug users；Visits to ex-offenders；"
    "Petitioners；Migrants；Floating population；Migrant population management；Tenants；Resident register；"
    "Homeless people；The elderly；Begging；特殊人群；实有人口；重点青少年；流动人员登记；暂住人员登记；少数民族人员登记；"
    "信访户；上访老户；重点关注对象；重点管控人员不到位；管控人员名单；特殊人群管理中心；特殊人群救助；受影响居民名单；"
    "危害稳定重点人员；Special groups；Register of tenants；List of migrants；Visits to the elderly；The census of residents；"
    "Visits to non-registered residents；Help for drug users；管控对象；List of persons with disabilities；精神障碍患者信息"
)
#: names of matters
MATTERS = (
    "流浪乞讨人员救助；独居老人求助；走失老人；受困人员；残疾人服务；残疾人通道被占；老年人用餐；"
    "特困人员供养；居民区积水；居民楼道堆物；居民投诉；居民委员会；住户漏水；出租屋消防隐患；无证出租房屋；"
    "业主求助；业主委员会换届；从业人员不卫生；对工作人员的意见；医务人员管理；拐卖人口；退休人员待遇；"
    "户籍管理；人口政策；施工扰民；便民服务摊点；戒毒所门前积水；信访接待；精神卫生中心噪声；人行道；"
    "户外广告；城乡居民养老保险；拖欠务工人员工资；Help for homeless people；Missing persons；"
    "Complaints of tenants；Residential mice；Pedestrian crossing；General Comments For An Employee；"
    "Illegal Rooming House；Maintenance Complaint - Residential；Services for the elderly；虐待老人；诈骗老年人；"
    "犬只伤害居民；停水影响居民；噪声影响周边居民；特殊人群通道被占；老年人等特殊群体无障碍设施损坏；疫情防控特殊人群接种点；"
    "重点人员密集场所；歧视刑满释放人员；交通管控人员；公安管控人员不到位；信访户外标牌；流动人员人事档案；Stranded persons；"
    "Drunk people；Abandoned persons；Noise disturbing residents；Information for tenants；Fraud against petitioners；"
    "Blocked passage for special groups of people；精神病人走失；精神障碍患者被殴打；稳定人口政策；扬尘管控对象；"
    "工伤认定；咬伤老人"
)


@pytest.mark.parametrize("name", PEOPLE.split("；"))
def test_people_are_not_recorded(name: str) -> None:
    assert people_recorded(name)


@pytest.mark.parametrize("name", MATTERS.split("；"))
def test_a_matter_is_no_person(name: str) -> None:
    assert not people_recorded(name)


@pytest.mark.parametrize(
    ("zh", "en", "people"),
    [
        ("受困人员", "Persons", False),
        ("人员", "Trapped persons", False),
        ("居民积分", "Points for residents", True),
        ("登记", "Tenants", True),
        ("特殊人群通道被占", "Special groups", False),
        ("特殊人群", "Help", True),  # names nobody whom it excuses
        ("重点人员救助", "Help for key persons", True),
    ],
)
def test_of_two_languages_the_one_that_names_a_matter_decides(zh: str, en: str, people: bool) -> None:
    assert bool(people_recorded(zh, en)) is bool(people_recorded(en, zh)) is people


def test_forms_and_their_fields_ask_for_no_label(folder: Path) -> None:
    path = folder / "forms.yaml"
    text = path.read_text()
    chosen = "title_en: Mark, enum: [a, b], x-enum-zh: [甲, {}], x-enum-en: [A, {}]"
    for old, new in (
        ("测试表", "流动人口登记表"),
        ("标识, title_en: Mark", "类别, title_en: Drug user"),
        ("title_en: Mark", "title_en: Mark, enum: [其他, 吸毒人员]"),
        ("title_en: Mark", chosen.format("刑满释放人员", "B")),
        ("title_en: Mark", chosen.format("乙", "Ex-convict")),
    ):
        assert old in text
        path.write_text(text.replace(old, new))
        pack, faults = read_pack(folder)
        (fault,) = [*faults, *check_pack(pack)]
        assert (fault.file, fault.line) == ("tiny/forms.yaml", 2) and "记录对象" in fault.zh


def test_a_module_is_named_after_no_people(folder: Path) -> None:
    path = folder / "modules.csv"
    path.write_text(path.read_text().replace("测试,Tests", "实有人口,Actual population"))
    pack, faults = read_pack(folder)
    (fault,) = [*faults, *check_pack(pack)]
    assert (fault.file, fault.line) == ("tiny/modules.csv", 2) and "记录对象" in fault.zh


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
def test_a_class_in_force_stops_no_other_change() -> None:
    """It came in before its name was refused; the draft that changes it must name the matter."""
    CatalogClass.objects.filter(code=COVER).update(name_zh="流浪乞讨")
    forget_all()
    author = actor("administrator")

    def faults(table: str, key: tuple[str, ...], values: dict[str, object]) -> list[str]:
        draft = drafts.start("x", actor=author, at=MORNING)
        held = row(reference_table(table), key)
        assert held
        drafts.put_row(draft.pk, table, held.values | values, key=key, actor=author, at=MORNING)
        return [fault.zh for fault in lay(draft).faults]

    assert not faults("norms", (COVER_NORM,), {"limit": 9})
    assert not faults("classes", (COVER,), {"name_zh": "流浪乞讨人员救助"})
    (fault,) = faults("classes", (COVER,), {"name_en": "Another"})
    assert "流浪乞讨" in fault
    assert any("流浪乞讨" in fault.zh for fault in check_pack(pack_in_force())), "a pack is checked whole"


@pytest.mark.django_db
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("table", "key", "values"),
    [
        ("classes", (COVER,), {"name_zh": "重点人员"}),
        ("forms", (TEST_EVENT, "", "report"), {"title_zh": "出租屋住户"}),
        ("modules", ("tests",), {"name_zh": "特殊人群"}),
    ],
)
def test_a_draft_is_refused_too(table: str, key: tuple[str, ...], values: dict[str, str]) -> None:
    author = actor("administrator")
    draft: Draft = drafts.start("x", actor=author, at=MORNING)
    held = row(reference_table(table), key)
    assert held
    drafts.put_row(draft.pk, table, held.values | values, key=key, actor=author, at=MORNING)
    page = client_of("leader").get(at("preview", draft.pk)).content.decode()
    assert "以人为记录对象" in page and "发布会被拒绝" in page
    assert (
        "makes people the thing recorded"
        in client_of("leader", "en").get(at("preview", draft.pk)).content.decode()
    )
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=MORNING)
    assert publish_due(MORNING) == 0
