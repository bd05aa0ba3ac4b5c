# SPDX-License-Identifier: Apache-2.0
"""Who may listen: a signed-in person, from a page of this installation."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host


def session_key(cookie_header: str) -> str:
    """The session cookie's value; empty when there is none."""
    try:
        morsel = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def is_signed_in(key: str) -> bool:
    """Whether the session is valid now, by the same rules as for a page (expiry, active person, password unchanged).

    Blocking: call it in a thread. Raises django.db.DatabaseError while the database is away.
    """
    if not key:
        return False
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    try:
        return get_user(request).is_authenticated
    finally:
        connection.close()


def is_our_page(host: str, origin: str, fetch_site: str) -> bool:
    """Whether the request comes from a page of ours: same origin, or the web port of the same host.

    `host`, `origin`, `fetch_site`: the headers Host, Origin and Sec-Fetch-Site, empty where absent. Programs other
    than browsers send neither of the last two; they bring no one else's cookie.
    """
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if fetch_site not in ("", "same-origin", "same-site", "none"):
        return False
    if not origin:
        return True
    try:
        given = urlsplit(origin)
        port = given.port
    except ValueError:
        return False
    if settings.WANGGE_WEB_PORT is None:
        return given.netloc.lower() == host.lower()
    default = {"http": 80, "https": 443}.get(given.scheme)
    return split_domain_port(given.netloc)[0] == domain and (port or default) == settings.WANGGE_WEB_PORT
