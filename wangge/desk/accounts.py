# SPDX-License-Identifier: Apache-2.0
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are appointed, never signed up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
