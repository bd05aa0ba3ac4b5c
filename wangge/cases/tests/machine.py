# SPDX-License-Identifier: Apache-2.0
"""A machine that plays the loop by chance: several cases at once, anybody, any step, well or ill given, doubled,
stale, at the same moment. After every move each case it touched must be what its log tells, and nothing else moved.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.city import (
    COVER,
    DISTRICT,
    EAST,
    IN_EAST,
    IN_EAST_2,
    IN_WEST,
    MORNING,
    NORM_TWO_STAGES,
    OUTSIDE,
    STREET_EVENT,
    TEST_EVENT,
    UNIT_GRID_EAST_2,
)
from tests.loop import HOTLINE, PATHS, bring_to, photo, step
from wangge.cases.access import offered_steps
from wangge.cases.actions import Taken, report, resume_due
from wangge.cases.actions.photos import purge_waiting_photos
from wangge.cases.caller_errors import TooSoonToTry
from wangge.cases.errors import KeyReused, PhotoUnavailable, StepDenied
from wangge.cases.flow import OPEN_STATES, State
from wangge.cases.jobs import open_log_months, purge_keys, purge_photos, recompute_deadlines
from wangge.cases.models import Case, FlowVersion, LogEntry, SideRecord
from wangge.cases.queries import get_case, timeline
from wangge.cases.queries.calls import still_to_call
from wangge.cases.reference import flow_at, flow_by_id
from wangge.cases.tests.machine_calls import RINGS, Callers, Ring, waits_of_callers
from wangge.cases.tests.machine_checks import Watch, check, check_whole, counts_of, sees, tell, waits_at
from wangge.cases.tests.machine_flows import MADE, check_flow, put_in_force
from wangge.cases.tests.machine_hands import Hands
from wangge.cases.tests.machine_moves import (
    CALLBACKS,
    CHANCES,
    NEVER,
    NEXT,
    Chance,
    Move,
    bring_to_an_end,
    cast,
    foreign_photo,
    known,
    other_body,
    pick,
    prepare,
    refusal_due,
    rightful,
)  # fmt: skip
from wangge.cases.visibility import is_visible, visible_to
from wangge.common.clock import now
from wangge.common.errors import DomainError, NotFound

MOST_CASES, MOST_OPEN = 12, 4
PLACES = (IN_EAST, IN_EAST_2, IN_WEST, OUTSIDE, None)
CLASSES = (COVER, COVER, STREET_EVENT, TEST_EVENT, "", "C9999")
REPORTERS = ("operator_2", "operator_2", "operator_east", "inspector_west", "clerk_swj", "chief_2", "dispatcher_2",
             "handler_swj", "outsider")  # fmt: skip
REQUESTS = (
    "",
    "ask_return",
    "ask_escalation",
    "ask_extension",
    "ask_suspension",
    "suspend",
    "issue_order",
    "consult",
)
HOURLY: dict[str, Callable[[int], Any]] = {
    "calendar": recompute_deadlines, "old photos": purge_photos, "old keys": purge_keys, "months": open_log_months,
}  # fmt: skip
#: from where a case is merged, and where it is when that is undone
UNMERGED = {
    "reported": "reported", "verifying": "reported", "accepted": "accepted", "filed": "filed", "dispatched": "filed",
}  # fmt: skip


class Loop(Callers):
    """`counts`, over all runs: door = calls of the door by the rules, and how they were answered; took = the steps taken."""

    counts: ClassVar[Counter[str]] = Counter()
    took: ClassVar[Counter[str]] = Counter()
    hands: ClassVar[Hands]
    standard: ClassVar[FlowVersion]

    def __init__(self) -> None:
        super().__init__()
        self.watch = Watch()
        self.ids: list[int] = []
        self.open: dict[int, bool] = {}
        self.sent: list[tuple[Move, Taken]] = []
        self.touched: set[int] = set()
        self.sound = True

    def _cases(self) -> list[Case]:
        return list(Case.objects.filter(pk__in=self.ids).order_by("pk"))

    def _enough(self) -> bool:
        """Are there as many cases as one can play with? Asked in the rule: a precondition must not hang on who won."""
        return sum(self.open.values()) >= MOST_OPEN or len(self.ids) >= MOST_CASES

    def _count(self, answer: Any) -> None:
        told = "taken" if isinstance(answer, Taken) else getattr(answer, "reason", answer.code)
        self.counts.update(("door", told))

    def _try(self, call: Callable[[], Taken]) -> Taken | DomainError:
        """Make the call; a refused one changes no row, one that is taken only rows of its own case."""
        before = self.watch.rows()
        answer: Taken | DomainError
        try:
            answer = call()
        except DomainError as refused:
            answer = refused
        after = self.watch.rows()
        self._count(answer)
        moved = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        if not isinstance(answer, Taken) or answer.again:
            assert not moved, f"{answer!r} changed {moved}"
        else:
            loose = {("cases_photo", 0), ("cases_idempotencykey", answer.case_id)}
            links = {place for place in moved if place[0] == "cases_caselink"}
            parts = set(Case.objects.filter(parent=answer.case_id).values_list("pk", flat=True))
            spoken_to = waits_of_callers(answer)
            assert {case for _, case in moved - loose - links - spoken_to} - parts == {answer.case_id}, moved
        return answer

    def _learn(self, call: Move, answer: Any) -> None:
        if isinstance(answer, Taken) and not answer.again:
            self.took.update((call.code,))
        self.touched.add(call.case.pk)
        parts = call.case.children.values_list("pk", flat=True) if "split" in call.code else ()
        self.ids += [part for part in parts if part not in self.ids]
        self.touched.update(parts)
        if isinstance(answer, Taken) and call.key:
            self.sent.append((call, answer))

    @initialize(
        state=st.sampled_from(OPEN_STATES), live=st.booleans(), asked=st.sampled_from(REQUESTS),
        made=MADE, rings=st.lists(RINGS, max_size=3),
    )  # fmt: skip
    def begin(self, state: State, live: bool, asked: str, made: Any, rings: list[Ring]) -> None:
        """Some runs by the standard flow, others by what a city or a street makes of it: whatever is sound is played."""
        self.sound = False
        self.counts.update(put_in_force(self.standard, *made))
        self._bring(State.REPORTED, live=False, class_code=COVER, channel=HOTLINE)
        self._bring(state, live=live, class_code=TEST_EVENT, asked=asked, staged=True, rings=rings)

    @rule(
        state=st.sampled_from(State), live=st.booleans(), asked=st.sampled_from(REQUESTS),
        class_code=st.sampled_from((COVER, STREET_EVENT, TEST_EVENT)), staged=st.booleans(),
        rings=st.lists(RINGS, max_size=3),
    )  # fmt: skip
    def arrive(
        self, state: State, live: bool, asked: str, class_code: str, staged: bool, rings: list[Ring]
    ) -> None:
        """A case that has come far already, perhaps with people who rang about it."""
        if self._enough():
            return
        self.sound = False
        self._bring(state, live=live, class_code=class_code, asked=asked, staged=staged, rings=rings)

    def _bring(
        self,
        state: State,
        *,
        live: bool,
        class_code: str,
        channel: str = "",
        asked: str = "",
        staged: bool = False,
        rings: Sequence[Ring] = (),
    ) -> None:
        """`staged`: under the norm with stages, where the class has one."""
        norm = NORM_TWO_STAGES if staged and class_code == TEST_EVENT else ""
        steps = flow_at(f"{DISTRICT}/{EAST}/").steps
        if any(name.partition(":")[0] not in steps for name in PATHS[state]):
            state = State.REPORTED  # the flow does not lead there
        case = bring_to(
            state, class_code=class_code, channel=channel, at=None if live else MORNING, norm=norm,
            assist=("xijie", "dongjie")[: len(self.ids) % 3],
        )  # fmt: skip
        for one in rings:
            self._rings(one, case)
        if asked in ("ask_suspension", "suspend") and (state != State.HANDLING or norm):
            asked = "ask_extension"  # nobody suspends before the place is safe
        asked = asked if asked in steps else ""
        if asked == "suspend":
            step(case, "ask_suspension")
        if asked and state in (State.DISPATCHED, State.HANDLING):
            step(case, asked)
        self.ids.append(case.pk)
        self.touched.add(case.pk)
        check_flow(case.pk)
        self.counts.update(("cases by a street's flow",) if case.flow.area else ())

    @rule(
        by=st.sampled_from(REPORTERS), live=st.booleans(), where=st.sampled_from(PLACES),
        class_code=st.sampled_from(CLASSES), channel=st.sampled_from((HOTLINE, "operator", "sensor", "rumour")),
        grid=st.sampled_from(("", "", "", UNIT_GRID_EAST_2, "1")), said=st.sampled_from(("井盖破损", "井盖破损", " ")),
        pictured=st.sampled_from(("no", "no", "own", "foreign")), minutes=st.integers(-6000, 60),
    )  # fmt: skip
    def report(
        self, by: str, live: bool, where: Any, class_code: str, channel: str, grid: str, said: str, pictured: str,
        minutes: int,
    ) -> None:  # fmt: skip
        if self._enough():
            return
        self.sound = False
        right = ("outsider", "handler_swj").count(by) + (class_code == "C9999") + (channel == "rumour") == 0
        right &= grid != "1" and bool(said.strip()) and pictured != "foreign"
        photos = {"no": (), "own": (photo(by if right else "chief_1"),), "foreign": (foreign_photo(by),)}[
            pictured
        ]
        actor, at, key = known(by), now() if live else MORNING, uuid4()
        position = {"lon": where.lon, "lat": where.lat} if where else {}

        def send() -> Taken:
            return report(
                description=said, class_code=class_code, channel=channel, grid_code=grid, photos=photos, key=key,
                actor=actor if live else actor.marked("replayed"), at=at + timedelta(minutes=minutes), **position,
            )  # fmt: skip

        answer = self._try(send)
        assert isinstance(answer, Taken) is right, answer
        if isinstance(answer, Taken):
            self.ids.append(answer.case_id)
            self.touched.add(answer.case_id)
            check_flow(answer.case_id)
            again = self._try(send)
            assert isinstance(again, Taken) and again == replace(answer, again=True)

    @rule(chances=st.lists(CHANCES, min_size=2, max_size=10))
    def steps(self, chances: list[Chance]) -> None:
        """Some moves one after the other, most of them a single step."""
        self.sound = False
        for chance in chances:
            match chance.how:
                case "doubled":
                    self._doubled(replace(chance, keyed=True))
                case "raced":
                    self._raced(chance)
                case "crosswise":
                    self._crosswise(chance)
                case "one photo":
                    self._one_photo()
                case _:
                    self._step(chance)
            self.every_touched_case_is_what_its_log_tells()

    def _step(self, chance: Chance) -> None:
        """Any step by anybody; the answer is the one due, and the button said so before."""
        cases = self._cases()
        self._judge(prepare(chance, pick(chance, cases), cases))

    def _judge(self, call: Move) -> None:
        offers = {o.step.code: o.allowed for o in offered_steps(call.case, call.actor)}
        told = tell(call.case)
        seen = sees(call.actor.login, call.case, told, own=call.case.reporter_id == call.actor.person_id)
        due = refusal_due(call) if seen else NotFound
        answer = self._try(call)
        self._learn(call, answer)
        if call.spoilt in NEVER:
            assert not isinstance(answer, Taken), f"{call.spoilt}: {answer}"
        if call.rightful:
            right = isinstance(answer, Taken) if due is None else type(answer) is due
            assert right, (call, due, answer, told)
        if not seen and not call.spoilt:
            assert isinstance(answer, NotFound), answer
        if isinstance(answer, Taken):
            assert seen and offers[call.code], "taken, and neither shown nor offered"
        elif isinstance(answer, StepDenied):
            assert not offers.get(call.code), f"offered, but {answer}"

    @rule(
        chances=st.lists(CALLBACKS, min_size=3, max_size=9), rings=st.lists(RINGS, min_size=2, max_size=3),
        live=st.booleans(), at_once=st.sampled_from((False, False, True)),
    )  # fmt: skip
    def called_back(self, chances: list[Chance], rings: list[Ring], live: bool, at_once: bool) -> None:
        """A case waits for its callers, who are called one after the other, or all at one moment: then nothing is lost."""
        self.sound = False
        if len(self.ids) < MOST_CASES:
            self._bring(State.CALLBACK, live=live, class_code=COVER, rings=rings)
        case = next((case for case in reversed(self._cases()) if case.state == State.CALLBACK), None)
        if case is None:
            return
        if at_once:
            pairs = zip(chances, still_to_call(case), strict=False)
            moves = [
                prepare(replace(c, seen="true"), case, [case], code="call_back", call=one) for c, one in pairs
            ]
            answers = self._together(moves) if moves else []
            assert all(isinstance(answer, Taken | TooSoonToTry) for answer in answers), answers
            return
        for chance in chances:
            if case.state == State.HANDLING and not case.side_records.filter(ended_at=None).exists():
                for code in ("finish", "send_check", "answer_check"):
                    step(case, code, by=rightful(code, case))
            if case.state == State.CALLBACK:
                self._judge(prepare(chance, case, [case], code="call_back"))
                self.every_touched_case_is_what_its_log_tells()
                case.refresh_from_db()

    @rule(which=st.integers(0, 1000), how=st.sampled_from(("same", "later", "other body", "other person")))
    def again(self, which: int, how: str) -> None:
        """A key sent again, whatever has happened since: the first answer; with another body or by another: refused."""
        if not self.sent:
            return
        self.sound = False
        call, first = self.sent[which % len(self.sent)]
        if how == "later":
            call = replace(call, at=call.at + timedelta(days=3), seen=0)
        elif how == "other body":
            call = other_body(call)
        elif how == "other person":
            call = replace(call, actor=known("leader" if call.actor.login != "leader" else "evaluator"))
        answer = self._try(call)
        if how in ("same", "later"):
            assert answer == replace(first, again=True)
        else:
            assert isinstance(answer, KeyReused)

    @rule(chances=st.lists(CHANCES, min_size=2, max_size=3), purge=st.booleans())
    def at_once(self, chances: list[Chance], purge: bool) -> None:
        """Steps of any kind on any case at the same moment, perhaps with the purge of photos among them."""
        self.sound = False
        cases = self._cases()
        self._together([prepare(c, pick(c, cases), cases) for c in chances], purge=purge)

    def _raced(self, chance: Chance) -> None:
        """Two people take one step of a case at the same moment, or the next of those that are possible."""
        cases = self._cases()
        case = pick(chance, cases)
        chances = (chance, replace(chance, who="both"), replace(chance, step=chance.step + NEXT, keyed=False))
        self._together([prepare(c, case, cases) for c in chances])

    def _doubled(self, chance: Chance) -> None:
        """One key sent by an impatient hand: all are answered alike, and it happens once."""
        cases = self._cases()
        call = prepare(chance, pick(chance, cases), cases)
        answers = self._together([call] * 3)
        assert len({a.seq if isinstance(a, Taken) else type(a) for a in answers}) == 1, answers
        assert sum(isinstance(a, Taken) and not a.again for a in answers) <= 1

    def _crosswise(self, chance: Chance) -> None:
        """Two cases merged into or linked to each other."""
        cases = self._cases()
        codes = ["merge" if chance.step % 5 else "link", "merge" if chance.step % 7 else "link"]
        pair = [case for case in cases if case.is_open][-2:]
        steps = [flow_by_id(case.flow_id).steps for case in pair]
        if len(pair) < 2 or codes[0] not in steps[0] or codes[1] not in steps[1]:
            return
        calls = [
            prepare(Chance(), pair[n], pair, code=code, target=pair[1 - n].number)
            for n, code in enumerate(codes)
        ]
        answers = self._together(calls)
        if codes == ["merge", "merge"]:
            assert sum(isinstance(a, Taken) for a in answers) <= 1, "each went into the other"

    def _one_photo(self) -> None:
        """Two steps of one person name one photo: it belongs to one of them."""
        calls = self._for_one_photo()
        if not calls:
            return
        shown = photo(calls[0].actor.login)
        calls = [replace(call, data=replace(call.data, photos=(shown,))) for call in calls]
        answers = self._together(calls)
        assert sorted(type(a).__name__ for a in answers) == [PhotoUnavailable.__name__, Taken.__name__], (
            answers
        )

    def _for_one_photo(self) -> list[Move]:
        """Two rightful calls of one person that show a photo; empty when the cases allow none."""
        steps = {"verifying": "answer_verify", "handling": "finish", "checking": "answer_check"}
        asked = set(
            SideRecord.objects.filter(case__in=self.ids, ended_at=None).values_list("case_id", flat=True)
        )
        found: dict[str, list[Case]] = {}
        for case in self._cases():
            if case.state in steps and case.pk not in asked:
                found.setdefault(rightful(steps[case.state], case), []).append(case)
        pair = next((cases[:2] for cases in found.values() if len(cases) > 1), [])
        return [prepare(Chance(), case, pair, code=steps[case.state]) for case in pair]

    def _together(self, calls: list[Move], *, purge: bool = False) -> list[Any]:
        """Make the calls at once; the cases' logs grew by just the steps that were answered as taken."""
        mine = LogEntry.objects.filter(case__in=self.ids).exclude(step="void", actor=None)  # parts taken back
        before = mine.count()
        late = now() + timedelta(hours=1)
        more = [lambda: purge_waiting_photos(late)] if purge else []
        answers = self.hands.at_once([*calls, *more])[: len(calls)]
        fresh = [a for a in answers if isinstance(a, Taken) and not a.again]
        assert mine.count() == before + len(fresh)
        for answer in fresh:
            assert mine.get(case=answer.case_id, seq=answer.seq).to_state == answer.state
        for call, answer in zip(calls, answers, strict=True):
            self.counts.update(("at once",))
            self._count(answer)
            self._learn(call, answer)
        return answers

    @rule(what=st.sampled_from(("read", "read", "read", "purge", *HOURLY)), who=st.integers(0, 1000))
    def between(self, what: str, who: int) -> None:
        """Somebody reads; a job of the hour runs and finds nothing old enough; the photos nobody used go."""
        self.sound = False
        if what == "read":
            people = cast()
            return self._read(people[who % len(people)])
        before = self.watch.rows()
        if what == "purge":
            purge_waiting_photos(now() + timedelta(hours=1))
            before.pop(("cases_photo", 0), None)
        else:
            HOURLY[what](0)
        assert self.watch.rows() == before

    @rule(days=st.integers(0, 60), live=st.booleans())
    def time_passes(self, days: int, live: bool) -> None:
        """So many days later those cases go on whose suspension has ended by then, and nothing else moves."""
        self.sound = False
        if not self._enough():
            self._bring(State.HANDLING, live=live, class_code=COVER, asked="suspend")
        at, before = now() + timedelta(days=days), self.watch.rows()
        ended = SideRecord.objects.filter(kind="suspension", state="running", ended_at=None, until__lte=at)
        due = set(ended.values_list("case_id", flat=True))
        assert resume_due(at=at) == len(due) and resume_due(at=at) == 0
        after = self.watch.rows()
        moved = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        mine = due & set(self.ids)
        assert mine <= {case for _, case in moved} <= due, (moved, due)  # some are of runs before
        self.touched |= mine

    @rule(which=st.integers(0, 60))
    def merged_and_back(self, which: int) -> None:
        """A merge that is undone has changed no count, and nothing of the other case."""
        self.sound = False
        early = [case for case in self._cases() if case.parent is None and case.state in UNMERGED]
        early = [case for case in early if "merge" in flow_by_id(case.flow_id).steps]
        if len(early) < 2:
            return
        case, other = early[which % len(early)], early[(which + 1) % len(early)]
        state, counts, rows, waits = case.state, counts_of(case), self.watch.rows(), waits_at(other)
        for code in ("merge", "unmerge"):
            step(case, code, target=other.number)
        after = self.watch.rows()
        self.counts.update(("merged and back",))
        assert (case.state, counts_of(case), waits_at(other)) == (UNMERGED[state], counts, waits)
        for table in ("cases_case", "cases_logentry", "cases_siderecord"):
            assert after.get((table, other.pk)) == rows.get((table, other.pk)), table
        self.touched.add(case.pk)

    def _read(self, login: str) -> None:
        """What one person sees: the rule, the condition, the page, and the field's own words agree."""
        actor = known(login)
        listed = set(Case.objects.filter(visible_to(actor), pk__in=self.ids).values_list("pk", flat=True))
        for case in self._cases():
            seen = sees(login, case, tell(case), own=case.reporter_id == actor.person_id)
            assert is_visible(case, actor) is seen is (case.pk in listed), (login, case)
            try:
                shown = timeline(get_case(case.number, actor))
            except NotFound:
                assert not seen
            else:
                assert seen and [item.seq for item in shown] == list(range(1, case.log_seq + 1))

    @invariant()
    def every_touched_case_is_what_its_log_tells(self) -> None:
        while self.touched:
            case_id = self.touched.pop()
            self.open[case_id] = check(case_id)
        self.sound = True

    def teardown(self) -> None:
        """Every case is whole, and one that is open can be brought to its end by those who should."""
        if not self.sound:
            return  # a rule has failed already: its fault is the one to be told
        for case_id in self.ids:
            check_whole(case_id)
        case = Case.objects.filter(pk__in=self.ids, state__in=OPEN_STATES).order_by("log_seq").last()
        if case:
            bring_to_an_end(case)
            check_whole(case.pk)
        purge_waiting_photos(now() + timedelta(hours=1))
