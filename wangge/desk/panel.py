# SPDX-License-Identifier: Apache-2.0
"""The steps on a case page: each as a form with only the fields it needs, or greyed with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.http import QueryDict

from wangge.cases.access import Offer
from wangge.cases.actions.needs import photos_needed
from wangge.cases.flow import ASSISTANCE, Choice, Grade, Outcome, Step
from wangge.cases.forms import form_asked
from wangge.cases.models import Case
from wangge.cases.norms import norms_at
from wangge.cases.reference import flow_by_id
from wangge.catalog.queries import norm
from wangge.common.errors import DomainError
from wangge.desk.input import TEXTS
from wangge.organizations.directory import UnitInfo, directory
from wangge.ui.fields import FieldSet, field_set, strays

#: needs that are not fields: the description was given at the report, and supervised is what a case was
_SILENT = ("description", "supervised")
#: needs met by a free text
_TEXTS = ("reason", "basis", "result", "finding", "destination")
UNREACHABLE = "unreachable"
Lists = Mapping[str, Mapping[str, Choice | Grade]]
#: steps off the line from report to closing: never unfolded before somebody asks for them
_FOLDED = ("void", "merge", "link", "unlink", "unmerge", "transfer", "receipt", "redact", "reopen", "settle", "self_handle",
           "assign_down", "split", "cancel_split")  # fmt: skip
#: bodies that never have a case in hand
_NOT_IN_CHARGE = ("centre", "squad")


@dataclass(frozen=True)
class Tried:
    """A step that was refused: its form is shown again with what was typed and the photos already received."""

    step: str
    given: QueryDict
    photos: tuple[UUID, ...]
    error: DomainError

    @property
    def typed(self) -> dict[str, str]:
        """The texts that were typed, by name: shown for copying where the form itself is no longer offered."""
        found = {name.removesuffix("_text"): self.given.get(name, "").strip() for name in TEXTS}
        return {name: text for name, text in found.items() if text} | dict(strays(None, self.given))


@dataclass(frozen=True)
class Field:
    """One field of a step; `when`: results that need it (empty = always); `value`: what it holds now."""

    need: str
    when: tuple[str, ...] = ()
    #: of photos: how many at least
    least: int = 0
    id: str = ""
    value: str = ""
    optional: bool = False
    #: of a list: what it offers
    choices: tuple[Choice | Grade, ...] = ()
    #: of a side record: its unit is one that is asked, not one that is put in charge
    beside: bool = False
    #: no published source prints it, and the city has not confirmed it
    example: bool = False

    @property
    def template(self) -> str:
        kind = "text" if self.need in _TEXTS else "choice" if self.choices else self.need
        return f"desk/step/{'asked_unit' if kind == 'unit' and self.beside else kind}.html"

    @property
    def name(self) -> str:
        return name_of(self.need)


def name_of(need: str) -> str:
    """Name of the input: `result` is taken by the choice of results."""
    return "result_text" if need == "result" else need


@dataclass(frozen=True)
class Panel:
    """A step with everything its form shows. `values`: what the fields hold now."""

    step: Step
    allowed: bool
    reason_zh: str
    reason_en: str
    fields: tuple[Field, ...] = ()
    results: tuple[Outcome, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    photos: tuple[UUID, ...] = ()
    error: DomainError | None = None
    form_fields: FieldSet | None = None
    #: typed into fields the form does not have
    strays: Sequence[tuple[str, str]] = ()
    open: bool = False
    key: UUID = field(default_factory=uuid4)

    @property
    def stern(self) -> bool:
        """A step that ends the case without handling it."""
        return any(b.to in ("rejected", "void") for o in self.step.outcomes for b in o.branches)


def panels(case: Case, offers: list[Offer], tried: Tried | None) -> list[Panel]:
    """One panel for each offer, allowed ones first; the first allowed on the line is open unless another was tried."""
    ordered = sorted(offers, key=lambda offer: not offer.allowed)
    on_line = (o.step for o in ordered if o.allowed and not o.step.beside and o.step.code not in _FOLDED)
    first = tried.step if tried else next((step.code for step in on_line), "")
    return [
        _panel(case, o.step, tried, is_open=o.step.code == first)
        if o.allowed
        else Panel(o.step, False, o.reason_zh, o.reason_en)
        for o in ordered
    ]


def _panel(case: Case, step: Step, tried: Tried | None, *, is_open: bool) -> Panel:
    mine = tried if tried and tried.step == step.code else None
    results = step.outcomes if len(step.outcomes) > 1 else ()
    values = (
        mine.given.dict() | {"assist": mine.given.getlist("assist")} if mine else _first_values(case, step)
    )
    given = mine.given if mine else {}
    chosen = {name: str(values.get(name, "")) for name in ("class_code", "grid_code")}
    form = form_asked(step.code, case, **chosen)
    return Panel(
        step, True, "", "", tuple(_fields(case, step, values)), results, values,
        photos=mine.photos if mine else (), error=mine.error if mine else None, open=is_open,
        form_fields=field_set(form, given, mine.error if mine else None, step.code), strays=strays(form, given),
    )  # fmt: skip


def _fields(case: Case, step: Step, values: dict[str, Any]) -> list[Field]:
    wanted: dict[str, tuple[str, ...]] = {need: () for need in step.needs if need not in _SILENT}
    by_need: dict[str, tuple[str, ...]] = {}
    optional: tuple[str, ...] = ()
    for outcome in step.outcomes:
        for need in outcome.needs:
            by_need[need] = (*by_need.get(need, ()), outcome.code)
    wanted |= by_need
    if step.outcome(UNREACHABLE):  # who was not reached answered nothing
        answered = tuple(o.code for o in step.outcomes if o.code != UNREACHABLE)
        wanted |= {need: answered for need in ("solved", "satisfied") if need in wanted}
    if "unit" in wanted and "reason" not in wanted:  # to choose otherwise than proposed is a ruling
        wanted["reason"] = ()
        optional = ("reason",)
    elif not any(need in _TEXTS for need in wanted):
        wanted["remark"] = ()
    if "class" in wanted:  # whose the component is, where that is known: the matrix may ask
        wanted["owner"] = ()
    flow = flow_by_id(case.flow_id)
    lists: Lists = flow.records[step.record].choices if step.record else {}
    if step.code == "file" and flow.grades:
        wanted["grade"], lists = (), {"grade": flow.grades}
        optional = ("grade",)
    least = photos_needed(step.code, norm(case.norm_id) if case.norm_id else None) if "photo" in wanted else 0
    if step.record == ASSISTANCE:  # where there is something to show
        wanted.setdefault("photo", ())
    return [
        Field(
            need,
            when,
            least if need == "photo" else 0,
            f"{step.code}-{need}",
            str(values.get(name_of(need), "")),
            need in optional,
            tuple(lists.get(need, {}).values()),
            bool(step.record),
            (need == "yuan" or need in lists) and flow.illustrated(_part(step, need)),
        )
        for need, when in wanted.items()
    ]


def _part(step: Step, need: str) -> str:
    """Where in the flow's document stands what a field offers."""
    if need == "grade":
        return "grades"
    return f"records.{step.record}" if need == "yuan" else f"records.{step.record}.choices.{need}"


def _first_values(case: Case, step: Step) -> dict[str, Any]:
    """What a fresh form proposes: the case's class, its only norm, the routed units, the assigned handler."""
    values: dict[str, Any] = {"class_code": case.class_code, "handler_id": str(case.handler_id or "")}
    if "norm" in step.needs and len(norms := norms_at(case.class_code, case.area_path)) == 1:
        values["norm_id"] = str(norms[0].id)
    if "unit" in step.needs and case.route and not step.record:
        values |= {"unit": case.route["lead"], "assist": case.route["assist"]}
    if len(step.outcomes) > 1 and step.outcomes[0].code in ("passed", "solved", "confirmed", "satisfied"):
        values["result"] = ""  # a finding is chosen, never proposed
    return values


def units_in_charge() -> list[UnitInfo]:
    """The units a case can be dispatched to, departments before streets."""
    found = [unit for unit in directory().units.values() if unit.kind not in _NOT_IN_CHARGE]
    return sorted(found, key=lambda unit: (unit.kind, unit.code))
