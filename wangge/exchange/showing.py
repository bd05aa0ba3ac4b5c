# SPDX-License-Identifier: Apache-2.0
"""Rows and rules of the rooms below as bodies for a peer."""

from collections.abc import Collection, Iterable
from typing import Protocol

from wangge.cases.access import Offer, needs_of
from wangge.cases.callbacks import CALL_BACK
from wangge.cases.flow import Flow, Label, RecordRule, State, Step
from wangge.cases.forms import form_of
from wangge.cases.models import Call, Case, CaseText, Photo, SideRecord
from wangge.cases.norms import norms_at
from wangge.cases.queries import CaseRow, TimelineItem
from wangge.cases.queries.calls import masked, seen_case, still_to_call
from wangge.cases.reference import flow_by_id, stage_label
from wangge.cases.visibility import visible_to
from wangge.catalog.forms import FormInfo
from wangge.catalog.queries import ClassInfo, NormInfo, catalog, norm
from wangge.common.coordinates import Point
from wangge.exchange.bodies import (
    CallBody,
    CallerBody,
    CaseBody,
    CaseRowBody,
    ChoiceBody,
    ClassBody,
    FilledBody,
    FlowBody,
    FormBody,
    HandlerBody,
    LocatedBody,
    LogBody,
    Named,
    NormBody,
    OfferBody,
    PhotoBody,
    Position,
    RecordBody,
    RecordRuleBody,
    ResultBody,
    StateBody,
    StepBody,
    Words,
)  # fmt: skip
from wangge.grids.locate import Located
from wangge.grids.queries import areas
from wangge.organizations.directory import Actor, directory


