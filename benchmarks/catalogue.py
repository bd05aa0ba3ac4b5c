# SPDX-License-Identifier: Apache-2.0
"""A catalogue as large as the largest district's: 121 major, 590 minor and 3,537 detail classes. GENERATED: no class of it
is anybody's; the words are drawn at random from those of the trade."""

from itertools import count
from random import Random
from typing import Any

from django.db import transaction

from wangge.catalog.models import CatalogClass, Generation, Norm
from wangge.catalog.queries import Catalog, ClassInfo, NormInfo
from wangge.common.clock import now
from wangge.common.fresh import new_revision

MAJORS, MINORS, DETAILS = 121, 590, 3_537
_THINGS = (
    "井盖", "路灯", "护栏", "雨水箅子", "行道树", "广告牌", "垃圾箱", "公交站亭", "报刊亭", "消火栓", "停车位", "道路",
    "桥梁", "绿地", "公厕", "工地", "管线", "标志牌", "电杆", "围挡",
)  # fmt: skip
_WRONGS = (
    "破损", "缺失", "移位", "倾斜", "锈蚀", "堵塞", "积水", "脏污", "占用", "渗漏", "松动", "不亮", "遮挡", "未维护", "超期"
)  # fmt: skip
_WHERE = (
    "主路",
    "辅路",
    "人行道",
    "地下通道",
    "小区门前",
    "学校周边",
    "市场周边",
    "河道两侧",
    "车站",
    "广场",
)


def generated(majors: int = MAJORS, minors: int = MINORS, details: int = DETAILS) -> Catalog:
    """A catalogue of so many classes of each level, the same each time; every class can be filed under."""
    random, numbers = Random(7), count(1)
    classes: dict[str, ClassInfo] = {}
    norms: dict[str, tuple[NormInfo, ...]] = {}

    def add(level: str, parent: str, name: str) -> str:
        number = next(numbers)
        code = f"{parent}{number:04d}" if parent else f"G{number:03d}"
        path = (classes[parent].path if parent else "") + f"{code}/"
        classes[code] = ClassInfo(
            number, code, parent, path, level, "component", "generated", "generated",
            f"{name}{number}", f"Generated {number}",
        )  # fmt: skip
        return code

    above = [add("major", "", random.choice(_THINGS)) for _ in range(majors)]
    for code in above:
        norms[code] = (_norm(code),)
    middle = [
        add("minor", random.choice(above), random.choice(_THINGS) + random.choice(_WRONGS))
        for _ in range(minors)
    ]
    for _ in range(details):
        name = random.choice(_WHERE) + random.choice(_THINGS) + random.choice(_WRONGS)
        add("detail", random.choice(middle), name)
    return Catalog({}, classes, norms, {}, frozenset({"generated"}), {}, {})


def fill() -> None:
    """The generated catalogue beside that of the open installation, once; cases can be filed under it."""
    if Generation.objects.filter(code="generated").exists():
        return
    known, at = generated(), now()
    norms = [norm for code in known.classes for norm in known.norms_of(code)[:1] if norm.class_code == code]
    with transaction.atomic():
        Generation.objects.create(
            code="generated", name_zh="生成的类别", name_en="Generated classes", filing=True, valid_from=at
        )
        CatalogClass.objects.bulk_create(
            CatalogClass(**{k: v for k, v in vars(info).items() if k != "id"}, valid_from=at)
            for info in known.classes.values()
        )
        Norm.objects.bulk_create(
            Norm(**{k: v for k, v in vars(norm).items() if k != "id"}, valid_from=at) for norm in norms
        )
        new_revision()


def _norm(code: str) -> NormInfo:
    numbers = {"id": 0, "limit": 1, "photos_report": 0, "photos_handle": 0, "photos_check": 0}
    values: dict[str, Any] = dict.fromkeys(NormInfo.__dataclass_fields__, "") | numbers
    values |= {"arrive_limit": None, "safe_limit": None, "lead_kinds": [], "assist_kinds": [], "local": False}
    return NormInfo(**values | {"code": f"{code}-1", "class_code": code, "clock": "work_day"})


def words(count: int) -> list[str]:
    """So many searches as people make them: a word, two, the beginning of a code, one that is nowhere."""
    random = Random(8)
    ways = (
        lambda: random.choice(_THINGS),
        lambda: f"{random.choice(_THINGS)} {random.choice(_WRONGS)}",
        lambda: f"g{random.randrange(1, MAJORS):03d}",
        lambda: "没有这个词",
    )
    return [random.choice(ways)() for _ in range(count)]
