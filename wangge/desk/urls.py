# SPDX-License-Identifier: Apache-2.0
from django.urls import path, re_path
from django.views.i18n import set_language

from wangge.desk.views import (
    board,
    cases,
    classes,
    export,
    maps,
    photos,
    precedents,
    report,
    rewards,
    roster,
    visits,
    work,
)

app_name = "desk"
urlpatterns = [
    path("", work.my_work, name="my_work"),
    path("language/", set_language, name="set_language"),
    path("notices/", work.notices, name="notices"),
    path("notices/read/", work.read_notices, name="read_notices"),
    path("cases/", cases.cases, name="cases"),
    path("rewards/", rewards.reward_list, name="rewards"),
    path("cases/precedents/", precedents.precedent_list, name="precedents"),
    path("cases/export.<slug:form>", export.export, name="export_cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/steps/<slug:step_code>/", cases.step, name="step"),
    path("report/", report.report_case, name="report"),
    path("report/place/", report.place, name="place"),
    path("report/fields/", report.form_fields, name="form_fields"),
    path("report/duplicates/", report.duplicates, name="duplicates"),
    path("classes/", report.class_search, name="class_search"),
    path("classes/<str:code>/", classes.procedure_sheet, name="procedure_sheet"),
    path("grids/", report.grid_search, name="grid_search"),
    path("norms/", report.norm_search, name="norm_search"),
    path("visits/", visits.visits, name="visits"),
    path("visits/new/", visits.new_visit, name="new_visit"),
    path("visits/<int:visit_id>/", visits.visit, name="visit"),
    path("visits/<int:visit_id>/redact/", visits.redact_visit, name="redact_visit"),
    path("visits/<int:visit_id>/report/", visits.report_visit, name="report_visit"),
    path("roster/", roster.roster_page, name="roster"),
    path("roster/absences/", roster.set_absence, name="set_absence"),
    path("roster/absences/<int:absence_id>/end/", roster.end_absence, name="end_absence"),
    path("roster/hours/", roster.add_hours, name="add_hours"),
    path("roster/hours/<int:hours_id>/remove/", roster.remove_hours, name="remove_hours"),
    path("board/", board.board, name="board"),
    path("photos/<uuid:photo_id>/", photos.photo, name="photo"),
    path("map/outline.geojson", maps.outline, name="outline"),
    re_path(
        r"^map/supervision-(?P<language>zh|en)\.geojson$", maps.supervision_grids, name="supervision_grids"
    ),
    path("map/unit-grids/<str:code>.geojson", maps.unit_grid, name="unit_grid"),
]
