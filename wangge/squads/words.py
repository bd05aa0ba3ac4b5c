# SPDX-License-Identifier: Apache-2.0
"""What kinds, states and reasons of this room are called, in the reader's language."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from wangge.inspectors.models import LedgerEntry, RotationPlan, Sample, StaffFeedback


class Named(NamedTuple):
    """A code with its name in both languages, for `|label`."""

    code: str
    name_zh: str
    name_en: str


def choices(kinds: type[models.TextChoices], english: Mapping[str, str]) -> list[Named]:
    """Every member that stands for something."""
    return [named(kinds, english, code) for code in kinds.values if code]


def named(kinds: type[models.TextChoices], english: Mapping[str, str], code: str) -> Named:
    return Named(code, str(kinds(code).label), english[code])


def plan_words(plan: RotationPlan) -> dict[str, Named]:
    """Kind and state of a plan."""
    return {
        "kind": named(RotationPlan.Kind, RotationPlan.KINDS_EN, plan.kind),
        "state": named(RotationPlan.State, RotationPlan.STATES_EN, plan.state),
    }


def sample_words(sample: Sample) -> dict[str, Named]:
    """Kind and result of a drawn case."""
    return {
        "kind": named(Sample.Kind, Sample.KINDS_EN, sample.kind),
        "result": named(Sample.Result, Sample.RESULTS_EN, sample.result),
    }


def entry_words(entry: LedgerEntry) -> dict[str, Named]:
    """Kind and state of an entry."""
    return {
        "kind": named(LedgerEntry.Kind, LedgerEntry.KINDS_EN, entry.kind),
        "state": named(LedgerEntry.State, LedgerEntry.STATES_EN, entry.state),
    }


def feedback_kind(row: StaffFeedback) -> Named:
    return named(StaffFeedback.Kind, StaffFeedback.KINDS_EN, row.kind)


def unsolved_words(plan: RotationPlan) -> dict[str, str]:
    """Squad -> why it was not solved, and what to do; "" = the plan as a whole."""
    found: dict[str, Any] = dict(plan.figures.get("unsolved", {}))
    if why := plan.figures.get("why"):
        found[""] = why
    return {squad: _why(why) for squad, why in found.items()}


def _why(code: str) -> str:
    words = {
        "too_few": _("人数少于网格（或分队）数，不能人人覆盖：请先补充人员或合并网格。"),
        "nowhere": _("有人最近在所有可选的地方都工作过：可选的地方太少，请先交换分队或调整网格。"),
        "stuck": _("按回避规则无法同时覆盖全部网格：请先交换分队或调整网格。"),
        "time": _("编制超过了规则允许的时间：请按分队分别编制，或由管理员放宽规则。"),
        "nobody": _("没有可以轮岗的人员：请先在人员名单中登记分队的监督员或分队长。"),
        "stuck_on_its_day": _("到了生效日期，方案未能生效：应撤销并重新编制，原因请系统管理员查看日志。"),
        "fault": _("编制时出错：请系统管理员查看日志。"),
    }
    return words.get(code, code)
