# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "wangge.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
