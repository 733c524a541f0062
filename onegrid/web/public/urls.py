"""Addresses that are open to everybody."""

from django.urls import path

from onegrid.web.public import (
    asked,
    joining,
    lookup,
    receipt,
    refusal_texts,  # noqa: F401
    report,
)

app_name = "public"
urlpatterns = [
    path("report/", report.what, name="report"),
    path("report/what/<slug:code>/", report.group, name="report_group"),
    path("report/where/", report.place, name="report_place"),
    path("report/where/list/", report.address, name="report_address"),
    path("report/describe/", report.describe, name="report_text"),
    path("report/who/", report.contact, name="report_contact"),
    path("report/check/", report.check, name="report_check"),
    path("report/joined/", joining.joined, name="report_joined"),
    path("report/photos/<int:number>/", report.photo, name="report_photo"),
    path("report/photos/drop/", report.drop_file, name="report_drop_file"),
    path("report/restart/", report.restart, name="report_restart"),
    path("report/receipt/", receipt.receipt, name="receipt"),
    path("report/receipt/qr.svg", receipt.qr, name="receipt_qr"),
    path("q/", asked.asked, name="asked"),
    path("q/<str:code>/", asked.answer, name="question"),
    path("r/", lookup.lookup, name="lookup"),
    path("r/<slug:number>/", lookup.status, name="status"),
    path("r/<slug:number>/letter.pdf", lookup.letter, name="letter"),
]
