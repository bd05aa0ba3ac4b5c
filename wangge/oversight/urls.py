# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from wangge.oversight.views import (
    campaigns,
    demands,
    hands,
    lights,
    occasions,
    orders,
    papers,
    redacting,
    sittings,
    watching,
)

app_name = "oversight"
urlpatterns = [
    path("", lights.overview, name="overview"),
    path("proposals/", watching.proposed, name="proposals"),
    path("must/", watching.must, name="must"),
    path("repeats/", watching.repeats, name="repeats"),
    path("receipts/", watching.receipts, name="receipts"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", orders.new_order, name="new_order"),
    path("orders/<int:order_id>/", orders.order, name="order"),
    path("orders/<int:order_id>/sheet/", orders.sheet, name="order_sheet"),
    path("orders/<int:order_id>/<slug:step>/", orders.act, name="order_step"),
    path("papers/", papers.papers, name="papers"),
    path("papers/new/", papers.new_paper, name="new_paper"),
    path("papers/<int:paper_id>/", papers.paper, name="paper"),
    path("papers/<int:paper_id>/edit/", papers.edit, name="edit_paper"),
    path("papers/<int:paper_id>/issue/", papers.issue, name="issue_paper"),
    path("papers/<int:paper_id>/discard/", papers.discard, name="discard_paper"),
    path("occasions/", occasions.occasions, name="occasions"),
    path("occasions/<int:occasion_id>/", occasions.occasion, name="occasion"),
    path("occasions/<int:occasion_id>/matters/", occasions.raise_matter, name="raise_matter"),
    path("occasions/<int:occasion_id>/matters/<int:item_id>/", occasions.decide_matter, name="decide_matter"),
    path("owed/", demands.owed, name="owed"),
    path("owed/<int:demand_id>/", demands.demand, name="demand"),
    path("redact/<slug:subject>/<int:subject_id>/", redacting.redact, name="redact"),
    path("sittings/", sittings.sitting_list, name="sittings"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new_campaign"),
    path("campaigns/<int:campaign_id>/", campaigns.campaign, name="campaign"),
    path("hands/<str:number>/", hands.hands, name="hands"),
]
