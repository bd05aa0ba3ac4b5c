# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "wangge.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
