# SPDX-License-Identifier: Apache-2.0
"""What a flow may ask of a step, one check each; a refusal says what to give."""

import math
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from wangge.cases.access import areas_below
from wangge.cases.correction_errors import NormNotThere, NotCorrectedNow, OneCorrection
from wangge.cases.errors import (
    AccuracyOutOfRange,
    AreaNotBelow,
    KindNotAllowed,
    Missing,
    PhotoUnavailable,
    TextTooLong,
    TooFewPhotos,
    TooFewPhotosToFile,
    UnknownChoice,
    UnknownClass,
    UnknownGrid,
    UnknownHandler,
    UnknownNorm,
    UnknownPassage,
    UnknownTarget,
    UnknownText,
    UnknownUnit,
    UnstorableText,
    WrongParts,
)  # fmt: skip
from wangge.cases.flow import CORRECTED_IN
from wangge.cases.forms import ANSWERS
from wangge.cases.models import CaseText, FilledForm, Photo
from wangge.cases.norms import norms_at
from wangge.cases.records import unsupervised
from wangge.catalog.queries import NormInfo, catalog, norm
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.grids.locate import grid_index
from wangge.organizations.directory import directory
from wangge.organizations.models import Unit

if TYPE_CHECKING:
    from wangge.cases.actions.door import StepData
    from wangge.cases.actions.work import Work

MOST_TEXT = 4000
MOST_METRES = 100_000
LEAST_PARTS, MOST_PARTS = 2, 20
TEXTS = ("description", "place", "reason", "basis", "result", "finding", "remark", "destination")

_TEXTS = {
    "description": ("问题描述", "a description"),
    "reason": ("理由", "the reason"),
    "basis": ("依据", "the basis (a rule, a document, the owner)"),
    "result": ("处置结果", "what was done"),
    "finding": ("调查结论", "the finding"),
    "destination": ("移交去向", "where it is transferred to"),
    "remark": ("说明", "a remark"),
}


def check_given(data: "StepData", *codes: str) -> None:
    """What every step asks of its data: known texts of bearable length, storable characters, a sane accuracy."""
    for text in data.parts:
        if len(text) > MOST_TEXT:
            raise TextTooLong(field="parts", most=MOST_TEXT)
    for name, text in data.texts.items():
        if name not in TEXTS:
            raise UnknownText(field=name, known=", ".join(TEXTS))
        if len(text) > MOST_TEXT:
            raise TextTooLong(field=name, most=MOST_TEXT)
    given = (
        data.result, data.class_code, data.grid_code, data.unit, data.owner, data.target, data.passage, *data.assist,
        *data.choices, *data.choices.values(), data.area, *data.parts,
    )  # fmt: skip
    for text in (*given, *data.texts.values(), *codes):
        if not storable(text):
            raise UnstorableText
    if data.accuracy_m is not None and not 0 <= data.accuracy_m <= MOST_METRES:  # NaN lies nowhere
        raise AccuracyOutOfRange(most=MOST_METRES)


