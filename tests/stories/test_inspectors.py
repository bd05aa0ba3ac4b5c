# SPDX-License-Identifier: Apache-2.0
"""Inspectors' work through the pages: a re-check with its appeal, a rotation plan, a month of daily reports."""

import re
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.city import DISTRICT, GRID_EAST, GRID_EAST_2, GRID_WEST, WEST, actor, colleague_of, person
from tests.loop import bring_to, new_case, step
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.inspectors.actions import planning
from wangge.inspectors.actions.entering import purge
from wangge.inspectors.actions.planning import compute_waiting
from wangge.inspectors.actions.plans import apply_due
from wangge.inspectors.actions.reporting import file_report, remind
from wangge.inspectors.models import (
    DailyReport,
    Draw,
    GridDuty,
    LedgerEntry,
    RotationMove,
    RotationPlan,
    Sample,
)
from wangge.inspectors.reference import local_day
from wangge.inspectors.rotation import months_after
from wangge.notices.models import Notice
from wangge.organizations.models import Appointment, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


def browser(login: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person(login))
    return client


def get(login: str, address: str, status: int = 200) -> str:
    answer = browser(login).get(address)
    assert answer.status_code == status, (login, address, answer.status_code)
    return answer.content.decode()


def send(login: str, address: str, status: int = 302, **form: Any) -> str:
    """Send a form; the page told, or the address it led to."""
    answer = browser(login).post(address, {"key": str(uuid4())} | form)
    told = answer.content.decode()
    assert answer.status_code == status, (
        login,
        address,
        answer.status_code,
        re.sub(r"<[^>]+>|\s+", " ", told)[:2000],
    )
    return str(answer["Location"]) if status == 302 else told


def today() -> date:
    return local_day(now())


def told(login: str, template: str) -> int:
    return Notice.objects.filter(recipient=person(login), template=template).count()


def drawn(case: Case) -> Sample:
    """The case, drawn by the evaluator today."""
    day = today().isoformat()
    address = send("evaluator", "/squads/samples/", since=day, until=day, seed="s1")
    assert case.number in get("evaluator", address)
    return Sample.objects.select_related("draw").get(case=case)


def test_a_wrong_report_is_found_appealed_and_decided_by_somebody_else() -> None:
    case = bring_to(State.CLOSED, at=None)
    sample = drawn(case)
    assert sample.inspector == person("inspector_east") and sample.squad == "squad_east"
    page = f"/squads/samples/cases/{sample.pk}/"
    get("squad_leader_east", page, 404), get("inspector_east", page, 403), get("operator_1", page, 403)
    assert "井盖破损" in get("squad_leader_west", page)
    assert "理由" in send("squad_leader_west", page, 422, result="wrong_report")
    send("squad_leader_west", page, result="wrong_report", reason="现场没有更换井盖")
    send("squad_leader_west", page, 409, result="agreed")

    entry = LedgerEntry.objects.get()
    assert (entry.person, entry.kind, entry.sample_id) == (
        person("inspector_east"),
        "wrong_report",
        sample.pk,
    )
    here = f"/squads/ledger/{entry.pk}/"
    for login in ("inspector_east", "squad_leader_east", "evaluator"):
        assert "现场没有更换井盖" in get(login, here)
    for login in ("inspector_east_2", "squad_leader_west", "chief_1", "leader", "operator_1", "outsider"):
        get(login, here, 404)
    assert told("inspector_east", "ledger_entered") == 1 and "现场没有" not in get(
        "inspector_east_2", "/squads/ledger/"
    )

    send("squad_leader_east", f"{here}appeal/", 403, text="不是我的")
    send("inspector_east", f"{here}appeal/", text="照片可以证明已更换")
    send("inspector_east", f"{here}appeal/", 409, text="再申诉")
    assert told("evaluator", "ledger_appealed") == 1
    send("squad_leader_east", f"{here}ruling/", 403, granted="yes", reason="同意")
    assert "理由" in send("evaluator", f"{here}ruling/", 422, granted="yes", reason=" ")
    send("evaluator", f"{here}ruling/", granted="yes", reason="照片属实")
    entry.refresh_from_db()
    assert entry.state == "cancelled" and entry.ruled_by == person("evaluator")
    assert told("inspector_east", "ledger_ruled") == 1


