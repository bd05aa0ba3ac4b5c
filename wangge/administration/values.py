# SPDX-License-Identifier: Apache-2.0
"""How a value of a row is shown: names for codes, words for choices, where it leads."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wangge.administration.choices import YES_NO, choices_of
from wangge.administration.columns import Words, referred, words_of
from wangge.administration.flow_marks import names_of
from wangge.administration.rule_words import RULE_WORDS, path_text
from wangge.grids.queries import city
from wangge.packs.contents import Key
from wangge.rulebook import queries
from wangge.rulebook.tables import REFERENCE_TABLES, ReferenceTable
from wangge.ui import names
from wangge.ui.words import language, limit_text, said

#: of a document: which parts of it are marked as examples
ILLUSTRATIONS = "illustrations"
#: what names a row of a table that others refer to
_NAMED = ("classes", "modules", "generations", "units", "posts")


class Shown(NamedTuple):
    """A value as a reader sees it: `text`, and for a code that names something its `code` and address."""

    text: str
    code: str = ""
    url: str = ""


def row_url(table: str, key: Iterable[str], page: str = "row") -> str:
    """The address of a row's page, or of its edit form (`page`: edit)."""
    if not REFERENCE_TABLES[table].key:
        query = urlencode([("area", area) for area in key])
        return reverse(f"administration:{table}") + (f"?{query}" if query else "")
    query = urlencode([("key", part) for part in key])
    return f"{reverse(f'administration:{page}', args=[table])}?{query}"


def name_of(kind: str, code: str) -> str:
    """What `code` names: a row of a table, an area, a level; the code itself where nothing is known of it."""
    match kind:
        case "classes":
            return names.class_name(code)
        case "units":
            return names.unit_name(code)
        case "posts":
            return names.post_name(code)
        case "areas" | "places":
            return names.place_name(code)
        case "levels":
            return next((said(level) for level in city().levels if level["code"] == code), code)
        case "modules" | "generations":
            found = queries.row(REFERENCE_TABLES[kind], (code,))
            return said(found.values) if found else code
    return code


def shown(table: str, column: str, value: Any) -> list[Shown]:
    """The value of one column; several for a list, none for an empty one."""
    if value in ("", None, [], {}):
        return []
    if isinstance(value, dict) or (isinstance(value, list) and value and not isinstance(value[0], str)):
        return [Shown(json.dumps(value, ensure_ascii=False, indent=1))]
    if column == ILLUSTRATIONS:
        marked = value.split("、") if isinstance(value, str) else value
        named = {path: path_text(table, path) for path in marked} if table in RULE_WORDS else names_of(marked)
        return [Shown(named[path]) for path in marked]
    if value == "*":
        return [Shown(_("不限"))]
    kind, choices = referred(table, column), choices_of(table, column)
    parts = value if isinstance(value, list) else [str(value)]
    if (kind or choices) and isinstance(value, str):
        parts = value.split(";")
    return [_one(kind, choices, part) for part in parts]


def _one(kind: str, choices: dict[str, Words], part: str) -> Shown:
    if kind:
        url = row_url(kind, (part,)) if kind in _NAMED else ""
        text = name_of(kind, part)
        return Shown(text, part if text != part else "", url)
    words = choices.get(part) or YES_NO.get(part)
    return Shown(said(words) if words else part)


def html_of(parts: list[Shown]) -> SafeString:
    """As `shown.html` would write them, for tables of hundreds of cells."""
    return format_html_join(_("、"), "{}", ((_html(part),) for part in parts))


def _html(part: Shown) -> SafeString:
    text = format_html(
        '<a href="{}">{}</a>' if part.url else '<span class="said">{1}</span>', part.url, part.text
    )
    return format_html('{} <span class="soft small">{}</span>', text, part.code) if part.code else text


def cell(table: str, column: str, values: dict[str, Any]) -> list[Shown]:
    """The value of a listed column: a limit with its clock, a text in the reader's language."""
    if column == "limit":
        return [Shown(limit_text(int(values["limit"]), values["clock"]))]
    if column not in values and f"{column}_zh" in values:
        return [Shown(said(values, column))]
    return shown(table, column, values.get(column))


def title_of(table: ReferenceTable, key: Key, values: dict[str, Any]) -> str:
    """What a row is called on its page."""
    for column in (f"name_{language()}", f"condition_{language()}", f"title_{language()}", "name", "name_zh"):
        if values.get(column):
            return str(values[column])
    shown_parts = [cell(table.name, column, values) for column in table.key]
    return " · ".join(part.text for parts in shown_parts for part in parts[:1]) or " ".join(key)


def label_of(table: str, column: str) -> str:
    """The name of a column in the reader's language."""
    return path_text(table, column) if table in RULE_WORDS else said(words_of(table, column))


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """A document by its leaves: ("states.reported.name_zh", text). A list of plain values is one leaf."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from flat(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value):
            yield from flat(one, f"{path}.{one.get('code', number)}")
    else:
        yield path, "、".join(map(str, value)) if isinstance(value, list) else value
