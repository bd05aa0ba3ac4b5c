# SPDX-License-Identifier: Apache-2.0
"""Flows a city might make of the standard one for the machine: what is left out, and is sound without."""

from collections.abc import Collection
from copy import deepcopy

from wangge.cases.flow_document import parse
from wangge.cases.flow_soundness import FlowFault
from wangge.cases.models import FlowVersion
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.organizations.directory import directory

#: what goes together: steps, states, needs and kinds of side records by their codes
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "settling": ("settle", "settled"),
    "handling by whoever found it": ("self_handle",),
    "the level below": ("assign_down",),
    "parts": ("split", "cancel_split", "gather"),
    "links": ("link", "unlink"),
    "merging": ("merge", "unmerge", "merged"),
    "transfer": ("transfer", "receipt", "transferred"),
    "reopening": ("reopen",),
    "what holds closing": ("supervised",),
    "supervision": ("supervision", "supervised"),
    **{kind: (kind,) for kind in ("return", "escalation", "extension", "suspension", "consultation", "overdue_appeal",
                                  "correction", "reward", "assistance")},
}  # fmt: skip


def put_in_force(standard: FlowVersion, without: Collection[str]) -> bool:
    """Make the standard flow, less those parts, the city's; False, and the standard, where that is not sound."""
    document, gone = deepcopy(standard.document), {code for part in without for code in LEFT_OUT[part]}
    for part in ("states", "steps", "beside", "records"):
        document[part] = {code: body for code, body in document[part].items() if code not in gone}
    records = document["records"].values()
    of_records = [step for record in records for step in record["steps"].values()]
    for body in (*document["steps"].values(), *document["beside"].values(), *records, *of_records):
        for name in {"needs", "from", "while"} & body.keys():
            body[name] = [code for code in body[name] if code not in gone]
    try:
        parse(document, {code: post.axis for code, post in directory().posts.items()})
        sound = True
    except FlowFault:
        document, sound = standard.document, False
    at = now()
    FlowVersion.objects.filter(area="", valid_to=None).update(valid_to=at)
    FlowVersion.objects.create(code=standard.code, document=document, valid_from=at)
    forget_all()
    return sound
