"""Addresses of calls and rosters, below those of the desks."""

from django.urls import path

from onegrid.web.desk.calls import bringing, duties, opening, pages, rosters, table

urlpatterns = [
    path("", pages.index, name="calls"),
    path("new/", opening.new, name="call_new"),
    path("month/", table.table, name="calls_month"),
    path("month/download/", table.download, name="calls_download"),
    path("duties/", duties.mine, name="my_duties"),
    path("duties/ask/", duties.ask, name="swap_ask"),
    path("duties/<uuid:swap_id>/", duties.receipt, name="swap"),
    path("duties/<uuid:swap_id>/answer/", duties.answer, name="swap_answer"),
    path("rosters/", rosters.index, name="rosters"),
    path("rosters/<uuid:team_id>/", rosters.month, name="roster"),
    path("rosters/<uuid:team_id>/print/", rosters.print_month, name="roster_print"),
    path("rosters/<uuid:team_id>/add/", rosters.add, name="shift_add"),
    path("rosters/<uuid:team_id>/drop/", rosters.drop, name="shift_drop"),
    path("rosters/<uuid:team_id>/undo/", rosters.undo, name="roster_undo"),
    path("rosters/<uuid:team_id>/template/", bringing.template, name="roster_download"),
    path("rosters/<uuid:team_id>/bring/", bringing.bring, name="roster_bring"),
    path("rosters/<uuid:team_id>/log/", pages.log, name="service_log"),
    path("photo/<uuid:photo_id>/", pages.result_photo, name="call_photo"),
    path("<str:call>/", pages.call, name="call"),
    path("<str:call>/code/", pages.code, name="call_code"),
    path("<str:call>/qr/", pages.qr, name="call_qr"),
    path("<str:call>/do/<slug:deed>/", pages.do, name="call_do"),
]