def test_who_made_an_entry_never_decides_its_appeal_and_a_refused_one_stands() -> None:
    sample = drawn(bring_to(State.CLOSED, at=None))
    page = f"/squads/samples/cases/{sample.pk}/"
    assert "漏报" in send(
        "evaluator", page, 422, result="missed_report", reason="路口另有破损", found=sample.case.number
    )
    missed = new_case(at=None)
    send("evaluator", page, result="missed_report", reason="路口另有破损", found=missed.number)
    entry = LedgerEntry.objects.get()
    assert entry.case == missed and entry.kind == "missed_report"
    here = f"/squads/ledger/{entry.pk}/"
    send("inspector_east", f"{here}appeal/", text="当时还没有")
    assert purge(entry.delete_on + DAY) == 0, "an appeal is decided first"
    send("evaluator", f"{here}ruling/", 403, granted="no", reason="不成立")
    second = colleague_of("evaluator")
    send(second, f"{here}ruling/", granted="no", reason="巡查记录显示已有")
    entry.refresh_from_db()
    assert entry.state == "confirmed"
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(ruled_by=entry.entered_by)


def test_the_same_seed_draws_the_same_cases_and_nobody_looks_at_their_own() -> None:
    cases = [bring_to(State.CLOSED, at=None) for _ in range(4)]
    bring_to(State.REPORTED, at=None)
    day, found = today().isoformat(), []
    for seed in ("a", "a", "b", "c", "d"):
        send("evaluator", "/squads/samples/", since=day, until=day, seed=seed)
        found.append({*Draw.objects.latest("pk").samples.values_list("case_id", flat=True)})
    assert found[0] == found[1] and len({frozenset(one) for one in found}) > 1
    assert all(len(one) == 1 and one <= {case.pk for case in cases} for one in found)
    # a leader of the other squad who had a hand in it
    sample = Sample.objects.first()
    assert sample
    Case.objects.filter(pk=sample.case_id).update(reporter=person("squad_leader_west"))
    page = f"/squads/samples/cases/{sample.pk}/"
    assert "经手" in get("squad_leader_west", page)
    assert "经手" in send("squad_leader_west", page, 403, result="agreed")
    assert "没有可复查" in get("squad_leader_west", f"/squads/samples/{sample.draw_id}/?waiting=1")
    send("evaluator", "/squads/samples/", 409, since="2024-02-01", until="2024-02-02", seed="x")
    send("evaluator", "/squads/samples/", 422, since=day, until="2024-02-02", seed="x")


def test_a_re_checker_reads_what_was_done_on_site_in_their_area_and_not_what_others_found() -> None:
    case = bring_to(State.CALLBACK, at=None)
    step(case, "call_back", texts={"remark": "来电人家住东街"}), step(case, "close")
    sample = drawn(case)
    page = f"/squads/samples/cases/{sample.pk}/"
    seen = get("squad_leader_west", page)
    assert "井盖破损" in seen and "已更换井盖" in seen and "家住东街" not in seen
    Appointment.objects.filter(person=person("squad_leader_west")).update(
        area=WEST, area_path=f"{DISTRICT}/{WEST}/"
    )
    forget_all()
    get("squad_leader_west", page, 404)
    assert case.number not in get("squad_leader_west", f"/squads/samples/{sample.draw_id}/")
    Appointment.objects.filter(person=person("squad_leader_west")).update(
        area=DISTRICT, area_path=f"{DISTRICT}/"
    )
    forget_all()
    send("squad_leader_west", page, result="wrong_report", reason="照片是旧的")
    second = colleague_of("squad_leader_west")
    for there in (page, f"/squads/samples/{sample.draw_id}/"):
        found = get(second, there)
        assert "已复查" in found and "照片是旧的" not in found and "错报" not in found
    for login in ("squad_leader_west", "evaluator"):
        assert "照片是旧的" in get(login, page)


