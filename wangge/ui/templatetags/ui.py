# SPDX-License-Identifier: Apache-2.0
"""Tags and filters every template has (a built-in library of the template engine)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wangge.common.clock import now
from wangge.ui import names, words
from wangge.ui.assets import entry_files

register = template.Library()
for _name in (
    "text_name",
    "class_name",
    "class_path",
    "area_name",
    "unit_name",
    "post_name",
    "channel_name",
    "stage_name",
    "place_name",
    "order_word",
    "own_half",
):
    register.filter(_name, getattr(names, _name))


@register.simple_tag
def asset(entry: str) -> SafeString:
    """`{% asset "map" %}`: the style sheets and the script of a front-end entry."""
    script, sheets = entry_files(entry)
    links = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(sheet),) for sheet in sheets))
    return links + format_html('<script type="module" src="{}"></script>', static(script))


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """`{% icon "bell" %}`: a drawing of static/ui/icons.svg; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("ui/icons.svg"), name
    )


@register.simple_tag
def light(colour: Any, text: str = "", name: str = "") -> SafeString:
    """A light: colour, shape and words together, `name` where a scale of its own says it; no colour: no deadline runs."""
    code = str(colour or "none")
    name = name or {"green": _("正常"), "yellow": _("临期"), "red": _("超期")}.get(code, _("无时限"))
    return format_html(
        '<span class="light light-{}">{}<span class="light-name">{}</span>{}</span>',
        code,
        icon(f"light-{code}"),
        name,
        format_html('<span class="light-text">{}</span>', text) if text else "",
    )


@register.filter
def label(thing: Any) -> str:
    """The name of a row, rule or label in the reader's language."""
    return words.said(thing)


@register.filter
def said(thing: Any, field: str) -> str:
    """`{{ norm|said:"condition" }}`: condition_zh or condition_en."""
    return words.said(thing, field)


@register.filter
def moment(at: datetime | str | None) -> SafeString | str:
    """A <time> in the city's zone; of ISO text too, as the log keeps moments."""
    if at is None:
        return "—"
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    full = f"{at.astimezone(words.city_zone()):%Y-%m-%d %H:%M:%S %Z}"
    text = words.moment_text(at, now())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), full, text)


@register.filter
def left(due: datetime | None) -> str:
    """How long until a deadline, or since it passed."""
    return words.left_text(due, now()) if due else ""


@register.filter
def length_of(length: timedelta) -> str:
    """A length of time in its two largest parts."""
    return words.length_text(length)


@register.filter
def weekday(number: int) -> str:
    """0 = Monday."""
    return words.weekdays()[number]


@register.filter
def limit(thing: Any, stage: str = "") -> str:
    """The limit of a norm (of its `stage` arrive or safe), or any thing with `value` or `limit`, and `clock`."""
    if stage:
        return words.limit_text(getattr(thing, f"{stage}_limit"), getattr(thing, f"{stage}_clock"))
    value = getattr(thing, "value", None) or getattr(thing, "limit", None)
    return words.limit_text(value, str(thing.clock)) if value else ""


@register.filter
def error_text(error: Any) -> str:
    """The sentence of a DomainError in the reader's language, a text it is about named as the form names it."""
    if "field" in error.facts:
        return str(
            getattr(error, words.language()).format(
                **error.facts | {"field": names.text_name(error.facts["field"])}
            )
        )
    return str(error.message(words.language()))
