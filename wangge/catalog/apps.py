# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "wangge.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
