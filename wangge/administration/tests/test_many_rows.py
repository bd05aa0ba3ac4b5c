# SPDX-License-Identifier: Apache-2.0
"""Sheets of thousands of rows, and the whole city's staff: by pages, at a fixed number of queries, each within one's area."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.city import COVER_NORM, EAST, MORNING, UNIT_GRID_EAST, UNIT_GRID_EAST_2, actor, person
from wangge.administration.tests.test_pages import at, client_of, form_of
from wangge.administration.views import drafts as draft_pages
from wangge.packs.contents import Key
from wangge.rulebook import drafts
from wangge.rulebook.access import out_of_area
from wangge.rulebook.models import Change, Draft, Publication
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]


def draft_of(count: int) -> Draft:
    draft = Draft.objects.create(title="大表", author=person("administrator"), created_at=MORNING)
    row = form_of("norms", COVER_NORM)
    for name in ("key", "draft"):
        row.pop(name)
    Change.objects.bulk_create(
        Change(
            draft=draft, table="norms", key=[f"N{n:05}"], row=row | {"code": f"N{n:05}"}, changed_at=MORNING
        )
        for n in range(count)
    )
    drafts.end_row(draft.pk, "units", ("swj",), actor=actor("administrator"), at=MORNING)
    return draft


def queries(login: str, address: str, **given: Any) -> int:
    client = client_of(login)
    client.get(address, given)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address, given).status_code == 200
    return len(asked)


def test_a_draft_is_read_by_pages_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_pages, "ROWS", 4)
    draft, client = draft_of(9), client_of("leader")
    found: list[str] = []
    query, pages = "", 0
    while query or not pages:
        page = client.get(f"{at('draft', draft.pk)}?{query}")
        found += [change.title for _words, changes in page.context["tables"] for change in changes]
        query, pages = page.context["next"], pages + 1
        assert [count for _words, count in page.context["counts"]] == [9, 1]
    assert pages == 3 and len(found) == 10 and found[-1] == "水务局"
    for hostile in ("norms", "norms&after=a&after=b", "nowhere&after=a", "", "calendar"):
        assert client.get(f"{at('draft', draft.pk)}?after={hostile}").status_code == 200


def test_a_draft_and_its_preview_cost_as_many_queries_for_many_changes_as_for_few() -> None:
    few, many = draft_of(3), draft_of(120)
    for page in ("draft", "preview"):
        assert queries("leader", at(page, few.pk)) == queries("leader", at(page, many.pk))


def test_a_table_lists_the_latest_of_many_new_rows_and_leads_to_the_others() -> None:
    few = queries("administrator", at("browse", "norms"))
    draft = draft_of(120)
    assert queries("administrator", at("browse", "norms")) == few + 2  # those of the page, and the new ones
    page = client_of("administrator").get(at("browse", "norms"))
    new = [line for line in page.context["lines"] if line.state == "new"]
    assert len(new) == 50 and new[0].key == ("N00119",) and at("draft", draft.pk) in page.content.decode()
    ended = client_of("administrator").get(at("browse", "units")).context["lines"]
    assert [line.key for line in ended if line.state == "ended"] == [("swj",)]


def test_what_is_published_is_what_was_seen_whatever_the_page() -> None:
    draft = draft_of(3)
    before = drafts.seen(draft.pk)
    Change.objects.filter(draft=draft, key=["N00001"]).update(row={"code": "N00001"})
    altered = drafts.seen(draft.pk)
    Change.objects.filter(draft=draft, key=["N00001"]).delete()
    assert len({before, altered, drafts.seen(draft.pk), ""}) == 4
    assert drafts.seen(draft_of(0).pk) != "" == drafts.seen(0)


def test_whose_many_rows_are_is_asked_at_once() -> None:
    table, east = reference_table("responsibilities"), actor("administrator_east")
    places = (UNIT_GRID_EAST, UNIT_GRID_EAST_2, EAST, "990101002", "*", "nowhere")
    rows: dict[Key, Any] = {(place, str(n)): [{"place": place}] for place in places for n in range(50)}
    both: dict[Key, Any] = {("x",): [{"place": EAST}]}
    out_of_area(east, table, both)  # areas are held in memory
    with CaptureQueriesContext(connection) as asked:
        outside = {key[0] for key in out_of_area(east, table, rows)}
    assert outside == {"990101002", "*", "nowhere"} and len(asked) <= 1
    both["x",].append({"place": "990101002"})
    assert out_of_area(east, table, both) == [("x",)], "what was outside is not brought in either"
    assert out_of_area(actor("administrator"), table, rows) == []


def test_the_staff_of_other_areas_are_not_read() -> None:
    east, whole = client_of("administrator_east"), client_of("administrator")
    for client, sees in ((east, False), (whole, True)):
        for address in (at("browse", "people"), at("export", "people", "csv")):
            text = client.get(address, {"words": "west"} if "export" not in address else {}).content.decode()
            assert ("operator_west" in text) is sees
    own = east.get(at("export", "people", "csv")).content.decode()
    assert "operator_east" in own and "clerk_dongjie" in own, "those of the area's own units too"
    west = {"key": ["operator_west", "operator", "", "990101002"]}
    for name in ("row", "edit"):
        assert east.get(at(name, "people"), west).status_code == 404
        assert whole.get(at(name, "people"), west).status_code == 200


def test_staff_of_other_areas_stand_without_a_name_in_a_draft() -> None:
    draft = Draft.objects.create(title="x", author=person("administrator"), created_at=MORNING)
    key = ("operator_west", "operator", "", "990101002")
    drafts.end_row(draft.pk, "people", key, actor=actor("administrator"), at=MORNING)
    assert "operator_west" not in client_of("administrator_east").get(at("draft", draft.pk)).content.decode()
    assert "西街受理员" in client_of("administrator").get(at("draft", draft.pk)).content.decode()


def test_an_areas_staff_list_imported_again_ends_nobody_elsewhere() -> None:
    east = client_of("administrator_east")
    lines = east.get(at("export", "people", "csv")).content.decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("operator_east")]
    sheet = SimpleUploadedFile("a.csv", "".join(kept).encode())
    answer = east.post(at("import", "people"), {"sheet": sheet, "draft": "", "end_missing": "1"})
    assert answer.status_code == 302, answer.context["faults"]
    assert [change.key[0] for change in Change.objects.all()] == ["operator_east"]


def test_drafts_and_publications_page_by_keyset(monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge.administration.views import drafts, overview

    monkeypatch.setattr(drafts, "ROWS", 2), monkeypatch.setattr(overview, "LATEST", 2)
    for number in range(5):
        Draft.objects.create(title=f"第{number}份", author=person("administrator"), created_at=MORNING)
        Publication.objects.create(at=MORNING.replace(minute=number), pack=f"第{number}次", counts={})
    for address, name, what in (("/rules/drafts/", "after", "份"), ("/rules/", "published", "次")):
        seen: list[str] = []
        query: str | None = ""
        while query is not None:
            page = client_of("chief_1").get(f"{address}?{query}").content.decode()
            seen += re.findall(rf"第(\d){what}", page)
            more = re.search(rf'href="\?({name}=\d+)"', page)
            query = more[1] if more else None
        assert seen == list("43210")
        assert client_of("chief_1").get(f"{address}?{name}=x").status_code == 422
