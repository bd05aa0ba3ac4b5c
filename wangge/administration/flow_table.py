# SPDX-License-Identifier: Apache-2.0
"""The steps of a flow as a table that is read."""

from typing import Any

from wangge.administration.choices import choices_of
from wangge.administration.flow_form import figures_of
from wangge.cases.flow import RECORD_FIGURES, Flow, Step
from wangge.ui.words import said


def table_of(built: Flow) -> dict[str, Any]:
    """The steps as they are read: of the line, beside it, of each kind of side record."""
    steps = built.steps.values()
    return {
        "steps": [_line(built, step) for step in steps if not step.beside],
        "beside": [_line(built, step) for step in steps if step.beside and not step.record],
        "records": [
            (
                rule,
                [_line(built, step) for step in steps if step.record == rule.kind],
                figures_of(
                    rule.kind, {name: getattr(rule, name) for name in RECORD_FIGURES.get(rule.kind, ())}
                ),
                [said(built.steps[code].label) for one in rule.states.values() for code in one.opened_by],
            )
            for rule in built.records.values()
        ],
    }


def _line(built: Flow, step: Step) -> dict[str, Any]:
    """A step of the table: where from and to in words, under which condition, and what it needs."""
    guards, needs = choices_of("flow", "guard"), choices_of("flow", "needs")
    known: dict[str, str] = {state.value: said(rule) for state, rule in built.states.items()}
    if step.record:
        return _record_line(built, step)
    ways = [
        (said(outcome.label) if outcome.code else "", known[branch.to.value], said(guards.get(branch.when)))
        for outcome in step.outcomes
        for branch in outcome.branches
    ]
    sources = [known[code] for code in step.sources if code in known]
    return {
        "step": step,
        "sources": [] if len(sources) == len(known) else sources,
        "anywhere": len(sources) == len(known),
        "ways": ways,
        "needs": [said(needs[need]) for need in step.needs],
    }


def _record_line(built: Flow, step: Step) -> dict[str, Any]:
    """A step of a side record: the states are the record's; where the case moves with it that is told."""
    needs, rule = choices_of("flow", "needs"), built.records[step.record]
    ways = [
        (
            said(outcome.label) if outcome.code else "",
            said(rule.states[outcome.record_to].label),
            "、".join(said(built.states[branch.to]) for branch in outcome.branches),
        )
        for outcome in step.outcomes
    ]
    return {
        "step": step,
        "sources": [said(rule.states[code].label) for code in step.record_from if code in rule.states],
        "anywhere": False,
        "ways": ways,
        "needs": [said(needs[need]) for need in step.needs],
    }
