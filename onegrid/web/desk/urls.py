"""Addresses of the desks."""

from django.urls import include, path

from onegrid.web.casework.page import file
from onegrid.web.desk import (
    board,
    case,
    duties,
    export,
    intake,
    oversight,
    queue,
    recurrences,
    rules,
    solved,
)
from onegrid.web.desk.calls.urls import urlpatterns as calls
from onegrid.web.desk.estates.urls import urlpatterns as estates
from onegrid.web.desk.layers.urls import urlpatterns as layers
from onegrid.web.desk.plans.urls import urlpatterns as plans

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("points/", queue.points, name="points"),
    path("export/", export.export, name="export"),
    path("print/", queue.print_view, name="print"),
    path("bulk/", queue.bulk, name="bulk"),
    path("filters/", queue.keep_filter, name="keep_filter"),
    path("filters/<uuid:filter_id>/delete/", queue.drop_filter, name="drop_filter"),
    path("case/<str:number>/", case.case, name="case"),
    path("case/<str:number>/act/<slug:name>/", case.act, name="act"),
    path("case/<str:number>/text/", case.standard_text, name="text"),
    path("case/<str:number>/point/", case.point, name="point"),
    path("case/<str:number>/contact/", case.contact, name="contact"),
    path("case/<str:number>/letter.pdf", case.letter, name="letter"),
    path("file/<uuid:file_id>/", file, name="file"),
    path("calls/", include(calls)),
    path("estates/", include(estates)),
    path("plans/", include(layers)),
    path("plans/", include(plans)),
    path("intake/", intake.intake, name="intake"),
    path("recurrences/", recurrences.page, name="recurrences"),
    path("board/", board.board, name="board"),
    path("duties/", duties.report, name="duties"),
    path("duties/shares.xlsx", duties.shares, name="duty_shares"),
    path("duties/certificates.xlsx", duties.certificates, name="certificates"),
    path("solved/", solved.page, name="solved"),
    path("solved.xlsx", solved.table, name="solved_table"),
    path("supervision/", oversight.supervision, name="supervision"),
    path("supervision/rules/", rules.rules, name="oversight_rules"),
    path("supervision/export/", oversight.export, name="supervision_export"),
    path("alarms/", oversight.alarms, name="alarms"),
    path("alarms/<uuid:alarm_id>/settle/", oversight.settle, name="alarm_settle"),
    path("reminders/", oversight.reminders, name="reminders"),
    path("reminders/read/", oversight.read, name="reminders_read"),
    path("board/points/", board.board_points, name="board_points"),
]
