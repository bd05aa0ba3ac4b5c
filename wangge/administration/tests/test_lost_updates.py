# SPDX-License-Identifier: Apache-2.0
"""Nobody's change is taken back unseen: a form made from what is no longer so is refused once, with what changed."""

from typing import Any

import pytest
from django.test import Client

from tests.city import COVER_NORM, actor
from wangge.administration.tests.test_pages import at, client_of, form_of
from wangge.common.clock import now
from wangge.rulebook import drafts
from wangge.rulebook.models import Change, Draft
from wangge.rulebook.publishing import publish_due
from wangge.rulebook.queries import document_in_force, row
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
NORM = {"key": COVER_NORM}


def published(table: str, key: tuple[str, ...], **changes: Any) -> None:
    """A change of the administrator's, published by the leader."""
    author = actor("administrator")
    draft = drafts.start("汛期", actor=author, at=now())
    held = row(reference_table(table), key) if key else None
    values = held.values if held else document_in_force(table)
    drafts.put_row(draft.pk, table, values | changes, key=key or None, actor=author, at=now())
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=now())
    assert publish_due(now()) == 1


def opened(client: Client, *, name: str = "edit", table: str = "norms") -> list[str]:
    """What the hidden fields of a form say."""
    page = client.get(at(name, table), NORM) if name == "edit" else client.get(at(name))
    seen: list[str] = page.context["seen"]
    assert all(f'name="seen" value="{one}"' in page.content.decode() for one in seen) and seen
    return seen


def test_what_was_published_meanwhile_is_told_and_then_saved_knowingly() -> None:
    editor = client_of("administrator")
    seen = opened(editor)
    published("norms", (COVER_NORM,), limit=9, legal_basis="新办法")
    sent = form_of("norms", COVER_NORM) | {"limit": 7, "seen": seen}
    refused = editor.post(at("edit", "norms"), sent)
    text = refused.content.decode()
    assert refused.status_code == 409 and not Draft.objects.filter(state="open").exists()
    assert "汛期" in text and "领导" in text and "处置时限、法律依据" in text
    assert 'value="7"' in text, "what was typed is still there"
    ((name, there, mine),) = refused.context["moved"].differences
    assert (name, there[0].text, mine[0].text) == ("处置时限", "9", "7")
    english = client_of("administrator", "en").post(at("edit", "norms"), sent).content.decode()
    assert "was changed after you opened this page" in english

    wrong = editor.post(at("edit", "norms"), sent | {"limit": "soon"})
    assert wrong.status_code == 422 and wrong.context["seen"] == seen, (
        "another fault does not wave it through"
    )
    assert editor.post(at("edit", "norms"), sent | {"seen": refused.context["seen"]}).status_code == 302
    assert Change.objects.get(draft__state="open").row["limit"] == 7


def test_two_windows_on_one_draft() -> None:
    editor = client_of("administrator")
    editor.post(at("edit", "norms"), form_of("norms", "C0101-2") | {"limit": 5})
    draft = Draft.objects.get()
    one, other = opened(editor), opened(editor)
    sent = form_of("norms", COVER_NORM) | {"draft": draft.pk}
    assert editor.post(at("edit", "norms"), sent | {"limit": 7, "seen": one}).status_code == 302
    refused = editor.post(at("edit", "norms"), sent | {"limit": 8, "seen": other})
    assert refused.status_code == 409 and "您自己" in refused.content.decode()
    end = {"key": COVER_NORM, "draft": draft.pk, "seen": other}
    assert editor.post(at("end", "norms"), end).status_code == 409
    # into another draft it is the first
    elsewhere = editor.post(at("edit", "norms"), sent | {"limit": 8, "seen": other, "draft": ""})
    assert elsewhere.status_code == 302
    assert {c.row["limit"] for c in Change.objects.filter(key=[COVER_NORM]) if c.row} == {7, 8}


@pytest.mark.parametrize(
    ("name", "change", "sent"),
    [("calendar", {"last_year": 2025}, None), ("flow", {"callback_tries": 5}, {"callback_tries": "4"})],
)
def test_documents_too(name: str, change: dict[str, Any], sent: dict[str, str] | None) -> None:
    from wangge.administration.tests.test_pages import _calendar_form

    editor = client_of("administrator")
    page = editor.get(at(name))
    sent = sent or _calendar_form(page.context) | {"first_year": "2023"}
    seen = opened(editor, name=name)
    published(name, (), **change)
    refused = editor.post(at(name), sent | {"seen": seen})
    assert refused.status_code == 409 and "汛期" in refused.content.decode()
    assert refused.context["moved"].differences and not Draft.objects.filter(state="open").exists()
    assert editor.post(at(name), sent | {"seen": refused.context["seen"]}).status_code == 302


def test_nothing_in_the_hidden_fields_breaks_the_form() -> None:
    editor = client_of("administrator")
    for seen in (["x"], ["9" * 30 + ":a"], [":"], ["0"]):
        sent = form_of("norms", COVER_NORM) | {"limit": 7, "seen": seen}
        assert editor.post(at("edit", "norms"), sent).status_code == 409
