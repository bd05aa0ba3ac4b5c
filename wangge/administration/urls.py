# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from wangge.administration.views import calendar, drafts, flow, overview, rows, rules, sheets

app_name = "administration"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("drafts/", drafts.all_drafts, name="drafts"),
    path("drafts/<int:draft_id>/", drafts.draft, name="draft"),
    path("drafts/<int:draft_id>/preview/", drafts.draft_preview, name="preview"),
    path("drafts/<int:draft_id>/state/", drafts.draft_state, name="draft_state"),
    path("drafts/<int:draft_id>/<slug:action>/", drafts.act, name="act"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("flow/", flow.flow, name="flow"),
    path("oversight/", rules.rules, {"name": "oversight"}, name="oversight"),
    path("inspectors/", rules.rules, {"name": "inspectors"}, name="inspectors"),
    path("codes/<slug:kind>/", rows.codes, name="codes"),
    path("<slug:table>/", rows.browse, name="browse"),
    path("<slug:table>/row/", rows.row, name="row"),
    path("<slug:table>/edit/", rows.edit, name="edit"),
    path("<slug:table>/end/", rows.end, name="end"),
    path("<slug:table>/import/", sheets.take_sheet, name="import"),
    path("<slug:table>/<slug:form>-export/", sheets.export, name="export"),
]
