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
from wangge.supervision.errors import AreasOutside, CampaignIncomplete
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
    """Raises PermissionMissing, CampaignIncomplete, AreasOutside, DaysWrong; sent again with the same `key`, the first one."""
    area_path = own_area(actor, Permission.CAMPAIGN_RUN)
    title = clean(title, MOST_TITLE, "名称", "Title")
    _check_inside(area_codes, actor)
    known = [code for code in classes if code in catalog().classes]
    if not (title and first_day and last_day and area_codes and known) or len(known) != len(classes):
        raise CampaignIncomplete
    check_days(first_day, last_day)
    if checklist and not any(code == checklist and use == "visit" for code, _, use in catalog().forms):
        raise CampaignIncomplete
    assert actor.person_id is not None
    campaign, _ = Campaign.objects.get_or_create(
        key=key,
        defaults={
            "title": title, "text": clean(text, MOST_TEXT, "要求", "Text"), "first_day": first_day, "last_day": last_day,
            "areas": list(area_codes), "classes": known, "checklist": checklist, "area_path": area_path,
            "set_by_id": actor.person_id, "set_at": at,
        },
    )  # fmt: skip
    if (campaign.set_by_id, campaign.title) != (actor.person_id, title):
        raise KeyReused
    return campaign


def _check_inside(codes: Sequence[str], actor: Actor) -> None:
    """Raises AreasOutside, which names the areas the actor runs no campaign in."""
    known = areas()
    outside = [
        code for code in codes
        if code not in known or not reaches(actor, Permission.CAMPAIGN_RUN, known[code].path)
    ]  # fmt: skip
    if outside:
        named = [(known[c].name_zh, known[c].name_en) if c in known else (c[:20], c[:20]) for c in outside]
        raise AreasOutside(areas="、".join(zh for zh, _ in named), en_areas=", ".join(en for _, en in named))
