# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class HotlineConfig(AppConfig):
    name = "wangge.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"
