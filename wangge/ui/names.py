# SPDX-License-Identifier: Apache-2.0
"""Names of what rows hold as codes, in the reader's language. An unknown code (ended, foreign) stands for itself."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.cases.reference import channels, current_flow, stage_label
from wangge.catalog.queries import catalog
from wangge.grids.queries import areas
from wangge.organizations.directory import directory
from wangge.ui.words import said


def text_name(field: str) -> str:
    """What a free text of a log entry is."""
    names = {
        "description": _("问题描述"),
        "place": _("位置说明"),
        "reason": _("理由"),
        "basis": _("依据"),
        "result": _("处置结果"),
        "finding": _("调查结论"),
        "destination": _("移交去向"),
        "remark": _("说明"),
        "form": _("表单内容"),
    }
    return names.get(field, field)


def own_half(text: str) -> str:
    """The reader's half of a text that says the same in Chinese and English, as sources in packs do: "中文 · English"."""
    chinese, _middle, english = (part.strip() for part in text.partition("·"))
    return (english or chinese) if (get_language() or "").startswith("en") else chinese


def class_name(code: str) -> str:
    info = catalog().classes.get(code)
    return said(info) if info else code


def class_path(code: str) -> str:
    """Names from the major class down to this one."""
    info = catalog().classes.get(code)
    return " › ".join(class_name(part) for part in info.path.strip("/").split("/")) if info else code


def area_name(path: str) -> str:
    """The two lowest areas of a path of codes: street and community, or the street alone."""
    known = [areas()[code] for code in path.strip("/").split("/") if code in areas()]
    return " ".join(said(area) for area in (known[1:] or known)[-2:])


def unit_name(code: str) -> str:
    info = directory().units.get(code)
    return said(info) if info else code


def post_name(code: str) -> str:
    info = directory().posts.get(code)
    return said(info) if info else code


def channel_name(code: str) -> str:
    info = channels().get(code)
    return said(info) if info else code


def stage_name(code: str) -> str:
    """Of a state, of a step beside the line that has a task of its own, or of a side record's state."""
    label = stage_label(code)
    return said(label) if label else code


def place_name(code: str) -> str:
    """Of an area, or the code of a grid."""
    area = areas().get(code)
    return said(area) if area else code


def order_word(code: str, what: str) -> str:
    """Of a supervision order: its `what`, mode, cause or state, as the flow in force calls it."""
    rule = current_flow().records.get("supervision")
    words = (rule.states if what == "state" else rule.choices.get(what, {})) if rule else {}
    return said(words[code]) if code in words else code
