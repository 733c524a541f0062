"""Addresses of plans, below those of the desks."""

from django.urls import path

from onegrid.web.desk.plans import (
    bands,
    bench,
    deeds,
    edits,
    handovers,
    leaflets,
    lists,
    movers,
    pictures,
    shapes,
    wish,
)

urlpatterns = [
    path("", lists.index, name="plans"),
    path("new/", wish.new, name="plan_new"),
    path("sentence/", wish.sentence, name="plan_sentence"),
    path("compare/", lists.compare, name="plan_compare"),
    path("bands/", bands.bands, name="plan_bands"),
    path("handovers/", handovers.index, name="plan_handovers"),
    path("handovers/<uuid:adoption_id>/", handovers.adoption, name="plan_handover"),
    path("handovers/<uuid:adoption_id>/print/", handovers.on_paper, name="plan_handover_print"),
    path("handovers/<uuid:handover_id>/sign/", handovers.sign, name="plan_sign"),
    path("handovers/<uuid:handover_id>/taker/", handovers.name_taker, name="plan_taker"),
    path("<uuid:draft_id>/", bench.plan, name="plan"),
    path("<uuid:draft_id>/change/", wish.change, name="plan_change"),
    path("<uuid:draft_id>/do/<slug:deed>/", deeds.do, name="plan_do"),
    path("<uuid:draft_id>/edit/<slug:kind>/", edits.edit, name="plan_edit"),
    path("<uuid:draft_id>/grids/<int:grid>/", edits.grid, name="plan_grid"),
    path("<uuid:draft_id>/leaflets/", leaflets.leaflets, name="plan_leaflets"),
    path("<uuid:draft_id>/movers/", movers.page, name="plan_movers"),
    path("<uuid:draft_id>/movers.xlsx", movers.table, name="plan_movers_table"),
    path("<uuid:draft_id>/around.json", shapes.around, name="plan_around"),
    path("<uuid:draft_id>/homes.json", shapes.homes, name="plan_homes"),
    path("<uuid:draft_id>/today.json", shapes.today, name="plan_today"),
    path("<uuid:draft_id>/shape.json", shapes.shape, name="plan_shape"),
    path("<uuid:draft_id>/progress.json", shapes.progress, name="plan_progress"),
    path("<uuid:draft_id>/picture.svg", pictures.picture, name="plan_picture"),
]
