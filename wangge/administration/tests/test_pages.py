# SPDX-License-Identifier: Apache-2.0
"""A city changes its rules on the pages: read, changed in a draft, published by another, in force for what comes after."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.city import COVER, COVER_NORM, MORNING, actor, change_row, person
from tests.loop import bring_to
from wangge.administration.choices import CHOICES
from wangge.administration.columns import GROUPS
from wangge.cases.flow import State
from wangge.cases.models import Case
from wangge.catalog.models import Norm
from wangge.common.clock import now
from wangge.common.fresh import forget_all
from wangge.organizations.access import Permission
from wangge.organizations.models import CalendarVersion
from wangge.rulebook import drafts
from wangge.rulebook.drafts import seen
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import row
from wangge.rulebook.tables import REFERENCE_TABLES, reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NORM = {"key": COVER_NORM}


def client_of(login: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person(login))
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"administration:{name}", args=args)


def form_of(table: str, *key: str) -> dict[str, Any]:
    """What the form of a row would send unchanged."""
    found = row(reference_table(table), key)
    assert found
    split = {"assist", "classes", "lead_kinds", "assist_kinds"}
    values: dict[str, Any] = {c: v.split(";") if c in split and v else v for c, v in found.values.items()}
    return values | {"key": list(key), "draft": ""}


def _row_of(change: Change) -> dict[str, Any]:
    assert change.row is not None
    return dict(change.row)


def test_every_table_stands_in_a_group_once() -> None:
    assert sorted(name for _, names in GROUPS for name in names) == sorted(REFERENCE_TABLES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("table", [name for name, table in REFERENCE_TABLES.items() if table.key])
def test_each_table_is_read_and_each_row_saved_as_it_is_changes_nothing(table: str, language: str) -> None:
    browser = client_of("administrator", language)
    assert browser.get(at("browse", table)).status_code == 200
    from wangge.rulebook.queries import rows

    found = rows(reference_table(table))[:3]
    assert found or table == "command_levels"
    for one in found:
        address = {"key": list(one.key)}
        assert browser.get(at("row", table), address).status_code == 200
        page = browser.get(at("edit", table), address)
        fields = page.context["fields"]
        sent = {f.column: f.values if f.kind in ("codes", "several") else f.value for f in fields}
        saved = browser.post(at("edit", table), sent | address | {"draft": ""})
        assert saved.status_code == 302, [f.wrong for f in saved.context["fields"]]
        assert not Draft.objects.exists(), (Change.objects.get().before, Change.objects.get().row)


def test_from_the_form_to_the_case() -> None:
    before = bring_to(State.FILED)
    editor, leader = client_of("administrator"), client_of("leader")
    saved = editor.post(
        at("edit", "norms"), form_of("norms", COVER_NORM) | {"limit": "７"}
    )  # a wide digit is meant
    draft = Draft.objects.get()
    assert saved.status_code == 302 and _row_of(draft.changes.get())["limit"] == 7
    assert "草稿中：修改" in editor.get(at("browse", "norms")).content.decode()
    assert "草稿中：修改" in editor.get(at("row", "norms"), NORM).content.decode()
    assert "草稿中" not in leader.get(at("row", "norms"), NORM).content.decode(), (
        "another's draft is not mine"
    )

    page = editor.get(at("draft", draft.pk))
    assert "<del>" in page.content.decode() and not page.context["may_publish"]
    own = editor.post(at("act", draft.pk, "submit"), {"looked_at": seen(draft.pk)})
    assert own.status_code == 403 and "另一位" in own.content.decode()
    assert "没有发现错误" in leader.get(at("preview", draft.pk)).content.decode()

    assert (
        leader.post(at("act", draft.pk, "submit"), {"looked_at": seen(draft.pk), "due_at": ""}).status_code
        == 302
    )
    state = leader.get(at("draft_state", draft.pk))
    assert state.status_code == 204
    assert publish_due(now()) == 1
    assert leader.get(at("draft_state", draft.pk)).headers["HX-Refresh"] == "true"
    assert "已生效" in leader.get(at("draft", draft.pk)).content.decode()

    before.refresh_from_db()
    after = Case.objects.get(pk=bring_to(State.FILED).pk)
    assert before.norm and after.norm and before.norm_id != after.norm_id
    assert (before.norm.limit, after.norm.limit) == (2, 7)
    history = leader.get(at("row", "norms"), NORM).context["versions"]
    assert [past.version.values["limit"] for past in history] == [7, 2] and history[
        0
    ].publication.draft == draft


def test_a_refused_row_keeps_what_was_typed_and_tells_it_at_the_field() -> None:
    editor = client_of("administrator")
    sent = form_of("norms", COVER_NORM) | {"limit": "soon", "condition_zh": "", "closing_zh": "换新"}
    answer = editor.post(at("edit", "norms"), sent)
    wrong = {made.column: made.wrong for made in answer.context["fields"] if made.wrong}
    assert answer.status_code == 422 and set(wrong) == {"limit", "condition_zh"}
    assert "“soon”应为整数。" in answer.content.decode() and "换新" in answer.content.decode()
    assert not Draft.objects.exists(), "no empty draft is left behind"
    english = client_of("administrator", "en").post(at("edit", "norms"), sent).content.decode()
    assert "must be a whole number" in english


def test_a_new_row_an_ended_one_and_their_undoing() -> None:
    editor = client_of("administrator")
    new = form_of("norms", COVER_NORM) | {"code": "C0101-9", "key": [], "draft_title": "雨季"}
    assert editor.post(at("edit", "norms"), new).status_code == 302
    draft = Draft.objects.get(title="雨季")
    assert editor.get(at("row", "norms"), {"key": "C0101-9"}).status_code == 200
    editor.post(at("end", "norms"), NORM | {"draft": draft.pk})
    assert editor.get(at("row", "norms"), NORM).context["state"] == "ended"
    for change in draft.changes.all():
        editor.post(at("act", draft.pk, "undo"), {"change": change.pk})
    assert (
        not draft.changes.exists() and editor.get(at("row", "norms"), {"key": "C0101-9"}).status_code == 404
    )
    editor.post(at("act", draft.pk, "discard"))
    draft.refresh_from_db()
    assert draft.state == Draft.State.DISCARDED


def test_a_refused_draft_tells_why_and_leads_to_the_row() -> None:
    editor, leader = client_of("administrator"), client_of("leader")
    editor.post(at("end", "units"), {"key": "swj", "draft": ""})
    draft = Draft.objects.get()
    faults = leader.get(at("preview", draft.pk)).context["faults"]
    assert any("/rules/people/row/" in url for _, _, url in faults)
    leader.post(at("act", draft.pk, "submit"), {"looked_at": seen(draft.pk)})
    publish_due(now())
    page = leader.get(at("draft", draft.pk)).content.decode()
    assert "没有发布，请改正后再提交" in page and "swj" in page


def test_a_moment_is_the_citys_and_a_wrong_one_is_told() -> None:
    editor, leader = client_of("administrator"), client_of("leader")
    editor.post(at("edit", "norms"), form_of("norms", COVER_NORM) | {"limit": 7})
    draft = Draft.objects.get()
    for text in (
        "morgen",
        "2020-01-01T08:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "2099-01-01T08:00+09:00",
    ):
        assert (
            leader.post(
                at("act", draft.pk, "submit"), {"looked_at": seen(draft.pk), "due_at": text}
            ).status_code
            == 422
        ), text
    leader.post(at("act", draft.pk, "submit"), {"looked_at": seen(draft.pk), "due_at": "2099-01-01T08:00"})
    draft.refresh_from_db()
    assert draft.due_at and draft.due_at.isoformat() == "2099-01-01T00:00:00+00:00"
    editor.post(at("act", draft.pk, "withdraw"))
    draft.refresh_from_db()
    assert draft.state == Draft.State.OPEN


def test_codes_are_proposed_by_name() -> None:
    found = client_of("administrator").get(
        at("codes", "units"), {"lead": "水务"}, headers={"HX-Trigger-Name": "lead"}
    )
    assert [code for code, _ in found.context["found"]] == ["swj"]


def test_rows_are_found_by_the_name_of_what_they_name_and_by_what_refers_to_them() -> None:
    reader = client_of("leader")
    lines = reader.get(at("browse", "responsibilities"), {"words": "水务"}).context["lines"]
    assert lines
    referring = reader.get(at("row", "classes"), {"key": COVER}).context["referring"]
    assert "norms" in {name for _, name, _, _ in referring}


@pytest.mark.parametrize(
    ("path", "few", "many"),
    [("overview", (), ()), ("browse", ("generations",), ("norms",)), ("drafts", (), ())],
)
def test_lists_ask_the_same_number_of_queries_at_two_sizes(
    path: str, few: tuple[str], many: tuple[str]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reader = client_of("administrator")
    for arguments in (few, many):
        reader.get(at(path, *arguments))  # what is kept in memory is read once
    Draft.objects.create(title="x", author=person("administrator"), created_at=MORNING)
    counts = []
    for arguments in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reader.get(at(path, *arguments))
        counts.append(len(asked))
        for number in range(3):
            draft = Draft.objects.create(title="x", author=person("administrator"), created_at=MORNING)
            Change.objects.create(
                draft=draft,
                table="norms",
                key=[f"n{number}"],
                changed_at=MORNING,
                row=form_of("norms", COVER_NORM),
            )
    assert counts[0] == counts[1] <= 12


def test_an_administrator_of_a_street_changes_only_its_rows() -> None:
    browser = client_of("administrator_east")
    refused = browser.post(at("edit", "norms"), form_of("norms", COVER_NORM) | {"limit": 7})
    assert refused.status_code == 403 and "不在您的辖区内" in refused.content.decode()
    assert not Draft.objects.exists() and actor("administrator_east").permissions


def test_the_calendar_is_changed_as_a_whole() -> None:
    editor = client_of("administrator")
    page = editor.get(at("calendar"), {"year": 2026})
    assert page.context["covered"] and not editor.get(at("calendar"), {"year": 2031}).context["covered"]
    assert editor.get(at("calendar"), {"year": "x"}).status_code == 200
    sent = _calendar_form(page.context)
    assert editor.post(at("calendar"), sent).status_code == 302 and not Change.objects.exists()

    editor.post(at("calendar"), sent | {"0-fri": "8：30－12：00，13:30-17:00", "0-0-first": "06-01", "0-0-last": "08-31",
                                        "0-0-mon": "07:00-12:00"})  # fmt: skip
    changed = _row_of(Change.objects.get(table="calendar"))["calendars"][0]
    assert changed["weekly"]["fri"] == ["08:30-12:00", "13:30-17:00"]
    assert changed["seasons"][0]["weekly"]["mon"] == ["07:00-12:00"]
    refused = editor.post(at("calendar"), sent | {"0-fri": "08:00-12:00 11:00-13:00", "0-name_zh": ""})
    assert refused.status_code == 422 and "11:00-13:00" in refused.content.decode()


def test_the_calendar_shows_what_it_was() -> None:
    held = CalendarVersion.objects.current().get(code="standard")
    off = [*held.exceptions, {"date": "2026-05-06", "kind": "holiday", "name_zh": "调休", "name_en": "Off"}]
    change_row(held, last_year=2027, exceptions=off)
    page = client_of("administrator").get(at("calendar"))
    newest, first = page.context["versions"]
    assert [place for place, *_ in newest.differences] and first.differences == []
    said = str(newest.differences)
    assert "2026-05-06" in said and "2027" in said and "历次版本" in page.content.decode()


def _calendar_form(shown: Any) -> dict[str, Any]:
    sent = {name: shown["document"][name] for name in ("first_year", "last_year")} | {"draft": ""}
    for one in shown["calendars"]:
        sent |= {
            f"{one['prefix']}-{name}": one[name] for name in ("code", "name_zh", "name_en", "unit_kinds")
        }
        for season in (one, *one["season_forms"]):
            sent |= {name: text for name, _, text in season["days"]}
        for season in one["season_forms"]:
            sent |= {f"{season['prefix']}-{edge}": season[edge] for edge in ("first", "last")}
    return sent


def test_a_holiday_is_taken_back_and_added_from_the_year() -> None:
    editor = client_of("administrator")
    shown = editor.get(at("calendar"), {"year": 2026}).context["exceptions"]
    day = shown[0][0]
    editor.post(at("end", "holidays"), {"key": day, "draft": ""})
    editor.post(
        at("edit", "holidays"),
        {"date": "2026-07-03", "name_zh": "市庆", "name_en": "City day", "kind": "holiday"},
    )
    found = {one[0]: one for one in editor.get(at("calendar"), {"year": 2026}).context["exceptions"]}
    assert day not in found and found["2026-07-03"][3]


def test_of_the_flow_labels_limits_and_posts_are_changed() -> None:
    editor = client_of("administrator")
    page = editor.get(at("flow"))
    assert {box.state for box in page.context["chart"].boxes} >= {
        State.REPORTED,
        State.CALLBACK,
        State.CLOSED,
    }
    main = [box.state.value for box in page.context["chart"].boxes if box.main]
    assert main == [
        "reported",
        "accepted",
        "filed",
        "dispatched",
        "handling",
        "handled",
        "checking",
        "closing",
        "closed",
    ]
    assert editor.post(at("flow"), {"draft": ""}).status_code == 302 and not Change.objects.exists()
    sent = {"states-reported-name_zh": "待登记", "states-reported-value": "20", "states-reported-clock": "urgent_minute",
            "steps-reject-posts-shown": "1", "steps-reject-posts": ["operator", "duty_chief"], "callback_tries": "5",
            "yellow_percent": "70",
            "records-extension-most": "3", "records-reward-budget": "1500000", "grades-simple-first": "class",
            "grades-ordinary-name_zh": "普通", "grades-ordinary-first": "lowest"}  # fmt: skip
    assert editor.post(at("flow"), sent).status_code == 302
    change = Change.objects.get(table="flow")
    row = _row_of(change)
    assert "states.reported.task.clock" in editor.get(at("draft", change.draft_id)).content.decode()
    assert row["states"]["reported"]["task"]["clock"] == [20, "urgent_minute"]
    assert row["steps"]["reject"]["posts"] == ["operator", "duty_chief"]
    assert row["version"].endswith(f".{change.draft_id}") and (
        row["callback_tries"],
        row["yellow_percent"],
    ) == (5, 70)
    assert (row["records"]["extension"]["most"], row["records"]["reward"]["budget"]) == (3, 1_500_000)
    assert "first" not in row["grades"]["simple"]
    assert (row["grades"]["ordinary"]["name_zh"], row["grades"]["ordinary"]["first"]) == ("普通", "lowest")
    assert editor.post(at("flow"), {"records-suspension-most": "9999"}).status_code == 422
    assert editor.post(at("flow"), {"grades-simple-first": "nobody"}).status_code == 422
    refused = editor.post(at("flow"), {"steps-close-posts-shown": "1", "steps-close-posts": ["handler"]})
    assert refused.status_code == 422 and "没有保存" in refused.content.decode()


def test_what_was_exported_is_imported_without_a_change_and_a_fault_has_its_cell() -> None:
    editor = client_of("administrator")
    for form in ("xlsx", "csv"):
        for table in (t for t in REFERENCE_TABLES.values() if t.key):
            content = editor.get(at("export", table.name, form)).content
            answer = editor.post(
                at("import", table.name), {"sheet": SimpleUploadedFile("a", content), "draft": ""}
            )
            assert answer.status_code in (302, 422), table.name
            assert not answer.context or not answer.context["faults"], (table.name, answer.context["faults"])
            assert not Draft.objects.exists()
    lines = editor.get(at("export", "responsibilities", "csv")).content.decode().splitlines()
    lines[1] = lines[1].replace(",swj,", ",swj;csgl,")
    body = {"sheet": SimpleUploadedFile("a.csv", "\n".join(lines).encode()), "draft": ""}
    drafts_before = Draft.objects.count()
    answer = editor.post(at("import", "responsibilities"), body)
    ((cell, number, text),) = answer.context["faults"]
    assert (answer.status_code, cell, number) == (422, "F2", 2) and "只能有一个" in text
    assert Draft.objects.count() == drafts_before
    body["sheet"] = SimpleUploadedFile("a.csv", "\n".join(lines).encode())
    assert editor.post(at("import", "responsibilities"), body | {"sound_only": "1"}).status_code == 302


DEEP = '{"a":' * 300 + "1" + "}" * 300


@pytest.mark.parametrize("fields", [None, "[" * 5000 + "]" * 5000, DEEP, '{"minimum": NaN}', "{'a': 1}"])
def test_the_fields_of_a_form_that_are_none_are_told(fields: str | None) -> None:
    editor = client_of("administrator")
    head, line = "class,area,use,title_zh,title_en", "E0101,,report,新表,New form"
    quoted = (fields or "").replace('"', '""')
    text = f"{head}\n{line}\n" if fields is None else f'{head},fields\n{line},"{quoted}"\n'
    answer = editor.post(
        at("import", "forms"), {"sheet": SimpleUploadedFile("a.csv", text.encode()), "draft": ""}
    )
    assert answer.status_code == 422 and "fields" in str(answer.context["faults"])
    answer = editor.post(
        at("edit", "forms"), form_of("forms", "E0199", "", "report") | {"fields": fields or ""}
    )
    assert answer.status_code == 422 and not Change.objects.exists()


def test_every_permission_has_its_words() -> None:
    assert set(CHOICES["permissions"]) == set(Permission)


def test_a_form_does_not_take_back_what_somebody_else_has_published() -> None:
    """My draft is of before; the form starts from what is in force now."""
    mine = drafts.start("我的", actor=actor("administrator"), at=MORNING)
    held = row(reference_table("norms"), ("C0101-1",))
    assert held
    changed = held.values | {"legal_basis": "新的依据"}
    drafts.put_row(mine.pk, "norms", changed, key=("C0101-1",), actor=actor("administrator"), at=MORNING)
    Norm.objects.filter(code="C0101-1", valid_to=None).update(limit=77)
    forget_all()
    page = client_of("administrator").get(at("edit", "norms"), {"key": "C0101-1"}).content.decode()
    assert 'value="77"' in page and "新的依据" not in page
