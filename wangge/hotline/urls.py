# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from wangge.hotline.views import callbacks, calls, taking

app_name = "hotline"
urlpatterns = [
    path("", taking.take, name="take"),
    path("repeats/", taking.repeated, name="repeats"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:call_id>/", calls.call, name="call"),
    path("calls/<int:call_id>/contact/", calls.contact, name="contact"),
    path("calls/<int:call_id>/redact/", calls.redact, name="redact"),
    path("cases/<str:number>/", calls.of_case, name="of_case"),
    path("callbacks/", callbacks.queue, name="callbacks"),
    path("callbacks/<str:number>/", callbacks.callback, name="callback"),
]
