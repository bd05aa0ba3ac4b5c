# SPDX-License-Identifier: Apache-2.0
"""办理经过 of one case: its log entries with their texts and photos."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wangge.cases.flow import SYSTEM_STEPS, Label, Step
from wangge.cases.models import Case, CaseText, FilledForm, LogEntry, Photo
from wangge.cases.reference import flow_by_id
from wangge.cases.taking_back import KIND
from wangge.catalog.forms import FormInfo, Said
from wangge.catalog.queries import form


@dataclass(frozen=True)
class Filled:
    """A form as filled in with a step; `answers` None = redacted."""

    form: FormInfo
    answers: dict[str, Any] | None

    @property
    def said(self) -> list[Said]:
        return self.form.read(self.answers or {})


@dataclass
class TimelineItem:
    """One entry; a redacted text is None."""

    seq: int
    step: str
    name_zh: str
    name_en: str
    result: str
    result_zh: str
    result_en: str
    from_state: str
    to_state: str
    actor: str
    post: str
    origin: str
    at: datetime
    recorded_at: datetime
    data: dict[str, Any]
    texts: dict[str, str | None] = field(default_factory=dict)
    photos: list[Photo] = field(default_factory=list)
    filled: Filled | None = None
    #: of a correction: the step it is about
    wrong_zh: str = ""
    wrong_en: str = ""
    #: seq of the correction that took the step back; 0 = it stands
    taken_back_by: int = 0


def timeline(case: Case) -> list[TimelineItem]:
    """All entries, oldest first. Three queries, and one more where forms were filled in."""
    steps = flow_by_id(case.flow_id).steps
    texts: dict[int, dict[str, str | None]] = defaultdict(dict)
    for seq, name, text in (
        CaseText.objects.filter(case=case).order_by("id").values_list("seq", "field", "text")
    ):
        texts[seq][name] = text
    photos: dict[int, list[Photo]] = defaultdict(list)
    for photo in Photo.objects.filter(case=case).order_by("uploaded_at", "id"):
        photos[photo.seq or 0].append(photo)
    entries = list(LogEntry.objects.of(case).select_related("actor").order_by("seq"))
    taken_back = {e.data["taken_back"]: e.seq for e in entries if "taken_back" in e.data}
    filled = _filled(case) if any("form" in e.data for e in entries) else {}
    return [
        _item(e, steps, texts[e.seq], photos[e.seq], filled.get(e.seq), taken_back.get(e.seq, 0)) for e in entries
    ]  # fmt: skip


def _item(
    e: LogEntry, steps: Mapping[str, Step], texts: dict[str, str | None], photos: list[Photo], filled: Filled | None,
    taken_back_by: int,
) -> TimelineItem:  # fmt: skip
    step = steps.get(e.step)
    label = step.label if step else SYSTEM_STEPS[e.step]
    result = step.outcome(e.result) if step and e.result else None
    wrong = steps.get(e.data.get("step", "")) if step and step.record == KIND else None
    said, meant = result.label if result else _NOTHING, wrong.label if wrong else _NOTHING
    return TimelineItem(
        e.seq, e.step, label.zh, label.en, e.result, said.zh, said.en, e.from_state, e.to_state,
        e.actor.name if e.actor else "", e.post, e.origin, e.at, e.recorded_at, e.data, texts, photos, filled, meant.zh,
        meant.en, taken_back_by,
    )  # fmt: skip


_NOTHING = Label("", "")


def _filled(case: Case) -> dict[int, Filled]:
    rows = FilledForm.objects.filter(case=case).values_list("seq", "form_id", "answers")
    return {seq: Filled(form(form_id), answers) for seq, form_id, answers in rows}
