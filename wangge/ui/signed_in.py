# SPDX-License-Identifier: Apache-2.0
"""The signed-in person of a request."""

from django.http import HttpRequest

from wangge.organizations.directory import Actor, actor_for


def actor_of(request: HttpRequest) -> Actor:
    """The person as an actor; views behind `login_required` only."""
    assert request.user.pk is not None
    return actor_for(request.user.pk)
