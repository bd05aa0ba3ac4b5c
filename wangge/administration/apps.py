# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "wangge.administration"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"
