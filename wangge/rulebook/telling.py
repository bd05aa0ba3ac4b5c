# SPDX-License-Identifier: Apache-2.0
"""Why a draft cannot be put in force, and how much of that a reader is told: nobody is named beyond their area."""

from collections.abc import Collection, Iterable
from typing import TypedDict

from wangge.organizations.directory import Actor
from wangge.packs.contents import Pack
from wangge.packs.faults import Fault
from wangge.rulebook.access import readable
from wangge.rulebook.laying import place_of, row_of
from wangge.rulebook.models import Change
from wangge.rulebook.tables import REFERENCE_TABLES


class Reason(TypedDict):
    """A sentence in two languages, the file it is about, and `table` and `key` of the row: empty where it is about none."""

    zh: str
    en: str
    file: str
    table: str
    key: list[str]


def of_fault(pack: Pack, fault: Fault) -> Reason:
    """A fault of the pack a draft makes."""
    table, key = row_of(pack, fault) or place_of(fault.file)
    return {"zh": fault.zh, "en": fault.en, "file": fault.file, "table": table, "key": list(key)}


def of_moved(change: Change) -> Reason:
    """A row that somebody else has changed since."""
    shown, table = " ".join(change.key) or change.table, REFERENCE_TABLES[change.table]
    return {
        "zh": f"“{shown}”在草稿写好以后已被别人改过；请看现在的内容，再改一次。",
        "en": f"“{shown}” was changed by somebody else after the draft was written; look at it and change it again.",
        "file": table.file_of(tuple(change.key)),
        "table": change.table,
        "key": list(change.key),
    }


def for_reader(reasons: Iterable[Reason], actor: Actor) -> list[Reason]:
    """Those that name nobody beyond the reader's area, then one that counts the others."""
    told: list[Reason] = []
    hidden = 0
    for reason in reasons:
        # those written before they said what they are about are told to whoever reads everything
        if _may_read(reason.get("table", "people"), reason.get("key", ()), actor):
            told.append(reason)
        else:
            hidden += 1
    if hidden:
        told.append(
            {
                "zh": f"辖区以外的人员任职有 {hidden} 处问题，请告诉全区的管理员。",
                "en": f"Appointments of people outside your area are concerned ({hidden}); tell the city's administrator.",
                "file": "",
                "table": "",
                "key": [],
            }
        )
    return told


def _may_read(name: str, key: Collection[str], actor: Actor) -> bool:
    table = REFERENCE_TABLES.get(name)
    reads = readable(actor, table) if table else None
    if table is None or reads is None:
        return True
    return len(key) == len(table.key) and reads(dict(zip(table.key, key, strict=True)))
