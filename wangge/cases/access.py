# SPDX-License-Identifier: Apache-2.0
"""Who may take which step on a case: one answer for the action, the button and the API."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from wangge.cases.flow import (
    CONTACT,
    RULINGS,
    WAITING_STEPS,
    WITH_UNIT,
    Flow,
    Hand,
    Outcome,
    Scope,
    Step,
    TaskRule,
)
from wangge.cases.hotlines import hotlines, whose_contact
from wangge.cases.models import Case, LogEntry, Task
from wangge.cases.records import Record, acted_on, refusal, unsupervised
from wangge.cases.reference import channels, flow_by_id
from wangge.cases.stages import stages_of
from wangge.cases.taking_back import hand_of
from wangge.catalog.queries import norm
from wangge.organizations.access import Allowed, Denied
from wangge.organizations.directory import Actor, Held, directory, holds
from wangge.organizations.models import Unit
from wangge.organizations.roster import stood_in_for


@dataclass(frozen=True)
class Offer:
    """A step shown on the case page: allowed, or greyed with the reason."""

    step: Step
    allowed: bool
    reason_zh: str = ""
    reason_en: str = ""


def pool(scope: Scope, case: Case, addressed: str = "") -> tuple[str, str]:
    """(unit path, area path) of the pool a task of `scope` falls into; `addressed`: the unit of its side record."""
    match scope:
        case Scope.RECORD:
            unit = directory().units.get(addressed)
            return (unit.path if unit else case.lead_unit_path), ""
        case Scope.UNIT:
            return case.lead_unit_path, ""
        case Scope.SQUAD:
            squad = directory().units.get(case.squad)
            return (squad.path if squad else ""), case.area_path
        case Scope.COMMAND:
            return "", case.command_path
    return "", case.area_path


def calendar_kind(scope: Scope, unit_code: str) -> str:
    """The kind of unit by whose work calendar what falls into `scope` is counted; "" = unknown, everybody else's.

    `unit_code`: the lead unit, or the one a side record is addressed to.
    """
    unit = directory().units.get(unit_code)
    kind = unit.kind if unit else ""
    return {Scope.UNIT: kind, Scope.RECORD: kind, Scope.SQUAD: Unit.Kind.SQUAD}.get(scope, Unit.Kind.CENTRE)


def scope_of(flow: Flow, case: Case, post: str, record: Record | None = None) -> Scope:
    """Where a post reaches a step from: as the waiting task says; else its axis decides, an inspector by the squad."""
    rule = flow.states[case.state].task if case.state in flow.states else None  # type: ignore[index]
    if record and record.state in flow.records[record.kind].states:
        rule = flow.records[record.kind].states[record.state].task or rule
    if rule and rule.post == post:
        return rule.scope
    known = directory().posts.get(post)
    axis = known.axis if known else ""
    return {"unit": Scope.UNIT, "command": Scope.COMMAND}.get(axis, Scope.AREA)


def reaching(actor: Actor, step: Step, case: Case) -> Callable[[str], bool]:
    """Tells of a unit's code whether `actor` may take the step for it; for one that is no more the unit in charge does."""
    paths = [held.unit_path for held in actor.held if held.post in step.posts and held.unit_path]

    def reaches(code: str) -> bool:
        unit = directory().units.get(code) or directory().units.get(case.lead_unit)
        return unit is not None and any(unit.path.startswith(path) for path in paths)

    return reaches


def areas_below(case: Case) -> list[str]:
    """Codes of the areas below the one that commands the case, where the case lies and somebody dispatches, the highest
    first."""
    dispatching = {
        held.area_path
        for post in flow_by_id(case.flow_id).steps["dispatch"].posts
        for _, held in directory().holding(post)
    }
    below = [path for path in dispatching if path != case.command_path and path.startswith(case.command_path)]
    return [path.strip("/").rpartition("/")[2] for path in sorted(below) if case.area_path.startswith(path)]


def can_take_step(
    flow: Flow, case: Case, step: Step, actor: Actor, hands: Collection[str], record: Record | None = None
) -> tuple[Allowed | Denied, Held | None]:
    """May `actor`, who has used `hands` on the case from filing on, take `step` now? And by which appointment.

    `record`: the side record the step goes on with.
    """
    if actor.origin == "live" and actor.person_id is None:
        return Denied(
            "no_person", "系统不能代替人办理。", "The system does not act in place of a person."
        ), None
    holding = [h for h in actor.held if h.post in step.posts]
    if not holding:
        return _wrong_post(step), None
    addressed = record.waits_for if record else ("",)
    pools = (
        (h, pool(scope_of(flow, case, h.post, record), case, unit)) for unit in addressed for h in holding
    )
    held = next((h for h, whose in pools if holds(h, h.post, *whose)), None)
    if held is None:
        return Denied(
            "out_of_scope", "案卷不在您的辖区或单位。", "The case is not in your area or unit."
        ), None
    own = _own_matter(case, step, actor, record)
    if own is not None:  # a denial is falsy
        return own, None
    waiting = task_rule(flow, case.state)
    if waiting and waiting.post == held.post and waiting.by_norm and not _may_handle(case, waiting, actor):
        return Denied(
            "assigned_elsewhere", "案卷已交办给另一位处置员。", "Assigned to another handler."
        ), None
    hand = hand_of(flow, step, record.facts if record else {})
    if hand is not Hand.NONE and any(h not in (Hand.NONE, hand) for h in hands):
        zh, en = _TWO_HANDS[hand]
        return Denied("two_hands", zh, en), None
    return Allowed(), held


