# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SquadsConfig(AppConfig):
    name = "wangge.squads"
    label = "squads"
    default_auto_field = "django.db.models.BigAutoField"
