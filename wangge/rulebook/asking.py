# SPDX-License-Identifier: Apache-2.0
"""What changed forms would do: who keeps the answers given, and who will be asked something else."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q

from wangge.cases.flow import EARLY_STATES, OPEN_STATES, WITH_UNIT, State
from wangge.cases.models import Case, FilledForm
from wangge.catalog.forms import FormInfo
from wangge.catalog.queries import Catalog, catalog
from wangge.packs.contents import Pack
from wangge.rulebook.models import Change

_BEFORE_FINISH = (*EARLY_STATES, *WITH_UNIT)
#: use of a form -> the states of a case that has the step still ahead of it which asks for the form. What a report is asked
#: is past; a visit begins anew.
AHEAD = {
    "report": (),
    "handle": _BEFORE_FINISH,
    "check": (*_BEFORE_FINISH, State.HANDLED, State.CHECKING),
    "visit": (),
}


@dataclass(frozen=True)
class Asking:
    """Of the forms of one use. Open cases of the whole city: `kept` = with answers to a form that changes or ends;
    `other` = will be asked another form than now, `nothing` = none any more."""

    use: str
    kept: int
    other: int
    nothing: int


def asking(pack: Pack, changes: list[Change]) -> tuple[Asking, ...]:
    """What the forms of `pack` would do in place of those in force, by use. Two queries."""
    keys = {tuple(change.key) for change in changes if change.table == "forms"}
    before = catalog()
    kept = _kept(keys)
    other, nothing = _ahead(before, _with_forms(before, pack))
    uses = [use for use in AHEAD if use in {key[2] for key in keys}]
    return tuple(Asking(use, kept[use], other[use], nothing[use]) for use in uses)


def _with_forms(before: Catalog, pack: Pack) -> Catalog:
    rows = ({name: getattr(row, name) for name in type(row).model_fields} for row in pack.forms.rows.values())
    forms = (FormInfo(id=0, **row) for row in rows)
    return replace(before, forms={(form.class_code, form.area, form.use): form for form in forms})


def _kept(keys: set[tuple[Any, ...]]) -> Counter[str]:
    """Open cases by use, whatever version of the form they were asked by."""
    names = ("form__class_code", "form__area", "form__use")
    whose = reduce(or_, (Q(**dict(zip(names, key, strict=True))) for key in keys), Q(pk__in=[]))
    filled = FilledForm.objects.filter(whose, case__state__in=[s.value for s in OPEN_STATES])
    found = Counter[str]()
    for use, count in filled.values_list("form__use").order_by().annotate(n=Count("case", distinct=True)):
        found[use] += count
    return found


def _ahead(before: Catalog, after: Catalog) -> tuple[Counter[str], Counter[str]]:
    """(asked another form, asked none any more): open cases by use."""
    other, nothing = Counter[str](), Counter[str]()
    groups = Case.objects.open().exclude(class_code="").values_list("class_code", "area_path", "state")
    for class_code, area_path, state, count in groups.order_by().annotate(count=Count("pk")):
        for use in (use for use, states in AHEAD.items() if state in states):
            one, two = (some.form_for(class_code, area_path, use) for some in (before, after))
            if two and (one is None or one.fields != two.fields):
                other[use] += count
            elif one and two is None:
                nothing[use] += count
    return other, nothing
