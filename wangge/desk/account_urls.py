# SPDX-License-Identifier: Apache-2.0
"""Only the pages of allauth that staff need: no sign-up, no mail addresses."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
