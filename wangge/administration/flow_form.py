# SPDX-License-Identifier: Apache-2.0
"""What a city or an area may change of a flow: labels, limits, figures, posts, grades, the tries of a callback,
marks of examples."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from django.http import QueryDict

from wangge.administration.calendar_form import whole
from wangge.administration.columns import Words
from wangge.cases.flow import BY_CLASS, RECORD_FIGURES, Flow

#: the parts of a flow document whose entries are states and steps
PARTS = ("states", "steps", "beside")
#: of a kind of side record, by their names in the document
FIGURES = {
    "extension": {"most": Words("每轮最多准予几次", "Granted a round, at most")},
    "suspension": {"most": Words("最长几天", "Days, at most")},
    "reward": {
        "most": Words("一笔最多（元）", "Yuan of one reward, at most"),
        "budget": Words("全年预算（元）", "Yuan of a year, at most"),
    },
}
MOST_DIGITS = 9
#: of a matter when it is filed: its name, and who dispatches it first
GRADES = "grades"
#: of the flow itself
NUMBERS = ("callback_tries", "yellow_percent")
#: money is the whole city's, in areas too
OF_CITY = frozenset({"reward"})


def typed_flow(given: QueryDict, held: dict[str, Any]) -> dict[str, Any]:
    """`held` with what the form may change; what it does not name stays."""
    typed = deepcopy(held)
    for prefix, body in _bodies(typed):
        _labels(given, prefix, body)
        for result, outcome in (body.get("results") or {}).items():
            _labels(given, f"{prefix}-{result}", outcome)
        if f"{prefix}-posts-shown" in given:
            body["posts"] = given.getlist(f"{prefix}-posts")
        if limit := _limit_of(body):
            value = whole(given.get(f"{prefix}-value", "")) if f"{prefix}-value" in given else limit[0]
            limit[:] = [value, given.get(f"{prefix}-clock", limit[1])]
    for kind, record in (typed.get("records") or {}).items():
        for name in RECORD_FIGURES.get(kind, ()):
            if (field := f"records-{kind}-{name}") in given:
                record[name] = whole(given.get(field, ""), MOST_DIGITS)
    for code, grade in (typed.get("grades") or {}).items():
        if (field := f"{GRADES}-{code}-first") in given:
            grade["first"] = given[field]
            if grade["first"] == BY_CLASS:  # what a document need not say
                del grade["first"]
    if "illustrations-shown" in given:  # a mark is taken away where the city has confirmed the part
        typed["illustrations"] = [
            p for p in typed.get("illustrations") or [] if p in given.getlist("illustrations")
        ]
    for name in NUMBERS:
        if name in given:
            typed[name] = whole(given.get(name, ""))
    return typed


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of its inputs, itself) of everything a form may change, in the order of the document."""
    for part in (*PARTS, GRADES):
        for code, body in (document.get(part) or {}).items():
            yield f"{part}-{code}", body
    for kind, record in (document.get("records") or {}).items():
        yield f"records-{kind}", record
        for part in ("states", "steps"):
            for code, body in record[part].items():
                yield f"records-{kind}-{part}-{code}", body
        for name, some in (record.get("choices") or {}).items():
            for code, body in some.items():
                yield f"records-{kind}-{name}-{code}", body


def _limit_of(body: dict[str, Any]) -> list[Any] | None:
    """The limit that may be changed, as it stands in the document: [number, clock]."""
    task = body.get("task")
    found = task.get("clock") if isinstance(task, dict) else body.get("limit")
    return found if isinstance(found, list) else None


def _labels(given: QueryDict, prefix: str, body: dict[str, Any]) -> None:
    for name in ("name_zh", "name_en"):
        text = given.get(f"{prefix}-{name}", "").strip()[:50]
        if text and name in body:
            body[name] = text


def forms_of(built: Flow, typed: dict[str, Any], *, of_area: bool) -> dict[str, Any]:
    """What may be changed. In an area names stay the city's, but of steps: lists do not tell areas apart."""
    entries = [_entry(p, body, renames=not of_area or p.startswith("steps-")) for p, body in _bodies(typed)]
    entries = [
        one for one in entries if one["renames"] or one["limit"] or one.get("posts") or one.get("first")
    ]

    def of(*prefixes: str) -> list[dict[str, Any]]:
        return [one for one in entries if f"{one['prefix']}-".startswith(prefixes)]

    return {
        "states": of("states-"),
        "step_forms": of("steps-", "beside-"),
        "grade_forms": of(f"{GRADES}-"),
        "record_forms": [
            (
                rule,
                of(f"records-{kind}-"),
                []
                if of_area and kind in OF_CITY
                else figures_of(kind, (typed.get("records") or {}).get(kind, {})),
            )
            for kind, rule in built.records.items()
        ],
    }


def figures_of(kind: str, record: Mapping[str, Any]) -> list[tuple[str, Words, Any]]:
    """(name of its input, what it is, value) of each figure of a kind of side record."""
    return [
        (f"records-{kind}-{name}", FIGURES[kind][name], record.get(name, ""))
        for name in RECORD_FIGURES.get(kind, ())
    ]


def _entry(prefix: str, body: dict[str, Any], *, renames: bool) -> dict[str, Any]:
    outcomes = [
        o | {"prefix": f"{prefix}-{r}", "renames": renames} for r, o in (body.get("results") or {}).items()
    ]
    first = {"first": body.get("first", BY_CLASS)} if prefix.startswith(f"{GRADES}-") else {}
    return (
        body | {"prefix": prefix, "limit": _limit_of(body), "outcomes": outcomes, "renames": renames} | first
    )
