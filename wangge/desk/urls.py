# SPDX-License-Identifier: Apache-2.0
from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
