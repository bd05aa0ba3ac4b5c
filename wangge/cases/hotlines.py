# SPDX-License-Identifier: Apache-2.0
"""Hotlines: which channels are telephones and by what rules, how a number is written, who may read who called."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from wangge.cases.caller_errors import NotAPhoneNumber, UnknownHotline
from wangge.cases.flow import WITH_UNIT, Flow
from wangge.cases.merged import matter_of
from wangge.cases.models import Call, Case, HotlineRule
from wangge.cases.reference import flow_at, flow_by_id
from wangge.common.fresh import Fresh
from wangge.organizations.access import Allowed, Denied, Permission
from wangge.organizations.directory import Actor, Held, directory
from wangge.organizations.models import Post

#: digits of a number, the country's code left out: from a short code to the longest E.164 allows, and an extension
LEAST_DIGITS, MOST_DIGITS = 3, 20
_BETWEEN = frozenset(" -–—()/.+转#*")
_CONFIDENTIAL = (
    "confidential",
    "来电人要求保密，由中心代为联系。",
    "The caller asked for confidentiality: the centre makes contact.",
)


@dataclass(frozen=True)
class Hotline:
    """The rule in force of one channel; days and hours as in hotlines.csv."""

    channel: str
    calling_code: str
    repeat_days: int
    retry_hours: int
    contact_days: int
    answered_days: int


def _load() -> dict[str, Hotline]:
    rows = HotlineRule.objects.current().order_by("channel").values(*Hotline.__dataclass_fields__)
    return {row["channel"]: Hotline(**row) for row in rows}


hotlines = Fresh(_load)


def hotline(channel: str) -> Hotline:
    """The hotline of that channel, the first one where none is named; raises UnknownHotline."""
    known = hotlines()
    found = known.get(channel) if channel else next(iter(known.values()), None)
    if found is None:
        raise UnknownHotline(channel=channel or "—", known=", ".join(known) or "—")
    return found


@dataclass(frozen=True)
class Caller:
    """Who called, in clear. Neither a traceback nor a log shows it."""

    name: str = field(repr=False)
    number: str = field(repr=False)

    @property
    def masked(self) -> "Caller":
        """The family name and the last four digits at most."""
        hidden = max(0, len(self.number) - 4) if len(self.number) > 6 else len(self.number)
        number = "*" * hidden + self.number[hidden:]
        return Caller(self.name[:1] + "**" if self.name else "", number)


def plain_number(text: str, calling_code: str) -> str:
    """The digits of a number however it was written, without its country's code; "" for none. Raises NotAPhoneNumber."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return ""
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    if len(digits) + sum(c in _BETWEEN for c in text) != len(text):
        raise NotAPhoneNumber
    for prefix in (f"+{calling_code}", f"00{calling_code}"):
        if text.replace(" ", "").startswith(prefix):
            digits = digits[len(prefix.lstrip("+")) :]
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise NotAPhoneNumber
    return digits


def retry_hours(by: Iterable[str]) -> int | None:
    """Hours between two tries to reach a caller: of the first of these channels that is a hotline; None where none is."""
    known = hotlines()
    return next((known[channel].retry_hours for channel in by if channel in known), None)


def _matter_of(call: Call) -> Case | None:
    return matter_of(call.case) if call.case else None


def may_see(call: Call, actor: Actor) -> bool:
    """May `actor` see that there was this call: who took it, the centre of its area, and those its case is with."""
    if call.taken_by_id == actor.person_id or _of_the_centre(call, actor):
        return True
    return _of_the_unit(call, actor) is not None


def may_read(call: Call, actor: Actor) -> Allowed | Denied:
    """May `actor` read who called, now? One answer for the button and the action.

    The centre may; the unit only while the case is with it, and not where the caller wished that no unit learns it.
    """
    if _of_the_centre(call, actor):
        return Allowed()
    if _of_the_unit(call, actor) is None:
        return Denied("out_of_scope", "来电不在您的辖区或单位。", "The call is not in your area or unit.")
    if call.confidential:
        return Denied(*_CONFIDENTIAL)
    case = _matter_of(call)
    if case is None or case.state not in WITH_UNIT:
        return Denied(
            "not_with_unit",
            "案卷不在本单位办理，不能读取联系方式。",
            "The case is not with your unit now: the contact is closed.",
        )
    return Allowed()


def redacts_in(area_path: str, actor: Actor, flow: Flow | None = None) -> bool:
    """May `actor` delete texts of what lies there: by a post that takes the step `redact` of `flow`, else of the place's?"""
    step = (flow or flow_at(area_path)).steps.get("redact")
    return step is not None and any(
        h.post in step.posts and area_path.startswith(h.area_path) for h in actor.held
    )


def may_redact(call: Call, actor: Actor) -> bool:
    """May `actor` delete the texts of the call: who may those of a case, in its area."""
    case = _matter_of(call)
    if case is None:
        return redacts_in(call.area_path, actor)
    return redacts_in(case.area_path, actor, flow_by_id(case.flow_id))


def whose_contact(waits_for: Iterable[str], post: str) -> Allowed | Denied:
    """May somebody of `post` speak to a caller, where that waits for the posts `waits_for`: of the unit, of the centre?"""
    posts = directory().posts
    of_unit, *waiting = (p in posts and posts[p].axis == Post.Axis.UNIT for p in (post, *waits_for))
    if of_unit in waiting:
        return Allowed()
    if of_unit:
        return Denied(*_CONFIDENTIAL)
    return Denied(
        "unit_contacts", "由责任单位先行联系来电人。", "The unit in charge contacts the caller first."
    )


def reading_post(actor: Actor) -> str:
    """The post by which the actor reads contacts; "" for none."""
    return next((held.post for held in _holding(actor)), "")


def _holding(actor: Actor) -> list[Held]:
    return directory().held_with(actor, Permission.CONTACT_READ)


def _on_unit_axis(held: Held) -> bool:
    return directory().posts[held.post].axis == Post.Axis.UNIT


def _of_the_centre(call: Call, actor: Actor) -> bool:
    case = _matter_of(call)
    path = case.area_path if case else call.area_path
    return any(not _on_unit_axis(h) and path.startswith(h.area_path) for h in _holding(actor))


def _of_the_unit(call: Call, actor: Actor) -> Held | None:
    """The appointment in the lead unit of the call's case, or in one above it."""
    case = _matter_of(call)
    path = case.lead_unit_path if case else ""
    held = (h for h in _holding(actor) if _on_unit_axis(h) and h.unit_path)
    return next((h for h in held if path.startswith(h.unit_path)), None)
