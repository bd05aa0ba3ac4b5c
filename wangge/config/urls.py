# SPDX-License-Identifier: Apache-2.0
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("wangge.desk.account_urls")),
    path("api/", include("wangge.exchange.urls")),
    path("oversight/", include("wangge.oversight.urls")),
    path("rules/", include("wangge.administration.urls")),
    path("hotline/", include("wangge.hotline.urls")),
    path("squads/", include("wangge.squads.urls")),
    path("", include("wangge.desk.urls")),
]
handler404 = "wangge.ui.errors.not_found"
handler403 = "wangge.ui.errors.refused"
handler400 = "wangge.ui.errors.bad_request"
handler500 = "wangge.ui.errors.server_error"
