# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class InspectorsConfig(AppConfig):
    name = "wangge.inspectors"
    label = "inspectors"
    default_auto_field = "django.db.models.BigAutoField"
