# SPDX-License-Identifier: Apache-2.0
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from wangge.common.errors import Refused


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are appointed, never signed up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted by login alone: allauth's key holds the Host header, whose port anybody may vary."""
        return str(credentials.get("username", "")).lower()


class NoPassword(Refused):
    code = "no_password"
    zh = "您的账号没有密码，请联系系统管理员设置。"
    en = "Your account has no password; ask your administrator to set one."


@login_required
def no_password(request: HttpRequest) -> HttpResponse:
    """Where a person without a password lands who wants to change it: nobody sets the first one by themselves."""
    raise NoPassword
