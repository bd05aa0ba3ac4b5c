# SPDX-License-Identifier: Apache-2.0
"""What changed hotlines would do: callbacks that may be tried sooner or later, and what would be deleted at once."""

from dataclasses import dataclass
from datetime import datetime

from wangge.cases.actions.retention import contacts_due, newest_rules, texts_due, visits_due
from wangge.cases.callbacks import owed_by, waiting
from wangge.cases.hotlines import hotlines
from wangge.cases.models import Call, Case, Contact, Task
from wangge.packs.contents import Pack
from wangge.rulebook.models import Change

#: what `owed_by` reads of a case
_ASKED = ("reported_at", "flow", "channel", "callback_tries")


@dataclass(frozen=True)
class Calling:
    """Of one channel. `waiting`: callers tried in vain who wait for another try, which may come at another moment (`hours`
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
    """What the hotlines of `pack` would do in place of those in force. Six queries, seven more a channel that keeps for
    another time, and one for each matter merged more than once."""
    now = {rule.channel: rule for rule in newest_rules()}
    changed = [channel for change in changes if change.table == "hotlines" for channel in change.key]
    tried = _waiting(pack, changed)
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
        found.append(Calling(channel, tried[channel], hours, contacts, contacts_gone, texts, texts_gone))
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
    """Callers who wait to be called back, after a try in vain, by their own channel where its hours change. At most five
    queries."""
    before = {channel: rule.retry_hours for channel, rule in hotlines().items()}
    after = {row.channel: row.retry_hours for row in pack.hotlines.rows.values()}
    found = dict.fromkeys(changed, 0)
    moved = {channel for channel in changed if before.get(channel) != after.get(channel)}
    if moved:
        tasks = Task.objects.filter(closed_at__isnull=True, stage="callback", case__callback_tries__gt=0)
        cases = Case.objects.filter(pk__in=tasks.values("case")).only(*_ASKED)
        for owed in owed_by(list(cases)).values():
            for one in waiting(owed):
                if one.last_try and one.channel in moved:
                    found[one.channel] += 1
    return found
