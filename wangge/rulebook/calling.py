# SPDX-License-Identifier: Apache-2.0
"""What changed hotlines would do: callbacks that may be tried sooner or later, and what would be deleted at once."""

from dataclasses import dataclass
from datetime import datetime

from wangge.cases.actions.retention import contacts_due, newest_rules, texts_due, visits_due
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Call, Contact, Task
from wangge.packs.contents import Pack
from wangge.rulebook.models import Change


@dataclass(frozen=True)
class Calling:
    """Of one channel. `waiting`: open callbacks after a try in vain, which may be tried again at another moment (`hours`
    after it; None = at any); `contacts`, `texts`: kept for another time; `contacts_gone`, `texts_gone`: of these what would be
    deleted within the hour."""

    channel: str
    waiting: int
    hours: int | None
    contacts: int
    contacts_gone: int
    texts: int
    texts_gone: int


@dataclass(frozen=True)
class Callings:
    """Numbers are of the whole city. `visits_gone`: visits whose texts would be deleted within the hour."""

    channels: tuple[Calling, ...]
    visits_gone: int


def callings(pack: Pack, changes: list[Change], at: datetime) -> Callings:
    """What the hotlines of `pack` would do in place of those in force. Three queries, seven more a channel that keeps for
    another time, and one for each matter merged more than once."""
    now = {rule.channel: rule for rule in newest_rules()}
    changed = [channel for change in changes if change.table == "hotlines" for channel in change.key]
    waiting = _waiting(pack, changed)
    found = []
    for channel in changed:
        old, new = now.get(channel), pack.hotlines.get(channel)
        contacts = contacts_gone = texts = texts_gone = 0
        # of a channel that is no hotline any more, what it took in is kept as before
        if old and new and old.contact_days != new.contact_days:
            contacts = Contact.objects.filter(call__channel=channel).count()
            kept = (new.contact_days, old.contact_days)
            contacts_gone = _more(*(contacts_due(channel, days, at) for days in kept))
        if old and new and old.answered_days != new.answered_days:
            texts = Call.objects.filter(channel=channel, text__isnull=False).count()
            kept = (new.answered_days, old.answered_days)
            texts_gone = _more(*(texts_due(channel, days, at) for days in kept))
        hours = new.retry_hours if new else None
        found.append(Calling(channel, waiting[channel], hours, contacts, contacts_gone, texts, texts_gone))
    days = {channel: rule.answered_days for channel, rule in now.items()}
    then = days | {row.channel: row.answered_days for row in pack.hotlines.rows.values()}
    return Callings(tuple(found), _visits(max(then.values()), max(days.values(), default=None), at))


def _more(new: list[int], old: list[int]) -> int:
    """Those that were not due before: what is goes within the hour whatever is published."""
    return len({*new} - {*old})


def _visits(new: int, old: int | None, at: datetime) -> int:
    if new == old:
        return 0
    return _more(visits_due(new, at), [] if old is None else visits_due(old, at))


def _waiting(pack: Pack, changed: list[str]) -> dict[str, int]:
    """Open callbacks after a try in vain by the channel whose hours hold for them, where those change. Two queries."""
    before = {channel: rule.retry_hours for channel, rule in hotlines().items()}
    after = {row.channel: row.retry_hours for row in pack.hotlines.rows.values()}
    tasks = Task.objects.filter(closed_at__isnull=True, stage="callback", case__callback_tries__gt=0)
    by_case = {case: [channel] for case, channel in tasks.values_list("case_id", "case__channel_id")}
    calls = Call.objects.filter(case__in=by_case).order_by("pk")
    for case, channel in calls.values_list("case_id", "channel_id"):
        by_case[case].append(channel)
    found = dict.fromkeys(changed, 0)
    for channels in by_case.values():
        old, new = (next((c for c in channels if c in some), None) for some in (before, after))
        held = old or new
        if held in found and (before.get(old or "") != after.get(new or "")):
            found[held] += 1
    return found
