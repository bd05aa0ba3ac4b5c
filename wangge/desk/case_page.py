# SPDX-License-Identifier: Apache-2.0
"""What the page of one case shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from wangge.cases.access import areas_below, offered_steps
from wangge.cases.callbacks import CALL_BACK
from wangge.cases.deadlines import Light
from wangge.cases.flow import CORRECTED_IN, WITH_UNIT
from wangge.cases.forms import ANSWERS
from wangge.cases.models import Case, CaseLink, Dispatch, SideRecord, Task
from wangge.cases.norms import norms_at
from wangge.cases.queries import TimelineItem, candidates, duplicate_candidates, timeline
from wangge.cases.queries.calls import callers_owed
from wangge.cases.queries.visits import visit_behind
from wangge.cases.reference import flow_by_id
from wangge.cases.visibility import visible_to
from wangge.catalog.queries import NormInfo, catalog, norm, search_classes
from wangge.desk.panel import Panel, Tried, panels, units_in_charge
from wangge.desk.route_card import route_card
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.ui.names import class_path, text_name
from wangge.ui.words import city_zone, limit_text, moment_text, said

MOST_RIGHT = 12


@dataclass(frozen=True)
class Clock:
    """A running or stopped limit: the case's, or the open task's."""

    name: str
    due_at: datetime | None
    light: str
    stopped: bool = False


def case_page(case: Case, actor: Actor, at: datetime, tried: Tried | None = None) -> dict[str, Any]:
    """The context of desk/case.html; a fixed number of queries."""
    items = timeline(case)
    others = _others(case, items, actor)
    norms = norms_at(case.class_code, case.area_path)
    steps = [
        panel
        for panel in panels(case, offered_steps(case, actor), tried)
        if panel.step.code != "unlink" or others.linked
    ]
    return {
        "case": case,
        "flow": flow_by_id(case.flow_id),
        "has_sheet": case.class_code in catalog().classes,
        "has_calls": Permission.CONTACT_READ in actor.permissions and getattr(case, "has_calls", False),
        "has_callers": _has_callers(case, steps),
        "sheet_area": case.area_path.strip("/").rpartition("/")[2],
        "visit": visit_behind(case, actor),
        "description": items[0].texts.get("description") if items else None,
        "place": items[0].texts.get("place", "") if items else "",
        "items": items[::-1],
        "photo_items": [item for item in items if item.photos],
        "norm": norm(case.norm_id) if case.norm_id else None,
        "clocks": _clocks(case, at),
        "dispatches": list(Dispatch.objects.filter(case=case).order_by("id")),
        "route": route_card(case, actor),
        **_beside(case, items),
        "areas_below": areas_below(case) if _needs(steps, "area") else [],
        "right_norms": [RightNorm(case.class_code, info) for info in norms] if _needs(steps, "right") else [],
        "others": others,
        "duplicates": _duplicates(case, actor, at),
        "panels": [panel for panel in steps if panel.allowed or not panel.step.beside],
        "refused_beside": [panel for panel in steps if not panel.allowed and panel.step.beside],
        "joins": {p.step.code: p for p in steps if p.allowed and p.step.code in ("link", "merge")},
        "tried": tried,
        # the refused step is no longer offered here: its reason stands above those that are
        "homeless": tried is not None and not any(p.error for p in steps),
        "norms": norms,
        "passages": _passages(items, at) if _needs(steps, "passage") else [],
        "units": units_in_charge() if _needs(steps, "unit") or _needs(steps, "owner") else [],
        "handlers": candidates(case, at=at) if _needs(steps, "handler") else [],
    }


def _has_callers(case: Case, steps: list[Panel]) -> bool:
    """Is somebody called back by number, each for themselves? Asked only where it may be done."""
    offered = any(panel.allowed and panel.step.code == CALL_BACK for panel in steps)
    return offered and any(one.calls for one in callers_owed(case))


def _needs(steps: list[Panel], need: str) -> bool:
    return any(field.need == need for panel in steps for field in panel.fields)


@dataclass(frozen=True)
class Passage:
    """A text that could be deleted. `code`: as the step takes it."""

    code: str
    name: str


def _passages(items: list[TimelineItem], at: datetime) -> list[Passage]:
    """The texts and forms still there, oldest first: each by its step, its moment and what it is."""
    found = []
    for item in items:
        named = {name: text_name(name) for name, text in item.texts.items() if text}
        if item.filled and item.filled.answers is not None:
            named[ANSWERS] = said(item.filled.form, "title")
        found += [
            Passage(f"{item.seq}:{name}", f"{said(item)} · {moment_text(item.at, at)} · {what}")
            for name, what in named.items()
        ]
    return found


def light_at(yellow_at: datetime | None, due_at: datetime | None, at: datetime) -> str:
    """The light of a stored deadline; "" without one."""
    if due_at is None:
        return ""
    if at >= due_at:
        return Light.RED.value
    return Light.YELLOW.value if yellow_at and at >= yellow_at else Light.GREEN.value


def _clocks(case: Case, at: datetime) -> list[Clock]:
    with_case = flow_by_id(case.flow_id).stages_by_case_clock()
    clocks = [
        Clock(task.stage, task.due_at, light_at(task.yellow_at, task.due_at, at))
        for task in Task.objects.filter(case=case, closed_at__isnull=True).order_by("id")
        if task.stage not in with_case  # its clock is the case's own
    ]
    if case.dispatched_at and case.is_open and not case.suspended_until:
        moment = case.finished_at or at  # a finished case keeps the light it was finished with
        clocks.append(Clock("", case.due_at, light_at(case.yellow_at, case.due_at, moment), moment != at))
    return clocks


@dataclass(frozen=True)
class Beside:
    """A side record with its words. `texts`: why it was opened, and what was answered by a unit that is asked beside the one in
    charge (`asked`); `answered_at`: when that was."""

    row: SideRecord
    name: str
    state: str
    choices: list[str]
    amount: str
    last_day: str
    texts: list[tuple[str, str | None]]
    asked: bool
    #: of a correction: what is held to be right, or the step that was not; of a reward who gets it
    right: list[str]
    answered_at: datetime | None


def _beside(case: Case, items: list[TimelineItem]) -> dict[str, Any]:
    """What runs beside the line, and what may be wrong on it."""
    return {
        "records": _records(case, items),
        "wrong": _wrong(case, items),
        "moved_away": _moved_away(case, items),
    }


def _records(case: Case, items: list[TimelineItem]) -> list[Beside]:
    """The side records of the case, newest first; those open above those that have ended."""
    flow, opened = flow_by_id(case.flow_id), {item.seq: item for item in items}
    turned = {item.data["record"]: item for item in items if "record" in item.data}
    found = []
    for row in case.side_records.order_by("-id"):
        rule = flow.records[row.kind]
        answer = turned.get(row.pk) if rule.several else None
        told = [
            one for one in (opened.get(row.seq), answer) if one and flow.steps[one.step].record == row.kind
        ]
        info = norm(case.norm_id) if case.norm_id else None
        found.append(
            Beside(
                row, said(rule.label), said(rule.states[row.state].label),
                [said(some[row.facts[name]].label) for name, some in rule.choices.items() if row.facts.get(name) in some],
                _amount_text(row, info),
                (row.until.astimezone(city_zone()) - timedelta(days=1)).date().isoformat() if row.until else "",
                [text for one in told for text in one.texts.items()], rule.several, _right(row, opened),
                answer.at if answer else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: one.row.ended_at is not None)


@dataclass(frozen=True)
class Wrong:
    """What a correction may be about: class, norm and place of the case, its last step."""

    case: bool
    step: TimelineItem | None


def _wrong(case: Case, items: list[TimelineItem]) -> Wrong:
    kept = case.last_step["seq"] if case.last_step else 0
    return Wrong(case.state in CORRECTED_IN, next((item for item in items if item.seq == kept), None))


def _moved_away(case: Case, items: list[TimelineItem]) -> bool:
    """Was the place corrected, and is another unit proposed there than has the case?"""
    corrected = any(item.step == "correct" and "grid" in item.data for item in items)
    proposed = case.route["lead"] if case.route else ""
    return corrected and case.state in WITH_UNIT and proposed not in ("", case.lead_unit)


def _right(row: SideRecord, items: dict[int, TimelineItem]) -> list[str]:
    """What a correction asks for, and who gets a reward, a line each."""
    facts, found = row.facts, []
    if "payee" in facts:
        found.append(_("奖励给上报本案卷的工作人员"))
    if "payee_call" in facts:
        found.append(_("奖励给反映本案卷的来电人"))
    if info := norm(facts["norm_id"]) if "norm_id" in facts else None:
        found.append(f"{class_path(facts['class'])} · {said(info, 'condition')}")
    if grid := facts.get("grid"):
        found.append(_("位置") + f" {grid}")
    if item := items.get(facts.get("entry", 0)):
        found.append(_("有误的一步：") + said(item))
    return found


def _amount_text(row: SideRecord, info: NormInfo | None) -> str:
    """What was asked for: yuan of a reward, time of an extension; "" of anything else."""
    if row.kind == "reward":
        return _("{amount} 元").format(amount=row.amount)
    return _("延长 {time}").format(time=limit_text(row.amount, info.clock)) if row.amount and info else ""


@dataclass(frozen=True)
class RightNorm:
    """A class with one of its norms, as a correction chooses them."""

    class_code: str
    info: NormInfo

    @property
    def value(self) -> str:
        return f"{self.class_code}:{self.info.id}"


def norms_found(words: str, area_path: str) -> list[RightNorm]:
    """The norms that hold there, of the classes the words name; none without words."""
    codes = [info.code for info in search_classes(words, MOST_RIGHT)] if words else []
    return [RightNorm(code, info) for code in codes for info in norms_at(code, area_path)]


@dataclass(frozen=True)
class Others:
    """Other cases this one names. `visible`: the numbers the reader may see; those linked beyond them are only counted."""

    visible: frozenset[str]
    linked: list[str]
    hidden: int


def _others(case: Case, items: list[TimelineItem], actor: Actor) -> Others:
    """Whatever case the page names, asked at once which of them `actor` may see."""
    pairs = CaseLink.objects.filter(Q(case=case) | Q(other=case), unlinked_at=None).values_list(
        "case__number", "other__number"
    )
    linked = {n for pair in pairs for n in pair}
    near = Case.objects.filter(Q(merged_into=case) | Q(parent=case) | Q(pk=case.parent_id or 0))
    linked |= set(near.values_list("number", flat=True))
    linked.discard(case.number)
    named = linked | {item.data["target"] for item in items if item.data.get("target")}
    if case.merged_into:
        named.add(case.merged_into.number)
    seen = Case.objects.filter(visible_to(actor), number__in=named).values_list("number", flat=True)
    visible = frozenset(seen)
    return Others(visible, sorted(linked & visible), len(linked - visible))


def _duplicates(case: Case, actor: Actor, at: datetime) -> list[Any]:
    """Candidates, for those who may link them, while the case is open and has a place and a class."""
    if Permission.DUPLICATE_LINK not in actor.permissions or not case.is_open or not case.class_code:
        return []
    if case.lon is None or case.lat is None:
        return []
    return duplicate_candidates(
        actor, class_code=case.class_code, lon=case.lon, lat=case.lat, at=at, excluding=case.pk
    )