def storable(text: str) -> bool:
    """PostgreSQL stores no NUL, UTF-8 has no form for half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _text(name: str) -> "Callable[[Work], None]":
    def check(work: "Work") -> None:
        if not work.data.texts.get(name, "").strip():
            raise Missing(zh_field=_TEXTS[name][0], en_field=_TEXTS[name][1])

    return check


def _grid(work: "Work") -> None:
    if work.data.grid_code:
        if grid_index().by_code(work.data.grid_code) is None:
            raise UnknownGrid(grid=work.data.grid_code)
    elif work.case.unit_grid_id is None:
        raise Missing(
            zh_field="所在单元网格（按名称或编码查找）", en_field="the unit grid (found by its name or code)"
        )


def _class(work: "Work") -> None:
    _owner(work)
    code = work.data.class_code or work.case.class_code
    if not code:
        raise Missing(zh_field="类别", en_field="the class")
    if not catalog().fileable(code):
        raise UnknownClass(class_code=code)


def _norm(work: "Work") -> None:
    if work.data.norm_id is None:
        raise Missing(zh_field="立案条件", en_field="the norm (filing condition)")
    if work.data.norm_id not in {n.id for n in norms_at(work.case.class_code, work.case.area_path)}:
        raise UnknownNorm(class_code=work.case.class_code)
    _photos_to_file(work, norm(work.data.norm_id))


def _photos_to_file(work: "Work", chosen: NormInfo) -> None:
    """Whoever took them: the reporter, or the inspector who was sent to verify. Counted only where the norm asks."""
    if chosen.photos_report:
        shown = [work.case.pk] + (
            [work.case.parent_id] if work.case.parent_id else []
        )  # of a part: the whole's too
        held = Photo.objects.filter(case__in=shown).count() + len(set(work.data.photos))
        if held < chosen.photos_report:
            raise TooFewPhotosToFile(
                needed=chosen.photos_report, held=held, lacking=chosen.photos_report - held
            )


def _unit(work: "Work") -> None:
    """Of a dispatch, and of a consultation: there the norm has no say."""
    for code in (work.data.unit, *work.data.assist):
        if not code:
            raise Missing(zh_field="责任单位", en_field="the unit in charge")
        if code not in directory().units or directory().units[code].kind in ("centre", "squad"):
            raise UnknownUnit(unit=code)
    if work.step.record or work.actor.origin == "replayed":  # what was recorded was so
        return
    if work.norm and not work.data.texts.get("reason", "").strip():
        _kind(work.data.unit, work.norm.lead_kinds, "主办", "lead")
        for code in work.data.assist:
            _kind(code, work.norm.assist_kinds, "协办", "assisting")


def _kind(code: str, allowed: Collection[str], role_zh: str, role_en: str) -> None:
    """The norm names the kinds of unit that may lead and assist; a dispatcher decides otherwise with a reason only."""
    unit = directory().units[code]
    if allowed and unit.kind not in allowed:
        labels = dict(Unit.Kind.choices)
        raise KindNotAllowed(
            unit_zh=unit.name_zh, kind_zh=labels[unit.kind], role_zh=role_zh,
            allowed_zh="、".join(labels[kind] for kind in allowed),
            unit_en=unit.name_en, kind_en=Unit.KINDS_EN[unit.kind], role_en=role_en,
            allowed_en=", ".join(Unit.KINDS_EN[kind] for kind in allowed),
        )  # fmt: skip


def _handler(work: "Work") -> None:
    task = work.flow.states[work.flow.steps["assign"].outcomes[0].branches[-1].to].task
    holders = directory().holders(task.post, unit_path=work.case.lead_unit_path, area_path="") if task else ()
    if work.data.handler_id is None:
        raise Missing(zh_field="处置员", en_field="the handler")
    if work.data.handler_id not in holders:
        raise UnknownHandler


def _position(work: "Work") -> None:
    lon, lat = work.data.lon, work.data.lat
    if lon is None or lat is None or not (math.isfinite(lon) and math.isfinite(lat)):
        raise Missing(zh_field="现场位置", en_field="your position on site")
    to_wgs84(lon, lat, CoordinateSystem.WGS84)


def _photo(work: "Work") -> None:
    needed = photos_needed(work.step.code, work.norm)
    given = len(set(work.data.photos))
    if given < needed:
        raise TooFewPhotos(needed=needed, given=given)


def photos_needed(step: str, norm: NormInfo | None) -> int:
    """How many photos a step needs: the norm says it for handling and checking, one before there is a norm."""
    if norm is None:
        return 1
    return {"finish": norm.photos_handle, "answer_check": norm.photos_check}.get(step, 1)


def check_photos(work: "Work") -> None:
    """Every photo named exists, is the sender's own and still free."""
    if len(set(work.data.photos)) != len(work.locked.photos):
        raise PhotoUnavailable


def _target(work: "Work") -> None:
    if work.locked.target is None:
        raise UnknownTarget(target=work.data.target)


def _solved(work: "Work") -> None:
    if work.data.result != "unreachable" and work.data.solved is None:
        raise Missing(zh_field="是否解决", en_field="whether it was solved")


def _satisfied(work: "Work") -> None:
    if work.data.result != "unreachable" and work.data.satisfied is None:
        raise Missing(zh_field="是否满意", en_field="whether the caller is satisfied")


def passage(work: "Work") -> tuple[int, str]:
    """(seq, field) of the text to delete, as given; field "form" = the answers to a form."""
    seq, _, name = work.data.passage.partition(":")
    return int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 9 else 0, name