def test_a_fault_is_entered_for_whoever_took_the_step() -> None:
    case = new_case(at=None)
    for code in (
        "send_verify",
        "answer_verify",
        "accept",
        "file",
        "dispatch",
        "sign_for",
        "finish",
        "send_check",
    ):
        step(case, code)
    step(case, "answer_check", by="inspector_east_2")
    step(case, "close")
    sample = drawn(case)
    assert sample.inspector == person("inspector_east_2")
    page = f"/squads/samples/cases/{sample.pk}/"
    wrong: dict[str, Any] = {"result": "wrong_report", "reason": "地点不是这里"}
    assert "有误的环节" in get("squad_leader_west", page)
    send("squad_leader_west", page, 422, **wrong), send("squad_leader_west", page, 422, **wrong, step="close")
    send("squad_leader_west", page, **wrong, step="answer_verify")
    assert LedgerEntry.objects.get().person == person("inspector_east")


def test_simple_and_rejected_cases_are_drawn_too() -> None:
    simple = bring_to(State.SETTLED, at=None, reporter="inspector_east")
    denied = bring_to(State.VERIFYING, at=None)
    step(denied, "answer_verify", result="denied")
    step(denied, "reject")
    unseen = bring_to(State.REJECTED, at=None)
    day = today().isoformat()
    send("evaluator", "/squads/samples/", since=day, until=day, seed="s")
    drawn = {(s.case_id, s.kind, s.inspector) for s in Sample.objects.select_related("inspector")}
    inspector = person("inspector_east")
    assert drawn == {(simple.pk, "simple", inspector), (denied.pk, "rejected", inspector)}, unseen.number


def test_feedback_from_the_public_reaches_the_ledger_and_nothing_of_the_caller_is_kept() -> None:
    new = "/squads/feedback/new/"
    assert "长数字" in send(
        "operator_1", new, 422, kind="complaint", squad="squad_east", text="请打 139 0000 1234"
    )
    assert "案卷编号" in send("operator_1", new, 422, kind="complaint", text="巡查不认真")
    get("inspector_east", new, 403)
    here = send("operator_1", new, kind="complaint", squad="squad_east", text="巡查员没有下车查看")
    assert told("evaluator", "feedback_taken") == 1
    get("operator_2", here, 404), get("inspector_east", here, 403), get("squad_leader_east", here, 403)
    send("operator_1", here, 403, upheld="yes", answer="属实")
    send("evaluator", here, 422, upheld="yes", answer="属实", person=person("inspector_west").pk)
    send("evaluator", here, upheld="yes", answer="经查属实", person=person("inspector_east").pk)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.squad) == ("complaint", "squad_east")
    assert "1" in get("inspector_east", "/squads/")
    send("evaluator", here, 409, upheld="yes", answer="再答复")
    assert purge(today()) == 0 and purge(entry.delete_on + DAY) == 2 and not LedgerEntry.objects.exists()


def plan_of(login: str, kind: str, first_day: date, **form: Any) -> RotationPlan:
    """A plan asked for on the page and computed by the worker."""
    address = send(login, "/squads/rotation/", kind=kind, first_day=first_day.isoformat(), **form)
    assert "正在编制" in get(login, address)
    assert compute_waiting(now()) == 1
    return RotationPlan.objects.latest("pk")


