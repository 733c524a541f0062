"""Addresses of the register of estates, below those of the desks."""

from django.urls import path

from onegrid.web.desk.estates import bringing, deeds, estate, pages, registering

urlpatterns = [
    path("", pages.index, name="estates"),
    path("map/", pages.chart, name="estates_map"),
    path("table/", pages.table, name="estates_table"),
    path("new/", registering.new, name="estate_new"),
    path("template/", bringing.template, name="estates_template"),
    path("bring/", bringing.bring, name="estates_bring"),
    path("bring/undo/", bringing.undo, name="estates_undo"),
    path("photo/<uuid:photo_id>/", estate.work_photo, name="estate_photo"),
    path("<uuid:estate_id>/", estate.show, name="estate"),
    path("<uuid:estate_id>/print/", estate.print_sheet, name="estate_print"),
    path("<uuid:estate_id>/edit/", registering.edit, name="estate_edit"),
    path("<uuid:estate_id>/step/", deeds.step, name="estate_step"),
    path("<uuid:estate_id>/say/", deeds.say, name="estate_say"),
    path("<uuid:estate_id>/work/", deeds.work, name="estate_work"),
    path("<uuid:estate_id>/remove/", deeds.remove, name="estate_remove"),
]
