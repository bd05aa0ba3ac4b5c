# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "wangge.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