def test_a_plan_is_computed_changed_approved_by_another_and_takes_effect_on_its_day() -> None:
    first = today() + 3 * DAY
    plan = plan_of("evaluator", "grids", first)
    here = f"/squads/rotation/{plan.pk}/"
    assert plan.state == "draft" and "均衡情况" in get("evaluator", here)
    assert {m.to_grid for m in plan.moves.all()} == {GRID_EAST, GRID_EAST_2, GRID_WEST}
    move = plan.moves.get(person=person("inspector_east"))
    other = GRID_EAST_2 if move.to_grid == GRID_EAST else GRID_EAST
    send("chief_1", f"{here}moves/{move.pk}/", 403, place=other)
    send("evaluator", f"{here}moves/{move.pk}/", 422, place=GRID_WEST)
    send("evaluator", f"{here}moves/{move.pk}/", place=other)
    send("evaluator", f"{here}approve/", 403)
    assert "没有安排人" in send("chief_1", f"{here}approve/", 409), (
        "the other grid of the squad has nobody now"
    )
    send("evaluator", f"{here}moves/{move.pk}/", place=move.to_grid)
    send("chief_1", f"{here}approve/")
    assert told("inspector_east", "rotation_coming") == 1 and str(first) in get("inspector_east", "/squads/")

    assert apply_due(now()) == 0 and not GridDuty.objects.exists()
    assert apply_due(now() + 4 * DAY) == 1 and apply_due(now() + 4 * DAY) == 0
    assert GridDuty.objects.get(person=person("inspector_east")).grid == move.to_grid
    GridDuty.objects.update(first_day=today())
    assert move.to_grid in get("inspector_east", "/"), "on the page of their work"
    send("chief_1", f"{here}withdraw/", 409)

    assert f"应于 {months_after(first, 2)} 再次轮岗" in get("evaluator", "/squads/rotation/")

    second = plan_of("evaluator", "grids", first + 60 * DAY, squad="squad_east")
    assert {(m.from_grid, m.to_grid) for m in second.moves.all()} == {
        (GRID_EAST, GRID_EAST_2), (GRID_EAST_2, GRID_EAST)
    }  # fmt: skip
    assert second.moves.filter(avoided=[]).count() == 0
    back = second.moves.first()
    assert back
    refused = send("evaluator", f"/squads/rotation/{second.pk}/moves/{back.pk}/", 422, place=back.from_grid)
    assert "不能安排回去" in refused
    send("chief_1", f"/squads/rotation/{second.pk}/approve/")
    send("chief_1", f"/squads/rotation/{second.pk}/withdraw/")
    assert told("inspector_east", "rotation_withdrawn") == 1
    assert apply_due(now() + 90 * DAY) == 0


def test_a_street_reads_plans_and_approves_for_its_own_squads_alone() -> None:
    first = today() + 3 * DAY
    whole = plan_of("evaluator", "grids", first)
    here = f"/squads/rotation/{whole.pk}/"
    move = whole.moves.get(person=person("inspector_west"))
    for street in ("chief_east", "chief_west"):
        get(street, here, 404)
        assert here not in get(street, "/squads/rotation/")
        send(street, f"{here}approve/", 404)
        send(street, f"{here}moves/{move.pk}/", 404, place=GRID_WEST)
    assert "squad_west" not in get("chief_east", "/squads/rotation/")
    send("chief_east", "/squads/rotation/", 422, kind="grids", first_day=str(first), squad="squad_west")

    west = plan_of("evaluator", "grids", first, squad="squad_west")
    own = plan_of("chief_east", "grids", first)
    assert {(m.from_squad, m.to_squad) for m in own.moves.all()} == {("squad_east", "squad_east")}
    assert (west.area_path, own.area_path) == ("990101/990101002/", "990101/990101001/")
    page = f"/squads/rotation/{own.pk}/"
    get("chief_west", page, 404), send("chief_west", f"{page}approve/", 404)
    send("chief_1", f"{page}approve/")
    send("chief_west", f"{page}withdraw/", 404), send(colleague_of("chief_east"), f"{page}withdraw/")
    send("chief_west", f"/squads/rotation/{west.pk}/approve/")


def test_a_squad_that_cannot_be_solved_is_told_and_leaders_change_squads() -> None:
    plan = plan_of("evaluator", "grids", today() + DAY)
    send("chief_1", f"/squads/rotation/{plan.pk}/approve/")
    apply_due(now() + 2 * DAY)
    again = plan_of("evaluator", "grids", today() + 30 * DAY)
    page = get("evaluator", f"/squads/rotation/{again.pk}/")
    assert again.figures["unsolved"] == {"squad_west": "nowhere"} and "可选的地方太少" in page
    assert not again.moves.filter(to_squad="squad_west").exists()

    leaders = plan_of("evaluator", "leaders", today() + 5 * DAY)
    assert {(m.from_squad, m.to_squad) for m in leaders.moves.all()} == {
        ("squad_east", "squad_west"), ("squad_west", "squad_east")
    }  # fmt: skip
    send("chief_1", f"/squads/rotation/{leaders.pk}/approve/")
    assert apply_due(now() + 6 * DAY) == 1
    held = Appointment.objects.current().get(person=person("squad_leader_east"), post="squad_leader")
    assert (held.unit, held.unit_path) == ("squad_west", "jdzx/squad_west/")
    assert actor("squad_leader_east").held[0].unit == "squad_west", "everybody has heard of it"
    with pytest.raises(IntegrityError), transaction.atomic():
        RotationPlan.objects.filter(pk=leaders.pk).update(approved_by=leaders.made_by)


