"""Addresses of grid workers."""

from django.urls import path

from onegrid.web.casework.page import file
from onegrid.web.worker import case, home, report

app_name = "worker"
urlpatterns = [
    path("", home.home, name="home"),
    path("points/", home.points, name="points"),
    path("report/", report.report, name="report"),
    path("file/<uuid:file_id>/", file, name="file"),
    path("<str:number>/", case.case, name="case"),
    path("<str:number>/act/<slug:name>/", case.act, name="act"),
    path("<str:number>/text/", case.standard_text, name="text"),
    path("<str:number>/point/", case.point, name="point"),
    path("<str:number>/contact/", case.contact, name="contact"),
]
