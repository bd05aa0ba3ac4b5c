# SPDX-License-Identifier: Apache-2.0
"""The form of a class on a page: its inputs with what was typed and what is wrong, and the answers typed into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from wangge.cases.forms import form_of
from wangge.catalog.forms import Choice, Fault, Field, FormInfo, parsed, plain
from wangge.catalog.queries import catalog
from wangge.common.coordinates import CoordinateSystem, to_wgs84
from wangge.common.errors import DomainError
from wangge.grids.locate import grid_index
from wangge.grids.queries import top_area_path
from wangge.ui.input import position
from wangge.ui.words import said

#: begins the name of every input of a form
PREFIX = "field."


@dataclass(frozen=True)
class Asked:
    """One input: `value` as typed, `fault` what is wrong with it."""

    field: Field
    id: str
    value: str
    fault: Fault | None

    @property
    def name(self) -> str:
        return PREFIX + self.field.name

    @property
    def choices(self) -> list[tuple[str, Choice]]:
        return [(plain(choice.value), choice) for choice in self.field.choices]

    @property
    def most(self) -> int:
        """Characters the input takes."""
        return int(self.field.rule.get("maxLength", 0))


@dataclass(frozen=True)
class FieldSet:
    """A form as a page asks it."""

    form: FormInfo
    asked: Sequence[Asked]


def form_at(typed: QueryDict) -> FormInfo | None:
    """The form of the chosen class at the pin, as the report will look for it."""
    found = None
    try:
        at = position(typed)
        if at.lon is not None and at.lat is not None:
            found = grid_index().locate(*to_wgs84(at.lon, at.lat, CoordinateSystem.WGS84))
    except DomainError:
        pass  # said beside the pin already
    return form_of("report", typed.get("class_code", ""), found.area_path if found else top_area_path())


def field_set(
    form: FormInfo | None, given: Mapping[str, Any], error: DomainError | None, prefix: str
) -> FieldSet | None:
    """The inputs of `form`, their ids beginning with `prefix`; None without a form."""
    if form is None:
        return None
    faults: dict[str, Fault] = {}
    for fault in getattr(error, "faults", ()):
        faults.setdefault(fault.field, fault)
    asked = [
        Asked(field, f"{prefix}-field-{n}", str(given.get(PREFIX + field.name, "")), faults.get(field.name))
        for n, field in enumerate(form.asked)
    ]
    return FieldSet(form, asked)


def strays(form: FormInfo | None, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(name, text) of what was typed into fields that `form` does not have: shown for copying."""
    known = form.by_name if form else {}
    return [(name, text) for name, text in _typed(given) if name not in known]


def answers_of(form: FormInfo | None, given: QueryDict) -> dict[str, Any]:
    """The answers as the actions take them; fields left empty are no answers."""
    known = form.by_name if form else {}
    return {name: parsed(known[name], text) if name in known else text for name, text in _typed(given)}


def in_words(form: FormInfo | None, given: Mapping[str, Any]) -> list[str]:
    """What was typed into the fields, a line each: where there is no case that could keep it as answers."""
    typed, lines = dict(_typed(given)), []
    for field in form.asked if form else ():
        text = typed.pop(field.name, "")
        if text:
            chosen = {plain(choice.value): said(choice) for choice in field.choices}
            lines.append(f"{said(field, 'title')}：{chosen.get(text, text)}")
    return [*lines, *(f"{name}：{text}" for name, text in typed.items())]


def _typed(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = (
        (name.removeprefix(PREFIX), str(given.get(name, "")).strip())
        for name in given
        if name.startswith(PREFIX)
    )
    return [(name, text) for name, text in pairs if text]


def search_terms() -> list[tuple[str, str]]:
    """(`field:value` or `field:`, what it is called) of every field of the forms in force, to search cases by."""
    found: dict[str, str] = {}
    for form in catalog().forms.values():
        for field in form.asked:
            title = said(field, "title")
            for choice in field.choices:
                found[f"{field.name}:{plain(choice.value)}"] = f"{title} {said(choice)}"
            if not field.choices:
                found[f"{field.name}:"] = title
    return sorted(found.items())
