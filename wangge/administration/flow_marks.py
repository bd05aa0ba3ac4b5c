# SPDX-License-Identifier: Apache-2.0
"""The parts of a flow that are marked as examples, in words."""

from collections.abc import Iterable

from wangge.administration.choices import choices_of
from wangge.administration.columns import Words
from wangge.cases.flow import Flow
from wangge.cases.reference import current_flow
from wangge.ui.words import said


def marks_of(built: Flow) -> list[tuple[str, str]]:
    """(path in the document, what it is) of each part marked so."""
    return [(path, _name(built, path)) for path in built.illustrations]


def names_of(paths: Iterable[str]) -> dict[str, str]:
    """What the parts are called in the flow in force; the path itself where it has none."""
    return {path: _name(current_flow(), path) for path in paths}


def _name(built: Flow, path: str) -> str:
    part, *rest = path.split(".")
    if part == "grades" and not rest:
        return said(Words("信息等级", "Grades"))
    if part == "records" and rest and rest[0] in built.records:
        needs = choices_of("flow", "needs")
        inner = [said(needs[code]) for code in rest if code in needs]
        return " · ".join([said(built.records[rest[0]].label), *inner])
    if part == "states" and len(rest) == 1 and rest[0] in built.states:
        return said(built.states[rest[0]].label)  # type: ignore[index]
    if part in ("steps", "beside") and len(rest) == 1 and rest[0] in built.steps:
        return said(built.steps[rest[0]].label)
    return path
