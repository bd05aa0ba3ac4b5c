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

#: what goes together: steps, states and kinds of side records by their codes
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
    **{kind: (kind,) for kind in ("return", "escalation", "extension", "suspension", "consultation", "supervision",
                                  "overdue_appeal", "correction", "reward")},
}  # fmt: skip


def put_in_force(standard: FlowVersion, without: Collection[str]) -> bool:
    """Make the standard flow, less those parts, the city's; False, and the standard, where that is not sound."""
    document, gone = deepcopy(standard.document), {code for part in without for code in LEFT_OUT[part]}
    for part in ("states", "steps", "beside", "records"):
        document[part] = {code: body for code, body in document[part].items() if code not in gone}
    for step in document["steps"].values():
        step["needs"] = [need for need in step["needs"] if need not in gone]
        step["from"] = [state for state in step["from"] if state not in gone]
    for record in document["records"].values():
        record["while"] = [state for state in record["while"] if state not in gone]
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
