# SPDX-License-Identifier: Apache-2.0
"""Rulings on who is in charge, found again by word and class."""

from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import COVER, STREET_EVENT, TEST_EVENT, actor
from tests.loop import bring_to, step
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.cases.queries import precedents, reach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def dispatched_otherwise(reason: str = "产权属东街", class_code: str = COVER) -> Case:
    case = bring_to(State.FILED, class_code=class_code)
    step(case, "dispatch", unit="dongjie", texts={"reason": reason})
    return case


def ruled(step_code: str) -> Case:
    case = bring_to(State.HANDLING, class_code=TEST_EVENT)
    step(case, "ask_return")
    step(case, step_code, texts={"reason": "职责交叉，另行指定"})
    return case


def test_each_kind_of_ruling_with_its_units_and_reasons() -> None:
    bring_to(State.HANDLING)  # as proposed: nothing to remember
    otherwise, granted, refused = dispatched_otherwise(), ruled("return"), ruled("refuse_return")
    found = precedents(actor("dispatcher_1"))
    assert [(p.step, p.number, p.before, p.after, p.by) for p in found] == [
        ("refuse_return", refused.number, "csgl", "csgl", "派遣员甲"),
        ("return", granted.number, "csgl", granted.route["lead"] if granted.route else "", "派遣员甲"),
        ("dispatch", otherwise.number, "swj", "dongjie", "派遣员甲"),
    ]
    asked = [("reason", "不属本单位"), ("basis", "权责清单第三条")]
    assert [list(p.texts) for p in found] == [
        [*asked, ("reason", "职责交叉，另行指定")],
        [*asked, ("reason", "职责交叉，另行指定")],
        [("reason", "产权属东街")],
    ]


@pytest.mark.parametrize(
    ("words", "class_code", "count"),
    [
        ("", "", 3),
        ("产权", "", 1),
        ("清单第三", "", 1),  # of the request it ruled on
        ("产权 东街", "", 1),
        ("产权 清单", "", 0),
        ("", COVER, 1),
        ("", "E01", 2),
        ("产权", "E01", 0),
    ],
)
def test_found_by_word_and_class(words: str, class_code: str, count: int) -> None:
    dispatched_otherwise()
    dispatched_otherwise("街道自办", STREET_EVENT.replace("E0101", TEST_EVENT))
    ruled("return")
    assert len(precedents(actor("chief_1"), words=words, class_code=class_code)) == count


@pytest.mark.parametrize(
    ("login", "sees", "opens"),
    [
        ("dispatcher_1", True, True),
        ("dispatcher_east", True, True),
        ("dispatcher_west", False, False),
        ("administrator", True, False),  # may make a row of it, may not read the case
        ("operator_1", False, False),
        ("clerk_dongjie", False, False),
        ("outsider", False, False),
    ],
)
def test_for_who_reads_the_rulebook_there(login: str, sees: bool, opens: bool) -> None:
    dispatched_otherwise()
    assert [p.opens for p in precedents(actor(login))] == ([opens] if sees else [])


def test_a_redacted_reason_is_gone() -> None:
    case = dispatched_otherwise()
    step(case, "redact", passage=f"{case.log_seq}:reason")
    (found,) = precedents(actor("dispatcher_1"))
    assert found.texts == () and precedents(actor("dispatcher_1"), words="产权") == []


def test_pages_follow_one_another_at_a_fixed_number_of_queries() -> None:
    cases = [dispatched_otherwise() for _ in range(2)]
    counts = []
    for more in (0, 3):
        cases += [ruled("return") for _ in range(more)]
        with CaptureQueriesContext(connection) as queries:
            assert len(precedents(actor("dispatcher_1"), words="", limit=50)) == len(cases)
        counts.append(len(queries))
    assert counts[0] + 1 == counts[1]  # the requests, once there are any
    first = precedents(actor("dispatcher_1"), limit=2)
    rest = precedents(actor("dispatcher_1"), limit=9, after=(first[-1].at, first[-1].id))
    assert [p.number for p in (*first, *rest)] == [case.number for case in cases[::-1]]


def _plans(words: str) -> list[str]:
    """The plan of every query of a search. Over an empty log every plan is cheap: reading from end to end is made dear."""
    with CaptureQueriesContext(connection) as queries:
        precedents(actor("dispatcher_1"), words=words)
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in queries:
            if "cases_logentry" in query["sql"] or "cases_casetext s" in query["sql"]:
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join(row[0] for row in cursor.fetchall()))
    return found


def test_rare_words_name_their_cases_by_an_index_and_these_their_rulings() -> None:
    dispatched_otherwise()
    with connection.cursor() as cursor:  # over so few texts any index would do
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_casetext DROP CONSTRAINT cases_casetext_once")
    by_word, of_cases = _plans("产权")
    assert "cases_casetext_reasons" in by_word and "Limit" in by_word and "Seq Scan" not in by_word
    assert "case_id" in of_cases and "Index Cond: (case_id = " in of_cases and "Seq Scan" not in of_cases, (
        of_cases
    )


def test_frequent_words_are_looked_for_in_the_newest_rulings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = dispatched_otherwise(), [dispatched_otherwise() for _ in range(2)]
    module = import_module("wangge.cases.queries.precedents")
    monkeypatch.setattr(module, "MOST_FOUND", 2)
    assert reach("产权") is None, "there are no more than may be looked through"
    assert {p.number for p in precedents(actor("chief_1"), words="产权")} == {c.number for c in (old, *new)}
    monkeypatch.setattr(module, "MOST_RULINGS", 2)
    assert reach("产权") is not None and reach("产权 少见") is None
    found = precedents(actor("chief_1"), words="产权 东街")
    assert {p.number for p in found} == {case.number for case in new}
    dispatched_otherwise("产权属东街，少见")
    assert len(precedents(actor("chief_1"), words="产权 少见")) == 1
    *_words, moment, of_rulings = _plans("产权")
    for plan in (moment, of_rulings):
        assert "Index" in plan and "recorded_at_case_id" in plan and "Seq Scan" not in plan, plan
    assert "recorded_at >= " in of_rulings
