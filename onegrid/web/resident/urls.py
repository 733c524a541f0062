"""Addresses of a resident's own cases and of files."""

from django.urls import path

from onegrid.web.resident import views

app_name = "resident"
urlpatterns = [
    path("my/", views.cases, name="cases"),
    path("my/<slug:number>/", views.case, name="case"),
    path("my/<slug:number>/letter.pdf", views.letter, name="letter"),
    path("files/<uuid:file_id>", views.file, name="file"),
]
