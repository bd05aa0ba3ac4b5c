# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "wangge.organizations"
    label = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
