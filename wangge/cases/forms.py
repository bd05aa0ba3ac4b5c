# SPDX-License-Identifier: Apache-2.0
"""Which form of its class a step asks to be filled in, and answers judged by it."""

from collections.abc import Mapping
from typing import Any

from wangge.cases.errors import WrongFields
from wangge.cases.models import Case
from wangge.catalog.forms import Answers, Fault, FormInfo, normal
from wangge.catalog.queries import catalog
from wangge.grids.locate import grid_index

#: the steps that ask for a form, and the use of the form
USES = {"report": "report", "finish": "handle", "answer_check": "check"}
#: what the text to delete is called where it is the answers to a form
ANSWERS = "form"


def form_of(step: str, class_code: str, area_path: str) -> FormInfo | None:
    """The form in force that a step asks for in a case of this class at this place."""
    use = USES.get(step)
    return catalog().form_for(class_code, area_path, use) if use and class_code else None


def form_asked(step: str, case: Case, *, class_code: str = "", grid_code: str = "") -> FormInfo | None:
    """The form in force that a step on this case asks for, given the class and the unit grid chosen with it.

    Who accepts a case under another class than the report named, or the first one it gets, is asked what the report of
    that class would have been asked."""
    if step != "accept":
        return form_of(step, case.class_code, case.area_path)
    if not class_code or class_code == case.class_code:
        return None
    located = grid_index().by_code(grid_code) if grid_code else None
    return form_of("report", class_code, located.area_path if located else case.area_path)


def checked(form: FormInfo | None, fields: Mapping[str, Any]) -> Answers:
    """The answers as they are kept; raises WrongFields. Without a form there is nothing to answer."""
    answers = normal(fields)
    faults = form.faults(answers) if form else [_formless(name) for name in answers]
    if faults:
        raise WrongFields(form, faults)
    return answers


def _formless(name: str) -> Fault:
    return Fault(name, "unknown", "这一步没有表单。", "This step has no form to fill in.")
