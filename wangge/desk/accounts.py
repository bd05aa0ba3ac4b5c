# SPDX-License-Identifier: Apache-2.0
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wangge.common.errors import Refused
from wangge.desk.signed_in import without_tasks
from wangge.organizations.access import Permission
from wangge.organizations.directory import actor_for
from wangge.organizations.models import Person


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff are appointed, never signed up."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("登录名或密码不对，请核对后再试。"),
        "too_many_login_attempts": _(
            "登录失败次数过多，请 5 分钟后再试。"
        ),  # LOGIN_ATTEMPTS_TIMEOUT of allauth
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Person, **hooks: Any) -> HttpResponse:
        """Whose posts only look on begins at the board."""
        answer: HttpResponse = super().post_login(request, user, **hooks)
        if answer.headers.get("location") == reverse("desk:my_work"):
            actor = actor_for(user.pk)
            if Permission.BOARD_READ in actor.permissions and without_tasks(actor):
                return redirect("desk:board")
        return answer

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
