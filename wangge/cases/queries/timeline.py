# SPDX-License-Identifier: Apache-2.0
"""办理经过 of one case: its log entries with their texts and photos."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wangge.cases.flow import SYSTEM_STEPS
from wangge.cases.models import Case, CaseText, FilledForm, LogEntry, Photo
from wangge.cases.reference import flow_by_id
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
    filled = _filled(case) if any("form" in e.data for e in entries) else {}
    items = []
    for e in entries:
        step = steps.get(e.step)
        label = step.label if step else SYSTEM_STEPS[e.step]
        result = step.outcome(e.result) if step and e.result else None
        items.append(
            TimelineItem(
                e.seq,
                e.step,
                label.zh,
                label.en,
                e.result,
                result.label.zh if result else "",
                result.label.en if result else "",
                e.from_state,
                e.to_state,
                e.actor.name if e.actor else "",
                e.post,
                e.origin,
                e.at,
                e.recorded_at,
                e.data,
                texts[e.seq],
                photos[e.seq],
                filled.get(e.seq),
            )
        )
    return items


def _filled(case: Case) -> dict[int, Filled]:
    rows = FilledForm.objects.filter(case=case).values_list("seq", "form_id", "answers")
    return {seq: Filled(form(form_id), answers) for seq, form_id, answers in rows}