def test_a_plan_that_takes_too_long_is_given_up_and_a_dead_worker_s_is_taken_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = (today() + DAY).isoformat()
    address = send("evaluator", "/squads/rotation/", kind="grids", first_day=first)
    clock = count(step=100)  # each look at it finds 100 s gone; the rules give 120
    with monkeypatch.context() as patched:
        patched.setattr(planning, "monotonic", lambda: next(clock))
        assert compute_waiting(now()) == 1
    assert "超过了规则允许的时间" in get("evaluator", address)
    address = send("evaluator", "/squads/rotation/", kind="grids", first_day=first)
    RotationPlan.objects.filter(state="waiting").update(state="computing", started_at=now())
    assert compute_waiting(now() + timedelta(minutes=2)) == 0, "its worker may still be at it"
    assert compute_waiting(now() + timedelta(minutes=4)) == 1 and "均衡情况" in get("evaluator", address)


def test_plans_that_would_move_the_same_people_wait_for_each_other() -> None:
    one = plan_of("evaluator", "grids", today() + 5 * DAY)
    two = plan_of("evaluator", "grids", today() + 6 * DAY, squad="squad_east")
    send("chief_1", f"/squads/rotation/{one.pk}/approve/")
    send("chief_1", f"/squads/rotation/{two.pk}/approve/", 409)
    send("evaluator", f"/squads/rotation/{two.pk}/discard/")
    send("evaluator", "/squads/rotation/", 422, kind="grids", first_day=today().isoformat())
    send(
        "evaluator",
        "/squads/rotation/",
        422,
        kind="leaders",
        first_day=str(today() + DAY),
        squad="squad_east",
    )
    moved = RotationMove.objects.filter(plan=one, person=person("inspector_east")).get()
    # one that cannot take effect, whatever the reason, holds up no other
    walked = {"person": person("inspector_west"), "squad": "squad_west", "grid": GRID_WEST, "plan": one}
    GridDuty.objects.create(first_day=two.first_day, **walked)
    broken = {
        "kind": "grids",
        "first_day": today() + 2 * DAY,
        "rules_id": one.rules_id,
        "made_by": one.made_by,
    }
    stuck = RotationPlan.objects.create(made_at=now(), key=uuid4(), state="published", approved_by=person("chief_1"),
                                        area_path=one.area_path, **broken)  # fmt: skip
    RotationMove.objects.create(plan=stuck, person=person("inspector_west"), from_squad="squad_west", to_squad="squad_west",
                                to_grid=GRID_WEST)  # fmt: skip
    GridDuty.objects.update(first_day=stuck.first_day)
    Appointment.objects.filter(person=person("inspector_east")).update(valid_to=now())
    assert apply_due(now() + 6 * DAY) == 1
    assert not GridDuty.objects.filter(person=moved.person_id).exists(), "who has left is left alone"
    # who made and who approved it hear of it once, and it does not stand in the way for ever
    apply_due(now() + 6 * DAY)
    heard = [told(login, "rotation_stuck") for login in ("evaluator", "chief_1", "inspector_west")]
    assert heard == [1, 1, 0]
    RotationPlan.objects.filter(pk=stuck.pk).update(first_day=today())
    here = f"/squads/rotation/{stuck.pk}/"
    assert "方案未能生效" in get("chief_1", here) and "withdraw" in get("chief_1", here)
    send("chief_1", f"{here}withdraw/")


