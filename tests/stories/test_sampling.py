# SPDX-License-Identifier: Apache-2.0
"""抽查: cases drawn and looked at again, what is found in the ledger, an appeal of it, feedback from the public."""

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.city import DISTRICT, WEST, colleague_of, person
from tests.loop import bring_to, new_case, step
from tests.stories.squad_pages import browser, get, send, today, told
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.common.fresh import forget_all
from wangge.grids.queries import city
from wangge.inspectors.actions.entering import purge
from wangge.inspectors.actions.reminding import remind_of_draws
from wangge.inspectors.models import Draw, LedgerEntry, Reminded, Sample
from wangge.organizations.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
DAY = timedelta(days=1)


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


def test_every_inspector_is_drawn_and_nobody_draws_again_until_it_pleases() -> None:
    reporters = ["inspector_east"] * 3 + ["inspector_east_2", "inspector_west"]
    for reporter in reporters:
        bring_to(State.CLOSED, at=None, reporter=reporter)
    bring_to(State.REPORTED, at=None)
    day, key = today().isoformat(), str(uuid4())
    for _ in range(2):  # sent twice
        send("evaluator", "/squads/samples/", since=day, until=day, seed="a", key=key)
    drawn = Draw.objects.get()
    assert {s.inspector for s in drawn.samples.select_related("inspector")} == {
        person(login) for login in ("inspector_east", "inspector_east_2", "inspector_west")
    }  # fmt: skip
    assert drawn.samples.count() == 3 and drawn.counts == {"closed": {"squad_east": [5, 3]}}
    page = get("evaluator", f"/squads/samples/{drawn.pk}/")
    assert "监督员" not in page[page.index("抽取数量") :], "no figure of a person"
    week = str(today() - 7 * DAY)
    for login in ("evaluator", colleague_of("evaluator")):
        again = send(login, "/squads/samples/", 409, since=week, until=day, seed="b")
        assert "已由" in again and day in again and 'value="b"' in again
    send(
        "evaluator", "/squads/samples/", 409, since=week, until=str(today() - DAY), seed="b"
    )  # nothing there
    # a leader of the other squad who had a hand in it
    sample = Sample.objects.first()
    assert sample
    Case.objects.filter(pk=sample.case_id).update(reporter=person("squad_leader_west"))
    page = f"/squads/samples/cases/{sample.pk}/"
    assert "经手" in get("squad_leader_west", page)
    assert "经手" in send("squad_leader_west", page, 403, result="agreed")
    waiting = get("squad_leader_west", f"/squads/samples/{sample.draw_id}/?waiting=1")
    assert sample.case.number not in waiting
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


def test_a_month_of_which_nothing_was_drawn_is_told_once_to_whoever_draws() -> None:
    begun = datetime.combine(today().replace(day=1), time(), city().zone)
    assert remind_of_draws(begun + DAY) == 0, "there are some days to draw in"
    assert remind_of_draws(begun + 2 * DAY) == 1 == told("evaluator", "draw_due")
    assert remind_of_draws(begun + 3 * DAY) == 0
    month = f"{begun - DAY:%Y-%m}"
    assert f"{month} 的案卷还没有抽查" in get("evaluator", "/notices/")
    last = begun.date() - DAY
    bring_to(State.CLOSED, at=begun - 2 * DAY)
    send("evaluator", "/squads/samples/", since=last - 2 * DAY, until=last, seed="s")
    Reminded.objects.all().delete()
    assert remind_of_draws(begun + 2 * DAY) == 0, "drawn"


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
        "operator_1", new, 422, kind="complaint", unit="squad_east", text="请打 139 0000 1234"
    )
    assert "案卷编号" in send("operator_1", new, 422, kind="complaint", text="巡查不认真")
    get("inspector_east", new, 403)
    here = send("operator_1", new, kind="complaint", unit="squad_east", text="巡查员没有下车查看")
    assert told("evaluator", "feedback_taken") == 1
    get("operator_2", here, 404), get("inspector_east", here, 403), get("squad_leader_east", here, 403)
    send("operator_1", here, 403, upheld="yes", answer="属实")
    send("evaluator", here, 422, upheld="yes", answer="属实", person=person("inspector_west").pk)
    send("evaluator", here, upheld="yes", answer="经查属实", person=person("inspector_east").pk)
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.squad) == ("complaint", "squad_east")
    assert browser("inspector_east").get("/squads/").context["counts"] == {"complaint": 1}
    send("evaluator", here, 409, upheld="yes", answer="再答复")
    assert purge(today()) == 0 and purge(entry.delete_on + DAY) == 2 and not LedgerEntry.objects.exists()


def test_feedback_on_a_unit_or_the_centre_is_answered_and_what_is_true_told_to_the_unit() -> None:
    case, new = bring_to(State.CLOSED, at=None), "/squads/feedback/new/"
    assert 'value="swj"' in get("operator_1", new) and 'label="部门"' in get("operator_1", new)
    of_unit = send("operator_1", new, kind="complaint", number=case.number, unit="swj", text="处置时态度差")
    assert "涉及的监督员" not in get("evaluator", of_unit), "only inspectors have a ledger"
    inspector = person("inspector_east").pk
    send("evaluator", of_unit, 422, upheld="yes", answer="属实", person=inspector)
    send("evaluator", of_unit, upheld="yes", answer="属实")
    assert told("clerk_swj", "feedback_upheld") == 1 and told("clerk_csgl", "feedback_upheld") == 0
    assert "投诉经查属实" in get("clerk_swj", "/notices/")
    get("clerk_swj", of_unit, 403)
    of_centre = send("operator_2", new, kind="praise", unit="jdzx", text="接线耐心")
    send("evaluator", of_centre, upheld="no", answer="查无此事")
    assert not LedgerEntry.objects.exists() and told("clerk_swj", "feedback_upheld") == 1


def test_everything_is_told_in_english_too() -> None:
    client = browser("evaluator", "en")
    for address in ("/squads/", "/squads/reports/", "/squads/rotation/", "/squads/samples/", "/squads/ledger/",
                    "/squads/ledger/new/", "/squads/feedback/"):  # fmt: skip
        page = client.get(address, follow=True).content.decode()
        main = page[page.index('<main id="content"') : page.index("</main>")]
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<option[^>]*>[^<]*</option>", "", main)), address
