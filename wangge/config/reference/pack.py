# SPDX-License-Identifier: Apache-2.0
"""The files of a pack, column by column."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen
from pydantic import BaseModel

from wangge.config.reference.flow import SOURCE
from wangge.config.reference.markdown import code, page, table
from wangge.inspectors import rules
from wangge.packs import schema
from wangge.packs.contents import TABLES
from wangge.supervision.rules import Band, OccasionRule, Oversight, Repeats, Replies, Rung, Span

_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_SPECIAL = {
    schema.YesNo: "`yes` or `no`",
    schema.Codes: "codes separated by `;`",
    schema.AnyCode: "code, or `*` for any",
    schema.CodeOrNull: "code or null",
    schema.Day: "date as 2026-01-31, or nothing",
    schema.NumberOrNone: "whole number > 0, or nothing",
    schema.UnitKinds: "kinds of unit separated by `;`",
    Span: "`[number, clock]`",
}


def pack_page() -> str:
    """docs/reference/pack-format.md."""
    documents: list[tuple[str, type[BaseModel]]] = [
        ("pack.yaml", schema.Head), ("pack.yaml, section city", schema.CityHead),
        ("pack.yaml, section city.duplicate", schema.Duplicate), ("levels.yaml, each item", schema.LevelRow),
        ("posts.yaml, each item", schema.PostRow), ("forms.yaml, each item", schema.FormRow),
        ("calendar.yaml", schema.Calendar), ("calendar.yaml, each of calendars", schema.CalendarRow),
        ("calendar.yaml, each of a calendar's seasons", schema.Season),
        ("oversight.yaml", Oversight), ("oversight.yaml, each of lights", Band), ("oversight.yaml, each of rungs", Rung),
        ("oversight.yaml, each of occasions", OccasionRule),
        ("oversight.yaml, repeats", Repeats), ("oversight.yaml, replies", Replies),
        ("grids/&lt;layer&gt;.geojsonl, properties of each line", schema.GridRow),
        ("inspectors.yaml", rules.Rules), ("inspectors.yaml, rotation", rules.Rotation),
        ("inspectors.yaml, each turn of rotation", rules.Turn), ("inspectors.yaml, sampling", rules.Sampling),
        ("inspectors.yaml, each share of sampling", rules.Share), ("inspectors.yaml, ledger", rules.Ledger),
        ("inspectors.yaml, each consequence of ledger", rules.Consequence),
        ("inspectors.yaml, feedback", rules.Feedback), ("inspectors.yaml, zero_report", rules.ZeroReport),
    ]  # fmt: skip
    return page(
        "The pack format",
        "wangge/packs/schema.py",
        "A pack is a folder: `packs/standard` is the base, a city's pack lies over it. Every reference between files is "
        "a code. CSV files are UTF-8 with a header row, comma, LF. A row of the city replaces the base's row with the "
        "same key; files of rows that `replaces` of pack.yaml names take the whole place of the base's, or are left out "
        'where the city has none, since no row can say "not in this city". `posts.yaml`, `forms.yaml` and the grids go '
        "row by row too, `levels.yaml`, `calendar.yaml`, `flow.yaml`, `oversight.yaml` and `inspectors.yaml` "
        f"as a whole. A file the city lacks comes from the base. `flow.yaml` is described by its own comments in {SOURCE} "
        "and by [the flow](flow.md); `flows/<code of an area>.yaml` says what the flow of that area says otherwise: mappings "
        "go key by key, anything else whole, `null` takes a key away, and what it does not name follows `flow.yaml`. "
        "How to make a pack: [make a pack](../how-to/make-a-pack.md).",
        *(f"## {t.file}\n\nKey: {code(*t.key)}.{_about(t.row)}\n\n{_columns(t.row)}" for t in TABLES),
        *(f"## {title}{_about(row)}\n\n{_columns(row)}" for title, row in documents),
        "## outline.geojson\n\nOne GeoJSON Feature, WGS84: the outline of the top area; properties `source`, `licence`, "
        "`note`.",
    )


def _about(row: type[BaseModel]) -> str:
    text = row.__doc__ or ""
    return "" if text in ("", schema.Row.__doc__) else "\n\n" + " ".join(text.split())


def _columns(row: type[BaseModel]) -> str:
    names = ((field.alias or name, name, field) for name, field in row.model_fields.items())
    if row is schema.GridRow:
        names = (n for n in names if n[1] not in ("layer", "boundary"))
    return table(
        ["column", "holds", "rule"],
        ([f"`{shown}`", _holds(field, row, name), ", ".join(_rules(field))] for shown, name, field in names),
    )


def _holds(field: Any, row: type[BaseModel], name: str) -> str:
    return _type(row.__annotations__[name])


def _type(kind: Any) -> str:
    for special, words in _SPECIAL.items():
        if kind is special or kind == special:
            return words
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return code(*filter(None, arguments)) + ("" if all(arguments) else " or nothing")
    if origin is list:
        return f"list of {_type(arguments[0])}"
    if origin is tuple:
        return "[" + ", ".join(_type(a) for a in arguments) + "]"
    if origin in (types.UnionType,):
        return " or ".join("nothing" if a is type(None) else _type(a) for a in arguments)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return code(*(member.value for member in kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "see below" if kind is not schema.Week else "working intervals of `mon` ... `sun`"
    return _WORDS.get(kind, "text")


def _rules(field: Any) -> Iterator[str]:
    if not field.is_required():
        yield "may be left out"
    for rule in field.metadata:
        match rule:
            case MaxLen(max_length=most):
                yield f"at most {most} characters"
            case Gt(gt=value):
                yield f"> {value}"
            case Ge(ge=value):
                yield f">= {value}"
            case Le(le=value):
                yield f"<= {value}"
            case _ if getattr(rule, "pattern", None):
                yield f"matches `{rule.pattern}`"