def _passage(work: "Work") -> None:
    seq, name = passage(work)
    rows: QuerySet[Any] = (
        FilledForm.objects.filter(case=work.case.pk, seq=seq, answers__isnull=False)
        if name == ANSWERS
        else CaseText.objects.filter(case=work.case.pk, seq=seq, field=name, text__isnull=False)
    )
    if not rows.exists():
        raise UnknownPassage


def _owner(work: "Work") -> None:
    if work.data.owner and work.data.owner not in directory().units:
        raise UnknownUnit(unit=work.data.owner)


def _amount(work: "Work") -> None:
    if work.data.amount is None:
        raise Missing(zh_field="延长多少", en_field="by how much to extend")


def _yuan(work: "Work") -> None:
    if work.data.amount is None:
        raise Missing(zh_field="奖励金额（元）", en_field="the reward in yuan")


def _until(work: "Work") -> None:
    if work.data.until is None:
        raise Missing(zh_field="挂账截止日期", en_field="the last day of the suspension")


def _choice(name: str, zh: str, en: str) -> "Callable[[Work], None]":
    def check(work: "Work") -> None:
        given, known = work.data.choices.get(name, ""), work.flow.records[work.step.record].choices[name]
        if not given:
            raise Missing(zh_field=zh, en_field=en)
        if given not in known:
            raise UnknownChoice(field=name, given=given, known=", ".join(known))

    return check


def _area(work: "Work") -> None:
    """A level below the one that commands the case, where the case lies and somebody dispatches."""
    known = areas_below(work.case)
    if not work.data.area:
        raise Missing(zh_field="交办给哪一级", en_field="the level it is assigned to")
    if work.data.area not in known:
        raise AreaNotBelow(known=", ".join(known) or "—")


def _parts(work: "Work") -> None:
    given = [part for part in work.data.parts if part.strip()]
    if not len(given) + work.case.parts >= LEAST_PARTS or not 0 < len(given) <= MOST_PARTS:
        raise WrongParts(least=LEAST_PARTS, most=MOST_PARTS)


def _supervised(work: "Work") -> None:
    """What was recorded elsewhere is taken as it was."""
    if work.actor.origin == "live" and (refused := unsupervised(work.case, work.locked.records)):
        raise refused


def _right(work: "Work") -> None:
    """What the case should have been given: class and norm, place, or both; or the step that should not have been taken."""
    data, case = work.data, work.case
    if data.entry is not None:
        if data.norm_id is not None or data.grid_code:
            raise OneCorrection
        return
    if data.norm_id is None and not data.grid_code:
        raise Missing(
            zh_field="要更正的内容：正确的类别与立案条件、位置，或上一步",
            en_field="what is to be corrected: the right class and norm (filing condition), the place, or the last step",
        )
    if case.state not in CORRECTED_IN:
        raise NotCorrectedNow
    located = grid_index().by_code(data.grid_code) if data.grid_code else None
    if data.grid_code and located is None:
        raise UnknownGrid(grid=data.grid_code)
    code = (data.class_code if data.norm_id is not None else "") or case.class_code
    if not catalog().fileable(code):
        raise UnknownClass(class_code=code)
    held = {n.id for n in norms_at(code, located.area_path if located else case.area_path)}
    if data.norm_id is None and case.norm_id not in held:
        raise NormNotThere
    if data.norm_id is not None and data.norm_id not in held:
        raise UnknownNorm(class_code=code)


NEEDED: "dict[str, Callable[[Work], None]]" = {
    **{name: _text(name) for name in _TEXTS},
    "grid": _grid,
    "class": _class,
    "norm": _norm,
    "unit": _unit,
    "handler": _handler,
    "position": _position,
    "photo": _photo,
    "target": _target,
    "solved": _solved,
    "satisfied": _satisfied,
    "passage": _passage,
    "amount": _amount,
    "until": _until,
    "yuan": _yuan,
    "mode": _choice("mode", "督办方式", "how it is supervised"),
    "cause": _choice("cause", "督办原因", "why it is supervised"),
    "right": _right,
    "area": _area,
    "parts": _parts,
    "supervised": _supervised,
}
