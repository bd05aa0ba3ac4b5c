# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "wangge.ui"
    label = "ui"
    default_auto_field = "django.db.models.BigAutoField"
