# SPDX-License-Identifier: Apache-2.0
"""Settings of every process. Read from the environment; nonsense is refused at start; safe when unset.

WANGGE_DB_ROLE      web (default) | worker | owner
WANGGE_DEBUG        0 (default) | 1
WANGGE_HOSTS        host names answered, separated by commas (default: this machine only)
WANGGE_HTTPS        0 (default) | 1: behind one reverse proxy that ends HTTPS; cookies for HTTPS only
WANGGE_S3_BUCKET    photos go to this bucket instead of the data directory (extra `s3`; credentials as for boto3)
WANGGE_LIVE_URL     where pages find live updates: a path of their own origin (default /live/, behind a reverse
                    proxy), or a port and path of their own host, ":8001/live/" (`wangge run` without a proxy)
WANGGE_WEB_PORT     the port of the pages, told to the live-update process where it listens on another one
"""

import os
import re
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from wangge.config.database import database_settings
from wangge.config.paths import CHECKOUT, data_folder, secret


def _flag(name: str, default: str = "0") -> bool:
    value = os.environ.get(name, default)
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name}={value!r}：只能是 0 或 1。 {name} must be 0 or 1.")
    return value == "1"


def _port(name: str) -> int | None:
    value = os.environ.get(name, "")
    if not value:
        return None
    if not re.fullmatch(r"[1-9]\d{0,4}", value, re.ASCII) or int(value) > 65535:
        raise ImproperlyConfigured(
            f"{name}={value!r}：应为 1 到 65535 的端口号。 It should be a port, 1 to 65535."
        )
    return int(value)


ROLE = os.environ.get("WANGGE_DB_ROLE", "web")
DEBUG = _flag("WANGGE_DEBUG")
HTTPS = _flag("WANGGE_HTTPS")
SECRET_KEY = secret("django")
#: keys that seal what may not stand in the database in clear, the newest first
WANGGE_SEALING_KEYS = secret("sealing").split()
ALLOWED_HOSTS = [h for h in os.environ.get("WANGGE_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("WANGGE_HOSTS：请逐一写明主机名。 Name the hosts; * is not accepted.")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "wangge.ui",  # before allauth: its pages take our templates
    "wangge.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "procrastinate.contrib.django",
    "wangge.common",
    "wangge.grids",
    "wangge.catalog",
    "wangge.organizations",
    "wangge.notices",
    "wangge.cases",
    "wangge.supervision",
    "wangge.oversight",
    "wangge.inspectors",
    "wangge.squads",
    "wangge.rulebook",
    "wangge.administration",
    "wangge.exchange",
    "wangge.hotline",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "wangge.ui.middleware.BodyLimitMiddleware",  # before the CSRF check reads the body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wangge.ui.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "wangge.config.urls"
WSGI_APPLICATION = "wangge.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wangge.ui.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "wangge.ui.templatetags.ui"],
        },
    }
]
DATABASES = {"default": database_settings(ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
#: holds the limits of sign-in, which count for all web processes together; made by a migration of wangge.desk
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "desk_cache",
        # the oldest entries go only far beyond what the limits hold: nobody flushes a count by filling the table
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "organizations.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "wangge.desk.accounts.StaffAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PRESERVE_USERNAME_CASING = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:my_work"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [CHECKOUT / "wangge/ui/locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = data_folder() / "static"
_photos: dict[str, Any] = {
    "BACKEND": "wangge.common.storage.WholeFileStorage",
    "OPTIONS": {"location": data_folder() / "photos", "base_url": None},
}
if bucket := os.environ.get("WANGGE_S3_BUCKET"):
    _photos = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": bucket}}
STORAGES = {
    "default": _photos,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 << 20

#: looked at for its free space when the database fails
WANGGE_DATA_FOLDER = data_folder()
#: where the pages find the live-update process; on another port of theirs when it starts with ":"
WANGGE_LIVE_URL = os.environ.get("WANGGE_LIVE_URL", "/live/")
if not re.fullmatch(r"(:\d{1,5})?/[\w./-]*", WANGGE_LIVE_URL):
    raise ImproperlyConfigured(
        f"WANGGE_LIVE_URL={WANGGE_LIVE_URL!r}：应为 /live/ 或 :8001/live/。 It should read /live/ or :8001/live/."
    )
#: the port of the pages when it is not the live-update process's own
WANGGE_WEB_PORT = _port("WANGGE_WEB_PORT")


def _live_sources() -> list[str]:
    """What the pages' policy must allow for live updates; a policy cannot name an IPv6 address."""
    port, _, _ = WANGGE_LIVE_URL.partition("/")
    hosts = [f"*{host}" if host.startswith(".") else host for host in ALLOWED_HOSTS if "[" not in host]
    return [host + port for host in hosts] if port else []


CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, *_live_sources()],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# HTTPS is ended by one reverse proxy in front of us, which alone may set these headers.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

#: reference data held in memory is asked for its revision at most this often
WANGGE_REVISION_CHECK_SECONDS = 1.0
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
