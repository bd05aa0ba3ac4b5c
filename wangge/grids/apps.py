# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "wangge.grids"
    label = "grids"
    default_auto_field = "django.db.models.BigAutoField"
