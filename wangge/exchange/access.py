# SPDX-License-Identifier: Apache-2.0
"""Who calls: a key stands for one person, within its scopes and its limit a minute."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from wangge.common.clock import now
from wangge.exchange.actions import count_use
from wangge.exchange.errors import KeyMissing, KeyRevoked, KeyWrong, ScopeMissing, TooManyRequests
from wangge.exchange.models import ApiKey
from wangge.organizations.directory import Actor, actor_for


class KeyRequest(HttpRequest):
    """A request that has passed `KeyAuth`."""

    auth: Actor


class KeyAuth(HttpBearer):
    """Lets a key pass that has one of `scopes`; `request.auth` is then the person it acts as."""

    def __init__(self, *scopes: ApiKey.Scope) -> None:
        super().__init__()
        self._scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The actor of `token`; raises KeyWrong, KeyRevoked, TooManyRequests or ScopeMissing."""
        moment = now()
        key = None if "\0" in token else count_use(token, at=moment)
        if key is None:
            raise KeyWrong
        if key.count is None:
            raise KeyRevoked
        if key.count > key.per_minute:
            raise TooManyRequests(most=key.per_minute, seconds=60 - moment.second)
        if not set(self._scopes) & set(key.scopes):
            raise ScopeMissing(needed=" / ".join(scope.value for scope in self._scopes))
        return actor_for(key.person_id)

    def __call__(self, request: HttpRequest) -> Actor:
        actor: Actor | None = super().__call__(request)
        if actor is None:
            raise KeyMissing
        return actor


READ = KeyAuth(ApiKey.Scope.READ)
REPORT = KeyAuth(ApiKey.Scope.REPORT)
STEP = KeyAuth(ApiKey.Scope.STEP)
UPLOAD = KeyAuth(ApiKey.Scope.REPORT, ApiKey.Scope.STEP)
