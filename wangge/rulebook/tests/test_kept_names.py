# SPDX-License-Identifier: Apache-2.0
"""Channels and names of people keep what they were, whether a draft or a pack changed them; a channel may end."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from tests.city import DISTRICT, FOLDER, MORNING, actor
from tests.loop import bring_to, new_case
from wangge.administration.tests.test_pages import at, client_of
from wangge.cases.errors import UnknownChannel
from wangge.cases.flow import State
from wangge.cases.reference import channels, channels_in_force
from wangge.desk.channels import channels_of
from wangge.organizations.models import Appointment, PersonName
from wangge.packs.loading import load_pack
from wangge.rulebook import drafts
from wangge.rulebook.models import Draft
from wangge.rulebook.publishing import note_pack, publish_due
from wangge.rulebook.queries import history, row
from wangge.rulebook.tables import reference_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
LATER, LAST = MORNING + timedelta(days=1), MORNING + timedelta(days=2)
LEADER = ("leader", "leader", "", DISTRICT)


def _renamed(table: str, key: tuple[str, ...], **values: str) -> Draft:
    author = actor("administrator")
    draft = drafts.start("改名", actor=author, at=MORNING)
    held = row(reference_table(table), key)
    assert held
    drafts.put_row(draft.pk, table, held.values | values, key=key, actor=author, at=MORNING)
    return draft


def _publish(draft: Draft) -> None:
    drafts.submit(draft.pk, looked_at=drafts.seen(draft.pk), due_at=None, actor=actor("leader"), at=MORNING)
    assert publish_due(MORNING) == 1


def _pack(folder: Path, file: str, old: str, new: str) -> None:
    """Load the city with one text changed."""
    copy = folder / "tiny_city"
    shutil.copytree(FOLDER, copy, dirs_exist_ok=True)
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    note_pack("tiny_city 2", load_pack(copy, at=LATER), LATER)


def test_a_channel_keeps_what_it_was_called() -> None:
    draft = _renamed("channels", ("sensor",), name_zh="感知设备")
    _publish(draft)
    new, old = history(reference_table("channels"), ("sensor",))
    assert (new.values["name_zh"], new.valid_to) == ("感知设备", None)
    assert (old.values["name_zh"], old.valid_to) == ("传感器", MORNING)
    assert new.publication and new.publication.draft == draft
    page = client_of("administrator").get(at("row", "channels"), {"key": "sensor"}).content.decode()
    assert "感知设备" in page and "传感器" in page and f"/rules/drafts/{draft.pk}/" in page


def test_nothing_is_reported_by_a_channel_that_has_ended_and_its_cases_go_on() -> None:
    case = bring_to(State.HANDLING, channel="media")
    author = actor("administrator")
    draft = drafts.start("停用", actor=author, at=MORNING)
    drafts.end_row(draft.pk, "channels", ("media",), actor=author, at=MORNING)
    _publish(draft)
    assert "media" in channels() and "media" not in channels_in_force()
    assert "media" not in {channel.code for channel in channels_of(actor("operator_1"))}
    with pytest.raises(UnknownChannel) as refused:
        new_case(channel="media")
    assert "media" not in refused.value.facts["known"]
    page = client_of("operator_1").get(reverse("desk:case", args=[case.number])).content.decode()
    assert "媒体" in page
    assert "媒体" in client_of("operator_1").get(reverse("desk:cases")).content.decode(), (
        "old cases are looked for by it"
    )


def test_a_person_keeps_the_names_they_had(tmp_path: Path) -> None:
    _pack(tmp_path, "people.csv", "leader,领导,", "leader,新领导,")
    new, old = history(reference_table("people"), LEADER)
    assert [(v.values["name"], v.valid_from, v.valid_to) for v in (new, old)] == [
        ("新领导", LATER, None), ("领导", Appointment.objects.get(person__login="leader").valid_from, LATER)
    ]  # fmt: skip
    assert new.publication and new.publication.pack == "tiny_city 2"
    before = PersonName.objects.count()
    load_pack(tmp_path / "tiny_city", at=LAST)
    assert PersonName.objects.count() == before, "the same again changes nothing"
    page = client_of("administrator").get(at("row", "people"), {"key": [*LEADER]}).content.decode()
    assert "新领导" in page and "tiny_city 2" in page


def test_names_and_appointments_that_never_met_are_no_version(tmp_path: Path) -> None:
    _pack(tmp_path, "people.csv", "leader,领导,leader,,990101", "leader,新领导,leader,,990101001")
    (ended,) = history(reference_table("people"), LEADER)
    assert (ended.values["name"], ended.valid_to) == ("领导", LATER)
    (begun,) = history(reference_table("people"), (*LEADER[:3], "990101001"))
    assert (begun.values["name"], begun.valid_from) == ("新领导", LATER)
