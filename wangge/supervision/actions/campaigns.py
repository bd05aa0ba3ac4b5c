# SPDX-License-Identifier: Apache-2.0
"""专项行动: set up for a period, areas and classes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from wangge.cases.errors import KeyReused
from wangge.catalog.queries import catalog
from wangge.grids.queries import areas
from wangge.organizations.access import Permission
from wangge.organizations.directory import Actor
from wangge.supervision.access import own_area, reaches
from wangge.supervision.errors import CampaignIncomplete
from wangge.supervision.given import MOST_TEXT, MOST_TITLE, check_days, clean
from wangge.supervision.models import Campaign


def set_up_campaign(
    *,
    title: str,
    text: str,
    first_day: date | None,
    last_day: date | None,
    area_codes: Sequence[str],
    classes: Sequence[str],
    checklist: str,
    actor: Actor,
    at: datetime,
    key: UUID,
) -> Campaign:
    """Raises PermissionMissing, CampaignIncomplete, DaysWrong; sent again with the same `key`, the first one."""
    area_path = own_area(actor, Permission.CAMPAIGN_RUN)
    title = clean(title, MOST_TITLE, "名称", "Title")
    inside = [
        code for code in area_codes
        if code in areas() and reaches(actor, Permission.CAMPAIGN_RUN, areas()[code].path)
    ]  # fmt: skip
    known = [code for code in classes if code in catalog().classes]
    if not (title and first_day and last_day and inside and known) or len(known) != len(classes):
        raise CampaignIncomplete
    check_days(first_day, last_day)
    if checklist and not any(code == checklist and use == "visit" for code, _, use in catalog().forms):
        raise CampaignIncomplete
    assert actor.person_id is not None
    campaign, _ = Campaign.objects.get_or_create(
        key=key,
        defaults={
            "title": title, "text": clean(text, MOST_TEXT, "要求", "Text"), "first_day": first_day, "last_day": last_day,
            "areas": inside, "classes": known, "checklist": checklist, "area_path": area_path,
            "set_by_id": actor.person_id, "set_at": at,
        },
    )  # fmt: skip
    if (campaign.set_by_id, campaign.title) != (actor.person_id, title):
        raise KeyReused
    return campaign
