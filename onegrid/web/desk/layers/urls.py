"""Addresses of layers, their overlay and siting, below /desk/plans/."""

from django.urls import path

from onegrid.web.desk.layers import bringing, overlaying, pages, siting, taking

urlpatterns = [
    path("layers/", pages.index, name="layers"),
    path("layers/new/", bringing.bring, name="layer_bring"),
    path("layers/template-<slug:shape>.xlsx", bringing.template, name="layer_template"),
    path("layers/overlay/", overlaying.overlay, name="overlay"),
    path("layers/overlay.xlsx", overlaying.table, name="overlay_table"),
    path("layers/<uuid:layer_id>/", pages.show, name="layer"),
    path("layers/<uuid:layer_id>/undo/", pages.undo, name="layer_undo"),
    path("layers/<uuid:layer_id>/take/", taking.take, name="layer_take"),
    path("layers/<uuid:layer_id>/take-back/", taking.take_back, name="layer_take_back"),
    path("siting/", siting.index, name="siting"),
    path("siting/<uuid:siting_id>/", siting.show, name="siting_draft"),
    path("siting/<uuid:siting_id>/drop/", siting.drop, name="siting_drop"),
    path("siting/<uuid:siting_id>/sites.xlsx", siting.table, name="siting_table"),
]
