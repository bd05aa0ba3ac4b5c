# SPDX-License-Identifier: Apache-2.0
"""A flow as a drawing: its main line from top to bottom, detours beside it, every other way out as a line of text."""

from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from wangge.cases.flow import Flow, State, Step
from wangge.ui.words import limit_text, said

MAIN_X, SIDE_X, WIDTH = 300, 610, 1000
BOX_WIDTH, BOX_HEIGHT = 170, 46
GAP, LINE = 42, 18
#: room above the first box for the ways out written beside it
TOP = 40


@dataclass
class Box:
    """A state; `limit` in words; `exits`: (step, state it leads to, y) of the ways out that have no arrow."""

    state: State
    name: str
    limit: str
    x: int
    y: int = 0
    main: bool = True
    exits: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT // 2

    @property
    def centre(self) -> int:
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True)
class Arrow:
    """From (x1, y1) to (x2, y2), its name at (x, y); `anchor`: where that name begins."""

    x1: int
    y1: int
    x2: int
    y2: int
    x: int
    y: int
    name: str
    anchor: str = "start"


@dataclass
class Chart:
    boxes: list[Box]
    arrows: list[Arrow]
    width: int = WIDTH
    height: int = 0


#: step, result, and the states: one way from a state to another
_Way = tuple[str, State, State]


def chart_of(flow: Flow) -> Chart:
    """The drawing of `flow`; the way from the report to the closing that most cases go is its main line."""
    ways = [way for step in flow.steps.values() if not step.beside for way in _ways(step)]
    line = _main_line(flow)
    boxes = {state: _box(flow, state, MAIN_X, main=True) for state in line}
    for state, rule in flow.states.items():
        if rule.task and state not in boxes:
            boxes[state] = _box(flow, state, SIDE_X, main=False)
    drawn = _drawn(ways, line, boxes)
    for name, source, target in ways:
        if (source, target) not in drawn and source in boxes:
            text = (name, said(flow.states[target]), 0)
            if text not in boxes[source].exits:
                boxes[source].exits.append(text)
    height = _place(line, boxes, ways)
    arrows = [_arrow(boxes[a], boxes[b], _("、").join(names)) for (a, b), names in drawn.items()]
    return Chart(list(boxes.values()), arrows, height=height)


def _ways(step: Step) -> list[_Way]:
    """Each state a step leads to, named by the step or its result."""
    found = []
    for outcome in step.outcomes:
        name = said(outcome.label) if outcome.code else said(step.label)
        for source in step.sources:
            if source in State.__members__.values():
                found += [(name, State(source), branch.to) for branch in outcome.branches]
    return found


def _main_line(flow: Flow) -> list[State]:
    """The longest way from the report to the closing that always goes on, in the order of the document, and takes the
    branch without a condition: shortcuts and detours are none of it."""
    order = {state: number for number, state in enumerate(flow.states)}
    best = {State.REPORTED: [State.REPORTED]}
    for state in order:
        for step in flow.steps_from(state) if state in best else ():
            for to in (outcome.branches[-1].to for outcome in step.outcomes if outcome.branches):
                if order[to] > order[state] and len(best[state]) >= len(best.get(to, ())):
                    best[to] = [*best[state], to]
    return best.get(State.CLOSED, [State.REPORTED])


def _box(flow: Flow, state: State, x: int, *, main: bool) -> Box:
    rule = flow.states[state]
    limit = rule.task.limit if rule.task else None
    return Box(state, said(rule), limit_text(limit.value, limit.clock) if limit else "", x, main=main)


def _drawn(
    ways: list[_Way], line: list[State], boxes: dict[State, Box]
) -> dict[tuple[State, State], list[str]]:
    """The ways with an arrow: down the main line, from it to a detour, from one detour to the next."""
    down = set(pairwise(line))
    found: dict[tuple[State, State], list[str]] = {}
    for name, source, target in ways:
        aside = target in boxes and not boxes[target].main and source in boxes and source != target
        first = not any(pair[1] == target for pair in found if pair != (source, target))
        if (source, target) in down or (aside and first):
            names = found.setdefault((source, target), [])
            if name not in names:
                names.append(name)
    return found


def _place(line: list[State], boxes: dict[State, Box], ways: list[_Way]) -> int:
    """Give every box its height, a detour that of the state it starts from; the height of the whole."""
    y, free = TOP, 0
    for state in line:
        box, below = boxes[state], y
        box.y = y
        for side in _aside(state, boxes, ways):
            boxes[side].y = max(y, free)
            _set_exits(boxes[side])
            free = below = boxes[side].y + max(BOX_HEIGHT, LINE * len(boxes[side].exits)) + GAP
        _set_exits(box)
        y = max(y + max(BOX_HEIGHT, LINE * len(box.exits)) + GAP, below if free > y + 200 else 0)
    return max(y, free) - GAP + 16


def _aside(state: State, boxes: dict[State, Box], ways: list[_Way]) -> list[State]:
    """The detours that start here, each with those that start from it; each once."""
    found: list[State] = []
    waiting = [state]
    while waiting:
        here = waiting.pop(0)
        for _name, source, target in ways:
            aside = target in boxes and not boxes[target].main and not boxes[target].y
            if source == here and aside and target not in found:
                found.append(target)
                waiting.append(target)
    return found


def _set_exits(box: Box) -> None:
    top = box.middle - LINE * (len(box.exits) - 1) // 2
    box.exits = [(name, to, top + LINE * n) for n, (name, to, _) in enumerate(box.exits)]


def _arrow(source: Box, target: Box, name: str) -> Arrow:
    if source.x == target.x:
        x, y1, y2 = source.centre, source.y + BOX_HEIGHT, target.y
        return Arrow(x, y1, x, y2, x + 8, (y1 + y2) // 2 + 4, name)
    x1, x2 = source.x + BOX_WIDTH, target.x
    return Arrow(
        x1,
        source.middle,
        x2,
        target.middle,
        (x1 + x2) // 2,
        (source.middle + target.middle) // 2 - 6,
        name,
        "middle",
    )