def test_a_day_is_reported_zero_or_missing_and_the_first_report_stays() -> None:
    day = today()
    here = f"/squads/reports/squad_east/{day}/"
    assert "这一天还没有报送" in get("inspector_east", here)
    get("inspector_west", here, 404)
    assert "没有情况请填 0" in send("inspector_east", here, 422, found="", seen="0")
    send("inspector_east", here, found="0", seen="0")
    assert "零报告：没有情况" in get("evaluator", here)
    send("inspector_east_2", here, 409, found="2", seen="0")
    wrong: dict[str, Any] = {"found": "2", "seen": "1", "grid-1": GRID_EAST, "class-1": "E01", "count-1": ""}
    assert "第 1 行有误" in send("inspector_east_2", here, 422, **wrong)
    send("inspector_east_2", here, **wrong | {"count-1": "4"})
    versions = [*DailyReport.objects.order_by("version").values_list("version", "found")]
    assert versions == [(1, 0), (2, 2)]
    page = get("evaluator", here)
    assert "零报告：没有情况" in page and "上报 2 件" in page and GRID_EAST in page
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspectors_dailyreport SET found = 9")
    send("inspector_east", f"/squads/reports/squad_east/{day - 10 * DAY}/", 409, found="0", seen="0")

    pairs: dict[str, Any] = {
        f"grid-{n}": grid for n, grid in enumerate([GRID_EAST, GRID_EAST_2] * 3, start=1)
    }
    pairs |= {
        f"class-{n}": code for n, code in enumerate(["C01", "C01", "E01", "E01", "C02", "C02"], start=1)
    }
    pairs |= {f"count-{n}": str(n) for n in range(1, 7)}
    longer = send("inspector_east_2", here, 200, **wrong | {"count-1": "7", "more": "1"})
    assert 'name="lines" value="8"' in longer and 'name="count-1" value="7"' in longer
    send("inspector_east_2", here, **pairs | {"found": "2", "seen": "2", "lines": "8"})
    assert [
        *DailyReport.objects.latest("version").settled.order_by("count").values_list("count", flat=True)
    ] == [*range(1, 7)]
    assert 'name="count-6" value="6"' in get("inspector_east_2", here), (
        "as many lines as were filed, and empty ones"
    )
    counted = browser("evaluator").get(here).context["settled_month"]
    assert sum(count for _grid, _class, count in counted) == sum(range(1, 7))
    send("inspector_east_2", here, found="2", seen="3")
    assert browser("evaluator").get(here).context["settled_month"] == [], "nothing was settled after all"

    yesterday, month = day - DAY, day.replace(day=1)
    Unit.objects.filter(code="squad_west").update(valid_from=now())
    file_report("squad_west", day, 0, actor=actor("inspector_west"), at=now(), key=uuid4())
    table = browser("evaluator").get("/squads/reports/", {"month": f"{day:%Y-%m}"}).context["rows"]
    states = {row.unit.code: {cell.day: cell.state for cell in row.cells} for row in table}
    assert (states["squad_east"][day], states["squad_west"][day]) == ("reported", "zero")
    if yesterday >= month:
        assert (states["squad_east"][yesterday], states["squad_west"][yesterday]) == ("missing", "none")
    assert [row.unit.code for row in browser("inspector_east").get("/squads/reports/").context["rows"]] == [
        "squad_east"
    ]


def test_the_missing_are_reminded_once() -> None:
    at = datetime.combine(today(), datetime.min.time(), city().zone) + timedelta(hours=17, minutes=1)
    file_report("squad_east", today(), 0, actor=actor("inspector_east"), at=at, key=uuid4())
    assert remind(at - timedelta(minutes=2)) == 0
    assert remind(at) == 2 and remind(at) == 0
    assert (
        told("inspector_west", "daily_report_missing") == 1
        and told("inspector_east", "daily_report_missing") == 0
    )
    assert remind(at + timedelta(hours=1)) == 0


def test_everything_is_told_in_english_too() -> None:
    client = browser("evaluator", "en")
    for address in ("/squads/", "/squads/reports/", "/squads/rotation/", "/squads/samples/", "/squads/ledger/",
                    "/squads/ledger/new/", "/squads/feedback/"):  # fmt: skip
        page = client.get(address, follow=True).content.decode()
        main = page[page.index('<main id="content"') : page.index("</main>")]
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<option[^>]*>[^<]*</option>", "", main)), address