class Labelled(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name_zh(self) -> str: ...
    @property
    def name_en(self) -> str: ...


def named(thing: Labelled) -> Named:
    return Named(code=thing.code, name=Words(zh=thing.name_zh, en=thing.name_en))


def _labelled(code: str, label: Label) -> Named:
    return Named(code=code, name=Words(zh=label.zh, en=label.en))


def _state(flow: Flow, code: str) -> Named:
    rule = flow.states.get(State(code))
    return _labelled(code, rule.label if rule else Label(code, code))


def _position(lon: float | None, lat: float | None) -> Position | None:
    return None if lon is None or lat is None else Position(lon=lon, lat=lat)


def _area(path: str) -> list[Named]:
    return [named(areas()[code]) for code in path.split("/") if code in areas()]


def show_norm(info: NormInfo) -> NormBody:
    return NormBody(
        id=info.id, code=info.code, condition=Words(zh=info.condition_zh, en=info.condition_en),
        closing=Words(zh=info.closing_zh, en=info.closing_en), limit=info.limit, clock=info.clock,
        photos_handle=info.photos_handle, photos_check=info.photos_check,
        area_grade=info.area_grade, legal_basis=info.legal_basis,
    )  # fmt: skip


def show_row(row: CaseRow) -> CaseRowBody:
    kind = (
        Named(code=row.class_code, name=Words(zh=row.class_zh, en=row.class_en)) if row.class_code else None
    )
    label = stage_label(row.state) or Label(row.state, row.state)
    return CaseRowBody(
        number=row.number, state=_labelled(row.state, label), class_=kind, description=row.description,
        area=row.area_path.rstrip("/").rpartition("/")[2], lead_unit=row.lead_unit, reported_at=row.reported_at,
        due_at=row.due_at, light=row.light, outside=row.outside, origin=row.origin, position=_position(row.lon, row.lat),
    )  # fmt: skip


def _visible(numbers: Collection[str], actor: Actor) -> frozenset[str]:
    """Which of these cases `actor` may see; no query where there are none."""
    if not numbers:
        return frozenset()
    rows = Case.objects.filter(visible_to(actor), number__in=numbers)
    return frozenset(rows.values_list("number", flat=True))


def show_case(case: Case, actor: Actor) -> CaseBody:
    """Three queries beside those of `get_case`: its first texts, side records and photos; of a merged one a fourth."""
    joined = _visible([case.merged_into.number], actor) if case.merged_into else ()
    texts = dict(CaseText.objects.filter(case=case, seq=1).values_list("field", "text"))
    unit = directory().units.get(case.lead_unit)
    return CaseBody(
        number=case.number, external_id=case.external_id, origin=case.origin, channel=case.channel_id,
        state=_state(flow_by_id(case.flow_id), case.state),
        class_=named(case.class_version) if case.class_version else None,
        norm=show_norm(norm(case.norm_id)) if case.norm_id else None,
        description=texts.get("description"), place=texts.get("place", ""), position=_position(case.lon, case.lat),
        outside=case.outside, unit_grid=case.unit_grid.code if case.unit_grid else None,
        supervision_grid=case.supervision_grid.code if case.supervision_grid else None, area=_area(case.area_path),
        squad=case.squad, lead_unit=named(unit) if unit else None, route=case.route, reported_at=case.reported_at,
        filed_at=case.filed_at, dispatched_at=case.dispatched_at, yellow_at=case.yellow_at, due_at=case.due_at,
        finished_at=case.finished_at, closed_at=case.closed_at, closing=case.closing,
        merged_into=next(iter(joined), None), suspended_until=case.suspended_until,
        overdue_exempt=case.overdue_exempt, rework_count=case.rework_count,
        records=[_record(row, flow_by_id(case.flow_id)) for row in case.side_records.order_by("id")],
        return_count=case.return_count, reopened_count=case.reopened_count, calendar_missing=case.calendar_missing,
        photos=list(Photo.objects.filter(case=case).order_by("seq", "uploaded_at").values_list("pk", flat=True)),
        seq=case.log_seq, last_step=case.last_step["seq"] if case.last_step else None,
    )  # fmt: skip


def show_log(items: Iterable[TimelineItem], actor: Actor) -> list[LogBody]:
    """Every entry; the number of another case that `actor` may not see is null."""
    items = list(items)
    visible = _visible([item.data["target"] for item in items if item.data.get("target")], actor)
    return [_entry(item, visible) for item in items]


def _entry(item: TimelineItem, visible: Collection[str]) -> LogBody:
    result = _labelled(item.result, Label(item.result_zh, item.result_en)) if item.result else None
    data = item.data
    if data.get("target") and data["target"] not in visible:
        data = data | {"target": None}
    return LogBody(
        seq=item.seq, step=Named(code=item.step, name=Words(zh=item.name_zh, en=item.name_en)),
        result=result, from_state=item.from_state,
        to_state=item.to_state, post=item.post, origin=item.origin, at=item.at, recorded_at=item.recorded_at,
        data=data, taken_back_by=item.taken_back_by or None,
        texts=item.texts, form=_filled(item), photos=[photo.pk for photo in item.photos],
    )  # fmt: skip


def _filled(item: TimelineItem) -> FilledBody | None:
    if item.filled is None:
        return None
    form = item.filled.form
    title = Words(zh=form.title_zh, en=form.title_en)
    return FilledBody(id=form.id, use=form.use, title=title, answers=item.filled.answers)


def show_form(form: FormInfo) -> FormBody:
    title = Words(zh=form.title_zh, en=form.title_en)
    return FormBody(id=form.id, use=form.use, area=form.area, title=title, fields=form.fields)


def _results(step: Step) -> list[ResultBody]:
    coded = [outcome for outcome in step.outcomes if outcome.code]
    return [
        ResultBody(**_labelled(o.code, o.label).model_dump(), needs=list(needs_of(step, o))) for o in coded
    ]


def show_offer(offer: Offer, case: Case) -> OfferBody:
    """A step with what it may be given: the norms of the class for filing, the unit's handlers for an assignment, the
    callers for a callback, the form."""
    step = offer.step
    body = OfferBody(
        step=_labelled(step.code, step.label), allowed=offer.allowed, needs=list(step.needs), results=_results(step),
        reason=None if offer.allowed else Words(zh=offer.reason_zh, en=offer.reason_en),
    )  # fmt: skip
    if offer.allowed and "norm" in step.needs:
        body.norms = [show_norm(n) for n in norms_at(case.class_code, case.area_path)]
    if offer.allowed and "handler" in step.needs:
        body.handlers = _handlers(step, case)
    if offer.allowed and step.code == CALL_BACK:
        body.calls = still_to_call(case)
    if offer.allowed and (form := form_of(step.code, case.class_code, case.area_path)):
        body.form = show_form(form)
    return body


def _handlers(step: Step, case: Case) -> list[HandlerBody]:
    task = flow_by_id(case.flow_id).states[step.outcomes[0].branches[-1].to].task
    found = directory().holders(task.post, unit_path=case.lead_unit_path, area_path="") if task else ()
    return [HandlerBody(id=one, name=directory().people[one].name) for one in found]


def show_call(call: Call, actor: Actor) -> CallBody:
    """No query where the call was read with its case and contact."""
    caller, case = masked(call), seen_case(call, actor)
    return CallBody(
        id=call.pk, outcome=call.outcome, case=case.number if case else None, channel=call.channel_id,
        class_code=call.class_code, text=call.text, answer=call.answer, confidential=call.confidential,
        caller=CallerBody(name=caller.name, number=caller.number) if caller else None, began_at=call.began_at,
        taken_at=call.taken_at, external_id=call.external_id,
    )  # fmt: skip


def show_photo(photo: Photo) -> PhotoBody:
    return PhotoBody(
        id=photo.pk, sha256=photo.sha256, width=photo.width, height=photo.height, size=photo.size
    )


def show_class(info: ClassInfo) -> ClassBody:
    return ClassBody(
        **named(info).model_dump(), parent=info.parent, level=info.level, kind=info.kind, module=info.module,
        norms=[show_norm(n) for n in catalog().norms_of(info.code)],
        forms=[show_form(form) for form in catalog().forms_of(info.code)],
    )  # fmt: skip


def show_located(point: Point, located: Located | None) -> LocatedBody:
    position = Position(lon=point.lon, lat=point.lat)
    if located is None:
        return LocatedBody(
            inside=False, position=position, unit_grid=None, supervision_grid=None, area=[], squad=""
        )
    walked = located.supervision
    return LocatedBody(
        inside=True, position=position, unit_grid=named(located.unit_grid),
        supervision_grid=named(walked) if walked else None, area=_area(located.area_path),
        squad=directory().squad_of(walked.code) if walked else "",
    )  # fmt: skip


def show_flow(flow: Flow) -> FlowBody:
    states = [
        StateBody(**_labelled(code, rule.label).model_dump(), post=rule.task.post if rule.task else None)
        for code, rule in flow.states.items()
    ]
    steps = [
        StepBody(
            step=_labelled(step.code, step.label), sources=list(step.sources), posts=list(step.posts),
            hand=step.hand.value, needs=list(step.needs), results=_results(step), record=step.record,
            record_from=list(step.record_from),
        )
        for step in flow.steps.values()
    ]  # fmt: skip
    records = [_record_rule(rule) for rule in flow.records.values()]
    grades = [_labelled(code, one.label) for code, one in flow.grades.items()]
    return FlowBody(
        code=flow.code, version=flow.version, states=states, steps=steps, records=records, grades=grades
    )


def _record_rule(rule: RecordRule) -> RecordRuleBody:
    states = [
        StateBody(**_labelled(code, one.label).model_dump(), post=one.task.post if one.task else None)
        for code, one in rule.states.items()
    ]
    choices = {
        name: [
            ChoiceBody(
                **_labelled(code, one.label).model_dump(), limit=one.limit.value if one.limit else None,
                clock=one.limit.clock.value if one.limit else None,
            )
            for code, one in some.items()
        ]
        for name, some in rule.choices.items()
    }  # fmt: skip
    return RecordRuleBody(
        **_labelled(rule.kind, rule.label).model_dump(), states=states, choices=choices,
        takes_back=list(rule.takes_back),
    )  # fmt: skip


def _record(row: SideRecord, flow: Flow) -> RecordBody:
    rule = flow.records[row.kind]
    return RecordBody(
        kind=_labelled(row.kind, rule.label), state=_labelled(row.state, rule.states[row.state].label), unit=row.unit,
        seq=row.seq, opened_at=row.opened_at, ended_at=row.ended_at, ruling=row.ruling, amount=row.amount,
        until=row.until, facts=row.facts,
    )  # fmt: skip
