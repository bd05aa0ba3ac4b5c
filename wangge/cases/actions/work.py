# SPDX-License-Identifier: Apache-2.0
"""A step being taken: what was locked, what it is given, and the rows it will write."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from wangge.cases.access import calendar_kind, pool, task_rule
from wangge.cases.actions.callers import owed_callback, stages_left
from wangge.cases.actions.last_step import keep_last_step
from wangge.cases.actions.needs import NEEDED, check_photos
from wangge.cases.actions.once import Sent
from wangge.cases.actions.substitutes import tell_substitutes
from wangge.cases.actions.writes import Writes
from wangge.cases.deadlines import Clock, Limit, due_at, yellow_at
from wangge.cases.flow import ASSISTANCE, END_STATES, Flow, Outcome, Scope, State, Step, TaskRule, choose
from wangge.cases.forms import checked, form_asked
from wangge.cases.merged import merged_into
from wangge.cases.models import Case, Dispatch
from wangge.cases.records import LAPSED, Record
from wangge.cases.taking_back import hand_of
from wangge.catalog.forms import canonical
from wangge.catalog.queries import NormInfo, norm
from wangge.common.chain import link, new_salt, text_digest
from wangge.organizations.calendars import CalendarYearMissing, WorkCalendar
from wangge.organizations.directory import Actor, Held, directory
from wangge.organizations.models import Unit
from wangge.organizations.roster import to_tell

#: How far the moment somebody names may lie from the server's. An inspector's device may have been offline; whoever is
#: judged by the clock does not set it back, and a clock may run ahead a little.
OLDEST_IN_THE_FIELD, OLDEST_AT_A_DESK, NEWEST = (
    timedelta(hours=72),
    timedelta(minutes=10),
    timedelta(minutes=2),
)
FIELD_STEPS = ("report", "answer_verify", "answer_check")


@dataclass
class Locked:
    """What the door read: the case (its row locked), the server's clock, and what the checks need beside it."""

    case: Case
    now: datetime
    hands: set[str] = field(default_factory=set)
    photos: list[dict[str, Any]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    target: dict[str, Any] | None = None


@dataclass(frozen=True)
class Deadline:
    """When a light turns yellow and red; both None without a clock or without calendar data."""

    yellow: datetime | None
    due: datetime | None
    limit: Limit | None


class Work:
    """Collects the changes of one step; `finish` turns them into rows."""

    def __init__(
        self, locked: Locked, flow: Flow, step: Step, outcome: Outcome, data: Any, actor: Actor, held: Held,
        *, sent: Sent | None, claimed_at: datetime, record: Record | None = None,
    ) -> None:  # fmt: skip
        self.locked, self.case, self.flow, self.step, self.outcome = locked, locked.case, flow, step, outcome
        self.data, self.actor, self.held, self.sent = data, actor, held, sent
        #: guards only the step itself knows
        self.guards: dict[str, bool] = {"was_filed": False, "was_accepted": False}
        #: the side record the step goes on with; None also where it opens one
        self.record = record
        self.writes = Writes()
        self.facts: dict[str, Any] = {}
        self.changes: dict[str, Any] = {}
        self.at = self._moment(claimed_at)
        #: the server's moment, but never before `at`, even where its clock was set back: so no entry lies before its
        #: case was reported, and who looks for a case's entries looks in no older partition
        self.recorded_at = max(locked.now, self.at)
        if locked.now < self.at:
            self.facts["server_at"] = locked.now.isoformat()
        #: deadlines run from when the server knew: a late message gives nobody a task that is late at birth, and
        #: nobody a longer limit
        self.clock_at = self.at if actor.origin != "live" else self.recorded_at
        self.from_state = self.case.state if self.case.log_seq else "new"
        self.hand = hand_of(flow, step, record.facts if record else {})
        #: for actions.last_step: what the changed columns held, whether the case moved, which records fell away
        self.was: dict[str, Any] = {}
        self.moved, self.lapsed = False, list[Record]()
        self.seq = self.case.log_seq + 1

    def _moment(self, claimed: datetime) -> datetime:
        """The moment that counts: the claimed one within the skew limit and not before the last entry."""
        now = self.locked.now
        at = claimed
        if self.actor.origin == "live":
            unit = directory().units.get(self.held.unit)
            in_the_field = self.step.code in FIELD_STEPS and unit is not None and unit.kind == Unit.Kind.SQUAD
            oldest = OLDEST_IN_THE_FIELD if in_the_field else OLDEST_AT_A_DESK
            at = claimed if now - oldest <= claimed <= now + NEWEST else now
        at = at.astimezone(UTC)  # the chain is over UTC: so the record reads it back
        if self.case.log_seq and at < self.case.last_at:
            at = self.case.last_at
        if at != claimed:
            self.facts["claimed_at"] = claimed.isoformat()
        return at

    def note_position(self, lon: float, lat: float) -> None:
        """Chain where something is or someone stood: six decimals (0.1 m), and no -0.0, which JSON loses on its way."""
        accuracy = self.data.accuracy_m
        kept = None if accuracy is None else round(float(accuracy), 1)
        self.facts["position"] = [round(lon, 6) + 0.0, round(lat, 6) + 0.0, kept]

    # -- what effects use -------------------------------------------------------------------------------------

    def set(self, **changes: Any) -> None:
        """Change columns of the case (attribute names)."""
        for name, value in changes.items():
            self.was.setdefault(name, getattr(self.case, name))
            setattr(self.case, name, value)
        self.changes.update(changes)

    def check_needs(self, needs: tuple[str, ...]) -> None:
        """Raise Missing (or a more telling refusal) for the first need not met."""
        for need in needs:
            NEEDED[need](self)
        check_photos(self)

    def check_fields(self) -> None:
        """Keep the answers to the form that is asked for here; raises WrongFields. Nothing is written without answers."""
        given = {"class_code": self.data.class_code, "grid_code": self.data.grid_code}
        form = form_asked(self.step.code, self.case, **given)
        answers = checked(form, self.data.fields)
        if form is None or not answers:
            return
        salt = new_salt()
        digest = text_digest(canonical(answers), salt)
        self.facts["form"] = {"id": form.id, "digest": digest}
        self.writes.insert(
            "cases_filledform", case_id=self.case.pk, seq=self.seq, form_id=form.id, answers=answers, salt=salt,
            digest=digest,
        )  # fmt: skip

    @property
    def norm(self) -> NormInfo | None:
        return norm(self.case.norm_id) if self.case.norm_id else None

    def calendar_of(self, scope: Scope, addressed: str = "") -> WorkCalendar:
        """The work calendar of whoever does what falls into `scope`; `addressed`: the unit of a side record."""
        return directory().calendar_of(calendar_kind(scope, addressed or self.case.lead_unit))

    def deadline(
        self,
        limit: Limit | None,
        scope: Scope,
        *,
        start: datetime | None = None,
        used: int = 0,
        addressed: str = "",
    ) -> Deadline:
        """From `start`, else `self.clock_at`; a year without calendar data gives no deadline and marks the case."""
        if limit is None:
            return Deadline(None, None, None)
        calendar, start = self.calendar_of(scope, addressed), start or self.clock_at
        try:
            due = due_at(limit, start, calendar, used=used)
            return Deadline(yellow_at(limit, start, calendar, self.flow.lights, used=used), due, limit)
        except CalendarYearMissing:
            self.set(calendar_missing=True)
            return Deadline(None, None, limit)

    def norm_limit(self) -> Limit | None:
        return Limit(self.norm.limit, Clock(self.norm.clock)) if self.norm else None

    def start_case_clock(self) -> Deadline:
        """The unit's full limit runs from now."""
        self.set(dispatched_at=self.clock_at, finished_at=None)
        return self.run_clock(self.clock_at, used=0)

    def run_clock(self, start: datetime | None, *, used: int) -> Deadline:
        """The case clock, of which `used` seconds are gone, runs from `start`; None = it stands still."""
        limit = self.norm_limit()
        deadline = Deadline(None, None, limit)
        if start:
            deadline = self.deadline(limit, Scope.UNIT, start=start, used=used)
        self.set(clock_start=start, clock_used=used, yellow_at=deadline.yellow, due_at=deadline.due)
        return deadline

    def open_task(self, stage: str, rule: TaskRule) -> None:
        """A task for the pool of `rule`, the case clock where the rule says so; whoever has to know is told."""
        if rule.by_norm:
            deadline = Deadline(self.case.yellow_at, self.case.due_at, self.norm_limit())
        else:
            deadline = self.deadline(rule.limit, rule.scope)
        assignee = self.add_task(stage, rule, deadline)
        # A desk lives in its task list; a unit's clerks and whoever is named do not, so they are told.
        if assignee:
            self.tell((assignee,), "task")
        elif rule.scope is Scope.UNIT and self.from_state not in (State.DISPATCHED, State.HANDLING):
            self.tell_clerks("task")

    def add_task(self, stage: str, rule: TaskRule, deadline: Deadline, *, addressed: str = "") -> int | None:
        """A task for the pool of `rule`; whose it is alone: the handler's, where the norm sets the limit. `addressed`: the unit
        of a side record, whose task is its pool's."""
        unit_path, area_path = pool(rule.scope, self.case, addressed)
        assignee = self.case.handler_id if rule.by_norm and not addressed else None
        self.writes.insert(
            "cases_task", case_id=self.case.pk, stage=stage, post=rule.post, unit_path=unit_path, area_path=area_path,
            assignee_id=assignee, opened_at=self.clock_at, yellow_at=deadline.yellow, due_at=deadline.due,
            limit_value=deadline.limit.value if deadline.limit else None,
            limit_clock=deadline.limit.clock.value if deadline.limit else "",
        )  # fmt: skip
        return assignee

    def tell_clerks(self, template: str, unit: str = "", **facts: str) -> None:
        """A notice to those who sign for `unit`, else for the unit in charge, and are on duty."""
        known = directory().units.get(unit)
        path = known.path if known else self.case.lead_unit_path
        if not path:
            return  # the unit is no more, and nobody is in charge: to nobody, not to everybody
        for post in self.flow.steps["sign_for"].posts:
            people = directory().holders(post, unit_path=path, area_path="")
            self.tell(to_tell(people, self.recorded_at), template, **facts)

    def assisting(self) -> list[str]:
        """Codes of the units that assist on the case now. One query."""
        rows = Dispatch.objects.filter(case=self.case.pk, role=Dispatch.Role.ASSIST, ended_at=None)
        return list(rows.order_by("id").values_list("unit", flat=True))

    def tell_assisting(self, template: str) -> None:
        """A notice to those who sign for the units that assist on the case now."""
        for unit in self.assisting():
            self.tell_clerks(template, unit)

    def close_tasks(self, *stages: str, unit_path: str = "", but: Sequence[str] = ()) -> None:
        """Close the open tasks of these stages; of all `but` some when none is named; only of that unit's pool, where given."""
        # Opened at the server's moment, closed at a claimed one: never the wrong way round.
        statement = (
            "UPDATE cases_task SET closed_at = greatest(opened_at, %s), closed_by_id = %s, closed_seq = %s"
            " WHERE case_id = %s AND closed_at IS NULL"
        )
        if stages:
            statement += f" AND stage IN ({', '.join(['%s'] * len(stages))})"
        if but:
            statement += " AND stage <> ALL(%s)"
        if unit_path:
            statement += " AND unit_path = %s"
        of_unit = ([list(but)] if but else []) + ([unit_path] if unit_path else [])
        self.writes.also(statement, self.at, self.actor.person_id, self.seq, self.case.pk, *stages, *of_unit)

    def close_task(self, task: int) -> None:
        """Close this open task alone."""
        statement = "UPDATE cases_task SET closed_at = greatest(opened_at, %s), closed_by_id = %s, closed_seq = %s WHERE id = %s"
        self.writes.also(statement, self.at, self.actor.person_id, self.seq, task)

    def end_dispatches(self) -> None:
        """The case leaves its units for good."""
        self.writes.update(
            "cases_dispatch", {"ended_at": self.at}, "case_id = %s AND ended_at IS NULL", self.case.pk
        )

    def tell(self, people: tuple[int, ...], template: str, **facts: str) -> None:
        """A notice to each of `people` but the actor; `facts`: codes its sentence names beside number and state."""
        for person in people:
            if person != self.actor.person_id and self.actor.origin != "replayed":
                self.writes.insert(
                    "notices_notice", recipient_id=person, channel="in_app", template=template, case_id=self.case.pk,
                    facts={"number": self.case.number, "state": self.case.state, **facts}, state="sent",
                    created_at=self.at, sent_at=self.at, tries=1, error="",
                )  # fmt: skip

    def tell_reporters(self, template: str, along: str = "") -> None:
        """The reporter, and those whose reports were merged into this case (by the template `along`, where it is another):
        each once, of the case they reported."""
        told = {self.case.reporter_id: (template, self.case.number)}
        for one in merged_into([self.case.pk]):
            told.setdefault(one.reporter_id, (along or template, one.number))
        for person, (said, number) in told.items():
            if person:
                self.tell((person,), said, number=number)

    def tell_once(self, person: int, template: str, facts: dict[str, Any]) -> None:
        """A notice about something that many cases at work meet: not written again with the same facts."""
        if self.actor.origin == "live":
            self.writes.insert_once(
                "notices_notice", recipient_id=person, channel="in_app", template=template, case_id=self.case.pk,
                facts=json.dumps(facts), state="sent", created_at=self.at, sent_at=self.at, tries=1, error="",
            )  # fmt: skip

    # -- turning it into rows ---------------------------------------------------------------------------------

    def holds(self, guard: str) -> bool:
        """Does one of flow.GUARDS hold now?"""
        match guard:
            case "wants_callback":
                return owed_callback(self.case)
            case "unsatisfied_before":
                return self.case.unsatisfied_count > 0
            case "is_split":
                return self.case.parts > 0
        return self.guards[guard]

    def move(self, outcome: Outcome | None = None) -> None:
        """Go to the state the outcome leads to, by default the step's own: close the waiting task, open the next. Called by
        effects, once."""
        state = choose(outcome or self.outcome, self.holds)
        self.moved = True
        self.set(state=state.value)
        if self.from_state != "new":
            self.close_tasks(*stages_left(self, state))
        rule = task_rule(self.flow, state)
        if rule:
            self.open_task(state, rule)
        self._lapse(state)
        if state in END_STATES:
            on = [r for r in self.locked.records if not r.ended and r.runs_on(self.flow, state)]
            self.close_tasks(but=[f"{r.kind}.{r.state}" for r in on])
            self.end_dispatches()

    def _lapse(self, state: State) -> None:
        """What ran beside a state the case has left falls away."""
        self.lapse(
            [
                r
                for r in self.locked.records
                if not r.ended and r != self.record and not r.runs_on(self.flow, state)
            ]
        )

    def lapse(self, gone: list[Record]) -> None:
        """These side records fall away, with their tasks."""
        if not gone:
            return
        self.lapsed += gone
        self.facts["lapsed"] = [r.kind for r in gone]
        if unanswered := [r.unit for r in gone if self.flow.records[r.kind].several]:
            self.facts["unanswered"] = unanswered
        self.close_tasks(*(f"{r.kind}.{r.state}" for r in gone))
        for record in gone:
            if record.kind == "supervision":
                for unit in (record.unit, *filter(None, [record.facts.get("second")])):
                    self.tell_clerks("order_lapsed", unit)
                self.tell((record.opened_by,) if record.opened_by else (), "order_lapsed")
            # a case that leaves its unit tells those that assist anyhow
            elif self.flow.records[record.kind].several and (
                record.kind != ASSISTANCE or self.case.finished_at
            ):
                self.tell_clerks("asked_lapsed", record.unit, kind=record.kind)
        change = {"ruling": LAPSED, "ruled_at": self.at, "ended_at": self.at}
        self.writes.update("cases_siderecord", change, "id = ANY(%s)", [r.id for r in gone])

    def finish(self, *, opening: bool = False) -> None:
        """The log entry with its texts and photos, chained to the one before; the case's own row last."""
        texts = {name: text for name, text in self.data.texts.items() if text}
        salts = {name: new_salt() for name in texts}
        digests = {name: text_digest(text, salts[name]) for name, text in texts.items()}
        for name, text in texts.items():
            row = {"field": name, "text": text, "salt": salts[name], "digest": digests[name]}
            self.writes.insert("cases_casetext", case_id=self.case.pk, seq=self.seq, **row)
        photos = {photo["id"]: photo["sha256"] for photo in self.locked.photos}
        if photos:
            change = {"case_id": self.case.pk, "seq": self.seq}
            # They are locked and known to be waiting; to ask for it again would read all that wait.
            self.writes.update("cases_photo", change, "id = ANY(%s::uuid[])", list(photos))
        facts = self.facts | ({"texts": digests} if digests else {}) | ({"photos": photos} if photos else {})
        entry = {
            "case_id": self.case.pk, "seq": self.seq, "step": self.step.code, "result": self.outcome.code,
            "from_state": self.from_state, "to_state": self.case.state, "actor_id": self.actor.person_id,
            "post": self.held.post, "hand": self.hand.value, "origin": self.actor.origin,
            "at": self.at.isoformat(), "recorded_at": self.recorded_at.isoformat(), "data": facts,
        }  # fmt: skip
        digest = link(bytes(self.case.log_digest), entry)
        self.writes.insert("cases_logentry", **entry, digest=digest)
        keep_last_step(self)
        self.set(log_seq=self.seq, log_digest=digest, last_at=self.at)
        tell_substitutes(self)
        if self.sent:
            self.writes.insert(
                "cases_idempotencykey", key=self.sent.key, actor_id=self.sent.actor_id, request_digest=self.sent.digest,
                case_id=self.case.pk, seq=self.seq, created_at=self.locked.now,
            )  # fmt: skip
        if opening:
            fields = Case._meta.concrete_fields
            self.writes.insert("cases_case", **{str(f.column): getattr(self.case, f.attname) for f in fields})
        else:
            self.writes.update("cases_case", self.changes, "id = %s", self.case.pk)
