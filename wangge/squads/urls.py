# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from wangge.squads.views import daily, feedback, ledger, overview, rotation, sampling

app_name = "squads"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("rotation/", rotation.plan_list, name="plans"),
    path("rotation/<int:plan_id>/", rotation.plan, name="plan"),
    path("rotation/<int:plan_id>/<slug:act>/", rotation.act, name="act"),
    path("rotation/<int:plan_id>/moves/<int:move_id>/", rotation.move, name="move"),
    path("samples/", sampling.draws, name="draws"),
    path("samples/<int:draw_id>/", sampling.draw, name="draw"),
    path("samples/cases/<int:sample_id>/", sampling.recheck, name="recheck"),
    path("ledger/", ledger.entries, name="ledger"),
    path("ledger/new/", ledger.new_entry, name="new_entry"),
    path("ledger/<int:entry_id>/", ledger.entry, name="entry"),
    path("ledger/<int:entry_id>/appeal/", ledger.appeal, name="appeal"),
    path("ledger/<int:entry_id>/ruling/", ledger.ruling, name="ruling"),
    path("feedback/", feedback.feedback_list, name="feedback"),
    path("feedback/new/", feedback.new_feedback, name="new_feedback"),
    path("feedback/<int:feedback_id>/", feedback.one_feedback, name="one_feedback"),
    path("reports/", daily.month, name="reports"),
    path("reports/<str:unit>/<slug:day>/", daily.report, name="report"),
]
