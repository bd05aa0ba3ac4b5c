# SPDX-License-Identifier: Apache-2.0
"""A photo, for those who may see its case; one not yet attached, for the person who sent it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from wangge.cases.actions.photos import get_photo, open_photo
from wangge.desk.signed_in import actor_of


@login_required
@require_safe
@cache_control(private=True, max_age=3600, immutable=True)
def photo(request: HttpRequest, photo_id: UUID) -> FileResponse:
    """The picture as stored; NotFound when its case is not visible."""
    return FileResponse(open_photo(get_photo(photo_id, actor_of(request))), content_type="image/jpeg")
