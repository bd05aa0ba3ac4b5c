# SPDX-License-Identifier: Apache-2.0
"""A text is deleted from a paper, from what a unit owes, from a second unit's answer, or from a matter raised."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.common.clock import now
from wangge.supervision.actions import redacting
from wangge.ui.signed_in import actor_of


@login_required
@require_POST
def redact(request: HttpRequest, subject: str, subject_id: int) -> HttpResponse:
    """Back to the page it stood on."""
    given = request.POST
    redacting.redact(
        subject, subject_id, given.get("passage", ""), given.get("why", ""), actor=actor_of(request), at=now()
    )
    messages.success(request, _("文字已删除，不能恢复。"))
    return redirect(f"oversight:{subject}", subject_id)