def _wrong_post(step: Step) -> Denied:
    """Names the posts that may; an old flow may name posts that are no more."""
    known = [directory().posts.get(post) for post in step.posts]
    zh = "、".join(post.name_zh for post in known if post) or "—"
    en = ", ".join(post.name_en for post in known if post) or "—"
    return Denied("wrong_post", f"这一步由{zh}办理。", f"This step is taken by: {en}.")


def _own_matter(case: Case, step: Step, actor: Actor, record: Record | None) -> Denied | None:
    """Nobody rules on what they asked for, pays or withdraws what they granted, or asks for, grants or pays a reward that is
    their own."""
    if record and step.code in RULINGS and actor.person_id in (record.opened_by, record.ruled_by):
        return Denied(
            "same_person",
            "您提出或裁定过这项申请，须由另一人办理。",
            "You asked for this or ruled on it before: somebody else must do this.",
        )
    if record and step.code in RULINGS and actor.person_id == record.facts.get("payee"):
        return Denied(
            "own_reward",
            "这笔奖励发给您本人，须由另一人办理。",
            "This reward goes to you: somebody else must do this.",
        )
    if step.code == "propose_reward" and case.reporter_id == actor.person_id and of_staff(case):
        return Denied(
            "own_report",
            "本人上报的案卷须由他人提请奖励，请上级提请。",
            "A reward for what you reported yourself is proposed by somebody else: ask your superior.",
        )
    return None


def of_staff(case: Case) -> bool:
    """Reported by a member of staff themselves, not taken in from somebody else."""
    return not channels()[case.channel_id].external


def _may_handle(case: Case, waiting: TaskRule, actor: Actor) -> bool:
    """The handler may, and today's substitute; of a handler who has left the post everybody in the unit's pool."""
    if case.handler_id in (None, actor.person_id):
        return True
    unit_path, area_path = pool(waiting.scope, case)
    if case.handler_id not in directory().holders(waiting.post, unit_path=unit_path, area_path=area_path):
        return True
    return stood_in_for(actor.person_id).filter(person=case.handler_id).exists()


_TWO_HANDS = {
    Hand.JUDGES: (
        "您派遣或处置过本案卷，不能再核查、回访或结案，请由另一位同事办理。",
        "You dispatched or handled this case, so someone else must check, call back and close it.",
    ),
    Hand.ACTS: (
        "您核查、回访或结案过本案卷，不能再派遣或处置，请由另一位同事办理。",
        "You checked, called back or closed this case, so someone else must dispatch and handle it.",
    ),
}


def offered_steps(case: Case, actor: Actor) -> list[Offer]:
    """The steps possible in the case's state, in the order of the flow; those refused carry the reason."""
    flow = flow_by_id(case.flow_id)
    used = LogEntry.objects.of(case).filter(actor_id=actor.person_id).values_list("hand", flat=True)
    hands = set(used)
    records = records_of(case)
    stages = _stages_open(case)
    offers = []
    for step in flow.steps_from(case.state):
        if step.code in WAITING_STEPS and step.code not in stages:
            continue
        if refusal(flow, step, case, records, stages):
            continue
        record = acted_on(step, case, records, reaching(actor, step, case)) if step.record else None
        answer, held = can_take_step(flow, case, step, actor, hands, record)
        if step.code == CONTACT and held:
            answer = whose_contact(stages[CONTACT], held.post)
        if (
            not isinstance(answer, Denied)
            and "supervised" in step.needs
            and actor.origin == "live"
            and (waits := unsupervised(case, records))
        ):
            answer = Denied(waits.code, waits.message("zh"), waits.message("en"))
        if isinstance(answer, Denied):
            offers.append(Offer(step, False, answer.zh, answer.en))
        else:
            offers.append(Offer(step, True))
    return offers


def records_of(case: Case) -> list[Record]:
    """The side records of a case, in the order they were opened."""
    return [
        Record(
            row.pk, row.kind, row.state, row.unit, row.opened_at, row.opened_by_id, row.ruling, row.ruled_at,
            row.ruled_by_id, row.ended_at is not None, row.amount, row.until, row.facts,
        )
        for row in case.side_records.order_by("id")
    ]  # fmt: skip


def _stages_open(case: Case) -> dict[str, list[str]]:
    """What still waits to be done before the repair, each with the posts it waits for; asked only where the norm wants it,
    or somebody may have called."""
    staged = bool(case.norm_id and stages_of(norm(case.norm_id)))
    if not staged and not (case.state in WITH_UNIT and hotlines()):
        return {}
    found: dict[str, list[str]] = {}
    waiting = Task.objects.filter(case=case, closed_at=None, stage__in=WAITING_STEPS)
    for stage, post in waiting.values_list("stage", "post"):
        found.setdefault(stage, []).append(post)
    return found


def needs_of(step: Step, outcome: Outcome) -> tuple[str, ...]:
    """What a step with this outcome needs."""
    return step.needs + outcome.needs


def task_rule(flow: Flow, state: str) -> TaskRule | None:
    """The task waiting in `state`."""
    return flow.states[state].task  # type: ignore[index]
