# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "wangge.common"
    label = "common"
    default_auto_field = "django.db.models.BigAutoField"
